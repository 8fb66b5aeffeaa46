"""Evidence: what an alert was based on, in an append-only chain. Each row holds the hash of the one before it.

What was read goes with what it was read from: the server's answer, byte for byte, compressed, once however many
captures rest on it. A capture is written in the transaction that writes the facts it stands behind, so it is there
before anybody can be told. It is public like the rest of the archive, and withheld names were masked before. Nothing
here is ever changed: `verify` recomputes everything and names the first thing that is not as it was written.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from monitor import clock
from monitor.model import Answered
from monitor.store import Database, row, rows, write

#: Bytes of a packed answer that are kept unless the operator says otherwise.
LARGEST = 512 * 1024
#: What the first capture of a chain follows.
BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class Capture:
    """`http_status` is 0 for what was gathered, else the answer of the page that was asked again.

    `check` counts how often the page was asked again before and with this capture. `body` is JSON of what was read,
    empty where it is the same as in the capture before. `response` is what was noted of the server's answer: its hash,
    size, address, status and type, and why it was left out where it was.
    """

    id: int
    article: int
    at: datetime
    url: str
    http_status: int
    check: int
    body: bytes
    chain: str
    response: Mapping[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        """Title, text and the rest of what was read; {} where nothing was, or nothing new."""
        return json.loads(self.body) if self.body else {}


@dataclass(frozen=True, slots=True)
class Due:
    """A page to be asked again. `check` is how often it should have been by now."""

    article: int
    url: str
    check: int


def append(
    db: Database,
    article: int,
    at: datetime,
    url: str,
    said: Mapping[str, Any],
    *,
    http_status: int = 0,
    check: int = 0,
    answered: Answered | None = None,
    largest: int = LARGEST,
) -> str:
    """Write a capture at the end of the chain; part of the caller's transaction. Returns the new end of the chain.

    Of an answer that is larger than `largest` bytes when packed, or hides somebody, only the hash is kept.
    """
    body = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode() if said else b""
    with write(db):
        last = row(db, "SELECT id, chain FROM captures ORDER BY id DESC LIMIT 1")
        number, previous = (last["id"] + 1, last["chain"]) if last else (1, BEGINNING)
        noted = {"response": _kept(db, answered, largest)} if answered else {}
        headers = json.dumps({"check": check, **noted})
        values = (number, article, clock.to_text(at), url, http_status, headers)
        content = sha256(body).hexdigest()
        chain = _link(previous, values, content)
        db.conn.execute(
            "INSERT INTO captures (id, article_id, at, url, http_status, headers, body, sha256, previous, chain)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, body, content, previous, chain),
        )
    return chain


def verify(db: Database, kept_since: datetime | None = None) -> Iterator[str]:
    """Everything that is not as it was written, in sentences; nothing where all is well.

    Answers of captures before `kept_since` may have been forgotten, as the operator wished.

    The end of the chain cannot vouch for itself: that nothing was cut off there is told from the facts, each of which
    has a capture of its article, and by whoever wrote the last hash down.
    """
    previous, expected = BEGINNING, 1
    for r in db.conn.execute("SELECT * FROM captures ORDER BY id"):
        name = f"capture {r['id']} of {r['url']}"
        if r["id"] != expected:
            yield f"before {name}, {r['id'] - expected} captures are missing"
        if sha256(r["body"]).hexdigest() != r["sha256"]:
            yield f"{name}: what was read was changed"
        values = (r["id"], r["article_id"], r["at"], r["url"], r["http_status"], r["headers"])
        if trouble := _response_trouble(db, r, kept_since):
            yield f"{name}: {trouble}"
        if r["previous"] != previous or r["chain"] != _link(r["previous"], values, r["sha256"]):
            yield f"{name}: its place in the chain, or what is noted beside it, was changed"
        previous, expected = r["chain"], r["id"] + 1
    for r in _uncaptured(db):
        yield f"fact {r['id']} rests on {r['url']}, of which there is no capture"


def response(db: Database, capture: Capture) -> bytes | None:
    """The bytes a capture was read from, None where they were not kept."""
    found = row(db, "SELECT packed FROM responses WHERE sha256 = ?", capture.response.get("sha256", ""))
    return zlib.decompress(found["packed"]) if found else None


def forget_responses(db: Database, before: datetime) -> int:
    """Drop answers on which no capture since then rests; their hashes stay. Returns how many."""
    with write(db):
        return db.conn.execute(
            "DELETE FROM responses WHERE sha256 NOT IN"
            " (SELECT json_extract(headers, '$.response.sha256') FROM captures"
            "  WHERE at >= ? AND json_extract(headers, '$.response.sha256') IS NOT NULL)",
            (clock.to_text(before),),
        ).rowcount


def end(db: Database) -> tuple[int, str]:
    """How many captures there are, and the last hash: worth writing down elsewhere."""
    last = row(db, "SELECT id, chain FROM captures ORDER BY id DESC LIMIT 1")
    return (last["id"], last["chain"]) if last else (0, BEGINNING)


def of_article(db: Database, article: int) -> list[Capture]:
    """Every capture of an article, oldest first."""
    return [_capture(r) for r in rows(db, "SELECT * FROM captures WHERE article_id = ? ORDER BY id", article)]


def due(db: Database, now: datetime, after: tuple[Any, ...], limit: int) -> list[Due]:
    """Articles whose page has to be asked again: `after` are the spans since the first capture, ascending."""
    found = rows(
        db,
        "SELECT article_id, url, min(at) AS first, max(json_extract(headers, '$.check')) AS done FROM captures"
        " GROUP BY article_id HAVING first >= ? AND done < ? ORDER BY first DESC",
        clock.to_text(now - after[-1] * 2),
        len(after),
    )
    every = ((r, sum(clock.from_text(r["first"]) + span <= now for span in after)) for r in found)
    return [Due(r["article_id"], r["url"], passed) for r, passed in every if passed > r["done"]][:limit]


def article_named(db: Database, name: str) -> int | None:
    """The id of the article with this address or uid, None where there is none."""
    found = row(db, "SELECT id FROM articles WHERE url = ? OR uid = ? OR key = ? ORDER BY id LIMIT 1", name, name, name)
    return found["id"] if found else None


def article_now(db: Database, article: int) -> Any:
    """An article's uid, title and claims, with its story and event. Raises KeyError where there is none."""
    found = row(
        db,
        "SELECT a.uid, a.url, a.title, a.claims, s.uid AS story, coalesce(e.slug, '') AS event FROM articles a"
        " JOIN stories s ON s.id = a.story_id LEFT JOIN events e ON e.id = s.event_id WHERE a.id = ?",
        article,
    )
    if found is None:
        raise KeyError(article)
    return found


def _uncaptured(db: Database) -> list[Any]:
    """Facts about events that could reach somebody, whose article was never captured."""
    return rows(
        db,
        "SELECT f.id, a.url FROM facts f JOIN articles a ON a.id = f.article_id"
        " WHERE f.event <> '' AND json_extract(f.data, '$.silent') IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.article_id = f.article_id) ORDER BY f.id",
    )


def _kept(db: Database, answered: Answered, largest: int) -> dict[str, Any]:
    """What a capture notes of an answer, once the answer itself was stored where it may be."""
    digest = sha256(answered.body).hexdigest()
    noted = {"sha256": digest, "bytes": len(answered.body), "url": answered.url, "status": answered.status}
    noted["type"] = answered.kind
    if answered.hidden:
        return {**noted, "left_out": "a withheld name is in it"}
    packed = zlib.compress(answered.body)
    if len(packed) > largest:
        return {**noted, "left_out": "too large"}
    db.conn.execute("INSERT OR IGNORE INTO responses VALUES (?, ?)", (digest, packed))
    stored = row(db, "SELECT packed FROM responses WHERE sha256 = ?", digest)
    return {**noted, "packed": sha256(stored["packed"]).hexdigest()}  # type: ignore[index]


def _response_trouble(db: Database, r: Any, kept_since: datetime | None) -> str:
    """What is wrong with the answer of a capture, '' where it is as it was, or rightly not there."""
    try:
        noted = json.loads(r["headers"]).get("response", {})
    except (ValueError, AttributeError):
        return "what is noted beside it cannot be read"
    if "packed" not in noted:
        return ""
    found = row(db, "SELECT packed FROM responses WHERE sha256 = ?", noted.get("sha256", ""))
    if found is None:
        old = kept_since is not None and r["at"] < clock.to_text(kept_since)
        return "" if old else "the answer it was read from is missing"
    if sha256(found["packed"]).hexdigest() != noted["packed"]:
        return "the answer it was read from was changed"
    return ""


def _link(previous: str, values: tuple[Any, ...], content: str) -> str:
    """The hash of a row: of the one before, what is noted, and what was read."""
    return sha256(json.dumps([previous, *values, content], ensure_ascii=False).encode()).hexdigest()


def _capture(r: Any) -> Capture:
    noted = json.loads(r["headers"])
    return Capture(
        r["id"],
        r["article_id"],
        clock.from_text(r["at"]),
        r["url"],
        r["http_status"],
        noted["check"],
        r["body"],
        r["chain"],
        noted.get("response", {}),
    )
