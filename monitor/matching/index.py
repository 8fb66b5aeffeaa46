"""Many standing queries against one article at a time, in about a millisecond for a hundred thousand of them.

Equal queries are kept once. Each is filed under its rarest clause (a group of alternatives under each of them) by how
many recent articles have it, and only those of whose rarest clause an article has a term are looked at: their required
terms, NOT and alternatives all at once in flat arrays, then NEAR and nested conditions one by one. Queries that were
added are put into these arrays when the next article comes. Deleted ones leave a tombstone until the next `rebuild`,
which may run beside matching: it makes a new filing and swaps it in.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from monitor import languages
from monitor.matching.document import Words
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
        return len(self._filing.by_number)

    @property
    def tombstones(self) -> float:
        """The share of filed queries that nobody asks for any more; above a tenth a rebuild pays."""
        filing = self._filing
        return filing.tombstones / max(1, filing.tombstones + len(filing.by_text))

    def add(self, number: int, query: Query) -> None:
        """Watch for a query from now on. A number that is there already gets the new query."""
        with self._change:
            filing = self._filing
            filing.remove(number)
            row = filing.by_text.get(query.text)
            if row is not None:
                filing.join(number, row)
            else:
                program = compiled(query.root, self._vocabulary)
                filing.add(query.text, program, (number,), self._vocabulary.costs)

    def remove(self, number: int) -> None:
        """Watch no more; a number that is not there is no mistake."""
        with self._change:
            self._filing.remove(number)

    def match(self, document: Document, known: Words | None = None) -> Matches:
        """Every number whose query the document meets, and why. `known` are its words, where they are numbered."""
        filing = self._filing
        arranged = filing.arranged(self._vocabulary.costs)  # first: queries that come meanwhile wait for the next one
        found = Found(document, self._vocabulary, self._places, known)
        return Matches(filing, filing.met(arranged, found), found, self._vocabulary)

    def rebuild(self, frequencies: Mapping[str, int]) -> None:
        """File everything anew by the frequencies of recent articles, without the tombstones."""
        with self._change:
            self._vocabulary.recount(frequencies)
            filing = self._filing.again(self._vocabulary.costs)
            filing.arranged(self._vocabulary.costs)
            self._filing = filing


class Matches(Mapping[int, Evidence]):
    """The numbers whose queries a document meets, each with its evidence, which is worked out when it is asked for."""

    def __init__(self, filing: Filing, met: Sequence[int], found: Found, vocabulary: Vocabulary) -> None:
        numbers = filing.numbers
        self._rows = {number: row for row in met for number in numbers[row]}
        self._programs = filing.programs
        self._found = found
        self._vocabulary = vocabulary
        self._known: dict[int, Evidence] = {}  # by row: a thousand readers may ask for the same

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> Evidence:
        row = self._rows[number]
        if row not in self._known:
            self._known[row] = evidence(self._programs[row], self._found, self._vocabulary)
        return self._known[row]


def meets(query: Query, document: Document) -> Evidence | None:
    """Why a document meets one query, or None where it does not."""
    return _alone(query).match(document).get(0)


@lru_cache(maxsize=64)
def _alone(query: Query) -> Index:
    index = Index()
    index.add(0, query)
    return index
