"""Many standing queries against one article at a time, in about a millisecond for a hundred thousand of them.

Equal queries are kept once. Each is filed under its rarest clause (a group of alternatives under each of them) by how
many recent articles have it, together with its second rarest required term; a query is looked at only when an article
has both. What is left of it is then checked: required terms, NOT, alternatives, NEAR. Deleted queries leave a tombstone
until the next `rebuild`, which may run beside matching: it makes a new filing and swaps it in.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from monitor import languages
from monitor.matching.evidence import evidence
from monitor.matching.filing import Filed, Filing
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
        self._age = 0

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
            if query.text in filing.by_text:
                filing.join(number, filing.by_text[query.text])
            else:
                program = compiled(query.root, self._vocabulary)
                filed = Filed(query.text, program, (number,), self._age)
                self._age += 1
                filing.add(filed, self._vocabulary.costs)

    def remove(self, number: int) -> None:
        """Watch no more; a number that is not there is no mistake."""
        with self._change:
            self._filing.remove(number)

    def match(self, document: Document) -> Matches:
        """Every number whose query the document meets, and why."""
        age = self._age
        found = Found(document, self._vocabulary, self._places)
        met = self._filing.met(found)
        if age != self._age:  # of newer queries not all the words were looked for
            met = [filed for filed in met if filed.age < age]
        return Matches(met, found, self._vocabulary)

    def rebuild(self, frequencies: Mapping[str, int]) -> None:
        """File everything anew by the frequencies of recent articles, without the tombstones."""
        with self._change:
            self._vocabulary.recount(frequencies)
            self._filing = self._filing.again(self._vocabulary.costs)


class Matches(Mapping[int, Evidence]):
    """The numbers whose queries a document meets, each with its evidence, which is worked out when it is asked for."""

    def __init__(self, met: Sequence[Filed], found: Found, vocabulary: Vocabulary) -> None:
        self._filed = {number: filed for filed in met for number in filed.numbers}
        self._found = found
        self._vocabulary = vocabulary
        self._known: dict[str, Evidence] = {}  # by query: a thousand readers may ask for the same

    def __iter__(self) -> Iterator[int]:
        return iter(self._filed)

    def __len__(self) -> int:
        return len(self._filed)

    def __getitem__(self, number: int) -> Evidence:
        filed = self._filed[number]
        if filed.text not in self._known:
            self._known[filed.text] = evidence(filed.program, self._found, self._vocabulary)
        return self._known[filed.text]


def meets(query: Query, document: Document) -> Evidence | None:
    """Why a document meets one query, or None where it does not."""
    return _alone(query).match(document).get(0)


@lru_cache(maxsize=64)
def _alone(query: Query) -> Index:
    index = Index()
    index.add(0, query)
    return index
