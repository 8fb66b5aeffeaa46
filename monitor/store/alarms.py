"""What the operator has to look at: written by `gather`, which may write to nobody, and told by `send`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor import clock
from monitor.store import Database, rows


class Alarm(NamedTuple):
    """`subject` is a source's name or a fact's key, `text` a sentence that says what to do."""

    id: int
    subject: str
    text: str


def sound(db: Database, subject: str, text: str, now: datetime) -> None:
    """Leave a sentence for the operator."""
    db.conn.execute("INSERT INTO alarms (at, subject, text) VALUES (?, ?, ?)", (clock.to_text(now), subject, text))


def after(db: Database, seen: int) -> list[Alarm]:
    """The alarms past a number, oldest first."""
    return [Alarm(*r) for r in rows(db, "SELECT id, subject, text FROM alarms WHERE id > ? ORDER BY id", seen)]


def held_after(db: Database, seen: int) -> list[Alarm]:
    """Facts past a number that wait for a human: each says how to let it go."""
    found = rows(db, "SELECT id, key, kind FROM facts WHERE id > ? AND held ORDER BY id", seen)
    return [
        Alarm(
            r["id"],
            r["key"],
            "A report of a death, of somebody's health or of a new arrest waits for you and reaches nobody before."
            f" Look at it, then let it go with: monitor event release {r['key']}",
        )
        for r in found
    ]
