"""What became of people and numbers over time: a person's status chain, and how many were held when.

A chain is built from what articles say of a person whom the operator made public, in the order in which they said it:
it can go back. Nothing that waits for a human is in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor import clock
from monitor.store import Database, row, rows
from monitor.store.pages import PUBLIC

_SAID = f"""
    SELECT m.status, m.spelling, m.sentence, a.title, a.url, a.language, a.outlet, a.owner, a.type, a.published_at,
           a.seen_at, s.uid AS story
    FROM mentions m JOIN articles a ON a.id = m.article_id JOIN stories s ON s.id = a.story_id
    WHERE m.person_id = ? AND m.certain
      AND {PUBLIC}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What one article says of one person."""

    status: str
    spelling: str
    sentence: str
    title: str
    url: str
    language: str
    outlet: str
    owner: str
    type: str
    at: datetime
    story: str


@dataclass(frozen=True, slots=True)
class Link:
    """A run of articles that say the same of a person, oldest first."""

    status: str
    said: tuple[Said, ...]

    @property
    def first(self) -> Said:
        return self.said[0]

    @property
    def last(self) -> Said:
        return self.said[-1]

    @property
    def owners(self) -> int:
        return len({s.owner for s in self.said})


@dataclass(frozen=True, slots=True)
class Held:
    """How many were held on a day, who counted, and where they say so."""

    date: str
    count: int
    who: str
    url: str


def said_of(db: Database, person: str, *, limit: int = 300) -> tuple[Said, ...]:
    """The latest articles that name a person, oldest first."""
    sql = f"{_SAID} ORDER BY coalesce(a.published_at, a.seen_at) DESC, a.id DESC LIMIT ?"
    return tuple(_said(r) for r in reversed(rows(db, sql, person, limit)))


def chain(said: Sequence[Said]) -> tuple[Link, ...]:
    """The status chain: runs of the same status, oldest first; articles that say nothing of it are no link."""
    telling = [s for s in said if s.status in ("freed", "held")]
    return tuple(Link(status, tuple(run)) for status, run in itertools.groupby(telling, key=lambda s: s.status))


def named_lately(db: Database, since: datetime) -> dict[str, int]:
    """How many public articles named each person since a moment."""
    sql = f"""SELECT m.person_id, count(*) AS n FROM mentions m JOIN articles a ON a.id = m.article_id
              WHERE m.certain AND a.seen_at >= ? AND {PUBLIC} GROUP BY m.person_id"""
    return {r["person_id"]: r["n"] for r in rows(db, sql, clock.to_text(since))}


def held_counts(db: Database) -> tuple[Held, ...]:
    """Every known count of people held, oldest first."""
    found = rows(db, "SELECT date, count, who, url FROM held_counts ORDER BY date, who")
    return tuple(Held(r["date"], r["count"], r["who"], r["url"]) for r in found)


def held_now(db: Database) -> Held | None:
    """The latest count, or None where there is none."""
    found = row(db, "SELECT date, count, who, url FROM held_counts ORDER BY date DESC, who LIMIT 1")
    return Held(found["date"], found["count"], found["who"], found["url"]) if found else None


def _said(r: Any) -> Said:
    return Said(
        status=r["status"],
        spelling=r["spelling"],
        sentence=r["sentence"],
        title=r["title"],
        url=r["url"],
        language=r["language"],
        outlet=r["outlet"],
        owner=r["owner"],
        type=r["type"],
        at=clock.from_text(r["published_at"] or r["seen_at"]),
        story=r["story"],
    )
