"""Other ways to match standing queries, each as good as it gets without writing an index of one's own.

All of them look for keys without regard to order, and then verify phrases and NEAR in the same few lines.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Protocol

from monitor.matching.query import Query
from monitor.matching.syntax import And, Near, Not, Or, Phrase, Word
from monitor.model import Document

Keys = frozenset[str]
Matches = Iterator[set[int]]  # for one article after the other, the numbers of the queries it meets


class Analysis(Protocol):
    def query_keys(self, word: str, language: str) -> frozenset[str]: ...


class Engine(Protocol):
    """Made from queries; answers for many articles, because some engines work in batches."""

    def matches(self, documents: Iterable[Document]) -> Matches: ...


class Plain:
    """One query as sets of keys: all of `required`, none of `banned`, then what depends on positions."""

    def __init__(self, query: Query, analysis: Analysis) -> None:
        self._analysis = analysis
        self.required: list[Keys] = []
        self.banned: list[Keys] = []
        self.positional: list[tuple[int, tuple[Keys, ...]]] = []  # 0 for a phrase, else the distance
        for part in query.root.parts if isinstance(query.root, And) else (query.root,):
            if isinstance(part, Not):
                self.banned.append(self._keys(part.part))
            elif isinstance(part, Phrase | Near):
                words = part.words if isinstance(part, Phrase) else [word for (word,) in part.sides]
                each = tuple(self._keys(word) for word in words)
                self.required += each
                self.positional.append((part.distance if isinstance(part, Near) else 0, each))
            else:
                self.required.append(self._keys(part))

    def _keys(self, part: object) -> Keys:
        words = part.parts if isinstance(part, Or) else (part,)
        found = [self._analysis.query_keys(w.text, "ru") | {"=" + w.text} for w in words if isinstance(w, Word)]
        return frozenset(chain.from_iterable(found))

    def in_place(self, document: Document) -> bool:
        """Whether phrases and NEAR hold in a document that has all the words."""
        return all(
            any(_holds(distance, words, tokens.keys) for tokens in (document.title, document.text))
            for distance, words in self.positional
        )


def _holds(distance: int, words: tuple[Keys, ...], tokens: Sequence[tuple[str, ...]]) -> bool:
    places = [{at for at, keys in enumerate(tokens) if not word.isdisjoint(keys)} for word in words]
    if distance:
        return any(0 < abs(one - other) <= distance for one in places[0] for other in places[1])
    return any(all(at + i in later for i, later in enumerate(places)) for at in places[0])


def _here(document: Document) -> set[str]:
    return set().union(*document.title.keys, *document.text.keys)


class Sets:
    """A loop over all queries, each of them sets."""

    def __init__(self, queries: Sequence[Query], analysis: Analysis) -> None:
        self._plain = [Plain(query, analysis) for query in queries]

    def matches(self, documents: Iterable[Document]) -> Matches:
        for document in documents:
            here = _here(document)
            met = set()
            for number, query in enumerate(self._plain):
                for keys in query.required:
                    if here.isdisjoint(keys):
                        break
                else:
                    if all(map(here.isdisjoint, query.banned)) and query.in_place(document):
                        met.add(number)
            yield met


class Fts5:
    """SQLite's full-text search asked every query once for a batch of articles."""

    def __init__(self, queries: Sequence[Query], analysis: Analysis, batch: int = 500) -> None:
        self._plain = [Plain(query, analysis) for query in queries]
        self._match = [_match(query) for query in self._plain]
        self._batch = batch
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "CREATE VIRTUAL TABLE t USING fts5(k, content='', detail=none, tokenize=\"unicode61 tokenchars '=-'\")"
        )

    def matches(self, documents: Iterable[Document]) -> Matches:
        batch: list[Document] = []
        for document in documents:
            batch.append(document)
            if len(batch) == self._batch:
                yield from self._of(batch)
                batch = []
        yield from self._of(batch)

    def _of(self, batch: list[Document]) -> Matches:
        self._db.execute("INSERT INTO t (t) VALUES ('delete-all')")
        rows = [(at, " ".join(_here(document))) for at, document in enumerate(batch)]
        self._db.executemany("INSERT INTO t (rowid, k) VALUES (?, ?)", rows)
        met: dict[int, set[int]] = defaultdict(set)
        for number, expression in enumerate(self._match):
            for (at,) in self._db.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)):
                if self._plain[number].in_place(batch[at]):
                    met[at].add(number)
        yield from (met[at] for at in range(len(batch)))


def _match(query: Plain) -> str:
    wanted = " AND ".join(f"({_either(keys)})" for keys in query.required)
    return wanted + "".join(f" NOT ({_either(keys)})" for keys in query.banned)


def _either(keys: Keys) -> str:
    return " OR ".join(f'"{key}"' for key in sorted(keys))


class Mokaccino:
    """A percolator written in Rust, without positions. ImportError where it is not installed."""

    def __init__(self, queries: Sequence[Query], analysis: Analysis) -> None:
        self._library: Any = importlib.import_module("mokaccino")
        self._percolator = self._library.Percolator()
        self._plain = [Plain(query, analysis) for query in queries]
        for number, query in enumerate(self._plain):
            self._percolator.add_query_id(self._query(query), number)

    def _query(self, query: Plain) -> Any:
        make = self._library.Query
        wanted = [self._any(keys) for keys in query.required]
        return make.from_and(wanted + [make.from_not(self._any(keys)) for keys in query.banned])

    def _any(self, keys: Keys) -> Any:
        return self._library.Query.from_or([self._library.Query.from_kv("k", key) for key in sorted(keys)])

    def matches(self, documents: Iterable[Document]) -> Matches:
        for document in documents:
            told = self._library.Document()
            for key in _here(document):
                told = told.with_value("k", key)
            yield {n for n in self._percolator.percolate_list(told) if self._plain[n].in_place(document)}
