"""Articles and stories: what ingest writes and everybody reads. One place for their SQL."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor import clock
from monitor.matching.document import unpack
from monitor.model import Claim, Document, Reading
from monitor.store import Database, row, rows

if TYPE_CHECKING:  # web reads rows and never an article: it starts without the words of seven languages
    from monitor.reading.prepared import Prepared

#: Crockford's letters without vowels: no word, no name, nothing to mistake when read aloud.
_LETTERS = "23456789bcdfghjkmnpqrstvwxz"


@dataclass(frozen=True, slots=True)
class NewArticle:
    """Everything an article's row needs, decided before."""

    key: str
    item: str
    url: str
    source: str
    outlet: str
    owner: str
    type: str
    title: str
    text: str
    author: str
    published: datetime | None
    seen: datetime
    prepared: Prepared
    baseline: bool
    late: int

    @property
    def at(self) -> datetime:
        """When it belongs: published where that is credible, else seen."""
        return self.published or self.seen


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article belongs: which story, and why."""

    story: int | None  # None for a new story
    edition_of: int | None = None
    duplicate_of: int | None = None
    score: float = 1.0
    why: str = ""


class Filed(NamedTuple):
    """A new article's row and its story's, with the neutral names of both."""

    article: int
    uid: str
    story: int
    story_uid: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier article that shares a feature with a new one."""

    article: int
    story: int
    url: str
    fingerprint: bytes


def new_uid() -> str:
    """A random neutral name for links: 50 bits, no meaning."""
    number, letters = secrets.randbelow(len(_LETTERS) ** 10), ""
    for _ in range(10):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return letters


def known(db: Database, keys: Iterable[str]) -> dict[str, Any]:
    """The rows of those keys that are in the archive."""
    keys = list(keys)
    marks = ",".join("?" * len(keys))
    found = rows(
        db,
        f"SELECT a.id, a.key, a.uid, a.url, a.title, a.text, a.story_id, s.uid AS story, e.slug AS event,"
        f" a.baseline, a.late FROM articles a JOIN stories s ON s.id = a.story_id"
        f" LEFT JOIN events e ON e.id = s.event_id WHERE a.key IN ({marks})",
        *keys,
    )
    return {r["key"]: r for r in found}


def first_of_item(db: Database, item: str) -> Any | None:
    """The first article of an item, whatever its edition."""
    return row(db, "SELECT id, url, story_id FROM articles WHERE item = ? ORDER BY id LIMIT 1", item)


def candidates(
    db: Database, features: Sequence[str], at: datetime, window: timedelta, *, each: int, most: int
) -> list[Candidate]:
    """Earlier articles near `at` that share features: at most `each` a feature, the `most` that share the most.

    One telling word (`w:`) in common is chance; two are worth a look, and so is anything else. The cost depends on
    what happened in the window, not on the size of the archive.
    """
    since, until = _minutes(at - window), _minutes(at + window)
    shared: Counter[int] = Counter()
    for feature in features:
        near = db.conn.execute(_NEAR, (_feature(feature), since, until, each))
        shared.update([number for (number,) in near] * (1 if feature.startswith("w:") else 2))
    chosen = [number for number, weight in shared.most_common(most) if weight > 1]
    if not chosen:
        return []
    marks = ",".join("?" * len(chosen))
    found = rows(db, f"SELECT id, story_id, url, fingerprint FROM articles WHERE id IN ({marks}) ORDER BY id", *chosen)
    return [Candidate(*one) for one in found]


# A statement for each feature: one for all of them together takes a fifth longer
_NEAR = "SELECT article_id FROM features WHERE feature = ? AND at BETWEEN ? AND ? ORDER BY at DESC LIMIT ?"


@lru_cache(maxsize=64)  # an article is looked for by the same ones as it is then filed under
def _feature(name: str) -> int:
    """A feature as the table has it: text costs twice the time and the room."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def insert(db: Database, new: NewArticle, placed: Placed) -> Filed:
    """Write an article with its features and mentions, in the story where it was placed or in one of its own."""
    uid, story, story_uid = new_uid(), *(_joined(db, placed.story, new.at) if placed.story else _begun(db, new.at))
    reading = new.prepared.reading
    article = db.conn.execute(
        "INSERT INTO articles (key, item, uid, url, source, outlet, owner, type, title, text, language, author,"
        " published_at, seen_at, edition_of, duplicate_of, story_id, score, score_why, baseline, late, relevant,"
        " topics, claims, keys, analyser_version, fingerprint)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            new.key,
            new.item,
            uid,
            new.url,
            new.source,
            new.outlet,
            new.owner,
            new.type,
            new.title,
            new.text,
            reading.language,
            new.author,
            clock.to_text(new.published) if new.published else None,
            clock.to_text(new.seen),
            placed.edition_of,
            placed.duplicate_of,
            story,
            placed.score,
            placed.why,
            int(new.baseline),
            new.late,
            *_read(new.prepared),
        ),
    ).lastrowid
    assert article is not None
    _write_parts(db, article, new)
    return Filed(article, uid, story, story_uid)


def _read(prepared: Prepared) -> tuple[int, str, str, bytes, str, bytes]:
    """The columns of what was read: relevant, topics, claims, keys, analyser_version, fingerprint."""
    reading = prepared.reading
    claims = _claims_text(reading.claims)
    topics, version = json.dumps(reading.topics), reading.analyser_version
    return int(reading.relevant), topics, claims, prepared.packed, version, prepared.fingerprint


def reword(db: Database, article: int, new: NewArticle, at: datetime) -> None:
    """The outlet changed an article: keep the earlier wording, read it anew, leave it in its story."""
    reading = new.prepared.reading
    db.conn.execute(
        "INSERT INTO versions (article_id, at, title, text) SELECT id, ?, title, text FROM articles WHERE id = ?",
        (clock.to_text(at), article),
    )
    db.conn.execute(
        "UPDATE articles SET title=?, text=?, language=?, relevant=?, topics=?, claims=?, keys=?, analyser_version=?,"
        " fingerprint=? WHERE id = ?",
        (
            new.title,
            new.text,
            reading.language,
            *_read(new.prepared),
            article,
        ),
    )
    for table in ("features", "mentions"):
        db.conn.execute(f"DELETE FROM {table} WHERE article_id = ?", (article,))
    _write_parts(db, article, new)


def behind(db: Database, version: str, limit: int) -> list[Any]:
    """The newest articles that other analysers read, before `version`."""
    return rows(
        db,
        "SELECT id, url, title, text, published_at FROM articles WHERE analyser_version <> ? ORDER BY id DESC LIMIT ?",
        version,
        limit,
    )


def reread(db: Database, article: int, reading: Reading, packed: bytes) -> None:
    """Replace an article's keys and mentions by those of a newer reading."""
    db.conn.execute(
        "UPDATE articles SET language = ?, topics = ?, keys = ?, analyser_version = ? WHERE id = ?",
        (reading.language, json.dumps(reading.topics), packed, reading.analyser_version, article),
    )
    db.conn.execute("DELETE FROM mentions WHERE article_id = ?", (article,))
    _write_mentions(db, article, reading)


def document(db: Database, article: int) -> Document:
    """A stored article as the matcher sees it. Raises KeyError where there is none."""
    return documents(db, [article])[article]


def documents(db: Database, articles: Iterable[int]) -> dict[int, Document]:
    """Stored articles as the matcher sees them, by id; ids that do not exist are left out."""
    wanted = json.dumps(sorted(articles))
    people: dict[int, list[str]] = {}
    for number, person in db.conn.execute(
        "SELECT article_id, person_id FROM mentions WHERE article_id IN (SELECT value FROM json_each(?))", (wanted,)
    ):
        people.setdefault(number, []).append(person)
    found = rows(
        db,
        "SELECT a.id, a.keys, a.language, a.source, a.outlet, a.type, a.topics, e.slug FROM articles a"
        " JOIN stories s ON s.id = a.story_id LEFT JOIN events e ON e.id = s.event_id"
        " WHERE a.id IN (SELECT value FROM json_each(?))",
        wanted,
    )
    return {
        r["id"]: unpack(
            r["keys"],
            language=r["language"],
            source=r["source"],
            outlet=r["outlet"],
            type=r["type"],
            people=tuple(people.get(r["id"], ())),
            topics=tuple(json.loads(r["topics"])),
            event=r["slug"] or "",
        )
        for r in found
    }


def story_uid(db: Database, story: int) -> str:
    """The neutral name of a story."""
    found = row(db, "SELECT uid FROM stories WHERE id = ?", story)
    assert found is not None
    return str(found["uid"])


def beat(db: Database, process: str, now: datetime, data: dict[str, Any] | None = None) -> None:
    """Note that a process is alive."""
    db.conn.execute(
        "INSERT INTO heartbeats (process, at, data) VALUES (?, ?, ?)"
        " ON CONFLICT (process) DO UPDATE SET at = excluded.at, data = excluded.data",
        (process, clock.to_text(now), json.dumps(data or {})),
    )


def new_story(db: Database, at: datetime) -> int:
    """An empty story; returns its id."""
    return _begun(db, at)[0]


def _begun(db: Database, at: datetime) -> tuple[int, str]:
    """(id, uid) of a new story."""
    moment, uid = clock.to_text(at), new_uid()
    story = db.conn.execute(
        "INSERT INTO stories (uid, first_seen_at, last_seen_at) VALUES (?, ?, ?)", (uid, moment, moment)
    ).lastrowid
    assert story is not None
    return story, uid


def _joined(db: Database, story: int, at: datetime) -> tuple[int, str]:
    """(id, uid) of a story that goes on."""
    db.conn.execute(
        "UPDATE stories SET last_seen_at = max(last_seen_at, ?1), first_seen_at = min(first_seen_at, ?1) WHERE id = ?2",
        (clock.to_text(at), story),
    )
    return story, story_uid(db, story)


def _write_parts(db: Database, article: int, new: NewArticle) -> None:
    at = _minutes(new.at)
    db.conn.executemany(
        "INSERT OR IGNORE INTO features (feature, at, article_id) VALUES (?, ?, ?)",
        [(_feature(f), at, article) for f in new.prepared.features],
    )
    _write_mentions(db, article, new.prepared.reading)


def _write_mentions(db: Database, article: int, reading: Reading) -> None:
    db.conn.executemany(
        "INSERT INTO mentions (article_id, person_id, status, spelling, sentence, certain) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET certain = max(certain, excluded.certain)",
        [(article, m.person, m.status, m.spelling, m.sentence, int(m.certain)) for m in reading.mentions],
    )


def _claims_text(claims: Sequence[Claim]) -> str:
    return json.dumps([asdict(c) for c in claims], ensure_ascii=False, default=str)
