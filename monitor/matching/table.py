"""The words that queries ask for in documents of one language: from the keys of a document to terms.

Most words of an article are asked for by nobody, and a hundred thousand queries ask for more words than a processor's
cache holds. So a document is reduced to the set of its keys, and that set meets the set of all keys asked for, in one
step; only what both have is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Terms = tuple[int, ...]

_REMEMBERED = 2**16  # forms whose beginnings are remembered, about 0.2 kB each


class Table:
    """From key, or from the beginning of an exact key, to terms. One thread enters; others may look up meanwhile."""

    def __init__(self) -> None:
        self._terms: dict[str, Terms] = {}
        self._known: set[str] = set()  # the keys of `_terms` once more: one place in memory to look at, not three
        self._beginnings: dict[int, dict[str, Terms]] = {}  # by length
        self._begun: dict[str, Terms] = {}  # what was worked out from `_beginnings`

    def __bool__(self) -> bool:
        return bool(self._known or self._beginnings)

    def enter(self, key: str, term: int) -> None:
        _enter(self._terms, key, term)
        self._known.add(key)

    def enter_beginning(self, key: str, term: int) -> None:
        _enter(self._beginnings.setdefault(len(key), {}), key, term)
        self._begun = {}  # a thread that still works something out from before writes into the old one

    def entries(self) -> Iterator[tuple[str, Terms]]:
        """Every key asked for, beginnings left out."""
        yield from self._terms.items()

    def met(self, keys: set[str]) -> dict[str, Terms]:
        """Of a document's keys those that are asked for, with the terms they stand for."""
        terms = self._terms
        met = {key: terms[key] for key in self._known & keys}
        if self._beginnings:
            for form, begun in self._met_beginnings([key for key in keys if key[0] == "="]):
                met[form] = met.get(form, ()) + begun
        return met

    def _met_beginnings(self, forms: Iterable[str]) -> Iterator[tuple[str, Terms]]:
        remembered = self._begun
        if len(remembered) > _REMEMBERED:
            remembered.clear()
        for form in forms:
            begun = remembered.get(form)
            if begun is None:
                begun = remembered[form] = self._terms_begun(form)
            if begun:
                yield form, begun

    def _terms_begun(self, form: str) -> Terms:
        cut = [(table, form[:length]) for length, table in self._beginnings.items()]
        return tuple([term for table, key in cut for term in table.get(key, ())])


def _enter(table: dict[str, Terms], key: str, term: int) -> None:
    there = table.get(key, ())
    if term not in there:
        table[key] = (*there, term)
