"""config.yaml's `keywords:` into the query language.

    keywords: палітвязень, political prisoner      either of the two; of several words all, in any order
    keywords: ["Марыя Калеснікава", помилов*]      the same with a list

Entries are parted by commas, new lines or list items; quotes and brackets keep a comma inside. Quotes around words mean
a phrase, and an entry may use the full query language, because that is what it is read as.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.errors import QueryError

_QUOTES = {'"': '"', "“": '”“"', "„": '“”"', "«": '»"'}


def from_keywords(keywords: str | Sequence[str]) -> str:
    """One query text that is met where any entry is. Raises QueryError where there is no entry."""
    lists = [keywords] if isinstance(keywords, str) else keywords
    entries = [entry for text in lists for entry in _entries(text)]
    if not entries:
        raise QueryError("there are no keywords", 0)
    if len(entries) == 1:
        return entries[0]
    return " OR ".join(f"({entry})" for entry in entries)


def _entries(text: str) -> Iterator[str]:
    """Parted at commas and new lines that stand in no quotes and no brackets."""
    start, closing, depth = 0, "", 0
    for at, character in enumerate(text):
        if closing:
            if character in closing:
                closing = ""
        elif character in _QUOTES:
            closing = _QUOTES[character]
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character in ",\n" and depth <= 0:
            yield from _entry(text[start:at])
            start = at + 1
    yield from _entry(text[start:])


def _entry(text: str) -> Iterator[str]:
    if text.strip(" \t\r\n,;"):
        yield " ".join(text.split())
