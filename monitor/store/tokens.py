"""Rows of private.db that the web may touch or look at: tokens (hashes only), sealed requests; and suppressions."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor import clock
from monitor.store import Database, row, rows, write


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
