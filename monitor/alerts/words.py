"""The words around the news, in the reader's language: one file per language beside the templates.

Found by listing the folder: `templates/<code>.toml` adds a language. A missing word is a broken promise (KeyError),
not an English word in a Belarusian message; a test compares the files. Foreign text is only ever an argument here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

_FALLBACK = "en"


def _one_other(n: int) -> int:
    return 0 if n == 1 else 1


def _one_few_many(n: int) -> int:
    """1 навіна, 2 навіны, 5 навін; 11 to 14 are always "many"."""
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2


_PLURALS = {"one-other": _one_other, "one-few-many": _one_few_many}


class Words:
    """One language's words. Keys are paths into its file, such as `certainty.named`."""

    def __init__(self, language: str, data: Mapping[str, Any]) -> None:
        self.language = language
        self._data = data
        self._form = _PLURALS[data["plural"]]

    def __call__(self, key: str, **values: object) -> str:
        """The words under `key` with their blanks filled in. Raises KeyError for a key the file does not have."""
        found = self._find(key)
        if not isinstance(found, str):
            raise KeyError(key)
        return found.format_map(values) if values else found

    def has(self, key: str) -> bool:
        """Whether the file has words under `key`: for vocabularies that others may extend."""
        try:
            return isinstance(self._find(key), str)
        except KeyError:
            return False

    def count(self, key: str, n: int) -> str:
        """`n` with the right form of what is counted: `1 story`, `22 навіны`."""
        return str(self._find(f"counts.{key}")[self._form(n)]).format(n=n)

    def day(self, moment: datetime, zone: ZoneInfo, *, year: bool = True) -> str:
        """The reader's local day: `22 November 2026`, `22 лістапада 2026 г.`"""
        local = moment.astimezone(zone)
        month = self._find("dates.months")[local.month - 1]
        return self("dates.day_year" if year else "dates.day", day=local.day, month=month, year=local.year)

    def moment(self, moment: datetime, zone: ZoneInfo, beside: datetime) -> str:
        """The reader's local day and time; the year only where it differs from that of `beside`; UTC is named."""
        local = moment.astimezone(zone)
        day = self.day(moment, zone, year=local.year != beside.astimezone(zone).year)
        clock = f"{local:%H:%M}" + (" UTC" if zone.key == "UTC" else "")
        return self("dates.moment", day=day, time=clock)

    def _find(self, key: str) -> Any:
        found: Any = self._data
        for part in key.split("."):
            found = found[part]
        return found


def languages() -> tuple[str, ...]:
    """The languages messages can be written in."""
    return tuple(sorted(f.name[:-5] for f in _folder().iterdir() if f.name.endswith(".toml")))


@cache
def load(language: str) -> Words:
    """A language's words; English where there is no file for it."""
    code = language if language in languages() else _FALLBACK
    return Words(code, tomllib.loads((_folder() / f"{code}.toml").read_text(encoding="utf-8")))


def _folder() -> Any:
    return files("monitor.alerts") / "templates"
