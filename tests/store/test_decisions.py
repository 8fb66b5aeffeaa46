"""The operator's word: splits, merges and decisions are replayed with the claims, and outlive what comes after."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monitor import languages
from monitor.ingest import Ingested
from monitor.store import decisions, events, grouping, row, rows, shipped
from tests.eval import score_stories
from tests.store.newsroom import START, Newsroom

DECREE = ("office", "Лукашенко помиловал 44 осужденных", "Подписан указ.")
LATER = START + timedelta(hours=9)


def replayed(room: Newsroom) -> bool:
    """Is every stored ledger what its claims and decisions make of it?"""
    found = rows(room.archive, "SELECT id, ledger FROM events WHERE merged_into IS NULL")
    before = {r["id"]: r["ledger"] for r in found}
    return all(json.dumps(events.replay(room.archive, n).to_json(), ensure_ascii=False) == before[n] for n in before)


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
