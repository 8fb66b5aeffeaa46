"""An analysed article as it is stored: a few bytes, for search and match to verify positions on, and search texts.

Only what was read from the words themselves is packed (the `articles.keys` column); language, source, people, topics
and event have columns and tables of their own, and come back as `context`. Most articles meet few queries, and a query
is first of all met by the keys of an article, which are looked up by their hashes: so only these are made when an
article is opened, and where the words stand when it is asked.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, chain, pairwise
from operator import sub
from typing import Any, NamedTuple

import numpy as np

from monitor.errors import DatabaseTrouble
from monitor.languages.name_keys import with_initial
from monitor.matching.flat import Numbers
from monitor.matching.table import hashes_of
from monitor.model import Document, Sighting, Tokens

_LEVEL = 1  # half the time of zlib's usual level for a fifth more bytes
_CLOSE = ",", ":"
_BYTE, _TWO = "B", "H"  # 8 and 16 bits: an article has at most 60,000 characters
#: One byte a letter in most articles, which halves what is to be compressed; the others need two or three.
_CODECS = "cp1251", "utf-8"

Keys = tuple[str, ...]  # of one word; the first is the exact one


class Words(NamedTuple):
    """The distinct words of an article's title and text, and which of them stands where."""

    distinct: list[Keys]
    title: list[int]
    text: list[int]


def words(title: Tokens, text: Tokens) -> Words:
    """Number the words in the order in which they come first.

    Analysis gives equal words as one object nearly always, and comparing objects needs none of their letters.
    """
    here = [list(map(id, tokens.keys)) for tokens in (title, text)]
    objects = dict(zip(chain(*here), chain(title.keys, text.keys), strict=True))
    numbers: dict[Keys, int] = {}
    number_of = {ident: numbers.setdefault(keys, len(numbers)) for ident, keys in objects.items()}
    return Words(list(numbers), *(list(map(number_of.__getitem__, idents)) for idents in here))


def pack(document: Document, known: Words | None = None) -> bytes:
    """Tokens with their spans, and sightings. About 5 bytes a word and 8 a distinct word."""
    known = known or words(document.title, document.text)
    names = [[each.field, *each.span, each.spelling, each.strong, each.weak] for each in document.names]
    keys, codec = _encoded("\n".join(chain.from_iterable(known.distinct)))
    rows = [known.title, *_distances(document.title), known.text, *_distances(document.text)]
    packed = [_row(row) for row in (list(map(len, known.distinct)), *rows)]
    types = "".join([row.typecode for row in packed])
    about = [len(known.title), len(known.text), names, len(known.distinct), codec, types]
    head = json.dumps(about, ensure_ascii=False, separators=_CLOSE).encode()
    return zlib.compress(b"".join([len(head).to_bytes(4, "little"), head, *packed, keys]), _LEVEL)


def search_texts(document: Document, known: Words | None = None) -> tuple[str, str]:
    """What full-text search holds of title and text: the distinct keys, and in the text those of names as well."""
    distinct, title, text = known or words(document.title, document.text)
    names = {name_token(key) for each in document.names for key in (*each.strong, *with_initial(each.weak))}
    return _keys_of(distinct, title), " ".join([_keys_of(distinct, text), *sorted(names)])


def name_token(key: str) -> str:
    """The key of a name as full-text search knows it."""
    return f"n={key}"


def _keys_of(distinct: Sequence[Keys], numbers: Sequence[int]) -> str:
    return " ".join(dict.fromkeys(chain.from_iterable(map(distinct.__getitem__, dict.fromkeys(numbers)))))


def unpack(keys: bytes, **context: Any) -> Document:
    """The document that was packed; `context` are the other fields of `Document`.

    Raises DatabaseTrouble for bytes that `pack` did not make.
    """
    try:
        whole = zlib.decompress(keys)
        body = 4 + int.from_bytes(whole[:4], "little")
        title, text, names, *form = json.loads(whole[4:body])
        stored, rows = (_first_form if isinstance(form[0], str) else _form)(whole, body, title, text, *form)
        return Document(
            _Opened(stored, *rows[:3]),
            _Opened(stored, *rows[3:]),
            tuple([Sighting(f, (a, b), said, tuple(strong), tuple(weak)) for f, a, b, said, strong, weak in names]),
            **context,
        )
    except (zlib.error, ValueError, IndexError) as trouble:
        raise DatabaseTrouble(f"the stored words of an article cannot be read: {trouble}") from None


def _encoded(keys: str) -> tuple[bytes, str]:
    narrow, wide = _CODECS
    try:
        return keys.encode(narrow), narrow
    except UnicodeEncodeError:
        return keys.encode(wide), wide


def _distances(tokens: Tokens) -> tuple[list[int], list[int]]:
    """Of each word: how far from the end of the word before, how long. Small numbers pack well."""
    starts, ends = zip(*tokens.spans, strict=True) if tokens.spans else ((), ())
    return list(map(sub, starts, (0, *ends))), list(map(sub, ends, starts))


def _row(numbers: Sequence[int]) -> array[int]:
    try:
        return array(_BYTE, numbers)
    except OverflowError:
        return array(_TWO, numbers)


class StoredWords:
    """The words of an article: `keys` one word's after the other's, of each word so many as `sizes` says."""

    def __init__(self, keys: list[str], sizes: Sequence[int]) -> None:
        self.keys = keys
        self.hashes = hashes_of(keys)
        self._sizes = sizes

    @cached_property
    def owners(self) -> Numbers:
        """Of every key the number of its word."""
        return np.arange(len(self._sizes)).repeat(np.asarray(self._sizes, np.intp))

    def __len__(self) -> int:
        return len(self._sizes)

    @cached_property
    def each(self) -> list[Keys]:
        """The keys of every word."""
        return [tuple(self.keys[start:end]) for start, end in pairwise(accumulate(self._sizes, initial=0))]


def words_of(document: Document, known: Words | None = None) -> tuple[StoredWords, Numbers]:
    """The words of a document, and by number which of them stand in the title and in the text, in order.

    `known` are its `words`, where they were numbered before. After title and text there is a break, which has the
    number after the last word's.
    """
    title, text = document.title, document.text
    if isinstance(title, _Opened) and isinstance(text, _Opened) and title.words is text.words:
        return text.words, _line(title.numbers, text.numbers, len(text.words))
    known = known or words(title, text)
    stored = StoredWords(list(chain.from_iterable(known.distinct)), list(map(len, known.distinct)))
    return stored, _line(known.title, known.text, len(stored))


def _line(title: Sequence[int], text: Sequence[int], end: int) -> Numbers:
    line = np.empty(len(title) + len(text) + 2, np.intp)
    line[: len(title)] = title
    line[len(title) + 1 : -1] = text
    line[len(title)] = line[-1] = end
    return line


class _Opened(Tokens):
    """The tokens of one field as they were packed; keys and spans are laid out when somebody asks for all of them."""

    __setattr__ = object.__setattr__  # frozen dataclasses with slots leave their subclasses none
    capitals = None

    def __init__(self, words: StoredWords, numbers: array[int], gaps: array[int], lengths: array[int]) -> None:
        self.words = words
        self.numbers = numbers
        self._distances = gaps, lengths

    def __len__(self) -> int:
        return len(self.numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokens) and self.keys == other.keys and self.spans == other.spans

    def __hash__(self) -> int:
        return hash((self.keys, self.spans))

    @cached_property
    def keys(self) -> tuple[Keys, ...]:
        return tuple(map(self.words.each.__getitem__, self.numbers))

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        edges = list(accumulate(chain.from_iterable(zip(*self._distances, strict=True))))
        return tuple(zip(edges[::2], edges[1::2], strict=True))


def _form(
    whole: bytes, at: int, title: int, text: int, distinct: int, codec: str, types: str
) -> tuple[StoredWords, list[array[int]]]:
    """`distinct` words, and the rows that say where they stand."""
    (sizes, *rows), end = _rows(whole, at, (distinct, *[title] * 3, *[text] * 3), types)
    return StoredWords(str(whole[end:], codec).split("\n") if distinct else [], sizes), rows


def _first_form(
    whole: bytes, at: int, title: int, text: int, lemma: str, vocabulary: str
) -> tuple[StoredWords, list[array[int]]]:
    """The same as it was packed at first; archives may still hold such articles."""
    each = [line.split(" ") for line in vocabulary.replace(" -", lemma).split("\n")]
    rows, _ = _rows(whole, at, ([title] * 3 + [text] * 3), 6 * _TWO)
    return StoredWords(list(chain.from_iterable(each)), list(map(len, each))), rows


def _rows(whole: bytes, at: int, counts: Sequence[int], types: str) -> tuple[list[array[int]], int]:
    """The rows of numbers that begin `at`, and where they end."""
    rows = []
    for length, code in zip(counts, types, strict=True):
        row = array(code)
        row.frombytes(whole[at : at + length * row.itemsize])
        at += length * row.itemsize
        rows.append(row)
    return rows, at
