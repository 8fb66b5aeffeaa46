"""Evidence: what an article shows, in the lexicon's own roles, none of it decisive by itself.

Three questions are decided by weighing evidence (`weights`): is an article about a release (`article_evidence`), what
became of a person it names (`person_evidence`), what does a number in it count (`number_evidence`)? A piece of evidence
is a short phrase: `title: release.done`, `held >2`. Roles mean the same in every language, so that what is learned in
one holds in all. Sides are seen from the name or number: `<` before it, `>` after it; `c` in its clause, `s` elsewhere
in its sentence; `next` where no other name or number stands between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.reading.lexicon import Mark
from monitor.reading.marked import LEAD
from monitor.reading.sentences import Sentence
from monitor.reading.statements import RELEASES, Statement

#: Roles that date and number; what they say is read elsewhere.
PLAIN = ("number", "month", "weekday", "day")
#: Words between a name or number and a cue, in steps.
STEPS = (1, 2, 4, 8, 16)
FAR = 99
_CLOSING = '»”" )'
_PARTING = frozenset(",;:—–()")


def zone(sentence: Sentence) -> str:
    """title, first, lead or body: how much of what an article is about a sentence tells."""
    if sentence.where == "title":
        return "title"
    return "first" if sentence.number == 0 else "lead" if sentence.number < LEAD else "body"


def kind(statement: Statement) -> str:
    """All ways of being let out are one; what becomes of people otherwise is not."""
    return "release" if statement.kind in RELEASES else statement.kind


def both(role: str) -> tuple[str, ...]:
    """A role and what it is a part of: `release.done` is also `release`."""
    top = role.partition(".")[0]
    return (role,) if top == role else (role, top)


def steps(name: str, count: int, up_to: int) -> Iterator[str]:
    """`name 1` to `name count`: so many and more."""
    return (f"{name} {n}" for n in range(1, min(count, up_to) + 1))


def signs(sentence: Sentence) -> Iterator[str]:
    """What a sentence shows besides words."""
    last = sentence.text.rstrip(_CLOSING)[-1:]
    if last in ("!", "?", ":"):
        yield last
    if sentence.quantities:
        yield "quantity"


def beside(sentence: Sentence, start: int, end: int, others: Sequence[int]) -> Iterator[tuple[Mark, str, str, str]]:
    """Each mark as seen from the words `start` to `end`: the mark, its side, `c` or `s` with the side, and where it
    is near: ` next`, or nothing where one of the `others` (words) stands between."""
    clauses = sentence.clauses
    for mark in sentence.marks:
        side = ">" if mark.start >= end else "<"
        near = ("c" if clauses[mark.start] == clauses[start] else "s") + side
        yield mark, side, near, "" if parted(start, mark.start, others) else " next"


def distance(start: int, end: int, mark: Mark) -> int:
    """How many words away a mark stands, as the step it reaches."""
    words = mark.start - end + 1 if mark.start >= end else start - mark.end + 1
    return next((step for step in STEPS if words <= step), FAR)


def commas(sentence: Sentence, start: int, end: int, mark: Mark) -> int:
    """How many commas, colons, dashes or brackets part a mark from the words `start` to `end`: 0, 1 or 2 and more."""
    spans = sentence.spans
    first, last = (
        (spans[end - 1][1], spans[mark.start][0])
        if mark.start >= end
        else (
            spans[mark.end - 1][1],
            spans[start][0],
        )
    )
    return min(2, sum(sign in _PARTING for sign in sentence.gap(first, last)))


def parted(first: int, second: int, others: Sequence[int]) -> bool:
    """Does one of the others stand between two words?"""
    low, high = (first, second) if first < second else (second, first)
    return any(low < other < high for other in others)
