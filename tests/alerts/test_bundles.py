"""Facts × subscriptions: who is told what, when, and only once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitor import clock
from monitor.alerts import bundles
from monitor.alerts.standing import Standing
from monitor.store import Database, facts, matches, outbox, rows, write
from monitor.subscribers import desk, readers
from monitor.subscribers.keys import Keys
from monitor.subscribers.requests import mark_left
from tests import press
from tests.readers import add, reader, wants

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def standing(keys: Keys) -> Standing:
    return Standing(keys)


class Desk:
    """The seam between the two databases, with its parts in one place."""

    def __init__(self, archive: Database, private: Database, standing: Standing, keys: Keys) -> None:
        self.archive, self.private, self.standing, self.keys = archive, private, standing, keys

    def match(self, now: datetime) -> int:
        return bundles.match(self.archive, self.private, self.standing, now)

    def bundle(self, now: datetime, gather_for: timedelta = MINUTE) -> int:
        return bundles.bundle(self.private, self.standing, now, gather_for)

    def digests(self, now: datetime) -> int:
        return bundles.digests(self.private, self.standing, now)

    def waiting(self) -> list[str]:
        """Keys of the news that is in no delivery yet."""
        found = rows(self.private, "SELECT fact_key FROM matches WHERE delivery_id IS NULL ORDER BY id")
        return [r["fact_key"] for r in found]

    def deliveries(self) -> list[tuple[str, str | None]]:
        found = rows(self.private, "SELECT kind, day FROM deliveries ORDER BY created_at, day")
        return [(r["kind"], r["day"]) for r in found]

    def tell(self, now: datetime) -> None:
        """Everything that waits is bundled and taken as sent."""
        self.bundle(now, timedelta())
        with write(self.private):
            for due in outbox.due(self.private, now, 1000):
                outbox.sent(self.private, due.id, now)


@pytest.fixture
def the(archive: Database, private: Database, standing: Standing, keys: Keys) -> Desk:
    return Desk(archive, private, standing, keys)


# ------------------------------------------------------------------------------------------------ the same news once


def test_twelve_outlets_one_story_one_alert(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    uid = press.story(the.archive, now)
    for number in range(12):
        press.covered(the.archive, now, uid, outlet=f"Outlet {number}")
        the.match(now)
    assert the.bundle(now + MINUTE) == 1
    press.covered(the.archive, now, uid, outlet="The thirteenth")
    assert the.match(now) == 0
    assert the.bundle(now + 2 * MINUTE) == 0


def test_replaying_facts_changes_nothing(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    press.covered(the.archive, now, press.story(the.archive, now))
    assert the.match(now) == 1
    before = [tuple(r) for r in rows(the.private, "SELECT * FROM matches")]
    with write(the.private):
        matches.move_cursor(the.private, 0)
    assert the.match(now + HOUR) == 0
    assert [tuple(r) for r in rows(the.private, "SELECT * FROM matches")] == before


def test_a_receipt_keeps_old_news_away_after_the_delivery_was_forgotten(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    uid = press.story(the.archive, now)
    press.covered(the.archive, now, uid)
    the.match(now)
    the.tell(now)
    outbox.forget(the.private, now + DAY, now + DAY)
    press.covered(the.archive, now + 8 * DAY, uid)
    assert the.match(now + 8 * DAY) == 0


def test_a_merged_story_is_not_told_under_its_other_name(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    first, second = press.story(the.archive, now), press.story(the.archive, now)
    press.covered(the.archive, now, first)
    the.match(now)
    with write(the.archive):
        the.archive.conn.execute(
            "UPDATE stories SET merged_into = (SELECT id FROM stories WHERE uid = ?) WHERE uid = ?", (second, first)
        )
    press.covered(the.archive, now, second)
    assert the.match(now) == 0


def test_a_story_that_became_an_event_is_not_told_again(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    uid = press.story(the.archive, now)
    press.covered(the.archive, now, uid)
    the.match(now)
    slug = press.event(the.archive, now, "e1")
    with write(the.archive):
        the.archive.conn.execute("UPDATE stories SET event_id = 1 WHERE uid = ?", (uid,))
    ident = press.article(the.archive, now, uid)
    press.fact(the.archive, now, f"event:{slug}", article=ident)
    assert the.match(now) == 0


def test_a_merged_event_is_not_told_under_its_other_name(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    for slug in ("e1", "e2"):
        press.event(the.archive, now, slug)
    first = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    press.fact(the.archive, now, "event:e1:announced", "announced", article=first)
    the.match(now)
    with write(the.archive):
        the.archive.conn.execute("UPDATE events SET merged_into = 2 WHERE slug = 'e1'")
    press.fact(the.archive, now, "event:e2:announced", "announced", article=first)
    assert the.match(now) == 0


def test_another_reason_is_added_while_a_match_waits(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, None, wants("prisoners"), wants("border", name="another"))
    uid = press.story(the.archive, now)
    press.covered(the.archive, now, uid, text="Nothing else is known.")
    assert the.match(now) == 1
    press.covered(the.archive, now, uid)
    assert the.match(now) == 1
    (row,) = rows(the.private, "SELECT reasons FROM matches")
    assert len(json.loads(row["reasons"])) == 2


def test_what_concerns_nobody_costs_no_statement_of_its_own(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, None, wants("football"))
    the.match(now)

    def statements(news: int) -> int:
        for _ in range(news):
            press.covered(the.archive, now, press.story(the.archive, now))
        made: list[str] = []
        for db in (the.archive, the.private):
            db.conn.set_trace_callback(made.append)
        assert the.match(now) == 0
        for db in (the.archive, the.private):
            db.conn.set_trace_callback(None)
        return len(made)

    assert statements(3) == statements(40)


def test_an_article_in_several_facts_is_met_once_and_every_fact_is_told(the: Desk, now: datetime) -> None:
    who = add(the.private, the.keys, now)
    press.event(the.archive, now, "e1")
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    for key, kind in (("event:e1:announced", "announced"), ("event:e1:state", "state"), ("event:e1", "coverage")):
        press.fact(the.archive, now, key, kind, article=ident)
    met: list[object] = []
    plain = the.standing.match
    the.standing.match = lambda document: met.append(document) or plain(document)  # type: ignore[method-assign,func-returns-value]
    assert the.match(now) == 3
    assert len(met) == 1
    assert {r["subscriber_id"] for r in rows(the.private, "SELECT subscriber_id FROM matches")} == {who}


# ---------------------------------------------------------------------------------------------------- who is told


def test_only_whoever_wants_it_is_told(the: Desk, now: datetime) -> None:
    wanting = add(the.private, the.keys, now, reader("a@mail.test"), wants("prisoners"))
    add(the.private, the.keys, now, reader("b@mail.test"), wants("football"))
    press.covered(the.archive, now, press.story(the.archive, now))
    the.match(now)
    assert [r["subscriber_id"] for r in rows(the.private, "SELECT subscriber_id FROM matches")] == [wanting]


def test_the_paused_the_pending_and_those_who_left_are_not_matched(the: Desk, now: datetime) -> None:
    paused = add(the.private, the.keys, now, reader("a@mail.test"))
    desk.pause(the.private, paused)
    add(the.private, the.keys, now, reader("b@mail.test"), state="pending")
    leaver = reader("c@mail.test")
    add(the.private, the.keys, now, leaver)
    assert mark_left(the.private, leaver.leave, now)
    press.covered(the.archive, now, press.story(the.archive, now))
    assert the.match(now) == 0


def test_the_list_in_memory_follows_changes_from_other_processes(the: Desk, now: datetime) -> None:
    ident = add(the.private, the.keys, now, None, wants("football"))
    uid = press.story(the.archive, now)
    press.covered(the.archive, now, uid)
    assert the.match(now) == 0
    desk.edit(the.private, the.keys, ident, wanted=[wants("prisoners")])
    press.covered(the.archive, now, uid)
    assert the.match(now) == 1


def test_held_facts_reach_nobody_until_they_are_released(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    ident = press.article(the.archive, now, press.story(the.archive, now))
    press.fact(the.archive, now, "event:e1:state:death:p1", "state", article=ident, held_for_human=True)
    assert the.match(now) == 0
    assert len(facts.release(the.archive, "event:e1:state:death:p1", now + HOUR)) == 1
    assert facts.release(the.archive, "event:e1:state:death:p1", now + HOUR) == []
    assert the.match(now + HOUR) == 1


def test_a_baseline_alerts_nobody(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    uid = press.story(the.archive, now)
    ident = press.article(the.archive, now, uid)
    press.fact(the.archive, now, f"story:{uid}", article=ident, data={"silent": "baseline"})
    assert the.match(now) == 0


def test_a_fact_without_an_article_reaches_whoever_follows_its_person(the: Desk, now: datetime) -> None:
    press.person(the.archive, "p1", "Ales Bialiatski")
    press.event(the.archive, now, "e1")
    add(the.private, the.keys, now, None, wants("person:p1"))
    press.fact(the.archive, now, "event:e1:named:p1", "named", person="p1")
    press.fact(the.archive, now, "event:e1:named:p2", "named", person="p2")
    the.match(now)
    assert the.waiting() == ["event:e1:named:p1"]


def test_whoever_follows_one_person_is_not_told_of_the_others_in_the_same_article(the: Desk, now: datetime) -> None:
    for ident in ("p1", "p2"):
        press.person(the.archive, ident, ident)
    press.event(the.archive, now, "e1")
    add(the.private, the.keys, now, None, wants("person:p1"))
    ident_ = press.article(the.archive, now, press.story(the.archive, now, event="e1"), people=["p1", "p2"])
    for person in ("p1", "p2"):
        press.fact(the.archive, now, f"event:e1:named:{person}", "named", person=person, article=ident_)
    the.match(now)
    assert the.waiting() == ["event:e1:named:p1"]


def test_a_count_is_news_again_only_at_another_value(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    press.event(the.archive, now, "e1")
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    for value, new in ((40, 1), (40, 0), (52, 1)):
        press.fact(the.archive, now, "event:e1:count:official", "count", article=ident, data={"value": value})
        assert the.match(now) == new
        the.tell(now)
    assert rows(the.private, "SELECT value FROM receipts")[0]["value"] == "52"


# ------------------------------------------------------------------------------------------------------- how sure


def test_whoever_waits_for_certainty_is_told_when_it_comes_and_nobody_else_is_told_again(
    the: Desk, now: datetime
) -> None:
    early = add(the.private, the.keys, now, reader("early@mail.test"), wants())
    patient = add(the.private, the.keys, now, reader("patient@mail.test"), wants(certainty="corroborated"))
    press.event(the.archive, now, "e1", "announced")
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    press.fact(the.archive, now, "event:e1", article=ident)
    the.match(now)
    assert [
        m.subscriber for found in matches.waiting(the.private, instant=True, since_before=now).values() for m in found
    ] == [early]
    the.tell(now)
    press.set_state(the.archive, "e1", "corroborated")
    press.fact(the.archive, now, "event:e1:state:corroborated", "state", data={"state": "corroborated"})
    the.match(now)
    assert list(matches.waiting(the.private, instant=True, since_before=now)) == [patient]


def test_a_person_of_whom_it_is_less_sure_than_of_the_event_is_waited_for(the: Desk, now: datetime) -> None:
    press.person(the.archive, "p1", "p1")
    press.event(the.archive, now, "e1", "corroborated")
    add(the.private, the.keys, now, None, wants("person:p1", certainty="corroborated"))
    with write(the.archive):
        the.archive.conn.execute("UPDATE events SET ledger = ?", (json.dumps({"people": {"p1": {"state": "named"}}}),))
    press.fact(the.archive, now, "event:e1:named:p1", "named", person="p1", data={"state": "named"})
    assert the.match(now) == 0
    with write(the.archive):
        ledger = {"people": {"p1": {"state": "corroborated"}}}
        the.archive.conn.execute("UPDATE events SET ledger = ?", (json.dumps(ledger),))
    data = {"state": "corroborated", "before": "named"}
    press.fact(the.archive, now, "event:e1:state:p1:corroborated", "state", person="p1", data=data)
    assert the.match(now) == 1


def test_plain_coverage_is_no_news_for_whoever_waits_for_an_event(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, None, wants(certainty="announced"))
    press.covered(the.archive, now, press.story(the.archive, now))
    assert the.match(now) == 0


@pytest.mark.parametrize(
    ("certainty", "waits", "at_once", "digest"),
    [
        ("announced", "", False, True),  # a running total, travel onwards, an article nobody could make sense of
        ("announced", "hint", False, False),
        ("hint", "hint", True, True),
        ("", "", True, True),
    ],
)
def test_what_is_no_release_waits_for_the_digest_of_whoever_wants_releases(
    the: Desk, now: datetime, certainty: str, waits: str, at_once: bool, digest: bool
) -> None:
    """Fails when a demand or an anniversary wakes somebody up, or when nobody ever hears of it."""
    prompt = add(the.private, the.keys, now, reader("now@mail.test"), wants(readers.RELEASES, certainty=certainty))
    daily = add(
        the.private, the.keys, now, reader("day@mail.test", hour="08:00"),
        wants(readers.RELEASES, instant=False, certainty=certainty),
    )  # fmt: skip
    told = press.article(the.archive, now, press.story(the.archive, now), topics=["releases"])
    press.fact(the.archive, now, "story:s", "coverage", article=told, data={"waits": waits} if waits else {})
    the.match(now)
    assert list(matches.waiting(the.private, instant=True, since_before=now)) == [prompt] * at_once
    assert list(matches.waiting(the.private, instant=False, since_before=now)) == [daily] * digest


def test_an_event_long_past_wakes_nobody_who_waits_for_certainty(the: Desk, now: datetime) -> None:
    press.event(the.archive, now, "e1", "confirmed")
    prompt = add(the.private, the.keys, now, reader("now@mail.test"), wants(certainty="announced"))
    words = add(the.private, the.keys, now, reader("words@mail.test"), wants())
    told = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    press.fact(the.archive, now, "event:e1", "coverage", article=told, data={"waits": "past"})
    the.match(now)
    assert prompt != words and list(matches.waiting(the.private, instant=True, since_before=now)) == [words]


# ------------------------------------------------------------------------------------------------------- corrections


def test_a_correction_reaches_everybody_who_was_told_and_nobody_else(the: Desk, now: datetime) -> None:
    told = add(the.private, the.keys, now, reader("told@mail.test"))
    press.event(the.archive, now, "e1")
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    press.fact(the.archive, now, "event:e1:announced", "announced", article=ident)
    the.match(now)
    the.tell(now)
    desk.edit(the.private, the.keys, told, wanted=[wants("football")])
    add(the.private, the.keys, now, reader("new@mail.test"))
    data = {"state": "retracted", "corrects": ["event:e1:announced"]}
    press.fact(the.archive, now, "event:e1:correction:event", "correction", article=ident, data=data)
    assert the.match(now) == 1
    assert list(matches.waiting(the.private, instant=True, since_before=now)) == [told]
    assert the.bundle(now, timedelta()) == 1
    assert the.deliveries()[-1] == ("correction", None)


def test_a_correction_without_a_list_concerns_the_whole_event(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    press.event(the.archive, now, "e1")
    press.event(the.archive, now, "e11")
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e11"))
    press.fact(the.archive, now, "event:e11:named:p1", "named", person="p1", article=ident)
    the.match(now)
    the.tell(now)
    press.fact(the.archive, now, "event:e1:correction:event", "correction", article=ident)
    assert the.match(now) == 0
    press.fact(the.archive, now, "event:e11:correction:event", "correction", article=ident)
    assert the.match(now) == 1


# ---------------------------------------------------------------------------------------------------- when it is due


def test_an_instant_alert_gathers_for_a_minute(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    for _ in range(3):
        press.covered(the.archive, now, press.story(the.archive, now))
    the.match(now)
    assert the.bundle(now + 59 * timedelta(seconds=1)) == 0
    assert the.bundle(now + MINUTE) == 1
    assert the.waiting() == []


def test_slack_gets_one_message_per_story(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, reader("https://hooks.slack.test/x", "slack"))
    for _ in range(3):
        press.covered(the.archive, now, press.story(the.archive, now))
    the.match(now)
    assert the.bundle(now + MINUTE) == 3


def test_quiet_hours_hold_messages_and_then_it_is_one(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, reader(quiet=("08:00", "10:00")))
    for minute in range(3):
        press.covered(the.archive, now, press.story(the.archive, now))
        the.match(now)
        assert the.bundle(now + minute * MINUTE, timedelta()) == 0
    assert the.bundle(now + HOUR) == 1


def test_a_digest_waits_for_its_hour_and_takes_everything(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, reader(hour="08:00", zone="Europe/Vilnius"), wants(instant=False))
    the.digests(now)
    for _ in range(3):
        press.covered(the.archive, now, press.story(the.archive, now))
        the.match(now)
    assert the.bundle(now + HOUR) == 0
    eight = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
    assert the.digests(eight - MINUTE) == 0
    assert the.digests(eight) == 1
    assert the.digests(eight + MINUTE) == 0
    assert the.deliveries() == [("digest", "2026-11-17")]


def test_d05_a_day_without_news_has_no_digest(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, reader(hour="08:00"), wants(instant=False))
    for hour in range(72):
        assert the.digests(now + hour * HOUR) == 0


def test_d04_after_three_days_down_there_is_one_digest(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now, reader(hour="08:00"), wants(instant=False))
    the.digests(now)
    press.covered(the.archive, now, press.story(the.archive, now))
    the.match(now + 3 * DAY)
    assert the.digests(now + 3 * DAY) == 1
    assert the.deliveries() == [("digest", "2026-11-19")]


def test_d06_moving_to_another_zone_around_the_hour_gives_one_digest_that_day(the: Desk, now: datetime) -> None:
    who = reader(hour="09:00", zone="Europe/Vilnius")
    ident = add(the.private, the.keys, now - DAY, who, wants(instant=False))
    the.digests(now - 3 * HOUR)
    press.covered(the.archive, now, press.story(the.archive, now))
    the.match(now - 3 * HOUR)
    assert the.digests(now) == 1
    for zone in ("Europe/London", "America/New_York"):
        desk.edit(the.private, the.keys, ident, reader(hour="09:30", zone=zone))
        press.covered(the.archive, now, press.story(the.archive, now))
        the.match(now)
        for hour in range(1, 12):
            assert the.digests(now + hour * HOUR) == 0
    assert the.digests(now + DAY + 6 * HOUR) == 1


@pytest.mark.parametrize("jump", [3 * HOUR, -3 * HOUR, 400 * DAY, -20_000 * DAY], ids=str)
def test_d03_a_jumping_clock_doubles_no_digest_and_locks_nothing_up(the: Desk, now: datetime, jump: timedelta) -> None:
    add(the.private, the.keys, now, reader(hour="10:00"), wants(instant=False))
    written = 0
    moment = now
    for hour in range(24 * 6):
        moment += HOUR
        press.covered(the.archive, moment, press.story(the.archive, moment))
        the.match(moment)
        written += the.digests(moment + jump if 30 <= hour < 33 else moment)
    days = [day for _, day in the.deliveries()]
    assert len(days) == len(set(days)) == written
    assert 5 <= written <= 7


def test_whoever_gives_up_the_digest_gets_at_once_what_waits(the: Desk, now: datetime) -> None:
    ident = add(the.private, the.keys, now, reader(hour="08:00"), wants(instant=False))
    press.covered(the.archive, now, press.story(the.archive, now))
    the.match(now)
    assert the.bundle(now + HOUR) == 0
    desk.edit(the.private, the.keys, ident, reader(), [wants()])
    assert the.bundle(now + HOUR) == 1


def test_a_cursor_ahead_of_the_facts_comes_from_a_restored_backup(the: Desk, now: datetime) -> None:
    add(the.private, the.keys, now)
    with write(the.private):
        matches.move_cursor(the.private, 1000)
    the.match(now)
    press.covered(the.archive, now, press.story(the.archive, now))
    assert the.match(now) == 1


def test_a_reader_whose_row_is_damaged_does_not_stop_the_others(the: Desk, now: datetime) -> None:
    broken = add(the.private, the.keys, now, reader("a@mail.test"))
    add(the.private, the.keys, now, reader("b@mail.test"))
    with write(the.private):
        the.private.conn.execute("UPDATE subscribers SET sealed = x'00' WHERE id = ?", (broken,))
    press.covered(the.archive, now, press.story(the.archive, now))
    assert the.match(now) == 1
    assert the.bundle(now + MINUTE) == 1


def test_delivery_ids_are_long_random_and_say_nothing(now: datetime) -> None:
    ids = {bundles.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(i) for i in ids} == {26}
    assert not any(clock.to_text(now)[:4] == i[:4] for i in ids)


def test_a_name_is_followed_in_any_spelling(the: Desk, now: datetime) -> None:
    press.person(the.archive, "p1", "Ales Bialiatski", "Алесь Бяляцкі", "Алесь Беляцкий")
    press.person(the.archive, "p2", "Maria Kalesnikava", "Марыя Калеснікава", "Мария Колесникова")
    press.event(the.archive, now, "e1")
    for spelling in ("Ales Bialiatski", "Алесь Бяляцкі", "Алесь Беляцкий"):
        add(
            the.private,
            the.keys,
            now,
            reader(f"{len(spelling)}{spelling[-1]}@mail.test"),
            wants(f'person:"{spelling}"'),
        )
    uid = press.story(the.archive, now, event="e1")
    text = "Ales Bialiatski and Maria Kalesnikava were released."
    ident = press.article(the.archive, now, uid, text=text, people=["p1", "p2"])
    for person in ("p1", "p2"):
        press.fact(the.archive, now, f"event:e1:named:{person}", "named", person=person, article=ident)
    the.match(now)
    assert the.waiting() == ["event:e1:named:p1"] * 3


def test_certainty_is_the_persons_in_whatever_spelling_they_are_followed(the: Desk, now: datetime) -> None:
    press.person(the.archive, "p1", "Ales Bialiatski", "Алесь Бяляцкі")
    press.event(the.archive, now, "e1", "corroborated")
    with write(the.archive):
        the.archive.conn.execute("UPDATE events SET ledger = ?", (json.dumps({"people": {"p1": {"state": "named"}}}),))
    add(the.private, the.keys, now, None, wants('person:"Алесь Бяляцкі"', certainty="corroborated"))
    uid = press.story(the.archive, now, event="e1")
    ident = press.article(the.archive, now, uid, text="Ales Bialiatski was released.", people=["p1"])
    press.fact(the.archive, now, "event:e1", article=ident)
    assert the.match(now) == 0
