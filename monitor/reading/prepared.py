"""An article read and made ready for the archive: everything that filing it needs, without its words.

This is the better part of what an article costs, and it needs nothing but the article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.matching.document import pack, search_texts
from monitor.matching.topics import Topics
from monitor.model import Article, Reading, Source, Tokens
from monitor.reading.analysed import analyse
from monitor.reading.article import document, read_analysed
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


@dataclass(frozen=True, slots=True)
class Task:
    """An article to read, its outlet as in `read`, and when it was published or seen."""

    article: Article
    outlet: Source | None
    at: datetime | None


def prepare(tasks: Sequence[Task], register: Register, topics: Topics) -> list[Prepared]:
    """Read some articles, in order; each step for all of them, as in `analyse`."""
    analysed = analyse([(task.article, task.outlet) for task in tasks])
    said = read_analysed(analysed, register, topics)
    known = [one.words for one in analysed]
    made = [
        fingerprint(task.article.title, task.article.text or task.article.summary, reading, task.at, its)
        for task, reading, its in zip(tasks, said, known, strict=True)
    ]
    whole = [document(reading, task.outlet) for task, reading in zip(tasks, said, strict=True)]
    packed, search = list(map(pack, whole, known)), list(map(search_texts, whole, known))
    bare = [replace(reading, title=_NONE, text=_NONE, names=()) for reading in said]
    return list(map(Prepared, bare, packed, [each.pack() for each in made], map(features, made), search))
