"""What doctor looks at on this machine: the disk, SQLite, both databases, the clock."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from monitor.commands.session import Session
from monitor.errors import DatabaseTrouble
from monitor.store import WAL_IS_SAFE, connect, health, integrity, sqlite3

ENOUGH_DISK = 500 * 1024 * 1024
#: This version was released in November 2026: a clock that shows less is wrong, and one far ahead most likely.
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
FAR_AHEAD = timedelta(days=5 * 365)
#: A clock may be set back a little by whoever sets it right.
SET_BACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["fine", "warning", "trouble"]
    found: str
    remedy: str = ""


def disk(session: Session) -> Iterator[Finding]:
    """Is there room, and does it take what is written?"""
    try:
        with tempfile.NamedTemporaryFile(dir=session.state) as draft:
            draft.write(bytes(64 * 1024))
            draft.flush()
    except OSError as trouble:
        yield Finding(
            "disk", "trouble", f"nothing can be written into {session.state}: {trouble.strerror}",
            "make room, or mount it writable again; nothing is sent until then, because it could not be noted",
        )  # fmt: skip
        return
    free = shutil.disk_usage(session.state).free
    if free < ENOUGH_DISK:
        yield Finding("disk", "trouble", f"{free // 2**20} MB free", "make room: 500 MB are needed to be safe")
    else:
        yield Finding("disk", "fine", f"{free // 2**20} MB free")


def sqlite(_session: Session) -> Iterator[Finding]:
    """Is the library one that this program can work with?"""
    version = sqlite3.sqlite_version
    if not integrity.can_search():
        yield Finding(
            "SQLite", "trouble", f"{version} was built without full-text search (FTS5)",
            "on x86-64 `make setup` installs one that has it; elsewhere use Debian's python3",
        )  # fmt: skip
    elif WAL_IS_SAFE:
        yield Finding("SQLite", "fine", f"{version}, write-ahead log")
    else:
        yield Finding(
            "SQLite",
            "warning",
            f"{version} is older than 3.51.3: a rollback journal is used, which is slower but safe",
            "on x86-64 `make setup` installs a newer one",
        )


def databases(session: Session) -> Iterator[Finding]:
    """Can both be written to, and are they whole?"""
    for path in _existing(session.state):
        try:
            locked = integrity.refusal(path)
            if not locked:
                integrity.check(session.state, path.name)
        except DatabaseTrouble as trouble:
            what, _, way_out = str(trouble).partition(": nothing was started. ")
            yield Finding(path.name, "trouble", what, way_out or "see “When a disk lies” in docs/operate.md")
            continue
        if locked.startswith("another"):
            remedy = f"end that program, `fuser {path}` shows which; nothing is lost meanwhile"
            yield Finding(path.name, "trouble", locked, remedy)
        elif locked:
            yield Finding(path.name, "trouble", locked, f"chmod 600 {path}; or mount the disk writable again")
        else:
            yield Finding(path.name, "fine", "whole, and free to write")


def _existing(state: Path) -> list[Path]:
    return [p for p in (state / "archive.db", state / "private" / "private.db") if p.exists()]


def clock(session: Session) -> Iterator[Finding]:
    """Is the time right? It decides when sources are asked, digests go out and links expire."""
    now, last = session.clock(), _last_beat(session.state)
    if now < RELEASED or (last and now < last - SET_BACK):
        when = (
            "this version was made" if now < RELEASED or last is None else f"{last:%Y-%m-%d %H:%M}, when it last worked"
        )
        yield Finding(
            "clock", "trouble", f"it shows {now:%Y-%m-%d %H:%M} UTC, which is before {when}",
            "set the clock (`timedatectl set-ntp true`), or install systemd-timesyncd",
        )  # fmt: skip
    elif now > RELEASED + FAR_AHEAD:
        yield Finding(
            "clock", "warning", f"it shows {now:%Y-%m-%d %H:%M} UTC, years after this version was made",
            "compare it with another clock; if it is right, look for a newer version",
        )  # fmt: skip
    else:
        yield Finding("clock", "fine", f"{now:%Y-%m-%d %H:%M} UTC")


def _last_beat(state: Path) -> datetime | None:
    """When gather or send last said that it is alive; None where that cannot be read."""
    beats = []
    for path, process in zip(_existing(state), ("gather", "send"), strict=False):
        try:
            beats.append(health.heartbeat(connect(path, timeout=1, read_only=True), process))
        except (sqlite3.Error, DatabaseTrouble):
            continue
    return max((b for b in beats if b), default=None)
