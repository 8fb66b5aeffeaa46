"""Filing articles under events: part of ingest's transaction, and again when a story is given to them.

Where a claim goes is ruled by `reading.filing`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from monitor.model import Claim, Fact
from monitor.reading import news
from monitor.reading.filing import Filing, file
from monitor.reading.ledger import Ledger, Said
from monitor.store import Database, archive, claims, decisions, events, row, write
from monitor.store.archive import NewArticle
from monitor.store.drafts import draft_of


class Taken(NamedTuple):
    """Where an article was filed: the event's slug ('' for none), drafts of facts (`silent` where the article alerts
    nobody), and why the article itself is no news at once."""

    event: str
    drafts: list[Fact]
    waits: news.Waits


def take(db: Database, article: int, story: int, new: NewArticle, now: datetime, *, first: bool = False) -> Taken:
    """File an article's claims under their event; part of ingest's transaction.

    An article without claims of its own stands with its story's event. Taking it again (not `first`) replaces what it
    said before.
    """
    reading = new.prepared.reading
    if not reading.claims and (first or not claims.tells(db, article)):  # most articles
        slug, happened = events.slug_and_date(db, None, story)
        return Taken(slug, [], news.waits((), happened, new.at))
    said = [Said(claim, new.owner, new.at, article, claims.is_copy(db, article)) for claim in reading.claims]
    with write(db):
        changed = claims.forget(db, article)
        number = decisions.kept_in(db, story) if changed else None
        if number not in changed:  # what the operator put together stays so, however it is reworded
            number = _number_of(db, _file(reading.claims, reading.relevant, new.at, db, story), new.at)
        drafts = news.held(said)
        if number is not None:
            drafts = [*events.add(db, number, said, new.at, replayed=number in changed), *drafts]
            db.conn.execute(
                "UPDATE stories SET event_id = ? WHERE id = ? AND (event_id IS NULL OR ?)",
                (number, story, int(reading.relevant)),
            )
        claims.write(db, said, number)
        for other in changed - {number}:
            events.replay(db, other)
        slug, happened = events.slug_and_date(db, number, story)
        waits = news.waits(reading.claims, happened, new.at)
        drafts = news.patient(drafts, waits)
        return Taken(slug, [_fact(draft, slug, article, story, db, new, now) for draft in drafts], waits)


def part(db: Database, articles: Sequence[int], story: int, now: datetime) -> list[Fact]:
    """File anew what articles said whom the operator gave a story of their own, never under the event they were in.

    Both events are replayed. Returns drafts of what becomes news: what the old event no longer knows is taken back,
    what is told of their own event is new.
    """
    with write(db):
        said = [one for article in articles for one in claims.said_in(db, article)]
        drafts: list[Fact] = []
        for event in set().union(*(claims.forget(db, article) for article in articles)):
            drafts += events.shrink(db, event, now)
        filing = _file([one.claim for one in said], _is_relevant(db, articles), _first(said, now), db, story)
        number = _number_of(db, filing, _first(said, now))
        claims.write(db, said, number)
        db.conn.execute("UPDATE stories SET event_id = ? WHERE id = ?", (number, story))
        if number is not None:
            slug = events.slug_of(db, number, story)
            new = events.add(db, number, said, now, replayed=False)
            drafts += [draft_of(draft, slug, articles[0], archive.story_uid(db, story), now, {}) for draft in new]
        return drafts


def _file(said: Sequence[Claim], relevant: bool, at: datetime, db: Database, story: int) -> Filing:
    """Where claims go; never to an event out of which the operator took their story."""
    if not said:
        return file((), relevant, at, ())
    found = events.candidates(db, [claim.date for claim in said if claim.date], at, story)
    apart = decisions.left_by(db, story)
    return file(said, relevant, at, [c for c in found if c.event not in apart])


def _number_of(db: Database, filing: Filing, at: datetime) -> int | None:
    return filing.event if filing.event is not None else _open(db, at) if filing.opens else None


def _open(db: Database, at: datetime) -> int:
    return events.new_event(db, events.neutral_slug(), Ledger(), "day", at, history=False)


def _is_relevant(db: Database, articles: Sequence[int]) -> bool:
    wanted = json.dumps(list(articles))
    sql = "SELECT max(relevant) AS so FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    found = row(db, sql, wanted)
    return bool(found and found["so"])


def _first(said: Sequence[Said], now: datetime) -> datetime:
    return min((one.at for one in said), default=now)


def _fact(
    draft: news.FactDraft, slug: str, article: int, story: int, db: Database, new: NewArticle, now: datetime
) -> Fact:
    uid = row(db, "SELECT uid FROM stories WHERE id = ?", story)
    assert uid is not None
    silent = "baseline" if new.baseline else "too old" if new.late == 2 else ""
    quiet = {"silent": silent} if silent else {}
    return draft_of(draft, slug, article, uid["uid"], now, quiet)
