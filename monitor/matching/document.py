"""An analysed article as it is stored: a few bytes, for search and match to verify positions on, and search texts.

Only what was read from the words themselves is packed (the `articles.keys` column); language, source, people, topics
and event have columns and tables of their own, and come back as `context`.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate, chain
from operator import sub
from typing import Any, NamedTuple

from monitor.errors import DatabaseTrouble
from monitor.matching.vocabulary import with_initial
from monitor.model import Document, Sighting, Tokens

_LEVEL = 1  # half the time of zlib's usual level for a fifth more bytes
_LEMMA = " -"
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
    lemma = f" {document.language}-"  # most keys of an article begin with it
    vocabulary, codec = _encoded("\n".join(map(" ".join, known.distinct)).replace(lemma, _LEMMA))
    rows = [known.title, *_distances(document.title), known.text, *_distances(document.text)]
    packed = [_row(row) for row in rows]
    types = "".join([row.typecode for row in packed])
    head = json.dumps(
        [len(known.title), len(known.text), names, lemma, codec, types], ensure_ascii=False, separators=_CLOSE
    )
    first = head.encode()
    return zlib.compress(b"".join([len(first).to_bytes(4, "little"), first, *packed, vocabulary]), _LEVEL)


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
        title, text, names, lemma, *form = json.loads(whole[4:body])
        if len(form) == 1:  # as it was before words had a byte a letter
            lists, vocabulary = _rows(whole, body, title, text, 6 * _TWO)[0], form[0]
        else:
            lists, end = _rows(whole, body, title, text, form[1])
            vocabulary = str(whole[end:], form[0])
        words = [tuple(line.split(" ")) for line in vocabulary.replace(_LEMMA, lemma).split("\n")]
        return Document(
            _unpacked(lists[:3], words),
            _unpacked(lists[3:], words),
            tuple([Sighting(f, (a, b), said, tuple(strong), tuple(weak)) for f, a, b, said, strong, weak in names]),
            **context,
        )
    except (zlib.error, ValueError, IndexError) as trouble:
        raise DatabaseTrouble(f"the stored words of an article cannot be read: {trouble}") from None


def _encoded(vocabulary: str) -> tuple[bytes, str]:
    narrow, wide = _CODECS
    try:
        return vocabulary.encode(narrow), narrow
    except UnicodeEncodeError:
        return vocabulary.encode(wide), wide


def _distances(tokens: Tokens) -> tuple[list[int], list[int]]:
    """Of each word: how far from the end of the word before, how long. Small numbers pack well."""
    starts, ends = zip(*tokens.spans, strict=True) if tokens.spans else ((), ())
    return list(map(sub, starts, (0, *ends))), list(map(sub, ends, starts))


def _row(numbers: Sequence[int]) -> array[int]:
    try:
        return array(_BYTE, numbers)
    except OverflowError:
        return array(_TWO, numbers)


def _rows(whole: bytes, at: int, title: int, text: int, types: str) -> tuple[list[array[int]], int]:
    """The rows of numbers that begin `at`, and where they end."""
    rows = []
    for count, code in zip((title, title, title, text, text, text), types, strict=True):
        row = array(code)
        row.frombytes(whole[at : at + count * row.itemsize])
        at += count * row.itemsize
        rows.append(row)
    return rows, at


def _unpacked(rows: Sequence[Sequence[int]], words: Sequence[Keys]) -> Tokens:
    numbers, gaps, lengths = rows
    edges = list(accumulate(chain.from_iterable(zip(gaps, lengths, strict=True))))
    return Tokens(tuple([words[number] for number in numbers]), tuple(zip(edges[::2], edges[1::2], strict=True)))
