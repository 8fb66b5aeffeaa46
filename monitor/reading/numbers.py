"""How many: numerals and number words in a sentence, in the ways newsrooms write them.

`1,140`, `1 140`, `1.140`, `123`, `двадцать два`, `zweiundfünfzig` are exact. `more than 120`, `10–15` and `dozens` are
quantities without an exact value, kept so that nothing else takes them for one. Dates, times, years, decimals and
percentages are no quantities. What a number counts is for the claim to say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from monitor.reading.lexicon import Mark

#: A comma, full stop, space, thin or no-break space or apostrophe between groups of three digits parts thousands.
_THOUSANDS = re.compile(r"[ ,.'’\u00a0\u202f\u2009]")
_RANGE = re.compile(r"\s*[-–—−]\s*")
_BETWEEN_DIGITS = re.compile(r"[.,:/]")
_ORDINAL = re.compile(r"\s?[-‑]?(?:я|й|ю|е|м|х|го|му|ая|ы|ую|ой|ga|oj)\b|(?:st|nd|rd|th)\b")
YEARS = range(1900, 2100)
DOZEN = 12


#: A number that is the first part of a word (`61-letnia`, `63-летнего`, `a 69-year-old`) counts nobody; a group does.
_COMPOUND = re.compile(r"[-‑](?!strong|member|person|osobow|člen|köpfig|koppig)[^\W\d_]{3,}")

#: `1. `, `2) `: what follows the number of an item.
_ITEM = re.compile(r"[.)]\s")

#: Words before a number that make it a name, and those that do so with a full stop (Latvian `no` is `from`).
_SHORT = ("no", "n", "p", "nr", "num", "č", "art", "стр")
_NUMBERED = {*("nr", "ик", "пк", "сизо", "сіза", "вк", "number", "nummer", "numer", "numero", "page")}
_NUMBERED |= {*("номер", "номером", "нумар", "нумарам", "číslo", "número", "numéro")}
#: How the articles of a law are called.
_ARTICLES = ("articl", "стать", "статт", "артык", "artyk", "artik", "straipsn", "artícul", "articol")
#: What parts two number words that follow each other.
_PARTING = re.compile(r"[,;:—–(]")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a sentence: words `start` to `end` (half-open). `value` is None where it is not exact; `about` is
    the number it was said to be more than, less than or near to."""

    start: int
    end: int
    value: int | None
    digits: bool = True
    about: int | None = None


def quantities(
    text: str, spans: Sequence[tuple[int, int]], forms: Sequence[str], marks: Sequence[Mark]
) -> list[Quantity]:
    """The quantities of a sentence whose words stand at `spans` of `text`, in order."""
    words = {mark.start: int(mark.role[7:]) for mark in marks if mark.role.startswith("number.")}
    words |= {m.start: 0 for m in marks if m.role == "and" and words.get(m.start - 1, 0) >= 20 and m.end in words}
    vague = {place for mark in marks if mark.role == "approx" for place in mark.at}
    parted = {p for p in words if p - 1 in words and _PARTING.search(text, spans[p - 1][1], spans[p][0])}
    found = [*_numerals(text, spans, forms), *_spoken(words, len(forms), parted)]
    return [_vague(quantity, vague) for quantity in sorted(found, key=lambda q: q.start)]


def _numerals(text: str, spans: Sequence[tuple[int, int]], forms: Sequence[str]) -> Iterator[Quantity]:
    place = 0
    while place < len(forms):
        if not forms[place].isdecimal():
            place += 1
            continue
        end = place + 1
        while end < len(forms) and _joined(text, spans, forms, place, end):
            end += 1
        quantity = _numeral(text, spans, forms, place, end)
        if quantity is not None and not _is_name(text, spans, forms, place):
            yield quantity
        place = end


def _is_name(text: str, spans: Sequence[tuple[int, int]], forms: Sequence[str], place: int) -> bool:
    """`penal colony No. 4`, `1. The weather`: a number that names a place, or an item of a list."""
    if not place:  # an item of a list, or an ordinal
        return bool(_ITEM.match(text, spans[0][1])) and len(forms) > 1
    before = text[spans[place - 1][1] : spans[place][0]]
    name = forms[place - 1]
    article = name.startswith(_ARTICLES)
    return "№" in before or article or name in _NUMBERED or (name in _SHORT and before.startswith("."))


def _joined(text: str, spans: Sequence[tuple[int, int]], forms: Sequence[str], first: int, place: int) -> bool:
    """Does the word at `place` continue a numeral: a group of thousands, a range, a decimal, a date or a time?"""
    if not forms[place].isdecimal():
        return False
    between = text[spans[place - 1][1] : spans[place][0]]
    if _THOUSANDS.fullmatch(between):
        return (len(forms[place]) == 3 and len(forms[first]) <= 3) or between in ".,"
    return bool(_RANGE.fullmatch(between) or _BETWEEN_DIGITS.fullmatch(between))


def _numeral(
    text: str, spans: Sequence[tuple[int, int]], forms: Sequence[str], start: int, end: int
) -> Quantity | None:
    parts = forms[start:end]
    gaps = [text[spans[i - 1][1] : spans[i][0]] for i in range(start + 1, end)]
    after = text[spans[end - 1][1] : spans[end - 1][1] + 8]
    if after.lstrip().startswith("%") or _ORDINAL.match(after) or _COMPOUND.match(after):
        return None
    if not gaps:
        value = int(parts[0])
        return None if len(parts[0]) == 4 and value in YEARS else Quantity(start, end, value)
    if all(_THOUSANDS.fullmatch(gap) for gap in gaps) and all(len(part) == 3 for part in parts[1:]):
        return Quantity(start, end, int("".join(parts)))
    if any(_RANGE.fullmatch(gap) for gap in gaps) and max(map(len, parts)) < 4:
        return Quantity(start, end, None)
    return None


def _spoken(words: dict[int, int], length: int, parted: Collection[int]) -> Iterator[Quantity]:
    """Number words that follow each other, added up: `двадцать два`, `one hundred twenty-three`; not `eighteen,
    fifteen`, where a comma parts them, nor `eighteen fifteen`."""
    place = 0
    while place < length:
        if place not in words:
            place += 1
            continue
        start, total, last = place, 0, 1_000_000
        while place in words and (place == start or place not in parted) and _follows(last, total, words[place]):
            last = words[place] or last
            total = total * last if last in (100, 1000) and 0 < total < last else total + words[place]
            place += 1
            if total == 4 and words.get(place) == 20:  # quatre-vingts
                total, last, place = 80, 80, place + 1
            if total < DOZEN == words.get(place) and place == start + 1:  # two dozen
                total, last, place = total * DOZEN, 1, place + 1
        alone = total in (1, 1000) and place == start + 1  # an article, `thousands`: no count
        yield Quantity(start, place, None if alone else total, digits=False, about=1 if alone and total == 1 else None)


def _follows(last: int, total: int, value: int) -> bool:
    """May a number word go on with the number before it? `eighteen fifteen` are two; `soixante-dix`, `dix-sept` one."""
    if value in (0, 1000) or (value == 100 and total < 10):
        return True
    if last % 100 == 0:
        return value < last
    tens = last % 10 == 0 and last > 10
    return value < (20 if last in (60, 80) else 10) if tens else last == 10 and 7 <= value < 10


def _vague(quantity: Quantity, vague: set[int]) -> Quantity:
    if quantity.start - 1 in vague:
        return Quantity(quantity.start, quantity.end, None, quantity.digits, quantity.value)
    return quantity
