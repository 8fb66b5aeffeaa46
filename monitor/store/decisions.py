"""The operator's word: recorded, never lost, and replayed with the claims it outweighs."""

from __future__ import annotations

import json
from datetime import datetime

from monitor import clock
from monitor.model import Fact
from monitor.reading import news
from monitor.store import Database, events, row, rows, write
from monitor.store.drafts import draft_of, told_of


def decide(db: Database, slug: str, kind: str, now: datetime, subject: str = "") -> list[Fact]:
    """Record an operator's decision on an event and replay it: event-confirm, event-retract, person-confirm,
    person-retract (`subject` is the person). Returns drafts of what becomes news. Raises KeyError for no such event."""
    number = events.number_of(db, slug)
    slug = events.slug_of(db, number, 0)  # of an alias it is said of the event that lives on
    with write(db):
        before = events.ledger_of(db, number)
        db.conn.execute(
            "INSERT INTO decisions (at, kind, subject, data) VALUES (?, ?, ?, ?)",
            (clock.to_text(now), kind, slug, json.dumps({"person": subject})),
        )
        after = events.replay(db, number)
        return [draft_of(draft, slug, None, "", now, {}) for draft in news.news(before, after, told_of(db, slug))]


def merge(db: Database, slug: str, into: str, now: datetime) -> None:
    """Make one event of two: the first lives on as an alias, so that nobody is told twice. Of two of which one came
    with the shipped history that one goes on, with all it knows. Raises KeyError."""
    if events.is_shipped(db, slug) and not events.is_shipped(db, into):
        slug, into = into, slug
    number, target = events.number_of(db, slug), events.number_of(db, into)
    if number == target:
        return
    with write(db):
        db.conn.execute("UPDATE claims SET event_id = ? WHERE event_id = ?", (target, number))
        db.conn.execute("UPDATE stories SET event_id = ? WHERE event_id = ?", (target, number))
        db.conn.execute("UPDATE events SET merged_into = ? WHERE id = ?", (target, number))
        db.conn.execute(
            "INSERT INTO decisions (at, kind, subject, data) VALUES (?, 'event-merge', ?, ?)",
            (clock.to_text(now), slug, json.dumps({"into": into})),
        )
        events.replay(db, target)


def kept_in(db: Database, story: int) -> int | None:
    """The event of a story into which the operator merged another; None for other stories."""
    sql = """SELECT s.event_id FROM stories s WHERE s.id = ? AND EXISTS (SELECT 1 FROM decisions d
             WHERE d.kind = 'story-merge' AND json_extract(d.data, '$.into') = s.uid)"""
    found = row(db, sql, story)
    return found["event_id"] if found else None


def left_by(db: Database, story: int) -> set[int]:
    """The events out of which the operator took a story."""
    found = rows(
        db,
        "SELECT e.id FROM decisions d JOIN stories s ON s.uid = json_extract(d.data, '$.to')"
        " JOIN events e ON e.slug = json_extract(d.data, '$.event') WHERE d.kind = 'story-split' AND s.id = ?",
        story,
    )
    return {r["id"] for r in found}
