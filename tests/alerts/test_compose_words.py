"""The words around the news: complete in every language, and bent the way people bend them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts import words
from monitor.model import OutletType

FOLDER = Path(words.__file__).parent / "templates"
VILNIUS, MINSK = ZoneInfo("Europe/Vilnius"), ZoneInfo("Europe/Minsk")
BESIDE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def leaves(data: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def read(language: str) -> dict[str, Any]:
    return dict(leaves(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))))


def blanks(value: object) -> set[str]:
    return set(re.findall(r"{(\w+)}", str(value)))


def test_there_are_three_languages() -> None:
    assert words.languages() == ("be", "en", "ru")


@pytest.mark.parametrize("language", words.languages())
class TestEveryLanguage:
    def test_it_has_the_same_words_with_the_same_blanks(self, language: str) -> None:
        ours, english = read(language), read("en")
        assert set(ours) == set(english)
        assert {k: blanks(v) for k, v in ours.items()} == {k: blanks(v) for k, v in english.items()}

    def test_it_has_a_form_for_every_number(self, language: str) -> None:
        forms = 2 if language == "en" else 3
        counts = {k: v for k, v in read(language).items() if k.startswith("counts.")}
        assert all(len(v) == forms for v in counts.values())

    def test_it_names_every_kind_of_outlet(self, language: str) -> None:
        assert all(words.load(language).has(f"outlets.{kind}") for kind in OutletType)

    def test_it_has_twelve_months(self, language: str) -> None:
        assert len(set(read(language)["dates.months"])) == 12


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("en", 0, "0 items"),
        ("en", 1, "1 item"),
        ("en", 21, "21 items"),
        *[("be", n, f"{n} навіна") for n in (1, 21, 101, 1001)],
        *[("be", n, f"{n} навіны") for n in (2, 3, 4, 22, 34, 104)],
        *[("be", n, f"{n} навін") for n in (0, 5, 11, 12, 14, 19, 20, 25, 111, 112, 214)],
        *[("ru", n, f"{n} новость") for n in (1, 21, 101)],
        *[("ru", n, f"{n} новости") for n in (2, 4, 23, 102)],
        *[("ru", n, f"{n} новостей") for n in (0, 5, 11, 13, 111, 112, 1012)],
    ],
)
def test_plurals_follow_the_number(language: str, n: int, said: str) -> None:
    assert words.load(language).count("items", n) == said


@pytest.mark.parametrize(
    ("language", "said"), [("en", "1 March 2027"), ("be", "1 сакавіка 2027 г."), ("ru", "1 марта 2027 г.")]
)
def test_a_day_is_the_readers_own(language: str, said: str) -> None:
    assert words.load(language).day(datetime(2027, 2, 28, 22, 30, tzinfo=UTC), VILNIUS) == said


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), VILNIUS, "29 March, 02:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), VILNIUS, "29 March, 04:00"),
        (datetime(2026, 11, 21, 21, 30, tzinfo=UTC), MINSK, "22 November, 00:30"),
        (datetime(2026, 11, 21, 21, 30, tzinfo=UTC), ZoneInfo("UTC"), "21 November, 21:30 UTC"),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), MINSK, "1 January, 02:00"),
        (datetime(2025, 12, 31, 20, 0, tzinfo=UTC), MINSK, "31 December 2025, 23:00"),
    ],
)
def test_a_moment_is_local_and_names_the_year_only_where_it_differs(
    moment: datetime, zone: ZoneInfo, said: str
) -> None:
    assert words.load("en").moment(moment, zone, BESIDE) == said


def test_a_language_without_words_of_its_own_is_written_in_english() -> None:
    assert words.load("lt").language == "en"


def test_missing_words_are_a_broken_promise() -> None:
    with pytest.raises(KeyError):
        words.load("be")("certainty.perhaps")
    with pytest.raises(KeyError):
        words.load("be")("certainty")
    assert not words.load("be").has("certainty.perhaps")


def test_foreign_text_in_a_blank_is_never_read_as_a_blank() -> None:
    assert words.load("en")("open.alert", what="{what} {0} %s ${x} {{7*7}}") == "{what} {0} %s ${x} {{7*7}}"
