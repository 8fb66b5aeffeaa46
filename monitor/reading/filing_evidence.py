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
from monitor.reading.ledger import HISTORY, TOTALS, UNDONE, Ledger

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
#: A term that ended, in a cell or at home.
SERVED = ("end-of-term", "home-arrest-ended")
#: Kinds that cannot be another word for each other; `release` may be any of them.
_APART = ({"pardon", "amnesty"}, {"exchange"}, {"deportation", "deal"}, set(SERVED))
#: A release of more people than these is known by its number: another one of just as many within days is unlikely.
TELLING = 10
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
        """The numbers the claim gives. Running totals are of many events, and a part greater than the whole is of
        another one."""
        whole = self.claim.total
        parts = (n for n in (self.claim.political, *dict(self.claim.per).values()) if n and (not whole or n <= whole))
        return {*parts, *([whole] if whole else [])}

    @cached_property
    def known(self) -> set[int]:
        """The numbers the event is known by."""
        return {f.value for m, figures in self.ledger.figures.items() if m != "cumulative" for f in figures}

    @cached_property
    def number(self) -> int:
        """The greatest number they share, 0 for none."""
        return max(self.told & self.known, default=0)

    @cached_property
    def same_total(self) -> bool:
        """Is the claim's total, which only few releases share, one that was given for the event?"""
        totals = {f.value for meaning in TOTALS for f in self.ledger.figures.get(meaning, ())}
        return (self.claim.total or 0) > TELLING and self.claim.total in totals

    @cached_property
    def names_follow(self) -> bool:
        """An official pardon names nobody; who was pardoned is learned one by one in the days after."""
        claim, ledger = self.claim, self.ledger
        pardons = claim.kind == ledger.kind == "pardon" and not claim.total and bool(claim.freed)
        later = self.days_later is not None and 0 <= self.days_later <= FRESH.days
        return pardons and later and len(ledger.named) < (ledger.total or 0)

    @cached_property
    def travels_on(self) -> bool:
        """Whoever was taken abroad goes on to another country in the days after, some of them at a time."""
        claim, day = self.claim, self.claim.date or self.at.date()
        moves = claim.modality == "past" and claim.kind in ("deportation", "release") and bool(claim.destination)
        abroad = bool(set(self.ledger.destinations) - {"home"}) and (claim.total or 0) < (self.ledger.total or 0)
        return moves and abroad and self.day is not None and 0 < (day - self.day).days <= FRESH.days

    @cached_property
    def anniversary(self) -> bool:
        """Is it told as news, or without a day, on a day on which it happened years ago?"""
        today, day = self.at.date(), self.day
        if day is None or (day.month, day.day) != (today.month, today.day) or day.year >= today.year:
            return False
        undated = self.claim.date is None or timedelta(0) <= today - self.claim.date <= FRESH  # `that Thursday`
        return undated and (self.same_total or self.people > 1)

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
        if claim.kind == "deportation" and set(ledger.destinations) - {"home"}:
            return False  # whatever it is called, it took them abroad
        both = (claim.kind, ledger.kind)
        return "release" not in both and any((both[0] in kinds) != (both[1] in kinds) for kinds in _APART)

    @cached_property
    def others(self) -> bool:
        """On another day, another number was let out, or one person of whom the event does not know: nothing says that
        it is the same release. On one day, papers count differently."""
        if not self.days_later or self.people or self.counted_on or self.names_follow or self.travels_on:
            return False
        if self.claim.total and self.known:
            return not self.number
        if self.other_kind and not (self.claim.total and self.number):
            return True
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
        Evidence(0.4, lambda p: _apart(p) == 1, _says("a day apart")),
        Evidence(0.15, lambda p: 1 < _apart(p) <= NEAR, lambda p: f"{_apart(p)} days apart"),
        Evidence(0.1, lambda p: _is_told_later(p), _says("some days later")),
        Evidence(0.2, lambda p: p.anniversary, _says("years ago to the day")),
        Evidence(NEVER, lambda p: p.days_later is not None, _says("another day")),
        Evidence(0.35, lambda p: _is_corrected(p), _says("a correction soon after")),
        Evidence(0.2, lambda p: p.at - p.candidate.last_seen <= FRESH, _says("in the days after")),
        Evidence(0.2, lambda p: p.anniversary, _says("years ago to the day")),
        Evidence(NEVER, lambda p: True, _says("another day")),
    ),
    (  # Who?
        Evidence(0.65, lambda p: p.people > 1, lambda p: f"{p.people} of the same people"),
        Evidence(0.45, lambda p: p.people > 0, lambda p: f"{p.people} of the same people"),
        Evidence(NEVER, lambda p: p.claim.kind in AFTERMATH and not p.candidate.own, _says("nobody of it is named")),
        Evidence(0.3, lambda p: p.names_follow, _says("a name of the pardon")),
        Evidence(0.4, lambda p: p.travels_on, _says("they travel on")),
    ),
    (  # How many?
        Evidence(0.0, lambda p: p.others),
        Evidence(0.4, lambda p: p.number > 2, lambda p: f"{p.number} freed"),
        Evidence(0.2, lambda p: p.number > 0, lambda p: f"{p.number} freed"),
        Evidence(0.15, lambda p: not p.claim.total or not p.known),
        Evidence(0.4, lambda p: p.counted_on, _says("counting goes on")),
        Evidence(-0.25, lambda p: _is_too_many(p), _says("more than the official number")),
        Evidence(0.0, lambda p: _is_beside(p), _says("another number, let out in another way")),
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
    score, said = 0.0, []
    for group in EVIDENCE:
        for piece in group:
            if piece.holds(pair):
                if piece.weight == NEVER:
                    return 0.0, piece.words(pair)
                score += piece.weight
                said.append(piece.words(pair))
                break
    return score, ", ".join(words for words in said if words)


def _apart(pair: Pair) -> int:
    """Days between the two, either way; so many that nothing fits where one of them has no day."""
    return 10**6 if pair.days_later is None else abs(pair.days_later)


def _is_ahead(pair: Pair) -> bool:
    reach = timedelta(0) if pair.candidate.history else AHEAD
    return pair.day is not None and datetime.combine(pair.day, time(), UTC) > pair.at + reach


def _is_told_later(pair: Pair) -> bool:
    """Some days later somebody of the event may be written of, or its number; a count may go on."""
    later = pair.days_later is not None and 0 < pair.days_later <= FRESH.days
    return later and (pair.people > 0 or pair.counted_on or pair.same_total or pair.names_follow or pair.travels_on)


def _is_too_many(pair: Pair) -> bool:
    """More than an official number, and nobody of the event is named."""
    total = pair.claim.total or 0
    return total > 1.2 * max(pair.known) and "official" in pair.ledger.figures and not pair.people


def _is_beside(pair: Pair) -> bool:
    """Seven are taken abroad on the day on which 23 are pardoned: another number in another way, of a release that is
    not known to have gone abroad itself."""
    return pair.other_kind and not set(pair.ledger.destinations) - {"home"}


def _is_corrected(pair: Pair) -> bool:
    """What is taken back or denied without a day was said of the release of these days, where several were freed."""
    soon = pair.day is not None and 0 <= (pair.at.date() - pair.day).days <= NEAR
    return soon and pair.claim.modality in UNDONE and (pair.ledger.total or 0) > 1


def _served_their_term(pair: Pair) -> bool:
    """Did the one serve a term to its end, and the other not?"""
    return (pair.claim.kind in SERVED) != (pair.ledger.kind in SERVED)
