"""Sources: what is configured, when each is due, what is remembered of it, and how its visits went.

`due_at` is first due, back-off and lease in one: claiming pushes it ahead, finishing sets it right, so a restart needs
no recovery and asks nobody early. What a source remembers is a mapping of columns here; `gather` knows what it means.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from monitor import clock
from monitor.model import Kind, OutletType, Source, Status, Visit
from monitor.store import Database, row, rows, write

KEEP_ENTRIES = timedelta(days=150)
#: What of a row `finish` may change, apart from `due_at` and `note`.
MEMORY = (
    *("etag", "last_modified", "body_hash", "validators_since", "status", "status_since", "failures", "unchanged"),
    *("first_success_at", "last_success_at", "previous_success_at", "last_new_at"),
    *("moved_to", "moved_seen", "moved_since", "address", "manners"),
)
_FORGOTTEN = {"etag": "", "last_modified": "", "body_hash": "", "address": "", "moved_to": "", "status": ""}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A source that is ours to visit until its lease ends. `memory` holds the columns of `MEMORY`."""

    id: int
    source: Source
    memory: Mapping[str, Any]
    was_due: str


@dataclass(frozen=True, slots=True)
class Finished:
    """How a visit ended: everything T4 writes. `seen` are the entries by identity, with the hash of their words."""

    id: int
    visit: Visit
    memory: Mapping[str, Any]
    due_at: datetime
    note: str
    new: int = 0
    entries: int = 0
    seen: Mapping[bytes, bytes] = field(default_factory=dict)


def sync(db: Database, configured: Sequence[Source], now: datetime) -> None:
    """T1: the table says what the configuration says. Removed sources are switched off, nothing is deleted.

    A source with a new address is asked unconditionally and at once; what it already gave stays known.
    """
    with write(db):
        known = {r["name"]: r for r in rows(db, "SELECT name, config, enabled FROM sources")}
        for source in configured:
            if source.name in known:
                _update(db, source, known[source.name], now)
            else:
                _insert(db, source, now)
        for name in known.keys() - {source.name for source in configured}:
            db.conn.execute("UPDATE sources SET enabled = 0 WHERE name = ?", (name,))


def claim_due(
    db: Database,
    now: datetime,
    lease: Callable[[Source], timedelta],
    *,
    names: Collection[str] | None = None,
    kinds: Collection[Kind] = tuple(Kind),
) -> list[Claimed]:
    """T2: take everything of these kinds that is due (or just `names`, due or not), the reliable ones first, for a
    lease each.

    A source that said 410 is never due again.
    """
    with write(db):
        found = rows(
            db,
            "SELECT * FROM sources WHERE enabled AND status <> 'gone' AND (? OR due_at <= ?) ORDER BY failures, due_at",
            names is not None,
            clock.to_text(now),
        )
        claimed = [
            c for r in found if names is None or r["name"] in names for c in [_claimed(r)] if c.source.kind in kinds
        ]
        db.conn.executemany(
            "UPDATE sources SET due_at = ? WHERE id = ?",
            [(clock.to_text(now + lease(c.source)), c.id) for c in claimed],
        )
    return claimed


def release(db: Database, claimed: Iterable[Claimed]) -> None:
    """Give back what was claimed and never asked, as due as it was."""
    with write(db):
        db.conn.executemany("UPDATE sources SET due_at = ? WHERE id = ?", [(c.was_due, c.id) for c in claimed])


def finish(db: Database, finished: Sequence[Finished]) -> None:
    """T4, after the articles are in: what to remember, when it is due next, and one row about each visit."""
    columns = ", ".join(f"{name} = :{name}" for name in (*MEMORY, "due_at", "note"))
    with write(db):
        for done in finished:
            values = {**done.memory, "due_at": clock.to_text(done.due_at), "note": done.note, "id": done.id}
            db.conn.execute(f"UPDATE sources SET {columns} WHERE id = :id", values)
            _note_visit(db, done)
            _note_entries(db, done)


def changed(db: Database, source_id: int, seen: Mapping[bytes, bytes]) -> dict[bytes, bool]:
    """Which entries are news: identity → True for a new one, False for a known one with other words."""
    if not seen:
        return {}
    found = rows(db, "SELECT identity, content FROM entries WHERE source_id = ?", source_id)
    known = {bytes(r["identity"]): bytes(r["content"]) for r in found}
    return {one: one not in known for one, content in seen.items() if known.get(one) != content}


def identities(db: Database, source_ids: Iterable[int]) -> frozenset[bytes]:
    """Everything that these sources ever gave (and still remembered)."""
    marks = ",".join("?" * len(ids := list(source_ids)))
    return frozenset(bytes(r[0]) for r in rows(db, f"SELECT identity FROM entries WHERE source_id IN ({marks})", *ids))


def is_event_open(db: Database, since: datetime) -> bool:
    """Whether something happened, or is happening, that was last heard of after `since`."""
    sql = "SELECT 1 FROM events WHERE NOT history AND merged_into IS NULL AND last_seen_at >= ? LIMIT 1"
    return row(db, sql, clock.to_text(since)) is not None


def all_sources(db: Database) -> list[Source]:
    """Every enabled source, as it was configured when the table was last synced."""
    return [_source(r["config"]) for r in rows(db, "SELECT config FROM sources WHERE enabled ORDER BY name")]


def visited(db: Database) -> set[str]:
    """The names of sources that were asked at least once, whatever they answered."""
    return {r["name"] for r in rows(db, "SELECT name FROM sources WHERE status <> ''")}


def robots(db: Database, since: datetime) -> dict[str, tuple[datetime, str]]:
    """The robots files fetched after `since`, by site."""
    found = rows(db, "SELECT * FROM robots WHERE at >= ?", clock.to_text(since))
    return {r["site"]: (clock.from_text(r["at"]), r["rules"]) for r in found}


def save_robots(db: Database, site: str, at: datetime, rules: str) -> None:
    """Keep a robots file, so that a restart does not ask for it again."""
    with write(db):
        db.conn.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)", (site, clock.to_text(at), rules))


def forget_fetches(db: Database, before: datetime) -> None:
    """Drop rows about visits and robots files older than `before`, and entries long gone from their source."""
    moment = clock.to_text(before)
    with write(db):
        db.conn.execute("DELETE FROM fetches WHERE at < ?", (moment,))
        db.conn.execute(
            "DELETE FROM entries WHERE seen_at < ?"
            " AND seen_at < (SELECT last_new_at FROM sources WHERE id = source_id)",
            (clock.to_text(before - KEEP_ENTRIES),),
        )
        db.conn.execute("DELETE FROM robots WHERE at < ?", (moment,))


# --------------------------------------------------------------------------------------------------------------- rows


def _insert(db: Database, source: Source, now: datetime) -> None:
    db.conn.execute(
        "INSERT INTO sources (name, config, enabled, due_at) VALUES (?, ?, ?, ?)",
        (source.name, _config(source), int(source.enabled), clock.to_text(now)),
    )


def _update(db: Database, source: Source, before: Any, now: datetime) -> None:
    config = _config(source)
    if before["config"] == config and before["enabled"] == source.enabled:
        return
    db.conn.execute(
        "UPDATE sources SET config = ?, enabled = ? WHERE name = ?", (config, int(source.enabled), source.name)
    )
    if json.loads(before["config"]).get("url") != source.url:
        columns = ", ".join(f"{name} = ?" for name in _FORGOTTEN)
        db.conn.execute(
            f"UPDATE sources SET {columns}, failures = 0, moved_seen = 0, validators_since = NULL, due_at = ?"
            " WHERE name = ?",
            (*_FORGOTTEN.values(), clock.to_text(now), source.name),
        )


def _config(source: Source) -> str:
    return json.dumps({**asdict(source), "interval": source.interval.total_seconds()}, ensure_ascii=False)


@functools.lru_cache(maxsize=4096)
def _source(config: str) -> Source:
    names = {one.name for one in fields(Source)}
    data = {name: value for name, value in json.loads(config).items() if name in names}
    kinds = {"kind": Kind(data["kind"]), "type": OutletType(data["type"])}
    lists = {name: tuple(data[name]) for name in ("languages", "mirrors")}
    return Source(**{**data, **kinds, **lists, "interval": timedelta(seconds=data["interval"])})


def _claimed(r: Any) -> Claimed:
    return Claimed(r["id"], _source(r["config"]), {name: r[name] for name in MEMORY}, r["due_at"])


def _note_visit(db: Database, done: Finished) -> None:
    visit = done.visit
    db.conn.execute(
        "INSERT INTO fetches (source_id, at, status, http_status, entries, new, bytes, ms, note)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(done.id, clock.to_text(visit.at), visit.status.value, visit.http_status, done.entries, done.new),
            *(visit.bytes, visit.ms, visit.note if visit.status not in (Status.NEW, Status.UNCHANGED) else ""),
        ),
    )


def _note_entries(db: Database, done: Finished) -> None:
    moment = clock.to_text(done.visit.at)
    db.conn.executemany(
        "INSERT INTO entries VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET content = excluded.content, seen_at = excluded.seen_at",
        [(done.id, identity, content, moment) for identity, content in done.seen.items()],
    )


def last_success(db: Database, name: str) -> datetime | None:
    """When a source was last seen working, or None where it never was."""
    found = row(db, "SELECT last_success_at FROM sources WHERE name = ?", name)
    return clock.from_text(found["last_success_at"]) if found and found["last_success_at"] else None
