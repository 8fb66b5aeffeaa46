"""Where every article was filed, and what is known of every event: the whole archive at a glance, for small ones.

For the demo and for tests. It reads everything, so a page or a process has no business with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from monitor.reading import ledger as ledgers
from monitor.reading.ledger import Ledger
from monitor.store import Database, rows


@dataclass(frozen=True, slots=True)
class Filed:
    """One article's place. `copy_of` is the title of the article whose text or item it repeats, '' for none."""

    outlet: str
    url: str
    title: str
    story: str
    event: str
    copy_of: str
    baseline: bool
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """One event that was gathered, not shipped."""

    slug: str
    state: str
    ledger: Ledger


def articles(db: Database) -> list[Filed]:
    """Every article, in the order it came in; a story or event that was merged shows the one that remained."""
    sql = """SELECT a.outlet, a.url, a.title, a.baseline, a.topics, s.uid AS story,
                    coalesce((SELECT m.slug FROM events m WHERE m.id = e.merged_into), e.slug, '') AS event,
                    coalesce((SELECT o.title FROM articles o WHERE o.id = coalesce(a.duplicate_of, a.edition_of)), '')
                    AS copy_of
             FROM articles a JOIN stories s ON s.id = a.story_id LEFT JOIN events e ON e.id = s.event_id
             ORDER BY a.id"""
    return [_filed(r) for r in rows(db, sql)]


def events(db: Database) -> list[Known]:
    """Every event that still stands for itself, oldest first."""
    sql = "SELECT slug, state, ledger FROM events WHERE NOT history AND merged_into IS NULL ORDER BY id"
    return [Known(r["slug"], r["state"], ledgers.from_json(json.loads(r["ledger"]))) for r in rows(db, sql)]


def _filed(r: Any) -> Filed:
    topics = tuple(json.loads(r["topics"]))
    return Filed(r["outlet"], r["url"], r["title"], r["story"], r["event"], r["copy_of"], bool(r["baseline"]), topics)
