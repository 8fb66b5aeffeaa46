"""Many standing queries against one article at a time, in about a millisecond for a hundred thousand of them.

Equal queries are kept once. Each is filed under its rarest clause (a group of alternatives under each of them) by how
many recent articles have it, together with its second rarest required term; a query is looked at only when an article
has both. What is left of it is then checked: required terms, NOT, alternatives, NEAR. Deleted queries leave a tombstone
until the next `rebuild`, which may run beside matching: it makes a new filing and swaps it in.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache

from monitor import languages
from monitor.matching.evidence import evidence
from monitor.matching.filing import Filing
from monitor.matching.frequency import frequencies
from monitor.matching.program import compiled
from monitor.matching.query import Query
from monitor.matching.scan import Found
from monitor.matching.vocabulary import Analysis, Vocabulary
from monitor.model import Document, Evidence

__all__ = ["Index", "frequencies", "meets"]


class Index:
    """Standing queries by number. Any threads may match while another adds, removes or rebuilds.

    `counts` are the `frequencies` of recent articles: with them the first filing is already a good one. The evidence
    shows the first `places` of every term.
    """

    def __init__(
        self, counts: Mapping[str, int] | None = None, *, analysis: Analysis = languages, places: int = 3
    ) -> None:
        self._places = places
        self._vocabulary = Vocabulary(counts or {}, analysis)
        self._filing = Filing()
        self._change = threading.Lock()

    def __len__(self) -> int:
        return len(self._filing.slot_of)

    @property
    def tombstones(self) -> float:
        """The share of filed queries that nobody asks for any more; above a tenth a rebuild pays."""
        return self._filing.dead / max(1, len(self._filing.programs))

    def add(self, number: int, query: Query) -> None:
        """Watch for a query from now on. A number that is there already gets the new query."""
        with self._change:
            self._filing.remove(number)
            program = compiled(query.root, self._vocabulary)
            self._filing.add(number, program, self._vocabulary.costs)

    def remove(self, number: int) -> None:
        """Watch no more; a number that is not there is no mistake."""
        with self._change:
            self._filing.remove(number)

    def match(self, document: Document) -> list[tuple[int, Evidence]]:
        """Every number whose query the document meets, and why."""
        filing, vocabulary = self._filing, self._vocabulary
        found = Found(document, vocabulary, self._places)
        matches: list[tuple[int, Evidence]] = []
        for slot in filing.met(found):
            program = filing.programs[slot]
            if program is not None:
                why = evidence(program, found, vocabulary)
                matches += [(number, why) for number in filing.numbers[slot]]
        return matches

    def numbers(self, document: Document) -> list[int]:
        """Every number whose query the document meets; half the cost of knowing why."""
        filing = self._filing
        met = filing.met(Found(document, self._vocabulary, self._places))
        return [number for slot in met for number in filing.numbers[slot]]

    def rebuild(self, frequencies: Mapping[str, int]) -> None:
        """File everything anew by the frequencies of recent articles, without the tombstones."""
        with self._change:
            self._vocabulary.recount(frequencies)
            self._filing = self._filing.again(self._vocabulary.costs)


def meets(query: Query, document: Document) -> Evidence | None:
    """Why a document meets one query, or None where it does not."""
    matches = _alone(query).match(document)
    return matches[0][1] if matches else None


@lru_cache(maxsize=64)
def _alone(query: Query) -> Index:
    index = Index()
    index.add(0, query)
    return index
