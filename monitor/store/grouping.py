"""Which articles are one story, when the operator knows better. Decisions are rows, and nobody is told twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor import clock
from monitor.errors import ConfigError
from monitor.model import Fact
from monitor.store import Database, archive, decisions, filing, row, rows


def split(db: Database, article: str, now: datetime) -> tuple[str, list[Fact]]:
    """Give an article (by address or uid), with its copies and editions, a story of its own and take what they said
    out of their event. Returns the new story's uid and drafts of what becomes news. Raises ConfigError."""
    found = row(db, "SELECT id, story_id FROM articles WHERE url = ? OR uid = ? ORDER BY id LIMIT 1", article, article)
    if found is None:
        raise ConfigError(f"there is no article {article}; give its address or the id from its link")
    story = archive.new_story(db, now)
    uid = archive.story_uid(db, story)
    event = row(db, "SELECT e.slug FROM stories s JOIN events e ON e.id = s.event_id WHERE s.id = ?", found["story_id"])
    moved = [
        r["id"]
        for r in rows(
            db,
            "SELECT id FROM articles WHERE story_id = ? AND ? IN (id, duplicate_of, edition_of) ORDER BY id",
            found["story_id"],
            found["id"],
        )
    ]
    db.conn.execute(
        "UPDATE articles SET story_id = ?, score = 1.0, score_why = 'split by the operator'"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (story, json.dumps(moved)),
    )
    db.conn.execute("UPDATE articles SET duplicate_of = NULL, edition_of = NULL WHERE id = ?", (found["id"],))
    data = {
        "from": archive.story_uid(db, found["story_id"]),
        "to": uid,
        "event": event["slug"] if event else "",
        "pair": _pair(db, story, found["story_id"]),
    }
    _remember(db, "story-split", article, data, now)
    return uid, filing.part(db, moved, story, now)


def merge(db: Database, one: str, into: str, now: datetime) -> None:
    """Let the story `one` live on in `into`, their events too. Raises ConfigError where either is not there."""
    stories = {
        uid: row(db, "SELECT s.id, e.slug FROM stories s LEFT JOIN events e ON e.id = s.event_id WHERE s.uid = ?", uid)
        for uid in (one, into)
    }
    for uid, found in stories.items():
        if found is None:
            raise ConfigError(f"there is no story {uid}; its page's link ends with its id")
    source, target = stories[one], stories[into]
    if one == into or source is None or target is None:
        return
    pair = _pair(db, source["id"], target["id"])
    db.conn.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", (target["id"], source["id"]))
    db.conn.execute("UPDATE stories SET merged_into = ? WHERE id = ?", (target["id"], source["id"]))
    if source["slug"] and target["slug"] and source["slug"] != target["slug"]:
        decisions.merge(db, source["slug"], target["slug"], now)
    elif source["slug"]:
        db.conn.execute(
            "UPDATE stories SET event_id = (SELECT id FROM events WHERE slug = ?) WHERE id = ?",
            (source["slug"], target["id"]),
        )
    _remember(db, "story-merge", one, {"into": into, "pair": pair}, now)


def cases(db: Database) -> list[dict[str, Any]]:
    """What the operator decided, as test cases: `same`, and the two `articles` labelled as those of tests/eval are,
    with one `event` or two."""
    found = rows(db, "SELECT * FROM decisions WHERE kind IN ('story-split', 'story-merge') ORDER BY id")
    told = [(r["kind"] == "story-merge", _articles(db, json.loads(r["data"]).get("pair", []))) for r in found]
    return [
        {"same": same, "articles": [{**a, "event": articles[0 if same else n]["id"]} for n, a in enumerate(articles)]}
        for same, articles in told
        if len(articles) == 2
    ]


def _articles(db: Database, uids: Sequence[str]) -> list[dict[str, Any]]:
    sql = """SELECT uid AS id, language, coalesce(published_at, seen_at) AS published, type, 'decided' AS category,
                    title, text, relevant FROM articles WHERE uid = ?"""
    found = [dict(one) for uid in uids if (one := row(db, sql, uid)) is not None]
    return [{**one, "type": one["type"] or "independent", "relevant": bool(one["relevant"])} for one in found]


def _pair(db: Database, *stories: int) -> list[str]:
    """The first article of each story, by uid."""
    found = [row(db, "SELECT uid FROM articles WHERE story_id = ? ORDER BY id LIMIT 1", story) for story in stories]
    return [r["uid"] for r in found if r is not None]


def _remember(db: Database, kind: str, subject: str, data: dict[str, Any], now: datetime) -> None:
    db.conn.execute(
        "INSERT INTO decisions (at, kind, subject, data) VALUES (?, ?, ?, ?)",
        (clock.to_text(now), kind, subject, json.dumps(data)),
    )
