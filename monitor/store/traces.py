"""What became of an article, a person or a delivery, in sentences. Readers are counted, never named."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from monitor.model import Person
from monitor.store import Database, captures, matches, outbox, row, rows


@dataclass(frozen=True, slots=True)
class Trace:
    """`about` is what was asked for; `lines` tell it in order."""

    about: str
    lines: tuple[str, ...]


def article(db: Database, private: Database, name: str) -> Trace | None:
    """The trace of an article by its key, uid or title; None where it was never seen."""
    found = row(
        db,
        "SELECT a.*, s.uid AS story, e.slug AS event, e.state FROM articles a JOIN stories s ON s.id = a.story_id"
        " LEFT JOIN events e ON e.id = s.event_id WHERE a.key = ? OR a.uid = ? OR a.title = ? OR a.url = ?"
        " ORDER BY a.id DESC LIMIT 1",
        name, name, name, name,
    )  # fmt: skip
    if found is None:
        return None
    facts = rows(db, "SELECT * FROM facts WHERE article_id = ? ORDER BY id", found["id"])
    lines = [*_seen(found), *_placed(db, found), *_read(found)]
    for fact in facts:
        lines.append(_fact(private, fact))
    captured = next(iter(captures.of_article(db, found["id"])), None)
    if captured:
        lines.append(
            f"What was read is evidence since {captured.at:%Y-%m-%d %H:%M} UTC: monitor evidence {found['url']}"
        )
    return Trace(found["url"], tuple(lines))


def delivery(private: Database, ident: str) -> Trace | None:
    """The trace of a delivery by its id, which is also in the Message-ID and the webhook-id."""
    found = next(iter(outbox.listed(private, "", 1, ident)), None)
    if found is None:
        return None
    items = matches.of_delivery(private, ident)
    about = f" about {_counted(len(items), 'item')}" if items else ""
    lines = [
        f"One {found.kind}{about} for one reader, made {found.created:%Y-%m-%d %H:%M} UTC.",
        f"{_STATES[found.state]} after {_counted(found.attempts, 'attempt')}"
        + (f", {found.finished:%Y-%m-%d %H:%M} UTC." if found.finished else f"; next {found.due:%Y-%m-%d %H:%M} UTC."),
    ]
    if found.reason:
        lines.append(f"The last attempt: {found.reason}.")
    lines += [f"News: {match.key}" + (f" = {match.value}" if match.value else "") for match in items]
    return Trace(ident, tuple(lines))


_STATES = {"due": "Not yet sent", "sent": "Sent", "given-up": "Given up", "cancelled": "Cancelled"}
_RESULTS = {
    "waiting": "wait for their message",
    "due": "on the way",
    "given-up": "given up",
    "receipts": "known to have been told",
}


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def person(db: Database, known: Person) -> Trace:
    """What the archive says of a person of the register."""
    said = rows(
        db,
        "SELECT m.status, m.spelling, a.published_at, a.seen_at, a.outlet, a.url FROM mentions m"
        " JOIN articles a ON a.id = m.article_id WHERE m.person_id = ? ORDER BY a.id DESC LIMIT 20",
        known.id,
    )
    lines = [
        f"{known.name_en} ({known.id}); in the register: {known.status or 'status unknown'} {known.status_date}".strip()
    ]
    for s in said:
        day = (s["published_at"] or s["seen_at"])[:10]
        lines.append(f"{day}  {s['outlet']}: {s['status']}, written {s['spelling']!r}. {s['url']}")
    return Trace(known.id, tuple(lines) if said else (*lines, "No article in the archive names them."))


def _seen(a: Any) -> list[str]:
    how = {0: "", 1: ", late through our own downtime", 2: ", too old to alert even when it could first have been seen"}
    baseline = ", in the first visit to its source, which alerts nobody" if a["baseline"] else ""
    return [
        f"{a['outlet']}: {a['title']}",
        f"Seen {a['seen_at']}, published {a['published_at'] or 'without a credible date'}{how[a['late']]}{baseline}.",
    ]


def _placed(db: Database, a: Any) -> list[str]:
    others = rows(db, "SELECT count(*) AS n FROM articles WHERE story_id = ?", a["story_id"])[0]["n"] - 1
    why = f" (score {a['score']:.2f}: {a['score_why']})" if a["score_why"] else ""
    company = f"with {_counted(others, 'other')}" if others else "alone so far"
    lines = [f"Story {a['story']}, {company}{why}."]
    if a["event"]:
        lines.append(f"It tells of event {a['event']}, which is {a['state']}.")
    return lines


def _read(a: Any) -> list[str]:
    topics = ", ".join(json.loads(a["topics"])) or "none"
    lines = [f"Read as {a['language']}; {'about' if a['relevant'] else 'not about'} a release; topics: {topics}."]
    lines += [f"It says ({c['modality']}, {c['kind']}): {c['sentence']}" for c in json.loads(a["claims"])]
    return lines


def _fact(private: Database, fact: Any) -> str:
    data = json.loads(fact["data"])
    if silent := data.get("silent"):
        return f"News of kind {fact['kind']}, kept silent: {silent}."
    if fact["held"]:
        return f"News of kind {fact['kind']}, held until the operator lets it go: monitor event release {fact['key']}"
    results = matches.results_of(private, fact["key"])
    told = ", ".join(f"{n} {_RESULTS.get(what, what)}" for what, n in sorted(results.items()) if n)
    told = told or "nobody's words matched"
    waits = _WAITS[data["waits"]] if "waits" in data else ""
    return f"News of kind {fact['kind']} ({fact['key']}){waits}: {told}."


#: Why something is no news at once.
_WAITS = {
    "past": ", of a release long known, hence for digests",
    "hint": ", nothing but hopes and demands, hence for those who asked for hints",
}
