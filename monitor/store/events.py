"""Release events: what is known of each, and which of them something said on a day may belong to.

The rules are `reading.ledger` and `reading.filing`; here are their rows. An event's ledger is stored as the replay of
its claims and decisions and brought forward claim by claim; a reworded article, a merge, a split or a decision replays
it from the start. `filing` files articles, `decisions` has the operator's word.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from monitor import clock
from monitor.model import Fact
from monitor.reading import ledger as ledgers
from monitor.reading import news
from monitor.reading.filing import opens
from monitor.reading.filing_evidence import Candidate
from monitor.reading.ledger import Decision, Ledger, Said
from monitor.store import Database, claims, row, rows
from monitor.store.drafts import draft_of, told_of

#: An event this long past may still be told of again; older ones are matched only by their date.
QUIET = timedelta(days=30)
#: The release that is told of lies at most so far ahead of its report.
AHEAD = timedelta(days=7)
#: At most so many events are looked at for one article: the latest ones.
CANDIDATES = 60
#: The operator's decisions that a ledger is made of.
DECISIONS = ("event-confirm", "event-retract", "person-confirm", "person-retract")


def candidates(db: Database, days: Iterable[date], at: datetime, story: int = 0) -> list[Candidate]:
    """The events that something said `at` about these days may belong to."""
    around = [at.date(), *days]
    since, until = min(around) - QUIET, max(around) + AHEAD
    found = rows(
        db,
        "SELECT e.*, (SELECT event_id FROM stories WHERE id = ?) AS own FROM events e WHERE merged_into IS NULL"
        " AND (e.date BETWEEN ? AND ? OR e.last_seen_at >= ? OR e.id = own OR substr(e.date, 6) = ?)"
        " ORDER BY e.last_seen_at DESC LIMIT ?",
        story,
        since.isoformat(),
        until.isoformat(),
        clock.to_text(at - QUIET),
        at.date().isoformat()[5:],
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


def number_of(db: Database, slug: str) -> int:
    """The row of an event, or of the one it was merged into. Raises KeyError for no such event."""
    found = row(db, "SELECT id, merged_into FROM events WHERE slug = ?", slug)
    if found is None:
        raise KeyError(slug)
    while found["merged_into"] is not None:
        found = row(db, "SELECT id, merged_into FROM events WHERE id = ?", found["merged_into"])
        assert found is not None
    return int(found["id"])


def is_shipped(db: Database, slug: str) -> bool:
    """Did an event come with the shipped history? Raises KeyError for no such event."""
    found = row(db, "SELECT history FROM events WHERE id = ?", number_of(db, slug))
    return bool(found and found["history"])


def slug_of(db: Database, event: int | None, story: int) -> str:
    """The name of an event, else of the one a story is filed under; '' for none."""
    return slug_and_date(db, event, story)[0]


def slug_and_date(db: Database, event: int | None, story: int) -> tuple[str, str]:
    """The name of an event, else of the one a story is filed under, and the ISO date of its release; '' for what is
    not known."""
    found = row(
        db,
        "SELECT slug, date FROM events WHERE id = coalesce(?, (SELECT event_id FROM stories WHERE id = ?))",
        event,
        story,
    )
    return (str(found["slug"]), str(found["date"] or "")) if found else ("", "")


def ledger_of(db: Database, event: int) -> Ledger:
    """What is known of an event, as stored."""
    found = row(db, "SELECT ledger FROM events WHERE id = ?", event)
    assert found is not None
    return _parsed(found["ledger"])


def add(db: Database, event: int, said: Sequence[Said], at: datetime, *, replayed: bool) -> list[news.FactDraft]:
    """Bring an event's ledger forward by an article's claims. Returns what is news."""
    if replayed:
        replay(db, event)
    before = after = ledger_of(db, event)
    first = row(
        db,
        "SELECT history AND NOT EXISTS (SELECT 1 FROM claims WHERE event_id = e.id) AS first, slug"
        " FROM events e WHERE id = ?",
        event,
    )
    assert first is not None
    for one in said:
        after = ledgers.add(after, one)
    asserted = any(opens(one.claim, at) for one in said)
    if first["first"] and asserted and not news.waits((), before.date, at):  # shipped; nobody was told of it yet
        before = replace(before, state="")
    _store(db, event, after, at)
    return news.news(before, after, told_of(db, first["slug"]))


def replay(db: Database, event: int) -> Ledger:
    """An event's ledger from the start, which is empty or what the shipped history says."""
    known = row(db, "SELECT ledger, history FROM events WHERE id = ?", event)
    assert known is not None
    start = ledgers.shipped_part(_parsed(known["ledger"])) if known["history"] else None
    ledger = ledgers.replay(claims.said_of(db, event), _decisions(db, event), start)
    _store(db, event, ledger)
    return ledger


def shrink(db: Database, event: int, now: datetime) -> list[Fact]:
    """Replay an event that lost claims; drafts of what it takes back."""
    before, slug = ledger_of(db, event), slug_of(db, event, 0)
    return [draft_of(d, slug, None, "", now, {}) for d in news.news(before, replay(db, event), told_of(db, slug))]


def _store(db: Database, event: int, ledger: Ledger, at: datetime | None = None) -> None:
    seen = clock.to_text(at) if at else ""
    db.conn.execute(
        "UPDATE events SET kind = ?, state = ?, date = ?, ledger = ?, last_seen_at = max(last_seen_at, ?) WHERE id = ?",
        (ledger.kind, ledger.state, ledger.date or None, _text(ledger), seen, event),
    )


def _decisions(db: Database, event: int) -> list[Decision]:
    """The operator's decisions on an event and on those merged into it, one of which may have been retracted alone."""
    found = rows(
        db,
        "WITH RECURSIVE family (id) AS"
        " (SELECT ? UNION SELECT e.id FROM events e JOIN family f ON e.merged_into = f.id)"
        " SELECT d.*, e.id AS event FROM decisions d JOIN events e ON e.slug = d.subject JOIN family f ON f.id = e.id"
        " ORDER BY d.id",
        event,
    )
    return [
        Decision(r["kind"], clock.from_text(r["at"]), json.loads(r["data"]).get("person", ""))
        for r in found
        if r["kind"] in DECISIONS and (r["event"] == event or r["kind"] != "event-retract")
    ]


def _text(ledger: Ledger) -> str:
    return json.dumps(ledger.to_json(), ensure_ascii=False)


@lru_cache(maxsize=4 * CANDIDATES)  # one release is told of by many articles in a row
def _parsed(text: str) -> Ledger:
    return ledgers.from_json(json.loads(text))
