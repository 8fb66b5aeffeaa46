"""What articles said of releases, as rows: a claim is written as it was read and never changed, only filed elsewhere or
replaced when its article is reworded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from monitor import clock
from monitor.model import Claim
from monitor.reading.ledger import Said
from monitor.store import Database, row, rows


def said_of(db: Database, event: int) -> list[Said]:
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


def said_in(db: Database, article: int) -> list[Said]:
    """What one article says."""
    found = rows(db, "SELECT * FROM claims WHERE article_id = ? ORDER BY id", article)
    copy = is_copy(db, article)
    return [Said(claim_of(r["data"]), r["owner"], clock.from_text(r["at"]), article, copy) for r in found]


def tells(db: Database, article: int) -> bool:
    """Has an article said anything of a release?"""
    return row(db, "SELECT 1 FROM claims WHERE article_id = ?", article) is not None


def write(db: Database, said: Sequence[Said], event: int | None) -> None:
    """Keep what was said under an event, or under none."""
    db.conn.executemany(
        "INSERT INTO claims (article_id, event_id, at, origin, owner, data) VALUES (?, ?, ?, ?, ?, ?)",
        [(s.article, event, clock.to_text(s.at), s.origin, s.owner, claim_text(s.claim)) for s in said],
    )


def forget(db: Database, article: int) -> set[int]:
    """Take back what an article said before; returns the events that have to be replayed."""
    events = {r["event_id"] for r in rows(db, "SELECT event_id FROM claims WHERE article_id = ?", article)}
    db.conn.execute("DELETE FROM claims WHERE article_id = ?", (article,))
    return {event for event in events if event is not None}


def is_copy(db: Database, article: int) -> bool:
    """Does an article repeat the text of another, or is it an edition of it?"""
    found = row(db, "SELECT duplicate_of, edition_of FROM articles WHERE id = ?", article)
    return found is not None and (found["duplicate_of"] or found["edition_of"]) is not None


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
