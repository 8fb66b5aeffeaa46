"""Release events in a real archive: filed, brought forward, replayed."""

from __future__ import annotations

from monitor.model import Person
from monitor.store import claims, events, people, row, rows, shipped
from tests.store.newsroom import Newsroom, news_of


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


def test_an_old_release_that_is_recalled_is_no_announcement(archive):
    """Fails when an analysis a year later tells every reader of the pardon of a year ago."""
    shipped.load(archive)
    room = Newsroom(archive)
    text = "On 24 January 2025 Lukashenko pardoned 15 people, eight of them political prisoners."
    done = room.publish("paper", "How fifteen were pardoned in January 2025", text)
    assert done.event == events.neutral_slug("2025-01-24-pardon-15")
    assert news_of(done) == []
