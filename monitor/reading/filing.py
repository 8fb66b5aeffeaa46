"""Which release does an article tell of: one already known, a new one, or none?

Language plays no part: the date, the counts, the people and the destination decide. Opening an event needs an
assertion that it happened now; anniversaries, forecasts, demands, denials, onward travel and what is told as history
open nothing, and are filed only under an event they fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from monitor.model import Claim
from monitor.reading.dates import day_of
from monitor.reading.ledger import HAPPENED, HISTORY, TOTALS, Ledger

#: How long after it happened a release is still being reported as news.
FRESH = timedelta(days=10)
#: What becomes of people afterwards opens no event.
AFTERMATH = ("death", "health", "re-arrest", "refused-exile")
#: An event dated further ahead than this is not yet known to anybody.
AHEAD = timedelta(days=2)
#: From this score on, a claim belongs to an event.
ENOUGH = 0.5
#: How long a release without an official number goes on being counted by rights groups, from one count to the next.
COUNTING = timedelta(days=3)
#: Who counts.
COUNTERS = ("viasna", "ngo")
#: Smaller numbers add up to something by chance.
SUM = 30
#: Kinds that cannot be another word for each other; `release` may be any of them.
_APART = ({"pardon", "amnesty"}, {"exchange"}, {"deportation", "deal"}, {"end-of-term"}, {"home-arrest-ended"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event a claim may belong to. `own` is set where the article's story is already filed under it."""

    event: int
    ledger: Ledger
    last_seen: datetime
    history: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """Where a claim goes: an event's number, or None; `opens` where it makes a new one."""

    event: int | None
    opens: bool
    score: float
    why: str


def file(claims: Sequence[Claim], relevant: bool, at: datetime, candidates: Iterable[Candidate]) -> Filing:
    """The event an article's claims belong to, `at` being when it was published or seen."""
    candidates = list(candidates)
    told = [claim for claim in claims if claim.modality not in ("hint", "forecast", "demand")]
    told = [claim for claim in told if not _sums_up(claim) and not _is_sum_of(claim, at, candidates)]
    if not told:
        return Filing(None, False, 0.0, "nothing that happened")
    best = max(
        ((*_fit(claim, at, c), c.event) for c in candidates for claim in told), default=None, key=lambda fit: fit[0]
    )
    if best is not None and best[0] >= ENOUGH:
        return Filing(best[2], False, round(best[0], 2), best[1])
    return Filing(None, relevant and opens(told[0], at), 0.0, "nothing like it is known")


def _sums_up(claim: Claim) -> bool:
    """A running total and nothing else: of many events, hence of none."""
    return claim.cumulative is not None and claim.total is None and not claim.freed and not claim.held


def _is_sum_of(claim: Claim, at: datetime, candidates: Sequence[Candidate]) -> bool:
    """Is its number what the release of that day and those before it make together (156 = 123 + 31 + 2), or a running
    total that is known? Numbers also add up by chance: the day's release has to be the greater part."""
    day = claim.date or at.date()
    known = [(date.fromisoformat(c.ledger.date), c.ledger) for c in candidates if c.ledger.date]
    before = sorted(((d, ledger) for d, ledger in known if d <= day), key=lambda pair: pair[0], reverse=True)
    if not claim.total or claim.total < SUM or claim.freed or not before or day - before[0][0] > FRESH:
        return False
    if any(claim.total == f.value for _, ledger in before for m in TOTALS for f in ledger.figures.get(m, ())):
        return False
    totals = [ledger.total or 0 for _, ledger in before]
    summed = day - before[0][0] <= timedelta(days=1) and totals[0] * 2 >= claim.total
    return (summed and claim.total in accumulate(totals)) or claim.total == before[0][1].value("cumulative")


def opens(claim: Claim, at: datetime) -> bool:
    """May this claim be the first of an event? Only what is said to have happened now, to somebody or so many."""
    if claim.modality not in HAPPENED or claim.kind in AFTERMATH:
        return False
    today = day_of(at)
    return claim.date is None or today is None or abs(today - claim.date) <= FRESH


def _fit(claim: Claim, at: datetime, candidate: Candidate) -> tuple[float, str]:
    """How well a claim fits an event, and why in words."""
    ledger = candidate.ledger
    people = (set(claim.freed) | set(claim.held)) & set(ledger.people)
    counted = _is_counted_on(claim, at, ledger, candidate.last_seen)
    when = _fit_of_date(claim, at, candidate, known=bool(people) or counted)
    if when is None:
        return 0.0, "another day"
    score, reasons = when
    if claim.kind in AFTERMATH and not people and not candidate.own:
        return 0.0, "nobody of it is named"
    if people:
        score += 0.45
        reasons.append(f"{len(people)} of the same people")
    if people or counted or not _tells_of_others(claim, ledger):
        score += _fit_of_counts(claim, ledger, reasons, same=bool(people), counted=counted)
    if not people and (claim.kind == "end-of-term") != (ledger.kind == "end-of-term"):
        score -= 0.3
    if claim.destination and claim.destination in ledger.destinations:
        score += 0.1
        reasons.append(f"to {claim.destination}")
    if candidate.own:
        score += 0.35
        reasons.append("the same story")
    return score, ", ".join(reasons)


def _fit_of_date(claim: Claim, at: datetime, candidate: Candidate, *, known: bool) -> tuple[float, list[str]] | None:
    """How well the days fit, None where they cannot; somebody of the event may be written of some days later."""
    day = date.fromisoformat(candidate.ledger.date) if candidate.ledger.date else None
    told = claim.date
    if day and datetime.combine(day, time(), UTC) > at + (timedelta(0) if candidate.history else AHEAD):
        return None
    if day and told:
        apart = abs((day - told).days)
        if apart > 3:
            return (0.1, ["some days later"]) if known and timedelta(0) < told - day <= FRESH else None
        return (0.4 if apart <= 1 else 0.15), [f"{apart} days apart" if apart else "the same day"]
    return None if at - candidate.last_seen > FRESH else (0.2, ["in the days after"])


def _is_counted_on(claim: Claim, at: datetime, ledger: Ledger, last_seen: datetime) -> bool:
    """Where no official gave a number, rights groups count for days, and an amnesty is applied prisoner by prisoner: 4,
    5, 8, 10, 17 and 18 were one release."""
    figures = [f for meaning in TOTALS for f in ledger.figures.get(meaning, ())]
    known = [f.value for f in figures if f.origin != HISTORY] or [f.value for f in figures]
    by_and_by = claim.origin in COUNTERS or claim.kind == ledger.kind == "amnesty"
    if claim.modality != "reported" or not by_and_by or not claim.total or not known or "official" in ledger.figures:
        return False
    grows = 2 < max(known) < claim.total <= 2 * max(known)
    return grows and at - last_seen <= COUNTING and not _is_another_kind(claim, ledger)


def _tells_of_others(claim: Claim, ledger: Ledger) -> bool:
    """On another day, another number was let out, or one person of whom the event does not know: nothing says that it
    is the same release. On one day, papers count differently."""
    if claim.date is None or not ledger.date or claim.date.isoformat() == ledger.date:
        return False
    told, known = _counts(claim, ledger)
    return not told & known if claim.total and known else not claim.total and len(claim.freed) == 1


def _counts(claim: Claim, ledger: Ledger) -> tuple[set[int], set[int]]:
    """The numbers a claim gives, and those an event is known by; running totals are of many events."""
    told = {n for n in (claim.total, claim.political, *dict(claim.per).values()) if n}
    return told, {figure.value for m, figures in ledger.figures.items() if m != "cumulative" for figure in figures}


def _is_another_kind(claim: Claim, ledger: Ledger) -> bool:
    """Do kind or destination say that these cannot be the same people?"""
    if claim.destination and ledger.destinations and claim.destination not in ledger.destinations:
        return True
    both = (claim.kind, ledger.kind)
    return "release" not in both and any((both[0] in kinds) != (both[1] in kinds) for kinds in _APART)


def _fit_of_counts(claim: Claim, ledger: Ledger, reasons: list[str], *, same: bool, counted: bool) -> float:
    """The same number speaks for an event; a larger one against it, where an official total is known."""
    told, known = _counts(claim, ledger)
    both = told & known
    if both:
        reasons.append(f"{max(both)} freed")
        return 0.4 if max(both) > 2 else 0.2
    if not claim.total or not known:
        return 0.15
    if counted:
        reasons.append("counting goes on")
        return 0.4
    if claim.total > 1.2 * max(known) and "official" in ledger.figures and not same:
        return -0.25
    return 0.1
