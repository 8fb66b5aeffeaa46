"""What the headers of an answer say about time: how long it is fresh, when to come back. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from monitor.model import Visit

RETRY_CAP = timedelta(days=7)


def freshness(visit: Visit) -> timedelta:
    """How long an answer says it stays good (RFC 9111, 4.2.1), and what no-cache makes of that."""
    said = visit.cache_control.lower()
    if re.search(r"\bno-(cache|store)\b", said):
        return timedelta(0)
    ages = [int(text) for text in re.findall(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,10})\b", said)]
    if ages:
        return timedelta(seconds=max(ages) - _whole(visit.age))
    expires = http_date(visit.expires)
    return expires - (http_date(visit.date) or visit.at) if expires else timedelta(0)


def retry_after(visit: Visit) -> timedelta | None:
    """How long a 429 or 503 asks to be left alone; None where it does not say, or nothing sensible."""
    text = visit.retry_after.strip()
    moment = http_date(text)
    if re.fullmatch(r"\d{1,10}", text):
        asked = timedelta(seconds=int(text))
    elif moment:
        asked = moment - (http_date(visit.date) or visit.at)
    else:
        return None
    return min(asked, RETRY_CAP) if asked > timedelta(0) else None


def http_date(text: str) -> datetime | None:
    """A date as HTTP headers carry it, in any zone; without one it is UTC. None for anything else."""
    parts = parsedate_tz(text) if text else None
    if parts is None:
        return None
    try:
        return datetime(*parts[:6], tzinfo=UTC) - timedelta(seconds=parts[9] or 0)
    except (ValueError, OverflowError):
        return None


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,10}", text.strip()) else 0
