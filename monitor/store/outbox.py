"""Rows of private.db about messages: deliveries, and the counters that are left of them.

A delivery's `due_at` is first due, back-off and lease in one: claiming pushes it a lease ahead, finishing sets it
right. There is no "sending" state and nothing to clean up after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from monitor import clock
from monitor.store import Database, row, rows, write


class NewDelivery(NamedTuple):
    """`day` makes it one of its kind: a digest's local date, a notice's topic. `sealed` is what it is worded from."""

    id: str
    subscriber: str
    kind: str
    due: datetime
    matches: tuple[int, ...] = ()
    day: str | None = None
    sealed: bytes | None = None


def add_delivery(db: Database, new: NewDelivery, now: datetime) -> bool:
    """Write a delivery and tie its matches to it; False where there is one of this kind and day already."""
    with write(db):
        done = db.conn.execute(
            "INSERT OR IGNORE INTO deliveries (id, subscriber_id, kind, due_at, created_at, first_due_at, day, sealed)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?6, ?7)",
            (new.id, new.subscriber, new.kind, clock.to_text(new.due), clock.to_text(now), new.day, new.sealed),
        )
        if not done.rowcount:
            return False
        db.conn.executemany(
            "UPDATE matches SET delivery_id = ? WHERE id = ? AND delivery_id IS NULL",
            [(new.id, match) for match in new.matches],
        )
        return True


class DueRow(NamedTuple):
    """A delivery that is due, with the sealed settings of whom it goes to."""

    id: str
    subscriber: str
    kind: str
    attempts: int
    created: datetime
    first_due: datetime
    sealed: bytes | None
    reader: bytes
    origin: str


#: Whoever is paused keeps what waits for them; whoever left gets nothing, from the moment their token was marked.
_MAY_BE_SENT = """(p.state = 'active' OR d.kind IN ('confirm', 'manage', 'test') AND p.state IN ('pending', 'paused'))
    AND NOT EXISTS (SELECT 1 FROM left_tokens WHERE hash = p.unsubscribe_hash)"""


def due(db: Database, now: datetime, limit: int) -> list[DueRow]:
    """What may be sent now, alerts before confirmations: a flood of sign-ups must not delay news."""
    found = rows(
        db,
        """SELECT d.id, d.subscriber_id, d.kind, d.attempts, d.created_at, d.first_due_at, d.sealed,
                  p.sealed AS reader, p.origin
           FROM deliveries AS d JOIN subscribers AS p ON p.id = d.subscriber_id
           WHERE d.state = 'due' AND d.due_at <= ? AND """
        + _MAY_BE_SENT
        + " ORDER BY d.kind IN ('confirm', 'manage'), d.due_at LIMIT ?",
        clock.to_text(now),
        limit,
    )
    return [
        DueRow(
            r["id"],
            r["subscriber_id"],
            r["kind"],
            r["attempts"],
            clock.from_text(r["created_at"]),
            clock.from_text(r["first_due_at"]),
            r["sealed"],
            r["reader"],
            r["origin"],
        )
        for r in found
    ]


def claim(db: Database, wanted: DueRow, now: datetime, until: datetime) -> bool:
    """T6: take a delivery for as long as the lease runs.

    False where it was taken, finished or moved meanwhile, where the reader's settings changed since they were read,
    or where the reader has left or is not to be written to.
    """
    done = db.conn.execute(
        """UPDATE deliveries AS d SET due_at = ?1, attempts = attempts + 1
           WHERE id = ?2 AND d.state = 'due' AND due_at <= ?3 AND EXISTS (
             SELECT 1 FROM subscribers AS p WHERE p.id = d.subscriber_id AND p.sealed = ?4 AND """
        + _MAY_BE_SENT
        + ")",
        (clock.to_text(until), wanted.id, clock.to_text(now), wanted.reader),
    )
    return bool(done.rowcount)


def sent(db: Database, delivery: str, now: datetime) -> None:
    """T7: the receiver has it. Receipts are written in the same breath: corrections must reach who was told."""
    at = clock.to_text(now)
    db.conn.execute(
        "UPDATE deliveries SET state = 'sent', finished_at = ?, reason = '', sealed = NULL WHERE id = ?", (at, delivery)
    )
    db.conn.execute(
        "INSERT INTO receipts (subscriber_id, fact_key, value, at)"
        " SELECT subscriber_id, fact_key, value, ? FROM matches WHERE delivery_id = ? ORDER BY id"
        " ON CONFLICT (subscriber_id, fact_key) DO UPDATE SET value = excluded.value, at = excluded.at",
        (at, delivery),
    )
    db.conn.execute(
        "UPDATE subscribers SET failing_since = NULL WHERE failing_since IS NOT NULL"
        " AND id = (SELECT subscriber_id FROM deliveries WHERE id = ?)",
        (delivery,),
    )


def retry(db: Database, delivery: str, at: datetime, reason: str, *, counts: bool = True) -> None:
    """T7: try again at that moment. Where the whole channel is down, the attempt does not count."""
    db.conn.execute(
        "UPDATE deliveries SET due_at = ?, reason = ?, attempts = attempts - ? WHERE id = ? AND state = 'due'",
        (clock.to_text(at), reason, 0 if counts else 1, delivery),
    )


def put_off(db: Database, delivery: str, until: datetime, reason: str) -> None:
    """Leave a delivery alone until then, unclaimed: its channel is paused, or it cannot be opened."""
    db.conn.execute(
        "UPDATE deliveries SET due_at = ?, reason = ? WHERE id = ? AND state = 'due'",
        (clock.to_text(until), reason, delivery),
    )


def give_up(db: Database, delivery: str, now: datetime, reason: str) -> None:
    """T7: never again by itself; it stays visible, and `again` sends it after all."""
    db.conn.execute(
        "UPDATE deliveries SET state = 'given-up', finished_at = ?, reason = ? WHERE id = ? AND state = 'due'",
        (clock.to_text(now), reason, delivery),
    )


def again(db: Database, delivery: str, now: datetime) -> bool:
    """Put a delivery that was given up back into line with its first id. False where there is none."""
    with write(db):
        at = clock.to_text(now)
        done = db.conn.execute(
            "UPDATE deliveries SET state = 'due', due_at = ?1, first_due_at = ?1, attempts = 0, finished_at = NULL"
            " WHERE id = ?2 AND state = 'given-up'",
            (at, delivery),
        )
        return bool(done.rowcount)


def cancel_all(db: Database, subscriber: str, now: datetime, reason: str) -> None:
    """Nothing that waits goes to this subscriber any more."""
    with write(db):
        db.conn.execute(
            "UPDATE deliveries SET state = 'cancelled', finished_at = ?, reason = ?, sealed = NULL"
            " WHERE subscriber_id = ? AND state = 'due'",
            (clock.to_text(now), reason, subscriber),
        )
        db.conn.execute("DELETE FROM matches WHERE subscriber_id = ? AND delivery_id IS NULL", (subscriber,))


def mails_since(db: Database, kinds: Collection[str], since: datetime) -> int:
    """How many deliveries of these kinds were made since then."""
    sql = "SELECT count(*) AS n FROM deliveries WHERE kind IN (SELECT value FROM json_each(?)) AND created_at > ?"
    found = row(db, sql, json.dumps(sorted(kinds)), clock.to_text(since))
    return found["n"] if found else 0


def unheard_of(db: Database, since: datetime) -> set[str]:
    """Readers for whom there was nothing since then, nor is anything on its way; weekly notes do not count."""
    found = rows(
        db,
        "SELECT id FROM subscribers AS p WHERE state = 'active' AND origin NOT IN ('notices', 'probe')"
        " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE subscriber_id = p.id AND kind != 'quiet'"
        "                 AND state != 'cancelled' AND (created_at > ? OR state = 'due'))"
        " AND NOT EXISTS (SELECT 1 FROM matches WHERE subscriber_id = p.id AND delivery_id IS NULL)",
        clock.to_text(since),
    )
    return {r["id"] for r in found}


class DeliveryRow(NamedTuple):
    """A delivery as the operator sees it: never whom it goes to, only the random id of the subscriber."""

    id: str
    subscriber: str
    kind: str
    state: str
    due: datetime
    attempts: int
    created: datetime
    finished: datetime | None
    reason: str
    matches: int


def listed(db: Database, state: str = "", limit: int = 100, ident: str = "") -> list[DeliveryRow]:
    """The newest deliveries, of one state or of all; or the one with that id."""
    found = rows(
        db,
        """SELECT id, subscriber_id, kind, state, due_at, attempts, created_at, finished_at, reason,
                  (SELECT count(*) FROM matches WHERE delivery_id = d.id) AS matches
           FROM deliveries AS d WHERE ?1 IN ('', state) AND ?2 IN ('', id) ORDER BY created_at DESC, id LIMIT ?3""",
        state,
        ident,
        limit,
    )
    return [
        DeliveryRow(
            r["id"],
            r["subscriber_id"],
            r["kind"],
            r["state"],
            clock.from_text(r["due_at"]),
            r["attempts"],
            clock.from_text(r["created_at"]),
            clock.from_text(r["finished_at"]) if r["finished_at"] else None,
            r["reason"],
            r["matches"],
        )
        for r in found
    ]


def counts(db: Database) -> dict[str, int]:
    """State → number of delivery rows, with `waiting` for matches that are in no delivery yet."""
    found = {r["state"]: r["n"] for r in rows(db, "SELECT state, count(*) AS n FROM deliveries GROUP BY state")}
    unsent = row(db, "SELECT count(*) AS n FROM matches WHERE delivery_id IS NULL")
    return {**found, "waiting": unsent["n"] if unsent else 0}


# -------------------------------------------------------------------------------------------------- one subscriber


def of_subscriber(db: Database, subscriber: str) -> list[DeliveryRow]:
    """All deliveries of one subscriber that are still kept."""
    found = rows(db, "SELECT id FROM deliveries WHERE subscriber_id = ? ORDER BY created_at, id", subscriber)
    return [listed(db, ident=r["id"])[0] for r in found]


def forget_subscriber(db: Database, subscriber: str) -> None:
    """Delete everything that was or was to be sent to somebody."""
    with write(db):
        for table in ("matches", "deliveries", "receipts"):
            db.conn.execute(f"DELETE FROM {table} WHERE subscriber_id = ?", (subscriber,))


# ---------------------------------------------------------------------------------------------------- housekeeping


def count(db: Database, now: datetime, kind: str, channel: str, result: str, times: int = 1) -> None:
    """What is left of deliveries after their rows have gone. Part of T7."""
    db.conn.execute(
        "INSERT INTO counters (day, kind, channel, result, count) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (day, kind, channel, result) DO UPDATE SET count = count + excluded.count",
        (now.date().isoformat(), kind, channel, result, times),
    )


def forget(db: Database, finished_before: datetime, given_up_before: datetime) -> int:
    """Delete finished deliveries with their matches; what was given up is kept longer, to be sent after all."""
    with write(db):
        old = [
            (r["id"],)
            for r in rows(
                db,
                "SELECT id FROM deliveries WHERE state IN ('sent', 'cancelled') AND finished_at < ?"
                " OR state = 'given-up' AND finished_at < ?",
                clock.to_text(finished_before),
                clock.to_text(given_up_before),
            )
        ]
        db.conn.executemany("DELETE FROM matches WHERE delivery_id = ?", old)
        db.conn.executemany("DELETE FROM deliveries WHERE id = ?", old)
        return len(old)
