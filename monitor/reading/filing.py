"""Which release does an article tell of: one already known, a new one, or none?

Language plays no part: the date, the counts, the people and the destination decide (`filing_evidence`). Opening an
event needs an assertion that it happened now; anniversaries, forecasts, demands, denials, onward travel and what is
told as history open nothing, and are filed only under an event they fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from monitor.model import Claim
from monitor.reading.dates import day_of
from monitor.reading.filing_evidence import AFTERMATH, FRESH, Candidate, Pair, weigh
from monitor.reading.ledger import HAPPENED, TOTALS

#: From this score on, a claim belongs to an event.
ENOUGH = 0.5
#: What has not happened.
WISHES = ("hint", "forecast", "demand")
#: Smaller numbers add up to something by chance.
SUM = 30


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
    told = [claim for claim in claims if not _sums_up(claim, at) and not _is_sum_of(claim, at, candidates)]
    if not told:
        return Filing(None, False, 0.0, "nothing that happened")
    pairs = [Pair(claim, at, c) for c in candidates for claim in told if claim.modality not in WISHES]
    # whoever wishes or looks ahead with the very number of a known release speaks of that one
    pairs += [
        p for c in candidates for claim in told if claim.modality in WISHES and (p := Pair(claim, at, c)).same_total
    ]
    best = max(((*weigh(pair), pair.candidate.event) for pair in pairs), default=None, key=lambda fit: fit[0])
    if best is not None and best[0] >= ENOUGH:
        return Filing(best[2], False, round(best[0], 2), best[1])
    return Filing(None, relevant and opens(told[0], at), 0.0, "nothing like it is known")


def _sums_up(claim: Claim, at: datetime) -> bool:
    """A running total and nothing else: of many events, hence of none, unless it gives the day of one."""
    dated = claim.date is not None and claim.date != day_of(at)
    return claim.cumulative is not None and claim.total is None and not (claim.freed or claim.held or dated)


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
    if claim.modality not in HAPPENED or claim.kind in AFTERMATH or claim.recalled:
        return False
    today = day_of(at)
    return claim.date is None or today is None or abs(today - claim.date) <= FRESH
