"""When: the dates a sentence gives, resolved against the day the article was published.

Read are `13 December 2025`, `December 13`, `13 декабря`, `13.12.2025`, `2025-12-13`, weekdays, `yesterday`, months and
years alone. A date without a year is the last such day before publication (or up to a month after it, for what is
announced). Days are counted in Minsk, where the releases happen. A date that cannot be right is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from monitor.reading.lexicon import Mark
from monitor.reading.sentences import Sentence

MINSK = timezone(timedelta(hours=3))
AHEAD = timedelta(days=31)
_EARLIEST = 1900
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})\b|\b(\d{4})-(\d{2})-(\d{2})\b")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with its precision; `start` is the word where it stands."""

    day: date
    precision: Literal["day", "month", "year"]
    start: int


def day_of(published: datetime | None) -> date | None:
    """The day of publication in Minsk."""
    return published.astimezone(MINSK).date() if published else None


def moments(sentence: Sentence, today: date | None) -> list[Moment]:
    """Every date of one sentence, in order of reading; relative ones only where `today` is known."""
    found = [*_numeric(sentence), *_named(sentence.forms, sentence.marks, today), *_relative(sentence.marks, today)]
    taken = {place for m in found for place in range(m.start - 2, m.start + 4)}
    found += [m for m in _years(sentence.forms) if m.start not in taken]
    return sorted(found, key=lambda m: m.start)


def _numeric(sentence: Sentence) -> Iterator[Moment]:
    for hit in _NUMERIC.finditer(sentence.text):
        day, month, year, *iso = hit.groups()
        parts = (int(iso[0]), int(iso[1]), int(iso[2])) if iso[0] else (_century(int(year)), int(month), int(day))
        found = _date(*parts)
        if found:
            yield Moment(found, "day", sentence.word_at(sentence.offset + hit.start()))


def _named(forms: Sequence[str], marks: Sequence[Mark], today: date | None) -> Iterator[Moment]:
    for mark in marks:
        if not mark.role.startswith("month."):
            continue
        month, place = int(mark.role[6:]), mark.start
        days, year = _neighbours(forms, place)
        if not days and year is None and forms[place] in ("may", "mar"):  # English words first of all
            continue
        found = [resolved for day in days or (None,) if (resolved := _resolve(year, month, day, today))]
        if found:  # `nine of the 23 May 8 let go`: of two numbers the day that has passed
            passed = (day for day in found if today is None or day <= today)
            yield Moment(next(passed, found[0]), "day" if days else "month", place)


def _neighbours(forms: Sequence[str], place: int) -> tuple[list[int], int | None]:
    """The numbers that may be the day, the likeliest first, and the year written around a month's name."""
    before = [_whole(form) for form in forms[max(0, place - 2) : place]]
    after = [_whole(form) for form in forms[place + 1 : place + 4]]
    years = [n for n in after[:3] if n and _EARLIEST <= n < 2100]
    beside = [n for n in before[-1:] + after[:1] if n and 1 <= n <= 31]
    days = beside or [n for n in before[:-1] if n and 1 <= n <= 31]
    return days, (years[0] if years else None)


def _whole(form: str) -> int | None:
    number = re.match(r"(\d{1,4})(?:st|nd|rd|th|го|га|е)?$", form)
    return int(number[1]) if number else None


def _resolve(year: int | None, month: int, day: int | None, today: date | None) -> date | None:
    if year is not None:
        return _date(year, month, day or 1)
    if today is None:
        return None
    for candidate in (today.year + 1, today.year, today.year - 1):
        resolved = _date(candidate, month, day or 1)
        if resolved and resolved <= today + (AHEAD if day else timedelta(0)):
            return resolved
    return None


def _relative(marks: Sequence[Mark], today: date | None) -> Iterator[Moment]:
    if today is None:
        return
    for mark in marks:
        role, _, value = mark.role.partition(".")
        if role == "day":
            yield Moment(today + timedelta(days=int(value)), "day", mark.start)
        elif role == "weekday":
            yield Moment(today - timedelta(days=(today.isoweekday() - int(value)) % 7), "day", mark.start)


def _years(forms: Sequence[str]) -> Iterator[Moment]:
    for place, form in enumerate(forms):
        if len(form) == 4 and form.isdecimal() and _EARLIEST <= int(form) < 2100:
            yield Moment(date(int(form), 1, 1), "year", place)


def _century(year: int) -> int:
    return year + 2000 if year < 100 else year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
