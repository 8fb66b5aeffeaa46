"""An analysed article as a few bytes, the `articles.keys` column: what search and match verify positions on.

Only what was read from the words themselves is packed; language, source, people, topics and event have columns and
tables of their own, and come back as `context`. Most articles meet few queries, and a query is first of all met by the
set of an article's keys: so only that is made when an article is opened, and where the words stand when it is asked.
"""

from __future__ import annotations

import json
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, count, pairwise
from operator import sub
from typing import Any

from monitor.errors import DatabaseTrouble
from monitor.model import Document, Sighting, Tokens

_LEVEL = 1  # half the time of zlib's usual level for a fifth more bytes
_CLOSE = ",", ":"
_NUMBER = "H"  # 16 bits: an article has at most 60,000 characters


def pack(document: Document) -> bytes:
    """Tokens with their spans, and sightings. About 5 bytes a word and 8 a distinct word."""
    fields = document.title, document.text
    number_of = dict(zip(dict.fromkeys(chain.from_iterable(tokens.keys for tokens in fields)), count(), strict=False))
    names = [[each.field, *each.span, each.spelling, each.strong, each.weak] for each in document.names]
    keys = "\n".join(chain.from_iterable(number_of)).encode()
    sizes = array(_NUMBER, map(len, number_of)).tobytes()
    head = json.dumps([*map(len, fields), names, len(number_of), len(keys)], ensure_ascii=False, separators=_CLOSE)
    numbers = [numbers for tokens in fields for numbers in _packed(tokens, number_of)]
    start = head.encode()
    return zlib.compress(b"".join([len(start).to_bytes(4, "little"), start, keys, sizes, *numbers]), _LEVEL)


def unpack(keys: bytes, **context: Any) -> Document:
    """The document that was packed; `context` are the other fields of `Document`.

    Raises DatabaseTrouble for bytes that `pack` did not make.
    """
    try:
        whole = zlib.decompress(keys)
        body = 4 + int.from_bytes(whole[:4], "little")
        title, text, names, *about = json.loads(whole[4:body])
        words, rows = (_first_words if isinstance(about[0], str) else _words)(whole[body:], *about)
        return Document(
            _Opened(words, rows[: 3 * title]),
            _Opened(words, rows[3 * title : 3 * (title + text)]),
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


class Words:
    """The words of an article: `keys` one word's after the other's, of each word so many as `sizes` says."""

    def __init__(self, keys: list[str], sizes: Sequence[int]) -> None:
        self.keys = keys
        self.set = set(keys)
        self._sizes = sizes

    @cached_property
    def _ends(self) -> list[int]:
        """Where each word's keys end."""
        return list(accumulate(self._sizes))

    @cached_property
    def each(self) -> list[tuple[str, ...]]:
        """The keys of every word."""
        return [tuple(self.keys[start:end]) for start, end in pairwise((0, *self._ends))]

    def keys_of(self, number: int) -> list[str]:
        """The keys of one word."""
        end = self._ends[number]
        return self.keys[end - self._sizes[number] : end]

    def having(self, keys: Container[str]) -> Iterator[tuple[int, str]]:
        """Every (number of a word, key of it) with one of some keys, in order."""
        ends, own = self._ends, self.keys
        for at in compress(count(), map(keys.__contains__, own)):
            yield bisect_right(ends, at), own[at]


def words_of(document: Document) -> tuple[Words, Sequence[int], Sequence[int]]:
    """The words of a document, and by number which of them stand in the title and in the text, in order."""
    title, text = document.title, document.text
    if isinstance(title, _Opened) and isinstance(text, _Opened) and title.words is text.words:
        return text.words, title.numbers, text.numbers
    each = (*title.keys, *text.keys)
    words = Words(list(chain.from_iterable(each)), list(map(len, each)))
    return words, range(len(title)), range(len(title), len(each))


class _Opened(Tokens):
    """The tokens of one field as they were packed; keys and spans are laid out when somebody asks for all of them."""

    __setattr__ = object.__setattr__  # frozen dataclasses with slots leave their subclasses none

    def __init__(self, words: Words, rows: array[int]) -> None:
        self.words = words
        self.numbers = rows[: len(rows) // 3]
        self._rows = rows

    def __len__(self) -> int:
        return len(self.numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokens) and self.keys == other.keys and self.spans == other.spans

    def __hash__(self) -> int:
        return hash((self.keys, self.spans))

    @cached_property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        return tuple(map(self.words.each.__getitem__, self.numbers))

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        rows, words = self._rows, len(self)
        gaps, lengths = rows[words : 2 * words], rows[2 * words :]
        edges = list(accumulate(chain.from_iterable(zip(gaps, lengths, strict=True))))
        return tuple(zip(edges[::2], edges[1::2], strict=True))


def _words(body: bytes, count: int, size: int) -> tuple[Words, array[int]]:
    """`count` distinct words, their keys in `size` bytes; and the rows that say where they stand."""
    rows = size + count * array(_NUMBER).itemsize
    keys = body[:size].decode().split("\n") if count else []
    return Words(keys, array(_NUMBER, body[size:rows])), array(_NUMBER, body[rows:])


def _first_words(body: bytes, lemma: str, vocabulary: str) -> tuple[Words, array[int]]:
    """The same as it was packed at first; archives may still hold such articles."""
    words = [line.split(" ") for line in vocabulary.replace(" -", lemma).split("\n")]
    return Words(list(chain.from_iterable(words)), array(_NUMBER, map(len, words))), array(_NUMBER, body)
