"""Rows of private.db about people: sealed settings, tokens, suppressions, requests, switches.

Nothing here opens or seals. Every change to a subscriber or a subscription moves a counter, by which a running sender
sees that the list it holds in memory is old; the operator's commands run in other processes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

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


# -------------------------------------------------------------------------------------------- leaving and tokens


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


class TokenRow(NamedTuple):
    hash: bytes
    scope: str
    subscriber: str | None
    expires: datetime
    used: bool
    blob: bytes | None


def add_token(db: Database, new: TokenRow) -> None:
    with write(db):
        db.conn.execute(
            "INSERT INTO tokens (hash, scope, subscriber_id, expires_at, blob) VALUES (?, ?, ?, ?, ?)",
            (new.hash, new.scope, new.subscriber, clock.to_text(new.expires), new.blob),
        )


def token(db: Database, token_hash: bytes) -> TokenRow | None:
    found = row(
        db, "SELECT hash, scope, subscriber_id, expires_at, used_at, blob FROM tokens WHERE hash = ?", token_hash
    )
    if found is None:
        return None
    expires = clock.from_text(found["expires_at"])
    return TokenRow(
        found["hash"], found["scope"], found["subscriber_id"], expires, bool(found["used_at"]), found["blob"]
    )


def use_token(db: Database, token_hash: bytes, now: datetime) -> bool:
    """Mark a token used; False where it was used before."""
    with write(db):
        done = db.conn.execute(
            "UPDATE tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL", (clock.to_text(now), token_hash)
        )
        return bool(done.rowcount)


def drop_tokens(db: Database, subscriber: str, scope: str) -> None:
    with write(db):
        db.conn.execute("DELETE FROM tokens WHERE subscriber_id = ? AND scope = ?", (subscriber, scope))


def drop_old_tokens(db: Database, before: datetime) -> list[str]:
    """Forget tokens that expired before that moment; returns pending subscribers that are left without one."""
    with write(db):
        db.conn.execute("DELETE FROM tokens WHERE expires_at < ?", (clock.to_text(before),))
        found = rows(
            db,
            "SELECT id FROM subscribers AS p WHERE state = 'pending'"
            " AND NOT EXISTS (SELECT 1 FROM tokens WHERE subscriber_id = p.id)",
        )
        return [r["id"] for r in found]


# -------------------------------------------------------------------------------------- suppressions and requests


def suppress(db: Database, look_up: bytes, reason: str, until: datetime) -> None:
    with write(db):
        db.conn.execute(
            "INSERT INTO suppressions (look_up, reason, until) VALUES (?, ?, ?)"
            " ON CONFLICT (look_up) DO UPDATE SET until = max(until, excluded.until)",
            (look_up, reason, clock.to_text(until)),
        )


def suppressed(db: Database, look_up: bytes, now: datetime) -> bool:
    return (
        row(db, "SELECT 1 FROM suppressions WHERE look_up = ? AND until > ?", look_up, clock.to_text(now)) is not None
    )


def drop_old_suppressions(db: Database, now: datetime) -> None:
    with write(db):
        db.conn.execute("DELETE FROM suppressions WHERE until <= ?", (clock.to_text(now),))


class RequestRow(NamedTuple):
    id: int
    at: datetime
    sealed: bytes


def add_request(db: Database, sealed: bytes, now: datetime) -> None:
    """T8: put a sealed request away for the desk."""
    with write(db):
        db.conn.execute("INSERT INTO requests (at, sealed) VALUES (?, ?)", (clock.to_text(now), sealed))


def requests(db: Database, limit: int = 100) -> list[RequestRow]:
    """The oldest requests that wait."""
    found = rows(db, "SELECT id, at, sealed FROM requests ORDER BY id LIMIT ?", limit)
    return [RequestRow(r["id"], clock.from_text(r["at"]), r["sealed"]) for r in found]


def drop_request(db: Database, request: int) -> None:
    with write(db):
        db.conn.execute("DELETE FROM requests WHERE id = ?", (request,))


# ------------------------------------------------------------------------------------------ switches, erased space


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
