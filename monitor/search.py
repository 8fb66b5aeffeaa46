"""What you find is what you would have been told: full-text search proposes articles, the matcher decides.

A search does a bounded amount of work: so many candidates, so many seconds. What it has found by then is what it
brings. Queries are never logged.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from monitor import clock
from monitor.errors import QueryError
from monitor.matching.index import meets
from monitor.matching.query import Query, parse
from monitor.matching.snippets import snippets
from monitor.matching.syntax import leaves
from monitor.model import Evidence, Snippet
from monitor.store import Database, archive
from monitor.store import search as stored

_CANDIDATES = 3000
_SECONDS = 1.5
_CONDITIONS = 100  # words and other conditions of one search
_A_DAY = 30  # stories: more than anybody reads as single messages


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that meets a query. `story` is its story's uid; `published` falls back to when it was seen."""

    article: int
    uid: str
    story: str
    url: str
    title: str
    outlet: str
    source: str
    type: str
    language: str
    published: datetime
    seen: datetime
    evidence: Evidence
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Volume:
    """How many stories a standing query would bring. `noisy`: better sent as a digest than one by one."""

    per_day: float
    total: int
    noisy: bool


class _Met(NamedTuple):
    article: int
    at: datetime
    evidence: Evidence


def search(
    db: Database,
    query_text: str,
    *,
    limit: int = 50,
    before: datetime | None = None,
    since: datetime | None = None,
) -> list[Hit]:
    """At most `limit` articles that meet a query and belong into [since, before), newest first. Raises QueryError."""
    met: list[_Met] = []
    for each in _met(db, _query(query_text), since=since, before=before, seconds=_SECONDS):
        met.append(each)
        if len(met) == limit:
            break
    return _hits(db, met)


def match_since(db: Database, query_text: str, *, since: datetime) -> list[Hit]:
    """What a standing query would have brought since then, one article a story, newest first. Raises QueryError."""
    return _hits(db, _first_of_stories(db, _query(query_text), since=since, before=None))


def volume(db: Database, query_text: str, *, now: datetime, days: int = 90) -> Volume:
    """How much a query would have brought in the last days, or for as long as there are articles. Raises QueryError."""
    since = now - timedelta(days=days)
    first = stored.oldest(db)
    if first is None or first >= now:
        return Volume(0.0, 0, False)
    met = _first_of_stories(db, _query(query_text), since=since, before=now)
    span = max(timedelta(days=1), now - max(first, since))
    per_day = len(met) / (span / timedelta(days=1))
    return Volume(round(per_day, 1), len(met), per_day > _A_DAY)


def _query(text: str) -> Query:
    query = parse(text)
    if sum(1 for _ in leaves(query.root)) > _CONDITIONS:
        raise QueryError(f"a search has at most {_CONDITIONS} words", 0)
    return query


def _met(
    db: Database, query: Query, *, since: datetime | None, before: datetime | None, seconds: float
) -> Iterator[_Met]:
    end = time.monotonic() + seconds
    for article, at in stored.candidates(db, query, since=since, before=before, limit=_CANDIDATES, seconds=seconds):
        why = meets(query, archive.document(db, article))
        if why is not None:
            yield _Met(article, at, why)
        if time.monotonic() > end:
            return


def _first_of_stories(db: Database, query: Query, *, since: datetime, before: datetime | None) -> list[_Met]:
    """The earliest article of each story that meets a query, newest story first."""
    first: dict[int, _Met] = {}
    for met in _met(db, query, since=since, before=before, seconds=10 * _SECONDS):
        first[stored.story_of(db, met.article)] = met
    return sorted(first.values(), key=lambda met: (met.at, met.article), reverse=True)


def _hits(db: Database, met: list[_Met]) -> list[Hit]:
    shown = stored.shown(db, [each.article for each in met])
    return [_hit(shown[each.article], each) for each in met if each.article in shown]


def _hit(row: Any, met: _Met) -> Hit:
    return Hit(
        article=met.article,
        uid=row["uid"],
        story=row["story"],
        url=row["url"],
        title=row["title"],
        outlet=row["outlet"],
        source=row["source"],
        type=row["type"],
        language=row["language"],
        published=met.at,
        seen=clock.from_text(row["seen_at"]),
        evidence=met.evidence,
        snippets=snippets(row["title"], row["text"], [met.evidence]),
    )
