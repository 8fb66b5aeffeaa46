"""Everything that readers wait for, opened and indexed: what `send` holds in memory, and nobody else.

The operator's commands change the list from other processes, so `refresh` looks at a counter, and then opens only the
rows whose seal changed.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from monitor.alerts.arrival import ORIGIN
from monitor.errors import KeysMissing, QueryError
from monitor.matching.index import Index, Matches
from monitor.matching.query import Query, parse
from monitor.model import Document, Evidence
from monitor.store import Database, subscribers
from monitor.store.subscribers import Revision
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Reader, Subscription

log = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """A subscription that met an article, and (worked out when it is asked for) why."""

    subscriber: str
    subscription: str
    settings: Subscription
    number: int
    matches: Matches

    @property
    def evidence(self) -> Evidence:
        return self.matches[self.number]


class _Held(NamedTuple):
    number: int
    revision: Revision
    settings: Subscription
    query: Query


class Standing:
    """Readers and standing queries of everybody who is to be told; `lock` guards both while they change."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.readers: dict[str, Reader] = {}
        self.tests: frozenset[str] = frozenset()  # of the readers the mailbox of the synthetic item
        self.lock = threading.RLock()
        self._index = Index()
        self._seals: dict[str, bytes] = {}
        self._held: dict[str, _Held] = {}
        self._by_number: dict[int, str] = {}
        self._instants: Counter[str] = Counter()
        self._next = 1
        self._version = -1

    def __len__(self) -> int:
        return len(self._held)

    def refresh(self, private: Database) -> bool:
        """Bring everything up to date with private.db; whether anything had changed."""
        version = subscribers.version(private)
        if version == self._version:
            return False
        with self.lock:
            people, standing = subscribers.listening(private)
            self._refresh_readers(private, people)
            self._refresh_queries(private, standing)
            self.tests = frozenset(row.id for row in subscribers.everybody(private, ORIGIN))
            self._version = version
        return True

    def match(self, document: Document) -> list[Wanted]:
        """Every subscription that `document` meets."""
        with self.lock:
            found = []
            matches = self._index.match(document)
            for number in matches:
                subscription = self._by_number[number]
                held = self._held[subscription]
                found.append(Wanted(held.revision.subscriber, subscription, held.settings, number, matches))
            return found

    def subscription(self, ident: str) -> tuple[Subscription, Query] | None:
        """The settings and the parsed query of a subscription, None where it has gone."""
        held = self._held.get(ident)
        return (held.settings, held.query) if held else None

    def is_instant(self, subscriber: str) -> bool:
        """Whether somebody is told of anything at once (else everything goes into the digest)."""
        return not self.readers[subscriber].hour or self._instants[subscriber] > 0

    def rebuild(self, frequencies: Mapping[str, int]) -> None:
        """Order the index anew by how common words are now; matching goes on meanwhile."""
        self._index.rebuild(frequencies)

    def _refresh_readers(self, private: Database, people: list[Revision]) -> None:
        now = {r.id: r.seal for r in people}
        for gone in self._seals.keys() - now.keys():
            del self._seals[gone]
            self.readers.pop(gone, None)
        for ident, seal in now.items():
            if self._seals.get(ident) != seal and (sealed := subscribers.sealed_of(private, "subscribers", ident)):
                self._seals[ident] = seal
                try:
                    self.readers[ident] = Reader.unpack(self.keys.open(sealed))
                except (KeysMissing, TypeError, ValueError) as trouble:
                    log.error("subscriber %s cannot be used: %s", ident, type(trouble).__name__)
                    self.readers.pop(ident, None)

    def _refresh_queries(self, private: Database, standing: list[Revision]) -> None:
        now = {r.id: r for r in standing}
        for ident in [i for i, held in self._held.items() if now.get(i) != held.revision]:
            self._drop(ident)
        for ident in now.keys() - self._held.keys():
            if sealed := subscribers.sealed_of(private, "subscriptions", ident):
                self._add(now[ident], sealed)

    def _add(self, revision: Revision, sealed: bytes) -> None:
        try:
            settings = Subscription.unpack(self.keys.open(sealed))
            query = parse(settings.query)
        except (KeysMissing, QueryError, TypeError) as trouble:
            log.error("subscription %s cannot be used: %s", revision.id, type(trouble).__name__)
            return
        number, self._next = self._next, self._next + 1
        self._index.add(number, query)
        self._by_number[number] = revision.id
        self._held[revision.id] = _Held(number, revision, settings, query)
        self._instants[revision.subscriber] += settings.instant

    def _drop(self, ident: str) -> None:
        held = self._held.pop(ident)
        self._index.remove(held.number)
        self._instants[held.revision.subscriber] -= held.settings.instant
        del self._by_number[held.number]
