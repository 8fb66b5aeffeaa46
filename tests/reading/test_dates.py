"""When: dates of a sentence, seen from the day of publication."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.reading.dates import day_of, moments
from tests.reading.claim_cases import sentences_of

TODAY = date(2025, 12, 13)  # a Saturday


def days(text: str, language: str = "en", today: date | None = TODAY) -> list[tuple[date, str]]:
    [sentence] = sentences_of(text, language)
    return [(m.day, m.precision) for m in moments(sentence, today)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "freed on 11 September 2025", date(2025, 9, 11)),
        ("en", "freed on September 11", date(2025, 9, 11)),
        ("en", "freed on September 11th, 2024", date(2024, 9, 11)),
        ("ru", "освобождены 13 декабря", date(2025, 12, 13)),
        ("be", "вызвалілі 11 верасня", date(2025, 9, 11)),
        ("be", "вызвалілі 13 сьнежня", date(2025, 12, 13)),
        ("uk", "звільнили 13 грудня", date(2025, 12, 13)),
        ("pl", "uwolniono 11 września", date(2025, 9, 11)),
        ("lt", "paleisti gruodžio 13 d.", date(2025, 12, 13)),
        ("de", "am 13. Dezember 2025 freigelassen", date(2025, 12, 13)),
        ("fr", "libérés le 13 décembre", date(2025, 12, 13)),
        ("en", "freed 13.12.2025", date(2025, 12, 13)),
        ("en", "freed 13.12.25", date(2025, 12, 13)),
        ("en", "freed 2025-12-13", date(2025, 12, 13)),
        ("en", "freed on Thursday", date(2025, 12, 11)),
        ("en", "freed on Saturday", date(2025, 12, 13)),
        ("ru", "вчера освободили", date(2025, 12, 12)),
        ("en", "freed on 2 January", date(2026, 1, 2)),
        ("en", "freed on 2 May", date(2025, 5, 2)),
    ],
)
def test_a_day_is_found(language, text, expected):
    assert days(text, language) == [(expected, "day")]


def test_a_month_is_no_day():
    assert days("freed in June 2014") == [(date(2014, 6, 1), "month")]
    assert days("freed in September") == [(date(2025, 9, 1), "month")]


def test_a_year_alone_is_kept_as_such():
    assert days("freed in 2014") == [(date(2014, 1, 1), "year")]


def test_may_is_first_of_all_a_verb():
    assert days("they may be freed") == []


def test_a_date_that_cannot_be_is_no_date():
    assert days("freed 45.13.25") == []
    assert days("freed on 31 February") == []


def test_without_a_day_of_publication_only_full_dates_count():
    assert days("freed on Thursday 11 September", today=None) == []
    assert days("freed on 11 September 2025", today=None) == [(date(2025, 9, 11), "day")]


def test_days_are_counted_in_minsk():
    assert day_of(datetime(2025, 12, 13, 22, 30, tzinfo=UTC)) == date(2025, 12, 14)
    assert day_of(None) is None


def test_of_two_numbers_beside_a_month_the_day_has_passed():
    """Fails when nine `of 23 pardoned on May 8` are let go on May 23, in Lithuanian `iš 23 gegužės 8 dieną`."""
    [sentence] = sentences_of("Devyni iš 23 gegužės 8 dieną malonę gavusių atvyko į Vilnių.", "lt")
    assert [m.day for m in moments(sentence, date(2027, 5, 9))] == [date(2027, 5, 8)]
