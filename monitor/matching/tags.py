"""What is known about a whole document, in the form in which queries name it: `lang:be`, `source:наша ніва` …"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from monitor.model import Document


def tags(document: Document) -> Iterator[str]:
    """Every tag of a document."""
    yield f"lang:{document.language}"
    yield f"type:{document.type}"
    if document.event:
        yield f"event:{document.event.casefold()}"
    for topic in document.topics:
        yield f"topic:{topic.casefold()}"
    for person in document.people:
        yield f"person:{person}"
    yield from source_tags(document.source, document.outlet)


@lru_cache(maxsize=4096)
def source_tags(source: str, outlet: str) -> tuple[str, ...]:
    """A source goes by its name, its outlet, and any words in a row of either."""
    names: set[str] = set()
    for name in (source.casefold(), outlet.casefold()):
        parts = name.split()
        names.update(" ".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1))
    return tuple(f"source:{name}" for name in sorted(names))
