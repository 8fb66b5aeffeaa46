"""An analysed article as a few bytes, the `articles.keys` column: what search and match verify positions on.

Only what was read from the words themselves is packed; language, source, people, topics and event have columns and
tables of their own, and come back as `context`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from monitor.errors import DatabaseTrouble
from monitor.model import Document, Sighting, Tokens

_LEVEL = 4  # 0.4 of the time of zlib's usual level for a sixth more bytes


def pack(document: Document) -> bytes:
    """Tokens with their spans, and sightings. About 3 bytes a word and 5 a distinct word."""
    number_of: dict[tuple[str, ...], int] = {}
    title, text = (_packed(tokens, number_of) for tokens in (document.title, document.text))
    names = [[each.field, *each.span, each.spelling, each.strong, each.weak] for each in document.names]
    vocabulary = "\n".join(" ".join(keys) for keys in number_of)
    return zlib.compress(json.dumps([vocabulary, title, text, names], separators=(",", ":")).encode(), _LEVEL)


def unpack(keys: bytes, **context: Any) -> Document:
    """The document that was packed; `context` are the other fields of `Document`.

    Raises DatabaseTrouble for bytes that `pack` did not make.
    """
    try:
        vocabulary, title, text, names = json.loads(zlib.decompress(keys))
        words = [tuple(line.split(" ")) for line in vocabulary.split("\n")]
        return Document(
            _unpacked(title, words),
            _unpacked(text, words),
            tuple([Sighting(f, (a, b), said, tuple(strong), tuple(weak)) for f, a, b, said, strong, weak in names]),
            **context,
        )
    except (zlib.error, ValueError, IndexError) as trouble:
        raise DatabaseTrouble(f"the stored words of an article cannot be read: {trouble}") from None


def _packed(tokens: Tokens, number_of: dict[tuple[str, ...], int]) -> list[list[int]]:
    """Three rows: which keys, how far from the end of the word before, how long. Small numbers pack well."""
    numbers = [number_of.setdefault(keys, len(number_of)) for keys in tokens.keys]
    ends = [0, *(end for _, end in tokens.spans)]
    gaps = [start - before for (start, _), before in zip(tokens.spans, ends, strict=False)]
    return [numbers, gaps, [end - start for start, end in tokens.spans]]


def _unpacked(rows: list[list[int]], words: Sequence[tuple[str, ...]]) -> Tokens:
    numbers, gaps, lengths = rows
    spans, at = [], 0
    for gap, length in zip(gaps, lengths, strict=True):
        spans.append((at + gap, at + gap + length))
        at += gap + length
    return Tokens(tuple([words[number] for number in numbers]), tuple(spans))
