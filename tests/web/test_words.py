from __future__ import annotations

import string
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.web import words as module
from monitor.web.words import LANGUAGES, choose, plural, words

FILES = {code: Path(module.__file__).parent / "words" / f"{code}.toml" for code in LANGUAGES}


def flat(code: str) -> dict[str, object]:
    return dict(module._flat(tomllib.loads(FILES[code].read_text(encoding="utf-8"))))


def blanks(text: object) -> set[str]:
    texts = text.values() if isinstance(text, dict) else [text]
    return {name for t in texts for _, name, _, _ in string.Formatter().parse(str(t)) if name}


@pytest.mark.parametrize("code", ["be", "ru"])
def test_every_text_exists_in_every_language_with_the_same_blanks(code: str) -> None:
    english, other = flat("en"), flat(code)
    assert english.keys() == other.keys()
    assert {k for k in english if blanks(english[k]) != blanks(other[k])} == set()


@pytest.mark.parametrize("code", ["be", "ru"])
def test_every_counted_text_has_three_forms(code: str) -> None:
    assert {k for k, v in flat(code).items() if isinstance(v, dict) and v.keys() != {"one", "few", "many"}} == set()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("be", ["1 сюжэт", "2 сюжэты", "5 сюжэтаў", "11 сюжэтаў", "21 сюжэт", "22 сюжэты", "112 сюжэтаў"]),
        ("ru", ["1 сюжет", "2 сюжета", "5 сюжетов", "11 сюжетов", "21 сюжет", "22 сюжета", "112 сюжетов"]),
        ("en", ["1 story", "2 stories", "5 stories", "11 stories", "21 stories", "22 stories", "112 stories"]),
    ],
)
def test_numbers_take_the_right_form(code: str, expected: list[str]) -> None:
    assert [words(code)("stories", n=n) for n in (1, 2, 5, 11, 21, 22, 112)] == expected


def test_nothing_is_many() -> None:
    assert [plural(code, 0) for code in LANGUAGES] == ["many"] * 3


@pytest.mark.parametrize(
    ("code", "day", "month", "number"),
    [
        ("be", "22\u00a0лістапада 2026", "лістапад 2026", "1\u00a0423"),
        ("ru", "22\u00a0ноября 2026", "ноябрь 2026", "1\u00a0423"),
        ("en", "22\u00a0November 2026", "November 2026", "1,423"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_writes_them(
    code: str, day: str, month: str, number: str
) -> None:
    t = words(code)
    assert (t.partial("2026-11-22"), t.partial("2026-11"), t.number(1423)) == (day, month, number)
    assert t.partial("2026") == "2026" and t.partial("spring") == "spring"


def test_a_moment_is_told_in_minsk_time() -> None:
    now = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # already the 23rd in Minsk
    assert words("en").moment(datetime(2026, 11, 22, 21, 5, tzinfo=UTC), now) == "today, 00:05"
    assert words("be").moment(datetime(2026, 11, 22, 20, 5, tzinfo=UTC), now) == "учора, 23:05"
    assert words("ru").moment(datetime(2026, 11, 3, 6, 5, tzinfo=UTC), now) == "3\u00a0ноября, 09:05"
    assert words("en").moment(datetime(2025, 11, 3, 6, 5, tzinfo=UTC), now) == "3\u00a0November 2025, 09:05"


def test_a_day_ahead_is_no_word_but_a_date() -> None:
    assert words("en").day_or_word(date(2026, 11, 24), date(2026, 11, 23)) == "24\u00a0November"


@pytest.mark.parametrize(
    ("asked", "accept", "chosen"),
    [
        ("be", "en", "be"),
        ("", "be-BY,be;q=0.9,en;q=0.3", "be"),
        ("", "fr, en;q=0.2, ru;q=0.8", "ru"),
        ("", "uk, pl", "en"),
        ("xx", "", "en"),
        ("", "ru;q=abc, be;q=0.1", "be"),
        ("", "ru;q=0", "en"),
        ("", "," * 10_000, "en"),
    ],
)
def test_the_page_is_in_the_language_that_was_asked_for(asked: str, accept: str, chosen: str) -> None:
    assert choose(asked, accept) == chosen
