"""The operator's word: recorded, never lost, and replayed with the claims it outweighs."""

from __future__ import annotations

import json
from datetime import datetime

from monitor import clock
from monitor.model import Fact
from monitor.reading import news
from monitor.store import Database, events, rows, write
from monitor.store.drafts import draft_of, told_of


def decide(db: Database, slug: str, kind: str, now: datetime, subject: str = "") -> list[Fact]:
    """Record an operator's decision on an event and replay it: event-confirm, event-retract, person-confirm,
    person-retract (`subject` is the person). Returns drafts of what becomes news. Raises KeyError for no such event."""
    number = events.number_of(db, slug)
    with write(db):
        before = events.ledger_of(db, number)
        db.conn.execute(
            "INSERT INTO decisions (at, kind, subject, data) VALUES (?, ?, ?, ?)",
            (clock.to_text(now), kind, slug, json.dumps({"person": subject})),
        )
        after = events.replay(db, number)
        return [draft_of(draft, slug, None, "", now, {}) for draft in news.news(before, after, told_of(db, slug))]


def merge(db: Database, slug: str, into: str, now: datetime) -> None:
    """Make one event of two: the first lives on as an alias, so that nobody is told twice. Raises KeyError."""
    number, target = events.number_of(db, slug), events.number_of(db, into)
    with write(db):
        db.conn.execute("UPDATE claims SET event_id = ? WHERE event_id = ?", (target, number))
        db.conn.execute("UPDATE stories SET event_id = ? WHERE event_id = ?", (target, number))
        db.conn.execute("UPDATE events SET merged_into = ? WHERE id = ?", (target, number))
        db.conn.execute(
            "INSERT INTO decisions (at, kind, subject, data) VALUES (?, 'event-merge', ?, ?)",
            (clock.to_text(now), slug, json.dumps({"into": into})),
        )
        events.replay(db, target)


def left_by(db: Database, story: int) -> set[int]:
    """The events out of which the operator took a story."""
    found = rows(
        db,
        "SELECT e.id FROM decisions d JOIN stories s ON s.uid = json_extract(d.data, '$.to')"
        " JOIN events e ON e.slug = json_extract(d.data, '$.event') WHERE d.kind = 'story-split' AND s.id = ?",
        story,
    )
    return {r["id"] for r in found}
