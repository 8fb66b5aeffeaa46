"""The log of news: immutable, numbered rows in archive.db, read by `send` from its cursor on.

Also what a message needs to know around a fact: the voices of a story, an event's state, the coverage line. Nothing
here knows who is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from monitor import clock
from monitor.model import Fact
from monitor.store import Database, row, rows, write


def append(db: Database, drafts: Iterable[Fact]) -> list[Fact]:
    """Number the drafts (their `id` is not looked at) and store them, in order; part of the caller's transaction."""
    with write(db):
        return [_append(db, draft) for draft in drafts]


def after(db: Database, cursor: int, limit: int) -> list[Fact]:
    """At most `limit` facts with an id above `cursor`, oldest first, held ones included."""
    return [_fact(r) for r in rows(db, "SELECT * FROM facts WHERE id > ? ORDER BY id LIMIT ?", cursor, limit)]


def last_probe(db: Database) -> Fact | None:
    """The synthetic item that was made last."""
    found = row(db, "SELECT * FROM facts WHERE kind = 'probe' ORDER BY id DESC LIMIT 1")
    return _fact(found) if found else None


def forget_probes(db: Database) -> None:
    """Synthetic items are nothing to remember; part of the caller's transaction."""
    db.conn.execute("DELETE FROM facts WHERE kind = 'probe'")


def newest(db: Database) -> int:
    """The highest id, 0 where there are no facts: the cheap question of every tick."""
    found = row(db, "SELECT max(id) AS id FROM facts")
    return found["id"] or 0 if found else 0


def by_ids(db: Database, ids: Iterable[int]) -> list[Fact]:
    """The facts with these ids, oldest first; ids that do not exist are left out."""
    wanted = json.dumps(sorted(set(ids)))
    return [_fact(r) for r in rows(db, "SELECT * FROM facts WHERE id IN (SELECT value FROM json_each(?))", wanted)]


def coverage_of(db: Database, articles: Iterable[int]) -> list[Fact]:
    """The facts that say that these articles appeared, one for each, oldest first."""
    wanted = json.dumps(sorted(set(articles)))
    sql = (
        "SELECT * FROM facts WHERE id IN (SELECT max(id) FROM facts WHERE kind = 'coverage'"
        " AND article_id IN (SELECT value FROM json_each(?)) GROUP BY article_id) ORDER BY id"
    )
    return [_fact(r) for r in rows(db, sql, wanted)]


def release(db: Database, key: str, at: datetime) -> list[Fact]:
    """Let go of the facts that wait for a human under `key`: each is appended again, not held.

    The held row stays as it is (facts never change), and the new number is past every cursor. Harmless to repeat.
    """
    held = rows(
        db,
        "SELECT * FROM facts AS f WHERE key = ? AND held AND NOT EXISTS ("
        " SELECT 1 FROM facts AS g WHERE g.key = f.key AND g.id > f.id AND NOT g.held) ORDER BY id",
        key,
    )
    return append(db, [_fact(r, at=at, held=False) for r in held])


def aliases(db: Database, key: str) -> tuple[str, ...]:
    """Every key under which the same news may have been told: its own first, in its present form.

    A story or event that was merged into another one lives on under the other's name, and coverage of an event may
    have been told as coverage of a story before the event was known.
    """
    kind, _, rest = key.partition(":")
    name, colon, subject = rest.partition(":")
    if kind == "story":
        names = _family(db, "stories", "uid", name)
        return tuple(f"story:{n}" for n in names)
    if kind != "event":
        return (key,)
    events = _family(db, "events", "slug", name)
    told = [f"event:{n}{colon}{subject}" for n in events]
    if not subject:
        told += [f"story:{uid}" for uid in _stories_of(db, events)]
    return tuple(told)


def quiet_since(db: Database, key: str) -> datetime | None:
    """When the story or event of a fact key last had news, or None where nothing is known of it."""
    kind, _, rest = key.partition(":")
    name = rest.partition(":")[0]
    column = "event" if kind == "event" else "story"
    found = row(db, f"SELECT max(at) AS at FROM facts WHERE {column} = ?", name)
    return clock.from_text(found["at"]) if found and found["at"] else None


class EventRow(NamedTuple):
    """What is known of an event: `ledger` is the replay of its claims, as `reading.ledger` wrote it."""

    slug: str
    kind: str
    state: str
    title: str
    ledger: dict[str, Any]


def event(db: Database, slug: str) -> EventRow | None:
    """An event by its slug, following merges."""
    names = _family(db, "events", "slug", slug)
    found = row(db, "SELECT * FROM events WHERE slug = ?", names[0])
    if found is None:
        return None
    return EventRow(found["slug"], found["kind"], found["state"], found["title"], json.loads(found["ledger"]))


class ArticleRow(NamedTuple):
    """An article as a message shows it. `story` is the uid of the story it belongs to now."""

    id: int
    uid: str
    url: str
    outlet: str
    owner: str
    type: str
    title: str
    text: str
    language: str
    published: datetime | None
    seen: datetime
    story: str
    repeats: bool = False  # a copy or an edition of another article


_ARTICLE = """SELECT a.id, a.uid, a.url, a.outlet, a.owner, a.type, a.title, a.text, a.language, a.published_at,
                     a.seen_at, coalesce(m.uid, s.uid) AS story,
                     a.duplicate_of IS NOT NULL OR a.edition_of IS NOT NULL AS repeats
              FROM articles AS a JOIN stories AS s ON s.id = a.story_id
              LEFT JOIN stories AS m ON m.id = s.merged_into"""


def article(db: Database, article_id: int) -> ArticleRow | None:
    """One article, or None."""
    found = row(db, f"{_ARTICLE} WHERE a.id = ?", article_id)
    return _article(found) if found else None


def story_articles(db: Database, uid: str, limit: int = 200) -> list[ArticleRow]:
    """The articles of a story and of what was merged into it, in the order they were seen."""
    names = json.dumps(_family(db, "stories", "uid", uid))
    found = rows(db, f"{_ARTICLE} WHERE s.uid IN (SELECT value FROM json_each(?)) ORDER BY a.id LIMIT ?", names, limit)
    return [_article(r) for r in found]


def event_articles(db: Database, slug: str, limit: int = 200) -> list[ArticleRow]:
    """The articles of an event's stories, in the order they were seen."""
    names = json.dumps(_stories_of(db, _family(db, "events", "slug", slug)))
    found = rows(db, f"{_ARTICLE} WHERE s.uid IN (SELECT value FROM json_each(?)) ORDER BY a.id LIMIT ?", names, limit)
    return [_article(r) for r in found]


def event_article_ids(db: Database, slug: str, limit: int) -> list[int]:
    """The ids of the first articles of an event's stories, in the order they were seen."""
    names = json.dumps(_stories_of(db, _family(db, "events", "slug", slug)))
    found = rows(
        db,
        "SELECT a.id FROM articles AS a JOIN stories AS s ON s.id = a.story_id"
        " WHERE s.uid IN (SELECT value FROM json_each(?)) ORDER BY a.id LIMIT ?",
        names,
        limit,
    )
    return [r["id"] for r in found]


def people_named(db: Database, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Person id → the names of that person by language (`en`, `be`, `ru`)."""
    wanted = json.dumps(sorted(set(ids)))
    found = rows(
        db, "SELECT id, name_en, name_be, name_ru FROM people WHERE id IN (SELECT value FROM json_each(?))", wanted
    )
    return {r["id"]: {"en": r["name_en"], "be": r["name_be"], "ru": r["name_ru"]} for r in found}


def last_held(db: Database) -> tuple[int, str, str] | None:
    """The latest published count of people still held: (count, who counts, ISO date)."""
    found = row(db, "SELECT count, who, date FROM held_counts ORDER BY date DESC LIMIT 1")
    return (found["count"], found["who"], found["date"]) if found else None


def _append(db: Database, draft: Fact) -> Fact:
    values = (
        draft.key,
        draft.kind,
        clock.to_text(draft.at),
        draft.article,
        draft.story,
        draft.event,
        draft.person,
        json.dumps(draft.data, ensure_ascii=False, sort_keys=True),
        int(draft.held_for_human),
    )
    done = db.conn.execute(
        "INSERT INTO facts (key, kind, at, article_id, story, event, person, data, held)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    return Fact(
        done.lastrowid or 0,
        draft.key,
        draft.kind,
        draft.at,
        draft.article,
        draft.story,
        draft.event,
        draft.person,
        draft.data,
        draft.held_for_human,
    )


def _fact(r: Any, *, at: datetime | None = None, held: bool | None = None) -> Fact:
    return Fact(
        r["id"],
        r["key"],
        r["kind"],
        at or clock.from_text(r["at"]),
        r["article_id"],
        r["story"],
        r["event"],
        r["person"],
        json.loads(r["data"]),
        bool(r["held"]) if held is None else held,
    )


def _article(r: Any) -> ArticleRow:
    published = clock.from_text(r["published_at"]) if r["published_at"] else None
    return ArticleRow(
        r["id"],
        r["uid"],
        r["url"],
        r["outlet"],
        r["owner"],
        r["type"],
        r["title"],
        r["text"],
        r["language"],
        published,
        clock.from_text(r["seen_at"]),
        r["story"],
        bool(r["repeats"]),
    )


def _family(db: Database, table: str, column: str, name: str) -> list[str]:
    """Everything merged with `name`, the one it all lives on as first; `[name]` where it is not known."""
    merged = row(
        db,
        f"SELECT 1 FROM {table} AS t WHERE {column} = ? AND (merged_into IS NOT NULL"
        f" OR EXISTS (SELECT 1 FROM {table} AS m WHERE m.merged_into = t.id))",
        name,
    )
    if merged is None:  # as nearly always; the walk costs ten times as much
        return [name]
    found = rows(
        db,
        f"""WITH RECURSIVE up (id, parent, depth) AS (
                SELECT id, merged_into, 0 FROM {table} WHERE {column} = ?
                UNION ALL SELECT t.id, t.merged_into, depth + 1 FROM {table} AS t JOIN up ON t.id = up.parent
            ), root (id) AS (SELECT id FROM up ORDER BY depth DESC LIMIT 1), down (id, depth) AS (
                SELECT id, 0 FROM root
                UNION ALL SELECT t.id, depth + 1 FROM {table} AS t JOIN down ON t.merged_into = down.id
            ) SELECT {column} AS name FROM down JOIN {table} USING (id) ORDER BY depth, id""",
        name,
    )
    return [r["name"] for r in found] or [name]


def _stories_of(db: Database, slugs: list[str]) -> list[str]:
    found = rows(
        db,
        "SELECT s.uid FROM stories AS s JOIN events AS e ON e.id = s.event_id"
        " WHERE e.slug IN (SELECT value FROM json_each(?)) ORDER BY s.id",
        json.dumps(slugs),
    )
    return [r["uid"] for r in found]
