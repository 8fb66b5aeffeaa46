"""The only reader of time. Everything else takes `now` as an argument, always aware and in UTC."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, aware, UTC, whole microseconds."""
    return datetime.now(UTC)


def starting_at(moment: datetime, speed: float = 1.0) -> Clock:
    """A clock that shows `moment` when made and then runs `speed` times as fast as the wall (`--now`, the demo)."""
    started = time.monotonic()

    def read() -> datetime:
        from datetime import timedelta

        return moment + timedelta(seconds=(time.monotonic() - started) * speed)

    return read


def parse(text: str) -> datetime:
    """An ISO 8601 moment, as typed after `--now`; without a zone it is UTC.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def to_text(moment: datetime) -> str:
    """UTC with second precision, sortable as text: the one form in which moments are stored."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def from_text(text: str) -> datetime:
    """The inverse of `to_text` (`strptime` would do the same fifty times slower)."""
    return datetime.fromisoformat(text).astimezone(UTC)
