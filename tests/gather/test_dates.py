"""Dates as real feeds write them, read exactly or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.gather.dates import parse_date

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat, 21 Nov 2026 10:00:00 +0200", "2026-11-21T08:00:00"),
        ("Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-21T10:00:00"),
        ("Sat, 21 Nov 2026 10:00:00", "2026-11-21T10:00:00"),
        ("Sat, 21 Nov 2026 10:00 +0200", "2026-11-21T08:00:00"),
        ("Sat, 21 Nov 2026 10:00:00 EET", "2026-11-21T08:00:00"),
        ("Sat, 21 Nov 2026 10:00:00 MSK", "2026-11-21T07:00:00"),
        ("Sat, 21 Nov 2026 10:00:00 EST", "2026-11-21T15:00:00"),
        ("Sat, 21 Nov 2026 10:00:00 XYZ", "2026-11-21T10:00:00"),
        ("21 Nov 26 10:00:00 Z", "2026-11-21T10:00:00"),
        ("Saturday, 21-Nov-26 10:00:00 GMT", "2026-11-21T10:00:00"),
        ("  Sat,21 Nov 2026  10:00:00 +0000 ", "2026-11-21T10:00:00"),
        ("Sat, 21 Nov 2026 10:00:60 GMT", "2026-11-21T10:00:59"),
        ("Thu Jan 01 19:48:21 2026", "2026-01-01T19:48:21"),
        ("Sat Nov 21 10:00:00 EET 2026", "2026-11-21T08:00:00"),
        ("November 21, 2026 10:00", "2026-11-21T10:00:00"),
        ("Nov. 3, 2026", "2026-11-03T00:00:00"),
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00"),
        ("2026-11-21T10:00:00.123456+03:00", "2026-11-21T07:00:00"),
        ("2026-11-21T10:00:00+0300", "2026-11-21T07:00:00"),
        ("2026-11-21T10:00:00-08", "2026-11-21T18:00:00"),
        ("2026-11-21 10:00", "2026-11-21T10:00:00"),
        ("2026-11-21", "2026-11-21T00:00:00"),
        ("2026/1/9 10:00:00", "2026-01-09T10:00:00"),
        ("20261121T100000Z", "2026-11-21T10:00:00"),
        ("21.11.2026 10:00", "2026-11-21T10:00:00"),
        ("2026 m. lapkričio 21 d.", "2026-11-21T00:00:00"),
        ("21 лістапада 2026, 10:00", "2026-11-21T10:00:00"),
        ("Сб, 21 ноя 2026 10:00:00 +0300", "2026-11-21T07:00:00"),
        ("1 жніўня 2026", "2026-08-01T00:00:00"),
        ("9 мая 2026 9:05", "2026-05-09T09:05:00"),
        ("Нд, 18 Жов 2026 10:00:00 +0300", "2026-10-18T07:00:00"),
        ("21 listopada 2026", "2026-11-21T00:00:00"),
        ("3. März 2026", "2026-03-03T00:00:00"),
        ("1795255200", "2026-11-21T10:00:00"),
        ("1795255200000", "2026-11-21T10:00:00"),
        ("", None),
        ("yesterday", None),
        ("0000-00-00", None),
        ("2026-13-01", None),
        ("2026-11-31", None),
        ("Sat, 21 Nov 2026 10:00:00 +9900", None),
        ("24.11.2026", None),
        ("2099-01-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("2016-11-20", None),
        ("11/21/2026", None),
        ("2026", None),
        ("9" * 5000, None),
    ],
)
def test_a_date_is_read_exactly_or_not_at_all(text: str, expected: str | None) -> None:
    moment = datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None
    assert parse_date(text, NOW) == moment


@pytest.mark.parametrize(("hours", "credible"), [(23, True), (25, False), (-24 * 3652, True), (-24 * 3654, False)])
def test_f14_only_ten_years_back_and_a_day_ahead_are_credible(hours: int, credible: bool) -> None:
    moment = NOW + timedelta(hours=hours)
    assert (parse_date(moment.isoformat(), NOW) is not None) == credible


def test_every_month_of_every_language_is_its_number() -> None:
    names = {
        "be": "студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",
        "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "lt": "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
        "en": "January February March April May June July August September October November December",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    }
    for language, text in names.items():
        read = [parse_date(f"5 {word} 2025", NOW) for word in text.split()]
        assert [moment and moment.month for moment in read] == list(range(1, 13)), language
