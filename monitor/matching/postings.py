"""Compiled queries as flat arrays, so that an article meets a hundred thousand of them in a few steps.

A query is a row of clauses; a document that meets it has a term of each. Each clause has a bit, which a document has
when it has one of the clause's terms; bit 0 is had by documents with any of the terms that must not be there. So the
bits that a document has of a row say whether it meets it. A row lies in the posting of each term of its rarest clause.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.matching.flat import Flags, Numbers, numbers, spread
from monitor.matching.table import Terms

CLAUSES = 62  # bits of a number beside bit 0 and the sign


class Postings:
    """Rows, numbered as they come; some threads may look while another adds."""

    def __init__(self) -> None:
        self._adding = threading.Lock()
        self._sizes, self._wanted = array("q"), array("q")  # by row: how many parts, and the bits a document must have
        self._terms, self._bits = array("q"), array("q")  # the parts, row by row
        self._arranged = self._arrange(())

    def add(self, clauses: Sequence[Terms], banned: Terms, cover: Terms) -> None:
        """A row for documents that have one term of each clause, and none of `banned`.

        `cover` is one more clause to file it under, or (): it is not looked at again. There may be at most CLAUSES.
        """
        terms, bits, bit = [*banned], [1] * len(banned), 1
        for clause in clauses:
            bit <<= 1
            terms += clause
            bits += [bit] * len(clause)
        terms += cover
        bits += [0] * len(cover)
        with self._adding:
            self._terms.extend(terms)
            self._bits.extend(bits)
            self._wanted.append(2 * bit - 2)
            self._sizes.append(len(terms))

    def arranged(self, costs: Sequence[float]) -> Arranged:
        """The rows there are now. New rows are put among the others first: some 0.1 s for a hundred thousand."""
        arranged = self._arranged
        if len(arranged.wanted) != len(self._sizes):
            arranged = self._arranged = self._arrange(costs)
        return arranged  # not what another thread may have put there just now

    def _arrange(self, costs: Sequence[float]) -> Arranged:
        with self._adding:
            sizes, wanted, terms, bits = map(numbers, (self._sizes, self._wanted, self._terms, self._bits))
        row = np.arange(len(sizes)).repeat(sizes)
        rarest = _rarest(row, terms, bits, np.array(costs))
        by_anchor = rarest.take(terms.take(rarest).argsort(kind="stable"))
        anchors, rows = terms.take(by_anchor), row.take(by_anchor)
        starts, sizes = (sizes.cumsum() - sizes).take(rows), sizes.take(rows)
        parts, ends = spread(starts, sizes), sizes.cumsum()
        begun = np.full(len(parts), -1)
        begun[ends - sizes] = rows
        every = np.arange(anchors.max(initial=0) + 3)
        edges = np.concatenate(([0], ends)).take(anchors.searchsorted(every))
        return Arranged(edges[:-1], np.diff(edges), begun, terms.take(parts), bits.take(parts), wanted)


def _rarest(row: Numbers, terms: Numbers, bits: Numbers, costs: NDArray[np.float64]) -> Numbers:
    """The parts of the cheapest clause of every row, whose terms cost least together."""
    begins = np.ones(len(row), np.bool_)
    begins[1:] = (row[1:] != row[:-1]) | (bits[1:] != bits[:-1])
    starts = begins.nonzero()[0]
    if not len(starts):
        return starts
    cost = np.add.reduceat(costs.take(terms), starts)
    cost[bits.take(starts) == 1] = np.inf  # must not be there
    rows = row.take(starts)
    cheapest = np.lexsort((cost, rows)).take(rows.searchsorted(np.arange(rows[-1] + 1)))
    return spread(starts.take(cheapest), np.diff(starts, append=len(row)).take(cheapest))


class Arranged(NamedTuple):
    """All rows of a moment, those of one anchor together."""

    starts: Numbers  # by anchor: where the parts of its rows start in the next three; the last stands for all above
    sizes: Numbers
    begun: Numbers  # the row that begins there, or -1
    terms: Numbers
    bits: Numbers
    wanted: Numbers  # by row

    def met(self, has: Flags) -> list[int]:
        """The rows that a document with these terms meets; some of them twice."""
        anchors = has.nonzero()[0]
        parts = spread(self.starts.take(anchors, mode="clip"), self.sizes.take(anchors, mode="clip"))
        if not len(parts):
            return []
        begun = self.begun.take(parts)
        begins = (begun >= 0).nonzero()[0]
        rows = begun.take(begins)
        had = np.bitwise_or.reduceat(self.bits.take(parts) * has.take(self.terms.take(parts)), begins)
        met: list[int] = rows.compress(had == self.wanted.take(rows)).tolist()
        return met
