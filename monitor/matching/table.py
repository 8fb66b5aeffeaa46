"""The words that queries ask for in documents of one language: from the keys of a document to terms.

Most words of an article are asked for by nobody, and a hundred thousand queries ask for more words than a processor's
cache holds. So all keys of a document are looked up together, by their hashes, in flat arrays: what is asked for lies
in buckets, and a bucket without anything is passed over at one byte. Equal hashes are taken for equal keys: Python's
have 64 bits and begin with another secret in every process, so one article in some 10^11 could have a term too many.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.matching.flat import Flags, Numbers, numbers, spread

Terms = tuple[int, ...]
Hashes = NDArray[np.int64]

_REMEMBERED = 2**16  # forms whose beginnings are remembered, about 0.2 kB each
_ROOM = 4  # buckets an entry: most are empty


def hashes_of(keys: Sequence[str]) -> Hashes:
    """What a table knows keys by."""
    return np.fromiter(map(hash, keys), np.int64, len(keys))


class _Buckets(NamedTuple):
    """Entries in the order of their buckets, which are told by the lowest bits of a hash."""

    mask: int
    taken: Flags
    starts: Numbers
    sizes: Numbers
    hashes: Hashes
    terms: Numbers


class Table:
    """From key, or from the beginning of an exact key, to terms. One thread enters; others may look up meanwhile."""

    def __init__(self) -> None:
        self._keys: list[str] = []  # entry by entry: a key, its term, its hash
        self._terms = array("q")
        self._hashes = array("q")
        self._buckets = _bucketed(numbers(self._hashes), numbers(self._terms))
        self._beginnings: dict[int, dict[str, Terms]] = {}  # by length
        self._begun: dict[str, Terms] = {}  # what was worked out from `_beginnings`

    def __bool__(self) -> bool:
        return bool(self._hashes or self._beginnings)

    def enter(self, key: str, term: int) -> None:
        """A key stands for a term from now on; no pair may be entered twice."""
        self._keys.append(key)
        self._terms.append(term)
        self._hashes.append(hash(key))

    def enter_beginning(self, key: str, term: int) -> None:
        table = self._beginnings.setdefault(len(key), {})
        table[key] = (*table.get(key, ()), term)
        self._begun = {}  # a thread that still works something out from before writes into the old one

    def entries(self) -> Iterator[tuple[str, int]]:
        """Every key asked for and its term, beginnings left out."""
        yield from zip(self._keys, self._terms, strict=True)

    def met(self, keys: Sequence[str], hashes: Hashes) -> tuple[Numbers, Numbers]:
        """Which of a document's keys are asked for, and what for: (places in `keys`, their terms)."""
        places, terms = self._met(hashes)
        if self._beginnings:
            begun = list(self._met_beginnings(keys))
            places = np.concatenate((places, np.array([place for place, _ in begun], np.intp)))
            terms = np.concatenate((terms, np.array([term for _, term in begun], np.intp)))
        return places, terms

    def _met(self, hashes: Hashes) -> tuple[Numbers, Numbers]:
        mask, taken, starts, sizes, entered, terms = self._current()
        buckets = hashes & mask
        places = taken.take(buckets).nonzero()[0]
        buckets = buckets.take(places)
        size = sizes.take(buckets)
        entries = spread(starts.take(buckets), size)
        places = places.repeat(size)
        equal = (entered.take(entries) == hashes.take(places)).nonzero()[0]
        return places.take(equal), terms.take(entries.take(equal))

    def _current(self) -> _Buckets:
        """The buckets of all entries; those that have come are put in together, when they are first asked for."""
        buckets, hashes = self._buckets, self._hashes
        if len(buckets.hashes) != len(hashes):
            entered = numbers(hashes)  # last of an entry, so each has a term
            buckets = self._buckets = _bucketed(entered, numbers(self._terms)[: len(entered)])
        return buckets

    def _met_beginnings(self, keys: Iterable[str]) -> Iterator[tuple[int, int]]:
        remembered = self._begun
        if len(remembered) > _REMEMBERED:
            remembered.clear()
        for place, form in enumerate(keys):
            if form[0] == "=":
                begun = remembered.get(form)
                if begun is None:
                    begun = remembered[form] = self._terms_begun(form)
                for term in begun:
                    yield place, term

    def _terms_begun(self, form: str) -> Terms:
        cut = [(table, form[:length]) for length, table in self._beginnings.items()]
        return tuple([term for table, key in cut for term in table.get(key, ())])


def _bucketed(hashes: Hashes, terms: Numbers) -> _Buckets:
    mask = (1 << (_ROOM * len(hashes)).bit_length()) - 1
    buckets = hashes & mask
    order = buckets.argsort(kind="stable")
    sizes = np.bincount(buckets, minlength=mask + 1)
    return _Buckets(mask, sizes > 0, sizes.cumsum() - sizes, sizes, hashes.take(order), terms.take(order))
