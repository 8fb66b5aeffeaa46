"""What the pages say, in Belarusian, Russian and English: words, plurals, dates.

One file per language under `words/`: a key is a text, or a table of plural forms. Times are shown in Minsk time,
because that is the day on which things happened; machine-readable attributes carry UTC.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.web.inert import plain

LANGUAGES = ("be", "ru", "en")
OWN_NAMES = {"be": "Беларуская", "ru": "Русский", "en": "English"}
MINSK = ZoneInfo("Europe/Minsk")

Texts = Mapping[str, str | Mapping[str, str]]


def plural(language: str, n: int) -> str:
    """Which form a number takes (CLDR): one, few or many. English has one and many."""
    n = abs(n)
    if language == "en":
        return "one" if n == 1 else "many"
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


class Words:
    """One language's texts. Call it with a key; raises KeyError for a text nobody wrote."""

    def __init__(self, language: str, texts: Texts) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, n: int | None = None, **values: object) -> str:
        text = self._texts[key]
        if not isinstance(text, str):
            text = text[plural(self.language, n or 0)]
        return text.format(n=self.number(n or 0), **values) if n is not None or values else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def named(self, group: str, code: str) -> str:
        """The word for a code such as a state or a kind; a code that nobody wrote a word for is shown as it is."""
        text = self._texts.get(f"{group}.{code}")
        return text if isinstance(text, str) else plain(code)

    def number(self, n: int) -> str:
        """Thousands apart: 1,423 in English, 1 423 (no-break) in Belarusian and Russian."""
        return f"{n:,}" if self.language == "en" else f"{n:,}".replace(",", "\u00a0")

    def decimal(self, n: float, places: int) -> str:
        """0.92 in English, 0,92 in Belarusian and Russian."""
        return f"{n:.{places}f}" if self.language == "en" else f"{n:.{places}f}".replace(".", ",")

    def day(self, day: date, today: date | None = None) -> str:
        """`22 November 2026`; within the running year without the year when `today` is given."""
        year = "" if today is not None and today.year == day.year else f" {day.year}"
        return f"{day.day}\u00a0{self._month(day)}{year}"

    def day_or_word(self, day: date, today: date) -> str:
        """`Today`, `Yesterday`, or the day with its year where that is not this year."""
        age = (today - day).days
        return self(("today", "yesterday")[age]) if age in (0, 1) else self.day(day, today)

    def month(self, month: date) -> str:
        """`November 2026`, in the nominative."""
        return f"{self(f'month.{month.month}')} {month.year}"

    def moment(self, moment: datetime, now: datetime) -> str:
        """`today, 14:20` or `3 November, 09:05`, in Minsk time."""
        local, today = moment.astimezone(MINSK), now.astimezone(MINSK).date()
        said = self.day_or_word(local.date(), today)
        return f"{said if said[:1].isdigit() else said.lower()}, {local:%H:%M}"

    def _month(self, day: date) -> str:
        return self(f"month.of.{day.month}")

    def partial(self, text: str) -> str:
        """A date as people know it, `2025`, `2025-12` or `2025-12-13`, in words; anything else as it is."""
        try:
            if len(text) == 7:
                return self.month(date.fromisoformat(f"{text}-01"))
            return self.day(date.fromisoformat(text)) if len(text) == 10 else text
        except ValueError:
            return text


@functools.cache
def words(language: str) -> Words:
    """The texts of one of LANGUAGES."""
    path = Path(__file__).parent / "words" / f"{language}.toml"
    return Words(language, _flat(tomllib.loads(path.read_text(encoding="utf-8"))))


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str | Mapping[str, str]]:
    """`[month.of] 1 = …` is found as `month.of.1`; a table with a `many` is one text in its plural forms."""
    found: dict[str, str | Mapping[str, str]] = {}
    for key, value in tree.items():
        if isinstance(value, dict) and "many" not in value:
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value if isinstance(value, dict) else str(value)
    return found


def choose(asked: str, accept: str) -> str:
    """The page's language: `?lang=` if it is one of ours, else the best of Accept-Language, else English.

    Somebody who reads Ukrainian, Polish or another language gets English; nobody is guessed to read Russian.
    """
    if asked in LANGUAGES:
        return asked
    wanted = sorted(_preferences(accept), key=lambda pair: -pair[1])
    return next((code for code, weight in wanted if weight > 0 and code in LANGUAGES), "en")


def _preferences(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept[:500].split(","):
        code, _, weight = part.partition(";q=")
        try:
            found.append((code.strip()[:2].lower(), float(weight) if weight else 1.0))
        except ValueError:
            continue
    return found
