"""Which terms stand one behind the other in a phrase.

A phrase is a term made of two: chained bigrams turn `a b c` into ((a, b), c). So phrases come up while a document is
looked through, as ordinary, very rare terms.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from monitor.matching.flat import Flags, Numbers, flagged, numbers

Follow = dict[int, dict[int, int]]  # first part → second part → phrase
Place = tuple[int, int]  # first and last token, counted through the title, a break, and the text


class Phrases:
    """One thread enters; others may look meanwhile."""

    def __init__(self) -> None:
        self._follow: Follow = {}
        self._firsts, self._seconds = array("q"), array("q")
        self._parts = self._flagged()

    def __bool__(self) -> bool:
        return bool(self._follow)

    def enter(self, first: int, second: int, phrase: int) -> None:
        """A phrase of two parts, the first of which may be a phrase."""
        self._follow.setdefault(first, {})[second] = phrase
        self._firsts.append(first)
        self._seconds.append(second)

    def found(self, line: Numbers, owners: Numbers, terms: Numbers) -> Iterator[tuple[int, Place]]:
        """Every phrase in a line of words, where `owners[i]` has the term `terms[i]`, and its place, in order.

        The line ends with a break, which has the largest number and no term. Few words that could begin a phrase stand
        before one that could go on; only those are looked at.
        """
        _, firsts, seconds = self._current()
        first = firsts.take(terms, mode="clip").nonzero()[0]
        second = seconds.take(terms, mode="clip").nonzero()[0]
        begin, go_on = owners.take(first), owners.take(second)
        size = int(line[-1]) + 1
        starts = (flagged(begin, size).take(line[:-1]) & flagged(go_on, size).take(line[1:])).nonzero()[0].tolist()
        if starts:
            words = line.tolist()
            begins = _by_word(begin.tolist(), terms.take(first).tolist())
            goes_on = _by_word(go_on.tolist(), terms.take(second).tolist())
            for start in starts:
                yield from self._going_on(begins[words[start]], start, start + 1, words, goes_on)

    def _going_on(
        self, firsts: Iterable[int], start: int, at: int, words: Sequence[int], goes_on: Mapping[int, Collection[int]]
    ) -> Iterator[tuple[int, Place]]:
        seconds = goes_on.get(words[at], ())
        for first in firsts if seconds else ():
            follow = self._follow.get(first)
            for phrase in [follow[second] for second in seconds if second in follow] if follow else ():
                yield phrase, (start, at)
                yield from self._going_on((phrase,), start, at + 1, words, goes_on)

    def _current(self) -> _Parts:
        parts = self._parts
        if parts.entered != len(self._seconds):
            parts = self._parts = self._flagged()
        return parts

    def _flagged(self) -> _Parts:
        second = numbers(self._seconds)  # entered last, so none is longer than the other
        first = numbers(self._firsts)[: len(second)]
        return _Parts(len(second), *(flagged(part, int(part.max(initial=0)) + 2) for part in (first, second)))


class _Parts(NamedTuple):
    """By term, whether a phrase begins with it, and whether one goes on with it. The last stands for all above."""

    entered: int
    first: Flags
    second: Flags


def _by_word(words: Iterable[int], terms: Iterable[int]) -> dict[int, dict[int, None]]:
    parts: dict[int, dict[int, None]] = {}
    for word, term in zip(words, terms, strict=True):
        parts.setdefault(word, {})[term] = None
    return parts
