"""An analysed article as a few bytes, the `articles.keys` column: what search and match verify positions on.

Only what was read from the words themselves is packed; language, source, people, topics and event have columns and
tables of their own, and come back as `context`.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, count
from operator import sub
from typing import Any

from monitor.errors import DatabaseTrouble
from monitor.model import Document, Sighting, Tokens

_LEVEL = 1  # half the time of zlib's usual level for a fifth more bytes
_LEMMA = " -"
_CLOSE = ",", ":"
_NUMBER = "H"  # 16 bits: an article has at most 60,000 characters


def pack(document: Document) -> bytes:
    """Tokens with their spans, and sightings. About 5 bytes a word and 8 a distinct word."""
    fields = document.title, document.text
    number_of = dict(zip(dict.fromkeys(chain.from_iterable(tokens.keys for tokens in fields)), count(), strict=False))
    names = [[each.field, *each.span, each.spelling, each.strong, each.weak] for each in document.names]
    lemma = f" {document.language}-"  # most keys of an article begin with it
    vocabulary = "\n".join(map(" ".join, number_of)).replace(lemma, _LEMMA)
    head = json.dumps([*map(len, fields), names, lemma, vocabulary], ensure_ascii=False, separators=_CLOSE).encode()
    numbers = [numbers for tokens in fields for numbers in _packed(tokens, number_of)]
    return zlib.compress(b"".join([len(head).to_bytes(4, "little"), head, *numbers]), _LEVEL)


def unpack(keys: bytes, **context: Any) -> Document:
    """The document that was packed; `context` are the other fields of `Document`.

    Raises DatabaseTrouble for bytes that `pack` did not make.
    """
    try:
        whole = zlib.decompress(keys)
        body = 4 + int.from_bytes(whole[:4], "little")
        title, text, names, lemma, vocabulary = json.loads(whole[4:body])
        words = [tuple(line.split(" ")) for line in vocabulary.replace(_LEMMA, lemma).split("\n")]
        numbers = array(_NUMBER, whole[body:])
        return Document(
            _unpacked(numbers[: 3 * title], words),
            _unpacked(numbers[3 * title : 3 * (title + text)], words),
            tuple([Sighting(f, (a, b), said, tuple(strong), tuple(weak)) for f, a, b, said, strong, weak in names]),
            **context,
        )
    except (zlib.error, ValueError, IndexError) as trouble:
        raise DatabaseTrouble(f"the stored words of an article cannot be read: {trouble}") from None


def _packed(tokens: Tokens, number_of: Mapping[tuple[str, ...], int]) -> list[bytes]:
    """Three rows: which keys, how far from the end of the word before, how long. Small numbers pack well."""
    starts, ends = zip(*tokens.spans, strict=True) if tokens.spans else ((), ())
    rows = map(number_of.__getitem__, tokens.keys), map(sub, starts, (0, *ends)), map(sub, ends, starts)
    return [array(_NUMBER, row).tobytes() for row in rows]


def _unpacked(rows: array[int], words: Sequence[tuple[str, ...]]) -> Tokens:
    count = len(rows) // 3
    numbers, gaps, lengths = rows[:count], rows[count : 2 * count], rows[2 * count :]
    edges = list(accumulate(chain.from_iterable(zip(gaps, lengths, strict=True))))
    return Tokens(tuple([words[number] for number in numbers]), tuple(zip(edges[::2], edges[1::2], strict=True)))
