"""The last accepted state of each published list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor import clock
from monitor.reading.listing import Row
from monitor.store import Database, rows


def load(db: Database, source: str) -> dict[str, Row]:
    """The rows of a list by hashed id; empty before its first visit."""
    found = rows(db, "SELECT person, status, released_on, died FROM listings WHERE source = ?", source)
    return {r["person"]: Row(r["status"], r["released_on"], bool(r["died"])) for r in found}


def save(db: Database, source: str, now: Mapping[str, Row], at: datetime) -> None:
    """Make `now` the accepted state. Rows that vanished are forgotten: absence proves nothing."""
    db.conn.execute("DELETE FROM listings WHERE source = ?", (source,))
    db.conn.executemany(
        "INSERT INTO listings (source, person, status, released_on, died, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
        [(source, key, r.status, r.released_on, int(r.died), clock.to_text(at)) for key, r in now.items()],
    )
