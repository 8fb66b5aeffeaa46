"""The weekly note: silence is told from trouble, once a week, discreetly, and not to whoever does not want it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.alerts import bundles
from monitor.alerts.compose import compose
from monitor.alerts.digest import week_between
from monitor.alerts.entries import Editor
from monitor.alerts.standing import Standing
from monitor.model import Bundle, Coverage, DeliveryKind, Mail
from monitor.store import Database, matches, outbox, rows, write
from monitor.store.matches import NewMatch
from monitor.store.subscribers import by_id
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys
from tests.readers import add, reader

START = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAILING = Coverage(12, ("The Quiet Paper",), (("The Broken Paper", START),))


@pytest.fixture
def standing(keys: Keys) -> Standing:
    return Standing(keys)


def live(private: Database, standing: Standing, since: datetime, until: datetime, step: timedelta = HOUR) -> None:
    """The sender's sweep, hour by hour."""
    now = since
    while now <= until:
        bundles.digests(private, standing, now)
        now += step


def notes(private: Database) -> list[str]:
    return [r["day"] for r in rows(private, "SELECT day FROM deliveries WHERE kind = 'quiet' ORDER BY day")]


def news(private: Database, who: str, at: datetime, key: str = "story:1", *, instant: bool = True) -> None:
    with write(private):
        matches.add(private, [NewMatch(who, (key,), "", 1, ("s",), instant)], at)


def test_after_a_week_without_anything_a_note_comes_on_monday_and_only_one_each_week(
    private: Database, keys: Keys, standing: Standing
) -> None:
    add(private, keys, START, reader(zone="Europe/Vilnius"))
    live(private, standing, START - 2 * DAY, START + 14 * DAY)
    assert notes(private) == ["2026-11-23", "2026-11-30"]
    at = rows(private, "SELECT created_at FROM deliveries ORDER BY day")[0][0]
    assert at.startswith("2026-11-23T07:00"), "nine o'clock in Vilnius, to the hour of the sweep"


def test_whoever_was_told_anything_in_the_week_gets_no_note(private: Database, keys: Keys, standing: Standing) -> None:
    who = add(private, keys, START)
    bundles.digests(private, standing, START)
    news(private, who, START + 4 * DAY)
    bundles.bundle(private, standing, START + 4 * DAY + HOUR, timedelta())
    live(private, standing, START + 5 * DAY, START + 7 * DAY)
    assert notes(private) == []


def test_news_that_waits_is_no_silence(private: Database, keys: Keys, standing: Standing) -> None:
    who = add(private, keys, START)
    bundles.digests(private, standing, START)
    news(private, who, START + 6 * DAY - 5 * HOUR)
    live(private, standing, START + 6 * DAY - 4 * HOUR, START + 6 * DAY)
    assert notes(private) == []


def test_a_digest_at_the_same_hour_takes_the_place_of_the_note(
    private: Database, keys: Keys, standing: Standing
) -> None:
    who = add(private, keys, START, reader(hour="08:00"))
    bundles.digests(private, standing, START)
    news(private, who, START + 4 * DAY, instant=False)
    bundles.digests(private, standing, START + 6 * DAY)
    assert [r["kind"] for r in rows(private, "SELECT kind FROM deliveries")] == ["digest"]


@pytest.mark.parametrize("settings", [{"weekly": False}, {"channel": "webhook", "to": "https://hook.test/x"}])
def test_whoever_does_not_want_it_and_programs_get_none(
    private: Database, keys: Keys, standing: Standing, settings: dict[str, object]
) -> None:
    add(private, keys, START, reader(**settings))  # type: ignore[arg-type]
    live(private, standing, START, START + 8 * DAY)
    assert notes(private) == []


def test_whoever_is_paused_or_only_the_operator_gets_none(private: Database, keys: Keys, standing: Standing) -> None:
    add(private, keys, START, reader("paused@mail.test"), state="paused")
    add(private, keys, START, reader("operator@mail.test"), origin="notices")
    live(private, standing, START, START + 8 * DAY)
    assert notes(private) == []


def test_a_program_that_was_started_yesterday_says_nothing_of_a_week(
    private: Database, keys: Keys, standing: Standing
) -> None:
    add(private, keys, START)
    live(private, standing, START - 2 * DAY, START + 3 * DAY)  # over a Monday
    assert notes(private) == []


def test_three_weeks_down_are_one_note(private: Database, keys: Keys, standing: Standing) -> None:
    add(private, keys, START)
    bundles.digests(private, standing, START)
    bundles.digests(private, standing, START + 21 * DAY)
    bundles.digests(private, standing, START + 21 * DAY + HOUR)
    assert notes(private) == ["2026-12-07"]


def test_the_note_keeps_out_of_quiet_hours() -> None:
    assert reader(quiet=("22:00", "10:30")).weekly_hour == "10:30"
    assert reader(quiet=("22:00", "07:00")).weekly_hour == "09:00"
    assert reader(quiet=("22:00", "07:00"), hour="06:00").weekly_hour == "06:00", "as they chose for the digest"


def test_a_week_belongs_to_a_local_monday_across_a_change_of_clocks() -> None:
    zone, autumn = "Europe/Vilnius", datetime(2026, 10, 26, tzinfo=UTC)  # clocks went back on the 25th
    assert week_between(autumn, autumn + 7 * HOUR - timedelta(minutes=1), "09:00", zone) is None
    assert week_between(autumn, autumn + 7 * HOUR, "09:00", zone) == date(2026, 10, 26)
    assert week_between(autumn + 7 * HOUR, autumn + 7 * DAY, "09:00", zone) is None


@pytest.mark.parametrize("discretion", ["open", "discreet"])
def test_the_note_says_what_was_checked_what_is_silent_since_when_and_how_to_stop_it(discretion: str) -> None:
    bundle = Bundle(
        "d",
        DeliveryKind.QUIET,
        START,
        discretion=discretion,  # type: ignore[arg-type]
        coverage=FAILING,
        manage_url="https://a.test/m",
    )
    mail = compose(bundle, "email")
    assert isinstance(mail, Mail)
    for part in ("12 sources", "The Broken Paper (since 17 November)", "The Quiet Paper", "https://a.test/m"):
        assert part in " ".join(mail.text.split())


def test_its_coverage_is_that_of_the_archive(archive: Database) -> None:
    said = Editor(archive, lambda _: None, "https://a.test").content([], "quiet", "en", START)
    assert said.coverage is not None


def test_it_is_switched_off_with_the_other_settings(private: Database, keys: Keys, standing: Standing) -> None:
    who = add(private, keys, START)
    row = by_id(private, who)
    assert row is not None
    desk.edit(private, keys, who, replace(desk.open_reader(keys, row), weekly=False), None)
    live(private, standing, START, START + 8 * DAY)
    assert notes(private) == []


def test_unheard_of_forgets_what_is_a_week_old(private: Database, keys: Keys) -> None:
    who = add(private, keys, START)
    news(private, who, START)
    standing = Standing(keys)
    bundles.bundle(private, standing, START, timedelta())
    with write(private):
        for due in outbox.due(private, START, 10):
            outbox.sent(private, due.id, START)
    assert outbox.unheard_of(private, START - HOUR) == set()
    assert outbox.unheard_of(private, START + HOUR) == {who}
