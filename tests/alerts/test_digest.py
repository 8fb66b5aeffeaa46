"""A digest per local day, wherever the clocks go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from monitor.alerts.digest import due_between, moment_of, next_digest, quiet_until

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_next_digest_is_later_than_now() -> None:
    assert next_digest(at("2026-11-16 05:59"), "08:00", "Europe/Vilnius") == at("2026-11-16 06:00")
    assert next_digest(at("2026-11-16 06:00"), "08:00", "Europe/Vilnius") == at("2026-11-17 06:00")


def test_d01_an_hour_that_does_not_exist_moves_forward() -> None:
    assert moment_of(date(2026, 3, 29), "03:30", "Europe/Vilnius") == at("2026-03-29 01:30")


def test_d01_an_hour_that_comes_twice_counts_once() -> None:
    assert moment_of(date(2026, 10, 25), "03:30", "Europe/Vilnius") == at("2026-10-25 00:30")
    assert next_digest(at("2026-10-25 00:30"), "03:30", "Europe/Vilnius") == at("2026-10-26 01:30")


def test_d02_minsk_has_365_digests_at_one_utc_minute() -> None:
    moment, seen = at("2026-01-01 00:00"), []
    while (moment := next_digest(moment, "08:00", "Europe/Minsk")) < at("2027-01-01 00:00"):
        seen.append(moment)
    assert len(seen) == 365
    assert {(m.hour, m.minute) for m in seen} == {(5, 0)}


@pytest.mark.parametrize("zone", sorted(available_timezones())[::12])
def test_every_zone_has_one_digest_per_local_day_of_a_year(zone: str) -> None:
    last, days = at("2026-01-01 00:00"), []
    while last < at("2027-01-01 00:00"):
        until = last + timedelta(hours=1)
        if day := due_between(last, until, "02:30", zone):
            days.append(day)
        last = until
    assert len(days) == len(set(days))
    assert len(days) in (365, 366)


def test_after_an_outage_the_last_day_stands_for_all() -> None:
    assert due_between(at("2026-11-12 09:00"), at("2026-11-16 09:00"), "08:00", "UTC") == date(2026, 11, 16)


def test_nothing_is_due_between_two_looks_on_the_same_side_of_the_hour() -> None:
    assert due_between(at("2026-11-16 08:00"), at("2026-11-16 20:00"), "08:00", "UTC") is None
    assert due_between(at("2026-11-16 09:00"), at("2026-11-16 08:30"), "08:00", "UTC") is None


def test_the_day_is_the_readers_own() -> None:
    assert due_between(at("2026-11-16 10:00"), at("2026-11-16 12:00"), "00:30", "Pacific/Auckland") == date(
        2026, 11, 17
    )


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-16 19:59", None),
        ("2026-11-16 20:00", "2026-11-17 05:00"),
        ("2026-11-17 04:59", "2026-11-17 05:00"),
        ("2026-11-17 05:00", None),
    ],
)
def test_quiet_hours_span_midnight(now: str, until: str | None) -> None:
    assert quiet_until(at(now), ("22:00", "07:00"), "Europe/Vilnius") == (at(until) if until else None)


def test_quiet_hours_within_a_day() -> None:
    assert quiet_until(at("2026-11-16 13:00"), ("12:00", "14:00"), "UTC") == at("2026-11-16 14:00")
    assert quiet_until(at("2026-11-16 15:00"), ("12:00", "14:00"), "UTC") is None


def test_no_quiet_hours_are_never_quiet() -> None:
    assert quiet_until(at("2026-11-16 13:00"), (), "UTC") is None
    assert quiet_until(at("2026-11-16 13:00"), ("12:00", "12:00"), "UTC") is None
