"""How the three processes and the sources are doing: what `/health`, `/metrics` and the sources page read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor import clock
from monitor.model import Coverage
from monitor.store import Database, row, rows

#: A source with nothing new for this long is called quiet.
QUIET_AFTER = timedelta(days=3)
#: One failed visit is weather; from the second on it is a failure.
FAILING_FROM = 2


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source and how its last visits went. `condition`: waiting, well, quiet, failing or off."""

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
    """The line that explains silence: how many sources are checked, which are quiet, which fail and since when."""
    sql = "SELECT * FROM sources WHERE enabled ORDER BY name COLLATE NOCASE"
    judged = [(r, _condition(r, now)) for r in rows(db, sql)]
    return Coverage(
        checked=len(judged),
        quiet=tuple(r["name"] for r, c in judged if c == "quiet"),
        failing=tuple((r["name"], clock.from_text(r["status_since"])) for r, c in judged if c == "failing"),
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
    )


def _condition(r: Any, now: datetime) -> str:
    if not r["enabled"]:
        return "off"
    if r["failures"] >= FAILING_FROM and r["status_since"]:
        return "failing"
    if not r["last_success_at"]:
        return "waiting"
    fresh = r["last_new_at"] or r["first_success_at"] or r["last_success_at"]
    return "quiet" if now - clock.from_text(fresh) > QUIET_AFTER else "well"
