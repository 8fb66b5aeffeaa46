"""What an operator looks at now and then: counts, random ids and reasons, never an address or anybody's wish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from monitor.errors import QueryError
from monitor.search import volume
from monitor.store import Database, health, outbox, subscribers, tokens
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys

#: Requests that are looked at to see whether a line forms.
LINE = 1000


@dataclass(frozen=True, slots=True)
class Report:
    """`noisy`: (subscriber, stories a day) of wishes that come one by one; `switched_off`, `failing`: ids."""

    states: dict[str, int]
    requests: int
    noisy: tuple[tuple[str, float], ...]
    switched_off: tuple[str, ...]
    failing: tuple[tuple[str, str], ...]
    given_up: dict[str, int] = field(default_factory=dict)
    sources: tuple[tuple[str, str], ...] = ()


def report(archive: Database, private: Database, keys: Keys, now: datetime) -> Report:
    """Everything at once. Needs the key only to see how much a wish brings."""
    troubled = subscribers.troubled(private)
    return Report(
        states=dict(
            Counter(row.state for row in subscribers.everybody(private) if row.origin not in ("notices", "probe"))
        ),
        requests=len(tokens.requests(private, LINE)),
        noisy=tuple(_noisy(archive, private, keys, now)),
        switched_off=tuple(ident for ident, state, _ in troubled if state == "disabled"),
        failing=tuple((ident, since) for ident, state, since in troubled if state != "disabled"),
        given_up=dict(Counter(d.reason for d in outbox.listed(private, "given-up", limit=LINE))),
        sources=tuple((s.name, s.condition) for s in health.sources(archive, now) if s.condition not in FINE),
    )


FINE = ("well", "waiting", "off")


def lines(found: Report) -> Iterator[str]:
    """The report for a person."""
    yield "Readers: " + (", ".join(f"{n} {state}" for state, n in sorted(found.states.items())) or "none")
    yield f"Requests that wait: {found.requests}"
    for ident, per_day in found.noisy:
        yield f"Noisy: {ident} would hear {per_day} stories a day one by one; offer the digest"
    for ident in found.switched_off:
        yield f"Switched off, because nothing arrives: {ident}"
    for ident, since in found.failing:
        yield f"Failing since {since}: {ident}"
    for reason, n in sorted(found.given_up.items()):
        yield f"Given up: {n} ({reason})"
    for name, condition in found.sources:
        yield f"Source {name}: {condition}"


def _noisy(archive: Database, private: Database, keys: Keys, now: datetime) -> Iterator[tuple[str, float]]:
    """Instant wishes that bring more than anybody reads as single messages; equal queries are counted once."""
    known: dict[str, float] = {}
    for row in subscribers.everybody(private):
        for _, wanted in desk.open_subscriptions(private, keys, row.id):
            if not wanted.instant or row.state != "active":
                continue
            if wanted.query not in known:
                known[wanted.query] = _too_much(archive, wanted.query, now)
            if known[wanted.query]:
                yield row.id, known[wanted.query]


def _too_much(archive: Database, query: str, now: datetime) -> float:
    try:
        found = volume(archive, query, now=now, days=30)
    except QueryError:
        return 0.0
    return found.per_day if found.noisy else 0.0
