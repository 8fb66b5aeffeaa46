"""An article read and made ready for the archive: everything that filing it needs, without its words.

This is the better part of what an article costs, and it needs nothing but the article: a child of its own can do it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.matching.document import pack, search_texts, words
from monitor.matching.topics import Topics
from monitor.model import Article, Reading, Source, Tokens
from monitor.reading.article import document, read
from monitor.reading.fingerprint import features, fingerprint
from monitor.reading.people import Register

_NONE = Tokens()


@dataclass(frozen=True, slots=True)
class Prepared:
    """`reading` is without words and names: they are in `packed` and in the `search` texts of title and body."""

    reading: Reading
    packed: bytes
    fingerprint: bytes
    features: tuple[str, ...]
    search: tuple[str, str]


def prepare(
    article: Article, outlet: Source | None, register: Register, topics: Topics, at: datetime | None
) -> Prepared:
    """Read an article, published (or seen) `at`; `outlet` as in `read`."""
    said = read(article, outlet, register, topics)
    known = words(said.title, said.text)
    made = fingerprint(article.title, article.text or article.summary, said, at, known)
    whole = document(said, outlet)
    return Prepared(
        replace(said, title=_NONE, text=_NONE, names=()),
        pack(whole, known),
        made.pack(),
        features(made),
        search_texts(whole, known),
    )
