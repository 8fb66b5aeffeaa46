"""Dates as feeds and pages write them. A date is read exactly or not at all: a guessed one would hide news as old.

Everything outside [ten years ago, tomorrow] is None, and so is every form not listed here. Without a zone it is UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

OLDEST, NEWEST = timedelta(days=3653), timedelta(days=1)

#: How month names begin (en, de, be, ru, uk, pl, lt): three letters, or four where a language needs them.
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan сту янв січ sty sau",
            "feb лют фев lut vas",
            "mar mär mrz сак мар бер kov",
            "apr кра апр кві kwi bal",
            "may mai май мая тра maj geg",
            "jun чэр июн чер cze bir",
            "jul ліп июл лип lip lie",
            "aug жні авг сер sie rgp rug",
            "sep вер сен wrz rugs",
            "oct okt кас окт жов paź spa",
            "nov ліс ноя лис lis lap",
            "dec dez сне дек гру gru",
        ),
        start=1,
    )
    for word in words.split()
}
#: Hours ahead of UTC. Abbreviations are ambiguous in the world, not among the outlets that are read here.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet", ""), 0),
    **dict.fromkeys(("cet", "bst", "west", "mez"), 1),
    **dict.fromkeys(("eet", "cest", "mesz"), 2),
    **dict.fromkeys(("eest", "msk", "fet"), 3),
    "msd": 4,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_CLOCK = r"(?:[T,\s]+(?:at\s+)?(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2}))?(?:[.,]\d+)?)?"
_ZONE = r"\s*(?P<zone>[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Za-z]{1,4})?"
_FORMS = tuple(
    re.compile(rf"\s*{form}", re.IGNORECASE)
    for form in (
        # 2026-11-21T10:00:00+02:00, 2026-11-21 10:00, 2026/11/21
        rf"(?P<y>\d{{4}})[-/](?P<mo>\d{{1,2}})[-/](?P<d>\d{{1,2}}){_CLOCK}{_ZONE}",
        # 20261121T100000Z
        rf"(?P<y>\d{{4}})(?P<mo>\d{{2}})(?P<d>\d{{2}})T?(?P<h>\d{{2}}):?(?P<mi>\d{{2}}):?(?P<s>\d{{2}}){_ZONE}",
        # Sat, 21 Nov 2026 10:00:00 +0200, 21 лістапада 2026 10:00, 21-Nov-26 10:00
        rf"(?:[^\W\d]+\.?[,\s]\s*)?(?P<d>\d{{1,2}})[\s.-]+(?P<word>[^\W\d]{{3,}})[\s.,-]+(?P<y>\d{{4}}|\d{{2}}\b){_CLOCK}{_ZONE}",
        # Sat Nov 21 10:00:00 EET 2026
        rf"[^\W\d]+,?\s+(?P<word>[^\W\d]{{3,}})\s+(?P<d>\d{{1,2}}){_CLOCK}{_ZONE}\s+(?P<y>\d{{4}})",
        # November 21, 2026 10:00
        rf"(?P<word>[^\W\d]{{3,}})\.?\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}}){_CLOCK}{_ZONE}",
        # 21.11.2026 10:00
        rf"(?P<d>\d{{1,2}})\.(?P<mo>\d{{1,2}})\.(?P<y>\d{{4}}){_CLOCK}{_ZONE}",
        # 2026 m. lapkričio 21 d. 10:00
        rf"(?P<y>\d{{4}})\s*m\.\s*(?P<word>[^\W\d]{{3,}})\s+(?P<d>\d{{1,2}})\s*d\.{_CLOCK}{_ZONE}",
    )
)


def parse_date(text: str, now: datetime) -> datetime | None:
    """The moment a date string names, if it names a credible one."""
    moment = _epoch(text) or next((m for form in _FORMS if (m := _read(form, text))), None)
    return moment if moment and now - OLDEST <= moment <= now + NEWEST else None


def _epoch(text: str) -> datetime | None:
    """1700000000 or 1700000000000: seconds or milliseconds since 1970."""
    if not re.fullmatch(r"\s*1\d{9}(\d{3})?\s*", text):
        return None
    return datetime.fromtimestamp(int(text.strip()[:10]), UTC)


def _read(form: re.Pattern[str], text: str) -> datetime | None:
    found = form.match(text[:80])
    if not found:
        return None
    part = found.groupdict()
    month = _month(part["word"].lower()) if part.get("word") else int(part.get("mo") or 0)
    year = int(part["y"]) + (2000 if len(part["y"]) == 2 else 0)
    offset = _offset(part.get("zone") or "")
    try:
        local = datetime(year, month, int(part["d"]), *_clock(part), tzinfo=UTC)
    except ValueError:
        return None
    return None if offset is None else local - offset


def _month(word: str) -> int:
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3]) or 0


def _clock(part: dict[str, str]) -> tuple[int, int, int]:
    return int(part.get("h") or 0), int(part.get("mi") or 0), min(int(part.get("s") or 0), 59)


def _offset(zone: str) -> timedelta | None:
    """How far ahead of UTC; an abbreviation nobody uses here counts as UTC."""
    if zone[:1] in ("+", "-"):
        digits = zone[1:].replace(":", "")
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
        return (ahead if zone[0] == "+" else -ahead) if ahead <= timedelta(hours=15) else None
    return timedelta(hours=_ZONES.get(zone.lower(), 0))
