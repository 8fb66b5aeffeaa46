"""Release events in a real archive: filed, brought forward, replayed, merged, decided."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitor import languages
from monitor.config import Config
from monitor.ingest import Ingested, Ingester
from monitor.model import Article, Kind, OutletType, Person, Source
from monitor.store import Database, claims, decisions, events, grouping, people, row, rows, shipped
from monitor.store.shipped import shipped_people
from tests.eval import score_stories

START = datetime(2026, 10, 10, 9, tzinfo=UTC)
OUTLETS = {
    "office": OutletType.OFFICIAL,
    "viasna": OutletType.NGO,
    "paper": OutletType.INDEPENDENT,
    "daily": OutletType.INDEPENDENT,
}


class Newsroom:
    """Takes articles in through the program's own door, an outlet to each."""

    def __init__(self, archive: Database) -> None:
        people.save(archive, [p for p in shipped_people() if p.category != "context"], "shipped")
        self.archive = archive
        self.ingester = Ingester(archive, Config())
        self.count = 0

    def publish(self, outlet: str, title: str, text: str = "", *, hours: float = 0, baseline: bool = False) -> Ingested:
        self.count += 1
        return self.again(f"https://{outlet}.example/{self.count}", outlet, title, text, hours=hours, baseline=baseline)

    def again(
        self, url: str, outlet: str, title: str, text: str = "", *, hours: float = 0, baseline: bool = False
    ) -> Ingested:
        host = f"{outlet}.example"
        source = Source(outlet, f"https://{host}/feed", Kind.FEED, outlet, outlet, OUTLETS[outlet])
        published = START + timedelta(hours=hours)
        article = Article(url, title, text, "", published, outlet)
        now = published + timedelta(minutes=5)
        [done] = self.ingester.ingest(self.archive, [article], now=now, source=source, baseline=baseline)
        return done

    def ledger(self, slug: str) -> dict:
        found = row(self.archive, "SELECT ledger FROM events WHERE slug = ?", slug)
        assert found is not None
        return json.loads(found["ledger"])


@pytest.fixture
def room(archive: Database) -> Newsroom:
    return Newsroom(archive)


def news_of(done: Ingested) -> list[str]:
    return [fact.kind for fact in done.facts if fact.kind != "coverage"]


def test_an_announcement_opens_an_event_and_is_news(room):
    done = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ о помиловании 44 человек.")
    assert done.event.startswith("e")
    assert news_of(done) == ["announced"]
    [announced] = [fact for fact in done.facts if fact.kind == "announced"]
    assert announced.key == f"event:{done.event}:announced"
    assert announced.data["values"]["official"] == 44


def test_the_same_event_in_another_language_is_no_second_announcement(room):
    first = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    second = room.publish("paper", "Belarus pardons 44 political prisoners", "They were freed today.", hours=1)
    assert second.event == first.event
    assert "announced" not in news_of(second)


def test_what_is_not_a_release_belongs_to_no_event(room):
    done = room.publish("paper", "Minsk band releases album", "The record was released on Friday.")
    assert (done.event, news_of(done)) == ("", [])


def test_people_are_named_one_by_one(room):
    room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    done = room.publish("paper", "Belarus frees 44: Ihar Losik among them", "Ihar Losik was released today.", hours=2)
    named = [fact for fact in done.facts if fact.kind == "named"]
    assert [(fact.person, fact.key) for fact in named] == [("losik-ihar", f"event:{done.event}:named:losik-ihar")]


def test_a_false_name_is_corrected_for_those_who_were_told(room):
    first = room.publish("paper", "Belarus frees 44, Ihar Losik among them", "Ihar Losik was released today.")
    done = room.publish("viasna", "Ihar Losik was not freed", "Ihar Losik remains in prison in Belarus.", hours=20)
    [correction] = [fact for fact in done.facts if fact.kind == "correction"]
    assert done.event == first.event
    assert f"event:{first.event}:named:losik-ihar" in correction.data["corrects"]
    assert room.ledger(first.event)["people"]["losik-ihar"]["state"] == "retracted"


def test_a_first_visit_tells_nobody(room):
    done = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.", baseline=True)
    assert [fact.data.get("silent") for fact in done.facts if fact.kind == "announced"] == ["baseline"]


def test_a_death_waits_for_a_human(room):
    done = room.publish("viasna", "Political prisoner Dzianis Ivashyn died in custody", "He died in Hrodna prison.")
    assert [(fact.kind, fact.person) for fact in done.facts] == [("state", "ivashyn-dzianis"), ("coverage", "")]
    assert all(fact.held_for_human for fact in done.facts)
    assert done.event == ""


def test_counts_that_grow_are_told_by_steps(room):
    kinds = []
    for step, count in enumerate((4, 5, 8, 17, 18)):
        text = f"Viasna says that {count} political prisoners were freed in Belarus."
        kinds.append(news_of(room.publish("viasna", f"{count} political prisoners freed", text, hours=step)))
    assert kinds == [["announced"], ["count"], ["count"], ["count"], []]
    assert len(rows(room.archive, "SELECT 1 FROM events")) == 1


def test_a_reworded_article_takes_back_what_it_said(room):
    first = room.publish(
        "paper", "Belarus frees 44 prisoners", "Ihar Losik was released from prison today, we learned."
    )
    assert "losik-ihar" in room.ledger(first.event)["people"]
    room.again(
        "https://paper.example/1",
        "paper",
        "Belarus frees 45 prisoners",
        "Mikola Dziadok was released from prison today, we learned in the afternoon.",
        hours=1,
    )
    ledger = room.ledger(first.event)
    assert list(ledger["people"]) == ["dziadok-mikola"]
    assert ledger["values"]["reported"] == 45


def test_the_stored_ledger_is_the_replay_of_its_claims(room):
    first = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    room.publish("paper", "Belarus frees 44 political prisoners", "Ihar Losik was released.", hours=1)
    before = room.ledger(first.event)
    number = row(room.archive, "SELECT id FROM events")["id"]
    events.replay(room.archive, number)
    assert room.ledger(first.event) == before


def test_the_operator_confirms_and_retracts(room):
    first = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    room.publish("paper", "Belarus frees 44 political prisoners", "Ihar Losik was released.", hours=1)
    now = START + timedelta(hours=3)
    facts = decisions.decide(room.archive, first.event, "person-retract", now, "losik-ihar")
    assert [(f.kind, f.person) for f in facts] == [("correction", "losik-ihar")]
    facts = decisions.decide(room.archive, first.event, "event-confirm", now)
    assert [f.kind for f in facts] == ["state"]
    facts = decisions.decide(room.archive, first.event, "event-retract", now + timedelta(hours=1))
    assert [f.kind for f in facts] == ["correction"]
    assert row(room.archive, "SELECT state FROM events")["state"] == "retracted"


def test_a_decision_outlives_later_claims(room):
    first = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    decisions.decide(room.archive, first.event, "event-retract", START + timedelta(hours=1))
    room.publish("paper", "Belarus pardons 44 political prisoners", hours=2)
    assert room.ledger(first.event)["state"] == "retracted"


def test_there_is_no_decision_on_an_unknown_event(archive):
    with pytest.raises(KeyError):
        decisions.decide(archive, "e0", "event-confirm", START)


def test_two_events_become_one_and_the_first_lives_on_as_an_alias(room):
    first = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    other = room.publish("paper", "Палітвязень Андрэй Чапюк адбыў пакаранне цалкам", "Ён выйшаў на волю.", hours=48)
    assert other.event != first.event
    decisions.merge(room.archive, other.event, first.event, START + timedelta(hours=50))
    assert "chapiuk-andrei" in room.ledger(first.event)["people"]
    merged = row(room.archive, "SELECT merged_into FROM events WHERE slug = ?", other.event)
    assert merged["merged_into"] is not None
    assert events.number_of(room.archive, other.event) == events.number_of(room.archive, first.event)


def test_a_claim_survives_its_storage(room):
    done = room.publish(
        "paper", "Belarus frees 44 political prisoners", "114 people were taken to Lithuania on Friday."
    )
    for claim in done.reading.claims:
        assert claims.claim_of(claims.claim_text(claim)) == claim


def test_slugs_say_nothing():
    assert events.neutral_slug("2024-07-kastusiou-18") == events.neutral_slug("2024-07-kastusiou-18")
    assert "kastusiou" not in events.neutral_slug("2024-07-kastusiou-18")
    assert events.neutral_slug() != events.neutral_slug()


def test_an_invented_person_is_followed_like_any_other(archive):
    people.save(archive, [Person("p1", "Yanka Vaskevich", "Янка Васкевіч", "Янка Васкевич")], "operator")
    room = Newsroom(archive)
    done = room.publish(
        "paper", "Political prisoner Yanka Vaskevich is free", "Yanka Vaskevich was released in Belarus."
    )
    assert [fact.person for fact in done.facts if fact.kind == "named"] == ["p1"] or done.event


def test_an_article_that_is_split_off_takes_what_it_said_out_of_the_event(room, now=START + timedelta(hours=9)):
    first = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    text = "Thirty political prisoners and Ihar Losik were freed in Belarus, 30 people in all."
    other = room.publish("paper", "Belarus frees Ihar Losik and 44 political prisoners", text, hours=1)
    assert other.event == first.event
    uid, drafts = grouping.split(room.archive, other.article.url, now)
    assert uid != other.story
    ledger = room.ledger(first.event)
    assert (set(ledger["figures"]), ledger["people"], ledger["owners"]) == ({"official"}, {}, ["office"])
    withdrawn = [d for d in drafts if d.kind == "correction"]
    assert [(d.event, d.person) for d in withdrawn] == [(first.event, "losik-ihar")]
    assert f"event:{first.event}:named:losik-ihar" in withdrawn[0].data["corrects"]
    own = {d.event for d in drafts} - {first.event}
    assert {d.kind for d in drafts if d.event in own} >= {"announced", "named"}


def test_what_was_split_off_stays_so_with_its_copies(room, now=START + timedelta(hours=9)):
    first = room.publish("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
    text = "Belarus freed 44 political prisoners on Saturday, a lawyer said, and Ihar Losik is one of them. " * 3
    other = room.publish("paper", "Belarus frees 44 political prisoners", text, hours=1)
    copy = room.publish("daily", "Belarus frees 44 prisoners", text, hours=2)
    assert copy.event == other.event == first.event
    uid, _ = grouping.split(room.archive, other.article.url, now)
    late = room.publish("daily", "Belarus frees 44 prisoners, lawyer says", text, hours=3)
    reworded = room.again(other.article.url, "paper", "Belarus frees 44 political prisoners and more", text, hours=4)
    assert {done.story for done in (late, reworded)} == {uid}
    assert first.event not in {late.event, reworded.event}
    assert room.ledger(first.event)["owners"] == ["office"]


def test_an_event_of_which_everything_was_taken_is_withdrawn(room, now=START + timedelta(hours=9)):
    first = room.publish("paper", "Belarus frees 44 political prisoners", "They were freed on Saturday.")
    _, drafts = grouping.split(room.archive, first.article.url, now)
    assert [d.kind for d in drafts if d.event == first.event] == ["correction"]


def test_an_old_release_that_is_recalled_is_no_announcement(archive):
    """Fails when an analysis a year later tells every reader of the pardon of a year ago."""
    shipped.load(archive)
    room = Newsroom(archive)
    text = "On 24 January 2025 Lukashenko pardoned 15 people, eight of them political prisoners."
    done = room.publish("paper", "How fifteen were pardoned in January 2025", text)
    assert done.event == events.neutral_slug("2025-01-24-pardon-15")
    assert news_of(done) == []


# ------------------------------------------------------------------------------------------------ the operator's word

DECREE = ("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
LATER = START + timedelta(hours=9)


def replayed(room: Newsroom) -> bool:
    """Is every stored ledger what its claims and decisions make of it?"""
    found = rows(room.archive, "SELECT id, ledger FROM events WHERE merged_into IS NULL")
    before = {r["id"]: r["ledger"] for r in found}
    return all(json.dumps(events.replay(room.archive, n).to_json(), ensure_ascii=False) == before[n] for n in before)


def event_of(room: Newsroom, done: Ingested) -> str:
    """Where an article stands now."""
    sql = """SELECT coalesce(m.slug, e.slug, '') AS slug FROM articles a JOIN stories s ON s.id = a.story_id
             LEFT JOIN events e ON e.id = s.event_id LEFT JOIN events m ON m.id = e.merged_into WHERE a.uid = ?"""
    found = row(room.archive, sql, done.uid)
    assert found is not None
    return str(found["slug"])


def two_events(room: Newsroom) -> tuple[Ingested, Ingested]:
    first = room.publish(*DECREE)
    other = room.publish("paper", "Палітвязень Андрэй Чапюк адбыў пакаранне цалкам", "Ён выйшаў на волю.", hours=48)
    assert other.event not in ("", first.event)
    return first, other


def test_a_split_outlives_a_new_program_that_reads_again(room, monkeypatch):
    """Fails when another ANALYSER_VERSION files an article back where the operator took it out."""
    first = room.publish(*DECREE)
    other = room.publish("paper", "Belarus frees Ihar Losik and 44 political prisoners", "They were freed.", hours=1)
    grouping.split(room.archive, other.article.url, LATER)
    own = event_of(room, other)
    monkeypatch.setattr(languages, "ANALYSER_VERSION", "next")
    assert room.ingester.read_again(room.archive) == 2
    assert own not in ("", first.event) and event_of(room, other) == own
    assert room.ledger(first.event)["owners"] == ["office"] and replayed(room)


def test_a_merge_outlives_a_new_program_and_a_reworded_article(room, monkeypatch):
    """Fails when an article that is reworded leaves the event into which the operator put it."""
    first, other = two_events(room)
    grouping.merge(room.archive, other.story, first.story, START + timedelta(hours=50))
    monkeypatch.setattr(languages, "ANALYSER_VERSION", "next")
    assert room.ingester.read_again(room.archive) == 2
    text = "Ён выйшаў на волю ў Менску, паведамілі родныя палітвязня."
    again = room.again(other.article.url, "paper", "Андрэй Чапюк адбыў пакаранне і дома", text, hours=51)
    assert {event_of(room, one) for one in (first, other, again)} == {first.event}
    ledger = room.ledger(first.event)
    assert (ledger["values"]["official"], list(ledger["people"])) == (44, ["chapiuk-andrei"])
    assert replayed(room)


def test_figures_people_and_origins_of_both_stand_in_a_merged_event(room):
    first, other = two_events(room)
    grouping.merge(room.archive, other.story, first.story, START + timedelta(hours=50))
    ledger = room.ledger(first.event)
    assert ledger["owners"] == ["office", "paper"] and ledger["origins"].keys() == {"official-by", "report"}
    assert ledger["figures"]["official"][0]["value"] == 44 and replayed(room)


def test_what_was_decided_of_an_event_stays_when_it_is_merged(room):
    """Fails when a name that the operator took back stands on the list again."""
    first, other = two_events(room)
    decisions.decide(room.archive, other.event, "person-retract", START + timedelta(hours=49), "chapiuk-andrei")
    decisions.decide(room.archive, other.event, "event-retract", START + timedelta(hours=49))
    grouping.merge(room.archive, other.story, first.story, START + timedelta(hours=50))
    ledger = room.ledger(first.event)
    assert ledger["people"]["chapiuk-andrei"]["state"] == "retracted"
    assert ledger["state"] != "retracted"  # that was said of the other one


def test_what_is_decided_of_an_alias_is_decided_of_the_event_that_lives_on(room):
    first, other = two_events(room)
    grouping.merge(room.archive, other.story, first.story, START + timedelta(hours=50))
    facts = decisions.decide(room.archive, other.event, "person-retract", START + timedelta(hours=51), "chapiuk-andrei")
    assert [(f.kind, f.event, f.person) for f in facts] == [("correction", first.event, "chapiuk-andrei")]
    assert room.ledger(first.event)["people"]["chapiuk-andrei"]["state"] == "retracted" and replayed(room)


@pytest.mark.parametrize("shipped_first", [True, False])
def test_a_merge_keeps_what_the_shipped_history_knows(archive, shipped_first: bool):
    shipped.load(archive)
    room = Newsroom(archive)
    slug = events.neutral_slug("2025-01-24-pardon-15")
    other = room.publish("paper", "Палітвязень Андрэй Чапюк адбыў пакаранне цалкам", "Ён выйшаў на волю.")
    decisions.merge(archive, *((slug, other.event) if shipped_first else (other.event, slug)), LATER)
    ledger = room.ledger(slug)
    assert ledger["values"]["official"] == 15 and list(ledger["people"]) == ["chapiuk-andrei"]
    assert events.number_of(archive, other.event) == events.number_of(archive, slug)


def test_decisions_are_test_cases_that_the_scorer_plays(room, tmp_path):
    """A line of `monitor story cases` has two labelled articles, and the scorer says whether the program agrees."""
    first, other = two_events(room)
    copy = room.publish("daily", "Belarus frees 44 political prisoners", "44 people were pardoned.", hours=1)
    grouping.merge(room.archive, other.story, first.story, START + timedelta(hours=50))
    grouping.split(room.archive, copy.article.url, START + timedelta(hours=51))
    cases = grouping.cases(room.archive)
    labels = [[article["event"] for article in case["articles"]] for case in cases]
    assert [case["same"] for case in cases] == [True, False]
    assert labels[0][0] == labels[0][1] and labels[1][0] != labels[1][1]
    assert all(set(LABELLED) <= set(article) for case in cases for article in case["articles"])
    written = tmp_path / "cases.jsonl"
    written.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
    rate = score_stories.decided(written)
    assert (rate.right, rate.missed) == (0, 2)  # it had decided otherwise, or nobody would have had to


LABELLED = ("id", "language", "published", "type", "event", "category", "relevant", "title", "text")
