"""How common a thing is among recent articles: what decides under which of its clauses a query is filed.

Wrong figures cost time, never a match.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from monitor.matching.document import words_of
from monitor.matching.tags import tags
from monitor.model import Document

#: ("word", form, title, text), ("phrase", term, term), ("person", spelling) or ("tag", kind, value)
Definition = tuple[object, ...]

_TOTAL = ""  # the count of all articles
_TITLE_SHARE = 0.1  # a word of the text stands in about every tenth title
_USUAL_SHARE = {"lang": 0.5, "type": 0.5, "topic": 0.2}  # of articles, where a tag was never counted
_DEAR = 100.0  # a tag is a poor thing to file under, however few articles had it lately


def frequencies(documents: Iterable[Document]) -> Counter[str]:
    """In how many of some documents each key and tag stands."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(set(words_of(document)[0].keys))
        counts.update(set(tags(document)))
        counts[_TOTAL] += 1
    return counts


class Counts:
    """Frequencies with guesses for what they do not hold."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._forms = sorted(key for key in counts if key.startswith("="))
        self._sums = [0, *accumulate(counts[form] for form in self._forms)]
        self.languages = sorted(key[5:] for key in counts if key.startswith("lang:"))

    def of_key(self, key: str, *, title: bool) -> float:
        return self._counts.get(key, 0) * (_TITLE_SHARE if title else 1.0)

    def cost(self, definition: Definition, costs: Sequence[float]) -> float:
        """About how many articles have a term; longer words are rarer where nothing is known."""
        kind = definition[0]
        if kind == "word":
            _, form, title, text = definition
            return self._cost_of_word(str(text), prefix=form == "prefix", title=bool(title))
        if kind == "phrase":
            return min(costs[part] for part in definition[1:] if isinstance(part, int)) / 8
        if kind == "person":
            return 0.5
        guess = self._counts.get(_TOTAL, 0) * _USUAL_SHARE.get(str(definition[1]), 0.05)
        return _DEAR + self._counts.get(f"{definition[1]}:{definition[2]}", guess)

    def _cost_of_word(self, text: str, *, prefix: bool, title: bool) -> float:
        guess = 1 + 8 / len(text)
        if not prefix:
            return guess + self.of_key("=" + text, title=title)
        first, last = (bisect_left(self._forms, "=" + text + end) for end in ("", "\U0010ffff"))
        return 10 * guess + (self._sums[last] - self._sums[first]) * (_TITLE_SHARE if title else 1.0)
