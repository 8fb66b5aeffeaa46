"""Rows of private.db that say who is to be told what: the cursor into the facts, matches, receipts.

A match is unique per subscriber, fact key and value, and a receipt says that it was told: together they make sure that
nobody hears the same news twice, and that corrections reach everybody who heard it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from monitor import clock
from monitor.store import Database, row, rows, write


def cursor(db: Database) -> int:
    """The id of the last fact that was matched."""
    found = row(db, "SELECT value FROM cursor WHERE name = 'facts'")
    return found["value"] if found else 0


def move_cursor(db: Database, fact: int) -> None:
    with write(db):
        set_mark(db, "facts", fact)


def mark(db: Database, name: str) -> int | None:
    """A named number that outlives a restart, such as when digests were last looked at."""
    found = row(db, "SELECT value FROM cursor WHERE name = ?", name)
    return found["value"] if found else None


def set_mark(db: Database, name: str, value: int) -> None:
    with write(db):
        db.conn.execute(
            "INSERT INTO cursor (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )


class NewMatch(NamedTuple):
    """`keys` are all names of the same news, the present one first; `value` tells one count from another."""

    subscriber: str
    keys: tuple[str, ...]
    value: str
    fact: int
    reasons: tuple[str, ...]
    instant: bool


def add(db: Database, new: Iterable[NewMatch], now: datetime) -> int:
    """Store who is to know what; whoever was told, or is about to be, is left alone. Returns how many are new.

    Another reason for a match that still waits is added to it. Part of T5: replaying it changes nothing.
    """
    at, before = clock.to_text(now), db.conn.total_changes
    for several, same in groupby(new, lambda match: len(match.keys) > 1):
        db.conn.executemany(_ADD_NAMED if several else _ADD, (_values(match, at) for match in same))
    return db.conn.total_changes - before


_INSERT = """INSERT INTO matches (subscriber_id, fact_key, value, fact_id, reasons, instant, at)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
           WHERE EXISTS (SELECT 1 FROM subscribers WHERE id = ?1) AND {untold}
           ON CONFLICT (subscriber_id, fact_key, value) DO UPDATE SET
             reasons = (SELECT json_group_array(value) FROM
                        (SELECT value FROM json_each(reasons) UNION SELECT value FROM json_each(excluded.reasons))),
             instant = max(instant, excluded.instant)
           WHERE delivery_id IS NULL AND (instant < excluded.instant OR EXISTS (
             SELECT value FROM json_each(excluded.reasons) EXCEPT SELECT value FROM json_each(reasons)))"""
_ADD = _INSERT.format(
    untold="NOT EXISTS (SELECT 1 FROM receipts WHERE subscriber_id = ?1 AND value = ?3 AND fact_key = ?2)"
)
#: The same for news of several names, at twice the time: nobody is told who knows it by any of them.
_ADD_NAMED = _INSERT.format(
    untold="""NOT EXISTS (SELECT 1 FROM receipts WHERE subscriber_id = ?1 AND value = ?3
                          AND fact_key IN (SELECT value FROM json_each(?8)))
             AND NOT EXISTS (SELECT 1 FROM matches WHERE subscriber_id = ?1 AND value = ?3 AND fact_key != ?2
                             AND fact_key IN (SELECT value FROM json_each(?8)))"""
)


def _values(m: NewMatch, at: str) -> tuple[object, ...]:
    most = m.subscriber, m.keys[0], m.value, m.fact, _json(m.reasons), int(m.instant), at
    return (*most, _json(m.keys)) if len(m.keys) > 1 else most


@lru_cache(maxsize=4096)
def _json(texts: tuple[str, ...]) -> str:
    return json.dumps(texts)


def told(db: Database, keys: Collection[str]) -> set[str]:
    """Subscribers who were told any of these keys, or are about to be: a correction must reach them."""
    wanted = json.dumps(sorted(keys))
    found = rows(
        db,
        "SELECT subscriber_id FROM receipts WHERE fact_key IN (SELECT value FROM json_each(?1))"
        " UNION SELECT subscriber_id FROM matches WHERE fact_key IN (SELECT value FROM json_each(?1))",
        wanted,
    )
    return {r["subscriber_id"] for r in found}


def told_about(db: Database, prefixes: Collection[str]) -> set[str]:
    """The same for whole events: every key that is one of `prefixes` or goes on from it with a colon."""
    people: set[str] = set()
    for prefix in prefixes:
        for table in ("receipts", "matches"):
            found = rows(
                db,
                f"SELECT DISTINCT subscriber_id FROM {table} WHERE fact_key = ?1"
                " OR (fact_key >= ?1 || ':' AND fact_key < ?1 || ';')",
                prefix,
            )
            people.update(r["subscriber_id"] for r in found)
    return people


class MatchRow(NamedTuple):
    id: int
    subscriber: str
    key: str
    value: str
    fact: int
    reasons: tuple[str, ...]
    at: datetime


_MATCH = "SELECT id, subscriber_id, fact_key, value, fact_id, reasons, at FROM matches"


def waiting(db: Database, *, instant: bool, since_before: datetime) -> dict[str, list[MatchRow]]:
    """Subscriber → all its matches of this kind that are in no delivery yet, where the oldest is old enough."""
    found = rows(
        db,
        f"{_MATCH} WHERE delivery_id IS NULL AND instant = ?1 AND subscriber_id IN ("
        "  SELECT subscriber_id FROM matches WHERE delivery_id IS NULL AND instant = ?1 AND at <= ?2) ORDER BY id",
        int(instant),
        clock.to_text(since_before),
    )
    people: dict[str, list[MatchRow]] = {}
    for r in found:
        people.setdefault(r["subscriber_id"], []).append(_match(r))
    return people


def of_delivery(db: Database, delivery: str) -> list[MatchRow]:
    """What a delivery is about, in the order it became known."""
    return [_match(r) for r in rows(db, f"{_MATCH} WHERE delivery_id = ? ORDER BY fact_id", delivery)]


def _match(r: Sequence[object]) -> MatchRow:
    ident, subscriber, key, value, fact, reasons, at = r
    return MatchRow(
        ident,  # type: ignore[arg-type]
        subscriber,  # type: ignore[arg-type]
        key,  # type: ignore[arg-type]
        value,  # type: ignore[arg-type]
        fact,  # type: ignore[arg-type]
        tuple(json.loads(str(reasons))),
        clock.from_text(str(at)),
    )


def results_of(db: Database, key: str) -> dict[str, int]:
    """State → how many readers were due a fact, `receipts` among them: counts only, for `why`."""
    found = rows(
        db,
        "SELECT coalesce(d.state, 'waiting') AS state, count(*) AS n FROM matches AS m"
        " LEFT JOIN deliveries AS d ON d.id = m.delivery_id WHERE m.fact_key = ? GROUP BY 1",
        key,
    )
    told_row = row(db, "SELECT count(*) AS n FROM receipts WHERE fact_key = ?", key)
    return {**{r["state"]: r["n"] for r in found}, "receipts": told_row["n"] if told_row else 0}


def waiting_keys(db: Database, subscriber: str) -> list[str]:
    """Keys of the news that waits for its message."""
    sql = "SELECT fact_key FROM matches WHERE subscriber_id = ? AND delivery_id IS NULL ORDER BY id"
    return [r["fact_key"] for r in rows(db, sql, subscriber)]


def told_keys(db: Database, subscriber: str) -> list[str]:
    """Keys of what they were told, kept so that corrections reach them."""
    sql = "SELECT fact_key FROM receipts WHERE subscriber_id = ? ORDER BY fact_key"
    return [r["fact_key"] for r in rows(db, sql, subscriber)]


def receipts_of(db: Database, subscriber: str) -> list[tuple[str, str, str]]:
    """(key, value, when) of everything they were told, for a backup."""
    sql = "SELECT fact_key, value, at FROM receipts WHERE subscriber_id = ? ORDER BY fact_key"
    return [(r["fact_key"], r["value"], r["at"]) for r in rows(db, sql, subscriber)]


def put_receipts(db: Database, subscriber: str, told: Iterable[tuple[str, str, str]]) -> None:
    """What a backup says that they were told."""
    with write(db):
        db.conn.executemany(
            "INSERT OR IGNORE INTO receipts (subscriber_id, fact_key, value, at) VALUES (?, ?, ?, ?)",
            [(subscriber, *receipt) for receipt in told],
        )


def make_instant(db: Database, subscriber: str) -> None:
    """Whoever gave up the digest gets at once what waits for it."""
    with write(db):
        db.conn.execute("UPDATE matches SET instant = 1 WHERE subscriber_id = ? AND delivery_id IS NULL", (subscriber,))


def receipt_keys(db: Database, before: datetime) -> list[str]:
    """Keys whose last receipt is older than that."""
    found = rows(db, "SELECT fact_key FROM receipts GROUP BY fact_key HAVING max(at) < ?", clock.to_text(before))
    return [r["fact_key"] for r in found]


def forget_receipts(db: Database, keys: Collection[str]) -> None:
    with write(db):
        db.conn.executemany("DELETE FROM receipts WHERE fact_key = ?", [(key,) for key in keys])
