"""Release events in archive.db: which one an article tells of, what is known of each, and what became news.

The rules are `reading.filing`, `reading.ledger` and `reading.news`; here are their rows. An event's ledger is stored
as the replay of its claims and decisions and brought forward claim by claim; a reworded article, a merge, a split or a
decision replays it from the start.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from monitor import clock
from monitor.model import Claim, Fact
from monitor.reading import ledger as ledgers
from monitor.reading import news
from monitor.reading.filing import Candidate, Filing, file
from monitor.reading.ledger import Decision, Ledger, Said
from monitor.store import Database, archive, row, rows, write
from monitor.store.archive import NewArticle

#: An event this long past may still be told of again; older ones are matched only by their date.
QUIET = timedelta(days=30)
#: The release that is told of lies at most so far ahead of its report.
AHEAD = timedelta(days=7)
#: At most so many events are looked at for one article: the latest ones.
CANDIDATES = 60
DECISIONS = ("event-confirm", "event-retract", "person-confirm", "person-retract")


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
    if not reading.claims and (first or not _tells(db, article)):  # most articles
        slug, happened = _slug_and_date(db, None, story)
        return Taken(slug, [], news.waits((), happened, new.at))
    said = [Said(claim, new.owner, new.at, article, _is_copy(db, article)) for claim in reading.claims]
    with write(db):
        changed = _forget(db, article)
        number = _number_of(db, _file(reading.claims, reading.relevant, new.at, db, story), new.at)
        drafts = news.held(said)
        if number is not None:
            drafts = [*_add(db, number, said, new.at, replayed=number in changed), *drafts]
            db.conn.execute(
                "UPDATE stories SET event_id = ? WHERE id = ? AND (event_id IS NULL OR ?)",
                (number, story, int(reading.relevant)),
            )
        _write_claims(db, said, number)
        for other in changed - {number}:
            _replay(db, other)
        slug, happened = _slug_and_date(db, number, story)
        waits = news.waits(reading.claims, happened, new.at)
        drafts = news.patient(drafts, waits)
        return Taken(slug, [_fact(draft, slug, article, story, db, new, now) for draft in drafts], waits)


def candidates(db: Database, days: Iterable[date], at: datetime, story: int = 0) -> list[Candidate]:
    """The events that something said `at` about these days may belong to."""
    around = [at.date(), *days]
    since, until = min(around) - QUIET, max(around) + AHEAD
    found = rows(
        db,
        "SELECT e.*, (SELECT event_id FROM stories WHERE id = ?) AS own FROM events e WHERE merged_into IS NULL"
        " AND (e.date BETWEEN ? AND ? OR e.last_seen_at >= ? OR e.id = own) ORDER BY e.last_seen_at DESC LIMIT ?",
        story,
        since.isoformat(),
        until.isoformat(),
        clock.to_text(at - QUIET),
        CANDIDATES,
    )
    return [
        Candidate(
            r["id"],
            _parsed(r["ledger"]),
            clock.from_text(r["last_seen_at"]),
            bool(r["history"]),
            r["id"] == r["own"],
        )
        for r in found
    ]


def claims_of(db: Database, event: int) -> list[Said]:
    """Everything said of an event, in the order it was said."""
    found = rows(
        db,
        "SELECT c.*, a.duplicate_of IS NOT NULL OR a.edition_of IS NOT NULL AS copy FROM claims c"
        " JOIN articles a ON a.id = c.article_id WHERE c.event_id = ? ORDER BY c.at, c.id",
        event,
    )
    return [
        Said(claim_of(r["data"]), r["owner"], clock.from_text(r["at"]), r["article_id"], bool(r["copy"])) for r in found
    ]


def decide(db: Database, slug: str, kind: str, now: datetime, subject: str = "") -> list[Fact]:
    """Record an operator's decision on an event and replay it: event-confirm, event-retract, person-confirm,
    person-retract (`subject` is the person). Returns drafts of what becomes news. Raises KeyError for no such event."""
    number = _number(db, slug)
    with write(db):
        before = _ledger(db, number)
        db.conn.execute(
            "INSERT INTO decisions (at, kind, subject, data) VALUES (?, ?, ?, ?)",
            (clock.to_text(now), kind, slug, json.dumps({"person": subject})),
        )
        after = _replay(db, number)
        return [_draft(draft, slug, None, "", now, {}) for draft in news.news(before, after, _told(db, slug))]


def part(db: Database, articles: Sequence[int], story: int, now: datetime) -> list[Fact]:
    """File anew what articles said whom the operator gave a story of their own, never under the event they were in.

    Both events are replayed. Returns drafts of what becomes news: what the old event no longer knows is taken back,
    what is told of their own event is new.
    """
    with write(db):
        said = [one for article in articles for one in _said_in(db, article)]
        drafts: list[Fact] = []
        for event in set().union(*(_forget(db, article) for article in articles)):
            drafts += _shrunk(db, event, now)
        filing = _file([one.claim for one in said], _is_relevant(db, articles), _first(said, now), db, story)
        number = _number_of(db, filing, _first(said, now))
        _write_claims(db, said, number)
        db.conn.execute("UPDATE stories SET event_id = ? WHERE id = ?", (number, story))
        if number is not None:
            slug = _slug_of(db, number, story)
            new = _add(db, number, said, now, replayed=False)
            drafts += [_draft(draft, slug, articles[0], archive.story_uid(db, story), now, {}) for draft in new]
        return drafts


def merge(db: Database, slug: str, into: str, now: datetime) -> None:
    """Make one event of two: the first lives on as an alias, so that nobody is told twice. Raises KeyError."""
    number, target = _number(db, slug), _number(db, into)
    with write(db):
        db.conn.execute("UPDATE claims SET event_id = ? WHERE event_id = ?", (target, number))
        db.conn.execute("UPDATE stories SET event_id = ? WHERE event_id = ?", (target, number))
        db.conn.execute("UPDATE events SET merged_into = ? WHERE id = ?", (target, number))
        db.conn.execute(
            "INSERT INTO decisions (at, kind, subject, data) VALUES (?, 'event-merge', ?, ?)",
            (clock.to_text(now), slug, json.dumps({"into": into})),
        )
        _replay(db, target)


def claim_text(claim: Claim) -> str:
    """A claim as stored."""
    return json.dumps(asdict(claim), ensure_ascii=False, default=str)


def claim_of(text: str) -> Claim:
    """The claim that `claim_text` wrote."""
    data = json.loads(text)
    data["date"] = date.fromisoformat(data["date"]) if data["date"] else None
    data["per"] = tuple((meaning, count) for meaning, count in data["per"])
    data["said"] = tuple((meaning, sentence) for meaning, sentence in data.get("said", ()))
    return Claim(**{**data, "freed": tuple(data["freed"]), "held": tuple(data["held"])})


def new_event(db: Database, slug: str, ledger: Ledger, precision: str, at: datetime, *, history: bool) -> int:
    """A row for an event."""
    done = db.conn.execute(
        "INSERT INTO events (slug, kind, state, date, precision, ledger, history, first_seen_at, last_seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            slug,
            ledger.kind,
            ledger.state,
            ledger.date or None,
            precision,
            _text(ledger),
            int(history),
            clock.to_text(at),
            clock.to_text(at),
        ),
    )
    assert done.lastrowid is not None
    return done.lastrowid


def refresh_history(db: Database, slug: str, ledger: Ledger) -> None:
    """Bring an event of the shipped history to what is shipped now, unless something was reported or decided of it."""
    db.conn.execute(
        "UPDATE events SET kind = ?, state = ?, date = ?, ledger = ? WHERE slug = ? AND history AND ledger != ?"
        " AND NOT EXISTS (SELECT 1 FROM claims WHERE event_id = events.id)"
        " AND NOT EXISTS (SELECT 1 FROM decisions WHERE subject = events.slug)",
        (ledger.kind, ledger.state, ledger.date or None, _text(ledger), slug, _text(ledger)),
    )


def neutral_slug(seed: str = "") -> str:
    """A name that says nothing: random, or always the same for the same seed."""
    return "e" + (hashlib.sha256(seed.encode()).hexdigest()[:8] if seed else secrets.token_hex(4))


def _file(claims: Sequence[Claim], relevant: bool, at: datetime, db: Database, story: int) -> Filing:
    """Where claims go; never to an event out of which the operator took their story."""
    if not claims:
        return file((), relevant, at, ())
    found = candidates(db, [claim.date for claim in claims if claim.date], at, story)
    apart = _left_by(db, story)
    return file(claims, relevant, at, [c for c in found if c.event not in apart])


def _number_of(db: Database, filing: Filing, at: datetime) -> int | None:
    return filing.event if filing.event is not None else _open(db, at) if filing.opens else None


def _left_by(db: Database, story: int) -> set[int]:
    found = rows(
        db,
        "SELECT e.id FROM decisions d JOIN stories s ON s.uid = json_extract(d.data, '$.to')"
        " JOIN events e ON e.slug = json_extract(d.data, '$.event') WHERE d.kind = 'story-split' AND s.id = ?",
        story,
    )
    return {r["id"] for r in found}


def _shrunk(db: Database, event: int, now: datetime) -> list[Fact]:
    """Replay an event that lost claims; drafts of what it takes back."""
    before, slug = _ledger(db, event), _slug_of(db, event, 0)
    return [_draft(d, slug, None, "", now, {}) for d in news.news(before, _replay(db, event), _told(db, slug))]


def _said_in(db: Database, article: int) -> list[Said]:
    found = rows(db, "SELECT * FROM claims WHERE article_id = ? ORDER BY id", article)
    copy = _is_copy(db, article)
    return [Said(claim_of(r["data"]), r["owner"], clock.from_text(r["at"]), article, copy) for r in found]


def _is_relevant(db: Database, articles: Sequence[int]) -> bool:
    wanted = json.dumps(list(articles))
    sql = "SELECT max(relevant) AS so FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    found = row(db, sql, wanted)
    return bool(found and found["so"])


def _first(said: Sequence[Said], now: datetime) -> datetime:
    return min((one.at for one in said), default=now)


def _open(db: Database, at: datetime) -> int:
    return new_event(db, neutral_slug(), Ledger(), "day", at, history=False)


def _add(db: Database, event: int, said: Sequence[Said], at: datetime, *, replayed: bool) -> list[news.FactDraft]:
    """Bring an event's ledger forward by an article's claims. Returns what is news."""
    if replayed:
        _replay(db, event)
    before = after = _ledger(db, event)
    first = row(
        db,
        "SELECT history AND NOT EXISTS (SELECT 1 FROM claims WHERE event_id = e.id) AS first, slug"
        " FROM events e WHERE id = ?",
        event,
    )
    assert first is not None
    for one in said:
        after = ledgers.add(after, one)
    if first["first"] and not news.waits((), before.date, at):  # from the shipped history; nobody was told yet
        before = replace(before, state="")
    _store(db, event, after, at)
    return news.news(before, after, _told(db, first["slug"]))


def _replay(db: Database, event: int) -> Ledger:
    """An event's ledger from the start, which is empty or what the shipped history says."""
    known = row(db, "SELECT ledger, history, slug FROM events WHERE id = ?", event)
    assert known is not None
    start = ledgers.shipped_part(_parsed(known["ledger"])) if known["history"] else None
    ledger = ledgers.replay(claims_of(db, event), _decisions(db, known["slug"]), start)
    _store(db, event, ledger)
    return ledger


def _store(db: Database, event: int, ledger: Ledger, at: datetime | None = None) -> None:
    seen = clock.to_text(at) if at else ""
    db.conn.execute(
        "UPDATE events SET kind = ?, state = ?, date = ?, ledger = ?, last_seen_at = max(last_seen_at, ?) WHERE id = ?",
        (ledger.kind, ledger.state, ledger.date or None, _text(ledger), seen, event),
    )


def _text(ledger: Ledger) -> str:
    return json.dumps(ledger.to_json(), ensure_ascii=False)


def _ledger(db: Database, event: int) -> Ledger:
    found = row(db, "SELECT ledger FROM events WHERE id = ?", event)
    assert found is not None
    return _parsed(found["ledger"])


@lru_cache(maxsize=4 * CANDIDATES)  # one release is told of by many articles in a row
def _parsed(text: str) -> Ledger:
    return ledgers.from_json(json.loads(text))


def _decisions(db: Database, slug: str) -> list[Decision]:
    found = rows(db, "SELECT * FROM decisions WHERE subject = ? ORDER BY id", slug)
    return [
        Decision(r["kind"], clock.from_text(r["at"]), json.loads(r["data"]).get("person", ""))
        for r in found
        if r["kind"] in DECISIONS
    ]


def _forget(db: Database, article: int) -> set[int]:
    """Take back what an article said before; returns the events that have to be replayed."""
    events = {r["event_id"] for r in rows(db, "SELECT event_id FROM claims WHERE article_id = ?", article)}
    db.conn.execute("DELETE FROM claims WHERE article_id = ?", (article,))
    return {event for event in events if event is not None}


def _tells(db: Database, article: int) -> bool:
    return row(db, "SELECT 1 FROM claims WHERE article_id = ?", article) is not None


def _write_claims(db: Database, said: Sequence[Said], event: int | None) -> None:
    db.conn.executemany(
        "INSERT INTO claims (article_id, event_id, at, origin, owner, data) VALUES (?, ?, ?, ?, ?, ?)",
        [(s.article, event, clock.to_text(s.at), s.origin, s.owner, claim_text(s.claim)) for s in said],
    )


def _is_copy(db: Database, article: int) -> bool:
    found = row(db, "SELECT duplicate_of, edition_of FROM articles WHERE id = ?", article)
    return found is not None and (found["duplicate_of"] or found["edition_of"]) is not None


def _told(db: Database, slug: str) -> dict[str, int]:
    """The last value of each meaning that a fact of this event carried."""
    told: dict[str, int] = {}
    for r in rows(db, "SELECT kind, key, data FROM facts WHERE event = ? ORDER BY id", slug):
        data = json.loads(r["data"])
        if r["kind"] == "announced":
            told.update(data["values"])
        elif r["kind"] == "count":
            told[r["key"].rpartition(":")[2]] = data["value"]
    return told


def _number(db: Database, slug: str) -> int:
    found = row(db, "SELECT id, merged_into FROM events WHERE slug = ?", slug)
    if found is None:
        raise KeyError(slug)
    while found["merged_into"] is not None:
        found = row(db, "SELECT id, merged_into FROM events WHERE id = ?", found["merged_into"])
        assert found is not None
    return int(found["id"])


def _slug_of(db: Database, event: int | None, story: int) -> str:
    return _slug_and_date(db, event, story)[0]


def _slug_and_date(db: Database, event: int | None, story: int) -> tuple[str, str]:
    """An event, or that of a story, and the ISO date of its release; '' for what is not known."""
    found = row(
        db,
        "SELECT slug, date FROM events WHERE id = coalesce(?, (SELECT event_id FROM stories WHERE id = ?))",
        event,
        story,
    )
    return (str(found["slug"]), str(found["date"] or "")) if found else ("", "")


def _fact(
    draft: news.FactDraft, slug: str, article: int, story: int, db: Database, new: NewArticle, now: datetime
) -> Fact:
    uid = row(db, "SELECT uid FROM stories WHERE id = ?", story)
    assert uid is not None
    silent = "baseline" if new.baseline else "too old" if new.late == 2 else ""
    quiet = {"silent": silent} if silent else {}
    return _draft(draft, slug, article, uid["uid"], now, quiet)


def _draft(
    draft: news.FactDraft, slug: str, article: int | None, story: str, now: datetime, more: dict[str, Any]
) -> Fact:
    about = f"event:{slug}" if slug else f"story:{story}"
    data = {**draft.data, **more}
    if "corrects" in data:
        data["corrects"] = [_key(about, kind, subject) for kind, subject in data["corrects"]]
    key = _key(about, draft.kind, draft.subject)
    return Fact(0, key, draft.kind, now, article, story, slug, draft.person, data, draft.held_for_human)


def _key(about: str, kind: str, subject: str) -> str:
    return ":".join(part for part in (about, kind, subject) if part)
