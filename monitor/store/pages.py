"""What the pages show, read from archive.db: stories with their articles, events, people, sources.

An article about which a fact waits for a human (a death, an illness, a re-arrest) is in none of the answers, and
neither is a body: what is read here is titles, links and the sentences that matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor import clock
from monitor.store import Database, row, rows

#: No fact about this article waits for a human: each that was held has been let go of, by a later twin that is not.
PUBLIC = """NOT EXISTS (
    SELECT 1 FROM facts f WHERE f.article_id = a.id AND f.held
    AND NOT EXISTS (SELECT 1 FROM facts g WHERE g.key = f.key AND g.id > f.id AND NOT g.held))"""

_ARTICLE = """
    SELECT a.id, a.uid, a.url, a.title, a.language, a.outlet, a.owner, a.type, a.published_at, a.seen_at, a.edition_of,
           a.duplicate_of, coalesce(s.merged_into, s.id) AS story_id, a.score, a.score_why, a.relevant, a.claims
    FROM articles a JOIN stories s ON s.id = a.story_id
"""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a page shows it. `score` and `why` say how it joined its story."""

    id: int
    uid: str
    url: str
    title: str
    language: str
    outlet: str
    owner: str
    type: str
    published: datetime | None
    seen: datetime
    edition_of: int | None
    duplicate_of: int | None
    score: float
    why: str
    relevant: bool
    sentences: tuple[str, ...] = ()

    @property
    def beside_title(self) -> tuple[str, ...]:
        """The sentences that say more than the headline above them."""
        return tuple(s for s in self.sentences if _bare(s) != _bare(self.title))


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in one line, for lists."""

    slug: str
    kind: str
    state: str
    date: str
    precision: str
    title: str
    ledger: dict[str, Any]
    history: bool
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """One story with every public article in it, oldest first."""

    id: int
    uid: str
    first_seen: datetime
    last_seen: datetime
    articles: tuple[Article, ...]
    event: EventLine | None = None

    def lead(self, language: str) -> Article:
        """The article whose headline stands for the story: an original, in the reader's language if there is one."""
        originals = [a for a in self.articles if a.duplicate_of is None] or list(self.articles)
        return min(originals, key=lambda a: (not a.relevant, a.language != language, a.published or a.seen))

    @property
    def voices(self) -> tuple[Article, ...]:
        """One article of each outlet that says so itself: copies and editions repeat somebody else."""
        own = [a for a in self.articles if a.duplicate_of is None and a.edition_of is None] or self.articles
        return tuple({a.outlet: a for a in reversed(own)}.values())[::-1]

    @property
    def owners(self) -> int:
        """How many independent voices: owners, not addresses; copies and editions do not count."""
        own = {a.owner for a in self.articles if a.duplicate_of is None and a.edition_of is None}
        return len(own) or 1

    @property
    def relevant(self) -> bool:
        return any(a.relevant for a in self.articles)


def newest(
    db: Database, *, limit: int, after: str = "", relevant: bool | None = None, language: str = ""
) -> tuple[Story, ...]:
    """The newest stories, last seen first. `after` is the uid of the last story of the page before."""
    place = row(db, "SELECT last_seen_at, id FROM stories WHERE uid = ?", after) if after else None
    where = ["s.merged_into IS NULL", f"EXISTS (SELECT 1 FROM articles a WHERE a.story_id = s.id AND {PUBLIC})"]
    values: list[Any] = []
    if place:
        where.append("(s.last_seen_at, s.id) < (?, ?)")
        values += [place["last_seen_at"], place["id"]]
    if relevant is not None:
        said = "EXISTS (SELECT 1 FROM articles a WHERE a.story_id = s.id AND a.relevant)"
        where.append(f"(s.event_id IS NOT NULL OR {said})" if relevant else f"s.event_id IS NULL AND NOT {said}")
    if language:
        where.append("EXISTS (SELECT 1 FROM articles a WHERE a.story_id = s.id AND a.language = ?)")
        values.append(language)
    found = rows(
        db,
        f"SELECT s.* FROM stories s WHERE {' AND '.join(where)} ORDER BY s.last_seen_at DESC, s.id DESC LIMIT ?",
        *values,
        limit,
    )
    return _stories(db, found)


def _bare(sentence: str) -> str:
    """What is left of a sentence for whoever asks whether it is the headline once more."""
    return "".join(letter for letter in sentence.casefold() if letter.isalnum())


def story(db: Database, uid: str) -> Story | None:
    """A story by its uid, or the one it was merged into; None where there is none, or nothing public in it."""
    found = _unmerged(db, "stories", "uid", uid)
    stories = _stories(db, [found]) if found else ()
    return stories[0] if stories else None


def stories_of(db: Database, event: EventLine, limit: int = 50) -> tuple[Story, ...]:
    """The stories filed under an event, newest first."""
    sql = """SELECT s.* FROM stories s JOIN events e ON e.id = s.event_id
             WHERE e.slug = ? AND s.merged_into IS NULL ORDER BY s.last_seen_at DESC LIMIT ?"""
    return _stories(db, rows(db, sql, event.slug, limit))


def stories_by_articles(db: Database, articles: Iterable[int]) -> dict[int, Story]:
    """For each article id that is public: its story."""
    wanted = list(articles)
    sql = f"SELECT * FROM stories WHERE id IN (SELECT story_id FROM articles WHERE id IN ({_marks(wanted)}))"
    found = _stories(db, rows(db, sql, *wanted))
    return {a.id: s for s in found for a in s.articles if a.id in set(wanted)}


def find(db: Database, uid: str) -> tuple[str, str]:
    """What a neutral link stands for: ("story", its uid) or ("event", its slug); ("", "") for nothing."""
    if row(db, "SELECT 1 FROM stories WHERE uid = ?", uid):
        return "story", uid
    found = row(db, "SELECT s.uid FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.uid = ?", uid)
    if found:
        return "story", found["uid"]
    return ("event", uid) if row(db, "SELECT 1 FROM events WHERE slug = ?", uid) else ("", "")


def _stories(db: Database, found: Sequence[Any]) -> tuple[Story, ...]:
    """Rows of `stories` with their articles and events, in the order given; those with nothing public left out."""
    ids = [r["id"] for r in found]
    by_story: dict[int, list[Article]] = {i: [] for i in ids}
    sql = f"""{_ARTICLE}
              WHERE a.story_id IN (SELECT id FROM stories WHERE id IN ({_marks(ids)}) OR merged_into IN ({_marks(ids)}))
                AND {PUBLIC} ORDER BY coalesce(a.published_at, a.seen_at), a.id"""
    articles = rows(db, sql, *ids, *ids)
    mentioned = _mentioned(db, [r["id"] for r in articles])
    for r in articles:
        by_story[r["story_id"]].append(_article(r, mentioned.get(r["id"], ())))
    events = _events_by_id(db, {r["event_id"] for r in found if r["event_id"]})
    return tuple(
        Story(
            id=r["id"],
            uid=r["uid"],
            first_seen=clock.from_text(r["first_seen_at"]),
            last_seen=clock.from_text(r["last_seen_at"]),
            articles=tuple(by_story[r["id"]]),
            event=events.get(r["event_id"]),
        )
        for r in found
        if by_story[r["id"]]
    )


def _mentioned(db: Database, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Sentences that name a known person, per article."""
    sql = f"""SELECT article_id, sentence FROM mentions
              WHERE article_id IN ({_marks(ids)}) AND certain AND sentence != ''"""
    found: dict[int, tuple[str, ...]] = {}
    for r in rows(db, sql, *ids):
        found[r["article_id"]] = (*found.get(r["article_id"], ()), r["sentence"])
    return found


def _article(r: Any, mentioned: Sequence[str]) -> Article:
    claimed = [c.get("sentence", "") for c in json.loads(r["claims"])]
    return Article(
        id=r["id"],
        uid=r["uid"],
        url=r["url"],
        title=r["title"],
        language=r["language"],
        outlet=r["outlet"],
        owner=r["owner"],
        type=r["type"],
        published=_moment(r["published_at"]),
        seen=clock.from_text(r["seen_at"]),
        edition_of=r["edition_of"],
        duplicate_of=r["duplicate_of"],
        score=r["score"],
        why=r["score_why"],
        relevant=bool(r["relevant"]),
        sentences=tuple(dict.fromkeys(s for s in (*claimed, *mentioned) if s))[:4],
    )


def event(db: Database, slug: str) -> EventLine | None:
    """An event by its slug, or the one it was merged into."""
    found = _unmerged(db, "events", "slug", slug)
    return _event(found) if found else None


def events(db: Database, *, limit: int = 1000, since: str = "", history: bool | None = None) -> tuple[EventLine, ...]:
    """Events, latest first, from an ISO date on."""
    where = "" if history is None else f"AND history = {int(history)}"
    sql = f"""SELECT * FROM events WHERE merged_into IS NULL AND coalesce(date, '') >= ? {where}
              ORDER BY coalesce(date, substr(first_seen_at, 1, 10)) DESC, id DESC LIMIT ?"""
    return tuple(_event(r) for r in rows(db, sql, since, limit))


def events_naming(db: Database, person: str) -> tuple[EventLine, ...]:
    """The events whose ledger has somebody, latest first."""
    sql = """SELECT * FROM events e WHERE merged_into IS NULL
             AND EXISTS (SELECT 1 FROM json_each(e.ledger, '$.people') WHERE key = ?)
             ORDER BY coalesce(date, substr(first_seen_at, 1, 10)) DESC, id DESC"""
    return tuple(_event(r) for r in rows(db, sql, person))


def basis(db: Database, articles: Iterable[int]) -> dict[int, tuple[Article, tuple[dict[str, Any], ...]]]:
    """The public ones of these articles, each with the claims it makes (JSON of model.Claim)."""
    wanted = list(articles)
    sql = f"{_ARTICLE} WHERE a.id IN ({_marks(wanted)}) AND {PUBLIC}"
    return {r["id"]: (_article(r, ()), tuple(json.loads(r["claims"]))) for r in rows(db, sql, *wanted)}


def _events_by_id(db: Database, ids: Iterable[int]) -> dict[int, EventLine]:
    wanted = list(ids)
    return {r["id"]: _event(r) for r in rows(db, f"SELECT * FROM events WHERE id IN ({_marks(wanted)})", *wanted)}


def _event(r: Any) -> EventLine:
    return EventLine(
        slug=r["slug"],
        kind=r["kind"],
        state=r["state"],
        date=r["date"] or "",
        precision=r["precision"],
        title=r["title"],
        ledger=_public(json.loads(r["ledger"])),
        history=bool(r["history"]),
        first_seen=clock.from_text(r["first_seen_at"]),
        last_seen=clock.from_text(r["last_seen_at"]),
    )


def _public(ledger: dict[str, Any]) -> dict[str, Any]:
    """A ledger without the people reported to be held again, which a human has to confirm first."""
    people = ledger.get("people", {})
    shown = {p: line for p, line in people.items() if line["state"] != "held" or "operator" in line["origins"]}
    return {**ledger, "people": shown} if people else ledger


def _unmerged(db: Database, table: str, column: str, value: str) -> Any | None:
    """The row, after following `merged_into` as far as it goes (ten steps are more than anybody merges)."""
    found = row(db, f"SELECT * FROM {table} WHERE {column} = ?", value)
    for _ in range(10):
        if found is None or found["merged_into"] is None:
            return found
        found = row(db, f"SELECT * FROM {table} WHERE id = ?", found["merged_into"])
    return None


def _moment(text: str | None) -> datetime | None:
    return clock.from_text(text) if text else None


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values)) or "NULL"
