"""A small press for tests of the sending side: stories, articles and facts in archive.db, as ingest lays them there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import count

from monitor import clock, languages
from monitor.languages import names
from monitor.matching.document import pack
from monitor.model import Document, Fact
from monitor.store import Database, facts, row, write

_numbers = count(1)

TITLE = "Political prisoners released in Belarus"
TEXT = (
    "Fifty two people were brought to the border on Thursday. Among them are political prisoners whose families had "
    "waited for years. The list of names was not published."
)


def story(db: Database, at: datetime, uid: str = "", event: str = "") -> str:
    """A new story; returns its uid."""
    uid = uid or f"s{next(_numbers)}"
    found = row(db, "SELECT id FROM events WHERE slug = ?", event)
    moment = clock.to_text(at)
    with write(db):
        db.conn.execute(
            "INSERT INTO stories (uid, event_id, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?)",
            (uid, found["id"] if found else None, moment, moment),
        )
    return uid


def event(db: Database, at: datetime, slug: str, state: str = "announced") -> str:
    """A new event; returns its slug."""
    moment = clock.to_text(at)
    with write(db):
        db.conn.execute(
            "INSERT INTO events (slug, kind, state, first_seen_at, last_seen_at) VALUES (?, 'pardon', ?, ?, ?)",
            (slug, state, moment, moment),
        )
    return slug


def set_state(db: Database, slug: str, state: str) -> None:
    with write(db):
        db.conn.execute("UPDATE events SET state = ? WHERE slug = ?", (state, slug))


def article(
    db: Database,
    at: datetime,
    story_uid: str,
    *,
    outlet: str = "Outlet",
    owner: str = "",
    type: str = "independent",
    title: str = TITLE,
    text: str = TEXT,
    language: str = "en",
    people: Sequence[str] = (),
    topics: Sequence[str] = (),
) -> int:
    """A new article of a story; returns its id."""
    number = next(_numbers)
    title_tokens, text_tokens = languages.analyse(title, language), languages.analyse(text, language)
    seen = names.sightings(title, text, title_tokens, text_tokens, language)
    moment = clock.to_text(at)
    with write(db):
        done = db.conn.execute(
            "INSERT INTO articles (key, item, uid, url, source, outlet, owner, type, title, text, language,"
            " published_at, seen_at, topics, story_id, keys, analyser_version, fingerprint)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM stories WHERE uid = ?), ?, '1', x'')",
            (
                f"{outlet}|{number}",
                f"{outlet}|{number}",
                f"a{number}",
                f"https://outlet{number}.example/{number}",
                outlet,
                outlet,
                owner or outlet,
                type,
                title,
                text,
                language,
                moment,
                moment,
                json.dumps(topics),
                story_uid,
                pack(Document(title_tokens, text_tokens, seen)),
            ),
        )
        db.conn.executemany(
            "INSERT INTO mentions (article_id, person_id, status, spelling, sentence, certain)"
            " VALUES (?, ?, 'freed', '', '', 1)",
            [(done.lastrowid, person) for person in people],
        )
    assert done.lastrowid
    return done.lastrowid


def person(db: Database, ident: str, name_en: str, name_be: str = "", name_ru: str = "") -> str:
    with write(db):
        db.conn.execute(
            "INSERT INTO people (id, name_en, name_be, name_ru, aliases) VALUES (?, ?, ?, ?, ?)",
            (ident, name_en, name_be, name_ru, json.dumps([])),
        )
    return ident


def fact(db: Database, at: datetime, key: str, kind: str = "coverage", **more: object) -> Fact:
    """A new fact; `story` and `event` are read from its key where they are not given."""
    what, _, rest = key.partition(":")
    about = {what: rest.partition(":")[0]} if what in ("story", "event") else {}
    return facts.append(db, [Fact(0, key, kind, at, **{**about, **more})])[0]  # type: ignore[arg-type]


def covered(db: Database, at: datetime, uid: str, **more: object) -> Fact:
    """An article in a story, with the fact that says so."""
    ident = article(db, at, uid, **more)  # type: ignore[arg-type]
    return fact(db, at, f"story:{uid}", article=ident)
