"""How the three processes and the sources are doing: what `/health`, `/metrics` and the sources page read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor import cadence, clock
from monitor.cadence import Oddity, Seen
from monitor.model import Coverage
from monitor.store import Database, row, rows, write

#: States in which a source says nothing, whatever it publishes.
SILENT = ("failing", "blocked")
#: Articles and visits that a source's habits are learned from.
HABIT = 120


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source and how its last visits went. `condition` is one of `monitor.cadence.condition`.

    `quiet_after` is the silence that is unusual for it, None before its rhythm is known; `oddity` (kind, detail) says
    why it is suspicious; `moved_to` where it says it went.
    """

    name: str
    url: str
    kind: str
    outlet: str
    type: str
    languages: tuple[str, ...]
    condition: str
    status: str
    since: datetime | None
    note: str
    failures: int
    last_success: datetime | None
    last_new: datetime | None
    articles: int
    quiet_after: timedelta | None = None
    oddity: tuple[str, str] = ("", "")
    moved_to: str = ""


def heartbeat(db: Database, process: str) -> datetime | None:
    """When a process last said that it is alive; None where it never did."""
    found = row(db, "SELECT at FROM heartbeats WHERE process = ?", process)
    return clock.from_text(found["at"]) if found else None


def sources(db: Database, now: datetime) -> tuple[SourceHealth, ...]:
    """Every source that is on or has ever given something, by name."""
    sql = """SELECT s.*, (SELECT count(*) FROM articles a WHERE a.source = s.name) AS articles FROM sources s
             WHERE s.enabled OR s.first_success_at IS NOT NULL ORDER BY s.name COLLATE NOCASE"""
    return tuple(_source(r, now) for r in rows(db, sql))


def coverage(db: Database, now: datetime) -> Coverage:
    """The line that explains silence: how many sources are checked, which are quiet, which fail and since when.

    A source that was never asked is not among them.
    """
    sql = "SELECT * FROM sources WHERE enabled AND status <> '' ORDER BY name COLLATE NOCASE"
    judged = [(r, _condition(r, now)) for r in rows(db, sql)]
    return Coverage(
        checked=len(judged),
        quiet=tuple(r["name"] for r, c in judged if c == "quiet"),
        failing=tuple(
            (r["name"], clock.from_text(r["status_since"])) for r, c in judged if c in SILENT and r["status_since"]
        ),
    )


def totals(db: Database) -> dict[str, int]:
    """How much the archive holds."""
    sql = """SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM stories) AS stories,
                    (SELECT count(*) FROM events) AS events,
                    (SELECT count(*) FROM facts WHERE kind <> 'probe') AS facts"""
    return dict(row(db, sql) or {})


def queue(db: Database, now: datetime) -> tuple[int, float]:
    """Deliveries that are due now, and for how many seconds the oldest has been."""
    found = row(
        db,
        "SELECT count(*) AS n, min(due_at) AS oldest FROM deliveries WHERE state = 'due' AND due_at <= ?",
        clock.to_text(now),
    )
    if not found or not found["n"]:
        return 0, 0.0
    return found["n"], (now - clock.from_text(found["oldest"])).total_seconds()


def _source(r: Any, now: datetime) -> SourceHealth:
    config = json.loads(r["config"])
    return SourceHealth(
        name=r["name"],
        url=config.get("url", ""),
        kind=config.get("kind", ""),
        outlet=config.get("outlet", "") or r["name"],
        type=config.get("type", ""),
        languages=tuple(config.get("languages", ())),
        condition=_condition(r, now),
        status=r["status"],
        since=clock.from_text(r["status_since"]) if r["status_since"] else None,
        note=r["note"],
        failures=r["failures"],
        last_success=clock.from_text(r["last_success_at"]) if r["last_success_at"] else None,
        last_new=clock.from_text(r["last_new_at"]) if r["last_new_at"] else None,
        articles=r["articles"],
        quiet_after=_span(r["quiet_after"]),
        oddity=oddity_of(r),
        moved_to=r["moved_to"],
    )


def habits(db: Database, source: str) -> tuple[list[datetime], list[Seen], list[int]]:
    """(when its last articles appeared, what they were, how many entries its last good visits had), newest first."""
    found = rows(
        db,
        "SELECT coalesce(published_at, seen_at) AS at, language, url FROM articles WHERE source = ?"
        " ORDER BY id DESC LIMIT ?",
        source,
        HABIT,
    )
    visits = rows(
        db,
        "SELECT entries FROM fetches WHERE source_id = (SELECT id FROM sources WHERE name = ?) AND status = 'new'"
        " ORDER BY at DESC LIMIT ?",
        source,
        HABIT,
    )
    seen = [Seen(r["language"], cadence.host_of(r["url"])) for r in found]
    return [clock.from_text(r["at"]) for r in found], seen, [r["entries"] for r in visits]


def learn(db: Database, now: datetime) -> list[str]:
    """Look at every source's habits; returns sentences for the operator about what changed, each once."""
    every = rows(db, "SELECT * FROM sources WHERE enabled ORDER BY name")
    hosts = {r["name"]: _hosts(r["config"]) for r in every}
    known = {host for own in hosts.values() for host in own}
    said: list[str] = []
    for r in every:
        moments, seen, entries = habits(db, r["name"])
        rhythm = cadence.quiet_after(moments)
        config = json.loads(r["config"])
        strange = cadence.oddity(seen, entries, config.get("languages", ()), hosts[r["name"]], known)
        said += _learned(db, r, rhythm, strange, now, _newest(db, r["name"]))
    return said


def _learned(
    db: Database, r: Any, rhythm: timedelta | None, strange: Oddity, now: datetime, newest: str | None
) -> list[str]:
    odd = f"{strange.kind} {strange.detail}".strip()
    seconds = int(rhythm.total_seconds()) if rhythm else None
    after = {**dict(r), "oddity": odd, "quiet_after": seconds, "last_article_at": newest}
    now_is = _condition(after, now)
    since = clock.from_text(r["status_since"]) if r["status_since"] else None
    told, what = cadence.to_tell(r["told"], now_is, since if now_is in ("failing", "blocked") else None, now)
    if (odd, seconds, told, newest) != (r["oddity"], r["quiet_after"], r["told"], r["last_article_at"]):
        with write(db):
            db.conn.execute(
                "UPDATE sources SET oddity = ?, quiet_after = ?, told = ?, last_article_at = ? WHERE id = ?",
                (odd, seconds, told, newest, r["id"]),
            )
    if what == "ends":
        return [f"{r['name']} is well again (it was {r['told']})."]
    return [cadence.sentence(r["name"], now_is, after, strange, rhythm)] if what else []


def oddity_of(r: Any) -> tuple[str, str]:
    """(kind, detail) of what is strange about a source."""
    kind, _, detail = r["oddity"].partition(" ")
    return kind, detail


def _newest(db: Database, source: str) -> str | None:
    """When the last article of a source was seen: a feed may change its bytes every minute and still say nothing."""
    found = row(db, "SELECT seen_at FROM articles WHERE source = ? ORDER BY id DESC LIMIT 1", source)
    return found["seen_at"] if found else None


def _hosts(config: str) -> set[str]:
    found = json.loads(config)
    return {h for h in (cadence.host_of(found.get("url", "")), *found.get("mirrors", ())) if h}


def _span(seconds: int | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds else None


def _condition(r: Any, now: datetime) -> str:
    fresh = r["last_article_at"] or r["last_new_at"] or r["first_success_at"] or r["last_success_at"]
    return cadence.condition(r, clock.from_text(fresh) if fresh else None, _span(r["quiet_after"]), now)
