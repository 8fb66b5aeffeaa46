"""What stands behind "why was this (not) sent to me": the articles somebody may mean, and what was news about them.

Only archive.db: whoever asks brings their own settings along.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from monitor.store import Database, facts, row, rows
from monitor.store.pages import PUBLIC

MOST = 20


class Known(NamedTuple):
    """One article: the keys under which its news may have been told, whether any of it was news, how sure it is."""

    article: int
    keys: frozenset[str]
    event: str
    state: str
    news: bool


def articles_named(db: Database, name: str) -> list[int]:
    """Public articles by key, uid or address, or those of a story or an event; the newest first."""
    sql = (
        "SELECT a.id FROM articles a JOIN stories s ON s.id = a.story_id LEFT JOIN events e ON e.id = s.event_id"
        f" WHERE ? IN (a.key, a.uid, a.url, s.uid, e.slug) AND {PUBLIC} ORDER BY a.id DESC LIMIT {MOST}"
    )
    return [r["id"] for r in rows(db, sql, name)]


def articles_about(db: Database, person: str) -> list[int]:
    """Public articles that name somebody, the newest first."""
    sql = (
        "SELECT a.id FROM articles a JOIN mentions m ON m.article_id = a.id"
        f" WHERE m.person_id = ? AND {PUBLIC} ORDER BY a.id DESC LIMIT {MOST}"
    )
    return [r["id"] for r in rows(db, sql, person)]


def known(db: Database, article: int) -> Known:
    """What became of an article."""
    found = row(
        db,
        "SELECT s.uid, e.slug, e.state FROM articles a JOIN stories s ON s.id = a.story_id"
        " LEFT JOIN events e ON e.id = s.event_id WHERE a.id = ?",
        article,
    )
    assert found is not None
    said = rows(db, "SELECT key, held, data FROM facts WHERE article_id = ?", article)
    keys = {f["key"] for f in said} | set(facts.aliases(db, f"story:{found['uid']}"))
    if found["slug"]:
        keys |= set(facts.aliases(db, f"event:{found['slug']}"))
    news = any(not f["held"] and not json.loads(f["data"]).get("silent") for f in said)
    return Known(article, frozenset(keys), found["slug"] or "", found["state"] or "", news)
