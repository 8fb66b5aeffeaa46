"""Rows of private.db about people: sealed settings, tokens, suppressions, requests, switches.

Nothing here opens or seals. Every change to a subscriber or a subscription moves a counter, by which a running sender
sees that the list it holds in memory is old; the operator's commands run in other processes.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor import clock
from monitor.store import Database, row, rows, write

# ---------------------------------------------------------------------------------------------------- subscribers


class SubscriberRow(NamedTuple):
    id: str
    look_up: bytes
    state: str
    origin: str
    sealed: bytes
    unsubscribe_hash: bytes
    month: str


_SUBSCRIBER = "SELECT id, look_up, state, origin, sealed, unsubscribe_hash, month FROM subscribers"


def add(db: Database, new: SubscriberRow) -> None:
    with write(db):
        db.conn.execute(
            "INSERT INTO subscribers (id, look_up, state, origin, sealed, unsubscribe_hash, month)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            new,
        )
        _changed(db)


def reseal(db: Database, subscriber: str, sealed: bytes, look_up: bytes | None = None) -> None:
    """Replace the sealed settings, and the look-up where the address changed."""
    with write(db):
        db.conn.execute(
            "UPDATE subscribers SET sealed = ?, look_up = coalesce(?, look_up) WHERE id = ?",
            (sealed, look_up, subscriber),
        )
        _changed(db)


def set_state(db: Database, subscriber: str, state: str) -> bool:
    """Whether there is such a subscriber."""
    with write(db):
        done = db.conn.execute("UPDATE subscribers SET state = ? WHERE id = ?", (state, subscriber))
        _changed(db)
        return bool(done.rowcount)


def by_id(db: Database, subscriber: str) -> SubscriberRow | None:
    found = row(db, f"{_SUBSCRIBER} WHERE id = ?", subscriber)
    return SubscriberRow(*found) if found else None


def by_look_up(db: Database, look_up: bytes) -> SubscriberRow | None:
    found = row(db, f"{_SUBSCRIBER} WHERE look_up = ?", look_up)
    return SubscriberRow(*found) if found else None


def everybody(db: Database, origin: str = "") -> list[SubscriberRow]:
    """All subscribers, or those of one origin, in a stable order that says nothing about when they came."""
    return [SubscriberRow(*r) for r in rows(db, f"{_SUBSCRIBER} WHERE ? IN ('', origin) ORDER BY id", origin)]


def erase(db: Database, subscriber: str) -> None:
    """The subscriber and every row that hangs on it, its mark of having left included."""
    with write(db):
        db.conn.execute(
            "DELETE FROM left_tokens WHERE hash = (SELECT unsubscribe_hash FROM subscribers WHERE id = ?)",
            (subscriber,),
        )
        db.conn.execute("DELETE FROM subscribers WHERE id = ?", (subscriber,))
        _changed(db)


def troubled(db: Database) -> list[tuple[str, str, str]]:
    """(id, state, failing since) of whoever is switched off, or could not be reached the last time."""
    sql = (
        "SELECT id, state, coalesce(failing_since, '') FROM subscribers"
        " WHERE state = 'disabled' OR failing_since IS NOT NULL ORDER BY id"
    )
    return [tuple(r) for r in rows(db, sql)]


def note_failure(db: Database, subscriber: str, now: datetime) -> datetime:
    """Remember since when sends to this subscriber fail; returns that moment. Part of T7."""
    db.conn.execute(
        "UPDATE subscribers SET failing_since = coalesce(failing_since, ?) WHERE id = ?",
        (clock.to_text(now), subscriber),
    )
    found = row(db, "SELECT failing_since FROM subscribers WHERE id = ?", subscriber)
    return clock.from_text(found["failing_since"]) if found else now


# -------------------------------------------------------------------------------------------------- subscriptions


class SubscriptionRow(NamedTuple):
    id: str
    subscriber: str
    origin: str
    sealed: bytes


_SUBSCRIPTION = "SELECT id, subscriber_id, origin, sealed FROM subscriptions"


def put_subscription(db: Database, new: SubscriptionRow) -> None:
    """Add a subscription, or replace the sealed settings of the one with this id."""
    with write(db):
        db.conn.execute(
            "INSERT INTO subscriptions (id, subscriber_id, origin, sealed) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
            new,
        )
        _changed(db)


def remove_subscription(db: Database, subscription: str) -> None:
    with write(db):
        db.conn.execute("DELETE FROM subscriptions WHERE id = ?", (subscription,))
        _changed(db)


def subscriptions_of(db: Database, subscriber: str) -> list[SubscriptionRow]:
    return [SubscriptionRow(*r) for r in rows(db, f"{_SUBSCRIPTION} WHERE subscriber_id = ? ORDER BY id", subscriber)]


class Revision(NamedTuple):
    """A row that counts now, with the first bytes of its seal: sealing is random, so they change with every edit."""

    id: str
    subscriber: str
    seal: bytes


_LISTENS = (
    "p.state = 'active' AND p.origin != 'notices'"
    " AND NOT EXISTS (SELECT 1 FROM left_tokens WHERE hash = p.unsubscribe_hash)"
)


def listening(db: Database) -> tuple[list[Revision], list[Revision]]:
    """(subscribers, their subscriptions) that are to be matched: active, and not marked as having left."""
    people = rows(db, f"SELECT id, id, substr(sealed, 1, 32) FROM subscribers AS p WHERE {_LISTENS}")
    standing = rows(
        db,
        "SELECT q.id, q.subscriber_id, substr(q.sealed, 1, 32) FROM subscriptions AS q"
        f" JOIN subscribers AS p ON p.id = q.subscriber_id WHERE {_LISTENS}",
    )
    return [Revision(*r) for r in people], [Revision(*r) for r in standing]


def sealed_of(db: Database, table: str, ident: str) -> bytes | None:
    """The sealed settings of one row of `subscribers` or `subscriptions`, None where it has gone."""
    found = row(db, f"SELECT sealed FROM {table} WHERE id = ?", ident)
    return found["sealed"] if found else None


def version(db: Database) -> int:
    """Moves whenever a subscriber, a subscription or a mark of leaving changes."""
    found = row(db, "SELECT value FROM cursor WHERE name = 'desk'")
    return found["value"] if found else 0


def _changed(db: Database) -> None:
    db.conn.execute(
        "INSERT INTO cursor (name, value) VALUES ('desk', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )


def mark_left(db: Database, token_hash: bytes, now: datetime) -> bool:
    """T8: whoever has this unsubscribe token wants no more. Whether there is somebody; harmless to repeat."""
    with write(db):
        if row(db, "SELECT 1 FROM subscribers WHERE unsubscribe_hash = ?", token_hash) is None:
            return False
        db.conn.execute("INSERT OR IGNORE INTO left_tokens (hash, at) VALUES (?, ?)", (token_hash, clock.to_text(now)))
        _changed(db)
        return True


def unmark_left(db: Database, token_hash: bytes) -> None:
    with write(db):
        db.conn.execute("DELETE FROM left_tokens WHERE hash = ?", (token_hash,))
        _changed(db)


def who_left(db: Database) -> list[SubscriberRow]:
    """Subscribers whose token was marked by the web and whom the desk has not seen to yet."""
    found = rows(
        db, f"{_SUBSCRIBER} WHERE state != 'left' AND unsubscribe_hash IN (SELECT hash FROM left_tokens) ORDER BY id"
    )
    return [SubscriberRow(*r) for r in found]


def is_unsubscribe(db: Database, token_hash: bytes) -> bool:
    return row(db, "SELECT 1 FROM subscribers WHERE unsubscribe_hash = ?", token_hash) is not None
