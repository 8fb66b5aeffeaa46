"""Switches of private.db (locked, a channel that is paused), marks that outlive a restart, and heartbeats.

A switch is looked at inside the transactions it is to stop.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor import clock
from monitor.store import Database, row, rows, write

#: Holds the base_url that `doctor` last saw answering over HTTPS: sign-up opens only then.
PAGE_SEEN = "page seen"
#: Holds the day of the last backup of the readers.
READERS_KEPT = "readers kept"


def switch(db: Database, name: str) -> str:
    """The value of a switch, '' where it is off."""
    found = row(db, "SELECT value FROM switches WHERE name = ?", name)
    return found["value"] if found else ""


def switches(db: Database) -> dict[str, tuple[str, datetime]]:
    """All switches that are on, with their values and since when."""
    return {r["name"]: (r["value"], clock.from_text(r["at"])) for r in rows(db, "SELECT name, value, at FROM switches")}


def turn_on(db: Database, name: str, value: str, now: datetime) -> bool:
    """Whether it was off before."""
    with write(db):
        was = switch(db, name)
        db.conn.execute(
            "INSERT INTO switches (name, value, at) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value, clock.to_text(now)),
        )
        return not was


def turn_off(db: Database, name: str) -> bool:
    """Whether it was on."""
    with write(db):
        return bool(db.conn.execute("DELETE FROM switches WHERE name = ?", (name,)).rowcount)


def empty_wal(db: Database) -> bool:
    """Write the log back and cut it: what was deleted is then in no file. False where a reader is in the way."""
    found: Any = row(db, "PRAGMA wal_checkpoint(TRUNCATE)")
    return not found[0]


def beat(db: Database, process: str, now: datetime, data: dict[str, object]) -> None:
    """The sign of life that `/health` looks at."""
    with write(db):
        db.conn.execute(
            "INSERT INTO heartbeats (process, at, data) VALUES (?, ?, ?)"
            " ON CONFLICT (process) DO UPDATE SET at = excluded.at, data = excluded.data",
            (process, clock.to_text(now), json.dumps(data)),
        )
