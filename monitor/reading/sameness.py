"""The same text, the same story: two layers, each with its score and the reason in words.

Whether two articles are editions of one item is told by their addresses (`identity`); here their fingerprints are
compared. Within a language the story is told by its words; across languages only by who, how many, when and where to.
Two stories left apart cost a reader one more line, two merged ones cost a release: when in doubt, apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from monitor.reading.fingerprint import SKETCH, Fingerprint

#: Candidates for a text or story are looked for among articles at most this much older or newer.
WINDOW = timedelta(days=5)
#: … and among the newest `EACH` articles of each feature, at most `MOST` in all.
EACH = 40
MOST = 200
#: Two texts are one from this share of common three-word runs on.
SAME_TEXT = 0.45
#: … or where so much of the shorter one stands in the longer.
CONTAINED = 0.8
_ENOUGH = 20  # sampled runs below which containment is chance
#: Two articles in one language are one story from this likeness of their words on.
SAME_STORY = 0.4
#: … and, where both count people freed and the counts differ, from this one on.
SAME_STORY_OTHER_COUNT = 0.6

Layer = Literal["text", "story", ""]


@dataclass(frozen=True, slots=True)
class Sameness:
    """The deepest layer two articles share, '' for none; `why` is for the operator who asks."""

    layer: Layer
    score: float
    why: str


def compare(a: Fingerprint, b: Fingerprint) -> Sameness:
    """How much two articles are the same. Symmetric; costs microseconds."""
    if a.language == b.language:
        share = resemblance(a, b)
        if share >= SAME_TEXT:
            return Sameness("text", round(share, 3), f"{share:.0%} of the wording is the same")
    if not _near(a, b):
        return Sameness("", 0.0, "too far apart in time")
    if a.relevant and b.relevant:
        told = _same_event(a, b)
        if told is not None:
            return told
    if a.language == b.language:
        return _same_words(a, b)
    return Sameness("", 0.0, "nothing that both tell")


def resemblance(a: Fingerprint, b: Fingerprint) -> float:
    """The estimated share of common three-word runs, 0 to 1; the shorter text's share where the longer contains it."""
    if a.runs.isdisjoint(b.runs):
        return 0.0  # as nearly always
    if len(a.runs) < 4 or len(b.runs) < 4:
        return float(a.runs == b.runs)
    limit = min(fp.sketch[-1] if len(fp.sketch) == SKETCH else 1 << 32 for fp in (a, b))
    left, right = ({run for run in fp.sketch if run <= limit} for fp in (a, b))
    common, shorter = len(left & right), min(len(left), len(right))
    if shorter >= _ENOUGH and common >= CONTAINED * shorter:
        return common / shorter
    return common / len(left | right)


def _same_event(a: Fingerprint, b: Fingerprint) -> Sameness | None:
    """Do two release stories tell of one event? None where their words must decide."""
    score, reasons = 0.0, []
    if a.day and b.day:
        apart = abs(a.day - b.day)
        if apart > 2:
            return Sameness("", 0.0, f"the events are {apart} days apart")
        score += 0.35 if apart <= 1 else 0.2
        reasons.append("the same day" if not apart else f"{apart} days apart")
    both = set(a.totals) & set(b.totals)
    if both:
        score += 0.45 if max(both) > 2 else 0.15
        reasons.append(f"{max(both)} freed")
    people = set(a.freed or a.people) & set(b.freed or b.people)
    if people:
        smaller = min(len(set(a.freed or a.people)), len(set(b.freed or b.people)))
        score += 0.25 + 0.3 * len(people) / smaller
        reasons.append(f"{len(people)} of the same people")
    if a.destination and a.destination == b.destination:
        score += 0.1
        reasons.append(f"to {a.destination}")
    if a.totals and b.totals and not both:
        score -= 0.2
    return Sameness("story", round(min(1.0, score), 3), ", ".join(reasons)) if score >= 0.6 else None


def _same_words(a: Fingerprint, b: Fingerprint) -> Sameness:
    likeness = _cosine(a, b)
    if likeness >= (SAME_STORY_OTHER_COUNT if _count_differently(a, b) else SAME_STORY):
        return Sameness("story", round(likeness, 3), f"{likeness:.0%} of the telling words are shared")
    return Sameness("", round(likeness, 3), "different words")


def _count_differently(a: Fingerprint, b: Fingerprint) -> bool:
    return bool(a.totals and b.totals and not set(a.totals) & set(b.totals)) and not set(a.freed) & set(b.freed)


def _near(a: Fingerprint, b: Fingerprint) -> bool:
    return a.at is None or b.at is None or abs(a.at - b.at) <= WINDOW.total_seconds() / 60


def _cosine(a: Fingerprint, b: Fingerprint) -> float:
    shared = a.weights.keys() & b.weights.keys()
    return sum([a.weights[term] * b.weights[term] for term in shared]) / (a.length * b.length) if shared else 0.0
