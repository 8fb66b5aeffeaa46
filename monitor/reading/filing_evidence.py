"""What joins an article to a release and what keeps it apart: one table, read from top to bottom.

Of each group the first piece of evidence that holds counts; together they have to reach `filing.ENOUGH`. Weights are
set by hand (docs/decisions.md says why); a piece that weighs `NEVER` forbids. Its words tell the operator why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from monitor.model import Claim
from monitor.reading.ledger import HISTORY, TOTALS, Ledger

#: How long after it happened a release is still being reported as news.
FRESH = timedelta(days=10)
#: Days given for one release differ by so much at most.
NEAR = 3
#: An event dated further ahead than this is not yet known to anybody.
AHEAD = timedelta(days=2)
#: What becomes of people afterwards opens no event.
AFTERMATH = ("death", "health", "re-arrest", "refused-exile")
#: How long a release without an official number goes on being counted by rights groups, from one count to the next.
COUNTING = timedelta(days=3)
#: Who counts.
COUNTERS = ("viasna", "ngo")
#: Kinds that cannot be another word for each other; `release` may be any of them.
_APART = ({"pardon", "amnesty"}, {"exchange"}, {"deportation", "deal"}, {"end-of-term"}, {"home-arrest-ended"})
NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event a claim may belong to. `own` is set where the article's story is already filed under it."""

    event: int
    ledger: Ledger
    last_seen: datetime
    history: bool = False
    own: bool = False


@dataclass(frozen=True)
class Pair:
    """A claim, said `at`, beside an event it may belong to: what the evidence asks of them, worked out once."""

    claim: Claim
    at: datetime
    candidate: Candidate

    @property
    def ledger(self) -> Ledger:
        return self.candidate.ledger

    @cached_property
    def day(self) -> date | None:
        """The day of the event."""
        return date.fromisoformat(self.ledger.date) if self.ledger.date else None

    @cached_property
    def days_later(self) -> int | None:
        """How many days after the event the claim is dated; None where one of them has no day."""
        return (self.claim.date - self.day).days if self.claim.date and self.day else None

    @cached_property
    def people(self) -> int:
        """How many of the claim's people the event knows."""
        return len((set(self.claim.freed) | set(self.claim.held)) & set(self.ledger.people))

    @cached_property
    def told(self) -> set[int]:
        """The numbers the claim gives; running totals are of many events."""
        return {n for n in (self.claim.total, self.claim.political, *dict(self.claim.per).values()) if n}

    @cached_property
    def known(self) -> set[int]:
        """The numbers the event is known by."""
        return {f.value for m, figures in self.ledger.figures.items() if m != "cumulative" for f in figures}

    @cached_property
    def number(self) -> int:
        """The greatest number they share, 0 for none."""
        return max(self.told & self.known, default=0)

    @cached_property
    def counted_on(self) -> bool:
        """Where no official gave a number, rights groups count for days, and an amnesty is applied prisoner by
        prisoner: 4, 5, 8, 10, 17 and 18 were one release."""
        claim, ledger = self.claim, self.ledger
        by_and_by = claim.origin in COUNTERS or claim.kind == ledger.kind == "amnesty"
        if claim.modality != "reported" or not by_and_by or not claim.total or "official" in ledger.figures:
            return False
        figures = [f for meaning in TOTALS for f in ledger.figures.get(meaning, ())]
        known = [f.value for f in figures if f.origin != HISTORY] or [f.value for f in figures]
        grows = bool(known) and 2 < max(known) < claim.total <= 2 * max(known)
        return grows and self.at - self.candidate.last_seen <= COUNTING and not self.other_kind

    @cached_property
    def other_kind(self) -> bool:
        """Do kind or destination say that these cannot be the same people?"""
        claim, ledger = self.claim, self.ledger
        if claim.destination and ledger.destinations and claim.destination not in ledger.destinations:
            return True
        both = (claim.kind, ledger.kind)
        return "release" not in both and any((both[0] in kinds) != (both[1] in kinds) for kinds in _APART)

    @cached_property
    def others(self) -> bool:
        """On another day, another number was let out, or one person of whom the event does not know: nothing says that
        it is the same release. On one day, papers count differently."""
        if not self.days_later or self.people or self.counted_on:
            return False
        if self.claim.total and self.known:
            return not self.number
        return not self.claim.total and len(self.claim.freed) == 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece: what it weighs, whether it holds, and its words for the operator ('' where they would say nothing)."""

    weight: float
    holds: Callable[[Pair], bool]
    words: Callable[[Pair], str] = lambda pair: ""


def _says(words: str) -> Callable[[Pair], str]:
    return lambda pair: words


#: What an article and an event have in common, and what parts them.
EVIDENCE: tuple[tuple[Evidence, ...], ...] = (
    (  # When?
        Evidence(NEVER, lambda p: _is_ahead(p), _says("not yet known")),
        Evidence(0.4, lambda p: p.days_later == 0, _says("the same day")),
        Evidence(0.4, lambda p: _apart(p) == 1, _says("1 days apart")),
        Evidence(0.15, lambda p: 1 < _apart(p) <= NEAR, lambda p: f"{_apart(p)} days apart"),
        Evidence(0.1, lambda p: _is_told_later(p), _says("some days later")),
        Evidence(NEVER, lambda p: p.days_later is not None, _says("another day")),
        Evidence(0.2, lambda p: p.at - p.candidate.last_seen <= FRESH, _says("in the days after")),
        Evidence(NEVER, lambda p: True, _says("another day")),
    ),
    (  # Who?
        Evidence(0.45, lambda p: p.people > 0, lambda p: f"{p.people} of the same people"),
        Evidence(NEVER, lambda p: p.claim.kind in AFTERMATH and not p.candidate.own, _says("nobody of it is named")),
    ),
    (  # How many?
        Evidence(0.0, lambda p: p.others),
        Evidence(0.4, lambda p: p.number > 2, lambda p: f"{p.number} freed"),
        Evidence(0.2, lambda p: p.number > 0, lambda p: f"{p.number} freed"),
        Evidence(0.15, lambda p: not p.claim.total or not p.known),
        Evidence(0.4, lambda p: p.counted_on, _says("counting goes on")),
        Evidence(-0.25, lambda p: _is_too_many(p), _says("more than the official number")),
        Evidence(0.1, lambda p: True),
    ),
    (  # Of what kind?
        Evidence(-0.3, lambda p: not p.people and _served_their_term(p), _says("a term that ended is another matter")),
    ),
    (  # Where to?
        Evidence(0.1, lambda p: p.claim.destination in p.ledger.destinations, lambda p: f"to {p.claim.destination}"),
    ),
    (  # In which story?
        Evidence(0.35, lambda p: p.candidate.own, _says("the same story")),
    ),
)


def weigh(pair: Pair) -> tuple[float, str]:
    """How much speaks for a claim's belonging to an event, and why in words."""
    found = [piece for group in EVIDENCE if (piece := next((e for e in group if e.holds(pair)), None))]
    barred = next((piece for piece in found if piece.weight == NEVER), None)
    if barred is not None:
        return 0.0, barred.words(pair)
    said = (piece.words(pair) for piece in found)
    return sum(piece.weight for piece in found), ", ".join(words for words in said if words)


def _apart(pair: Pair) -> int:
    """Days between the two, either way; so many that nothing fits where one of them has no day."""
    return 10**6 if pair.days_later is None else abs(pair.days_later)


def _is_ahead(pair: Pair) -> bool:
    reach = timedelta(0) if pair.candidate.history else AHEAD
    return pair.day is not None and datetime.combine(pair.day, time(), UTC) > pair.at + reach


def _is_told_later(pair: Pair) -> bool:
    """Somebody of the event may be written of some days later; so may a count that goes on."""
    later = pair.days_later is not None and 0 < pair.days_later <= FRESH.days
    return later and (pair.people > 0 or pair.counted_on)


def _is_too_many(pair: Pair) -> bool:
    """More than an official number, and nobody of the event is named."""
    total = pair.claim.total or 0
    return total > 1.2 * max(pair.known) and "official" in pair.ledger.figures and not pair.people


def _served_their_term(pair: Pair) -> bool:
    """Did the one serve a term to its end, and the other not?"""
    return (pair.claim.kind == "end-of-term") != (pair.ledger.kind == "end-of-term")
