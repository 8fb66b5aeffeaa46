"""One spelling for what readers see as one word: the step before any analysis, the same in every language.

It composes letters, drops stress marks and soft hyphens, unifies apostrophes, folds `ё`, and repairs words in which
letters of another script stand for their look-alikes. It refuses to guess at anything a dictionary would be needed
for.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

APOSTROPHES = "'’ʼ‘`´ʹ′＇"

# A word is letters and digits, with apostrophes (and invisible or combining marks) inside. Hyphens part words, so that
# a search for the second half of a compound finds it; a hyphenated query is a phrase. French and Italian articles are
# words of their own: l'opposition, dell'anno.
_INSIDE = f"[{APOSTROPHES}\u00ad\u200b-\u200d\u2060\u0300-\u036f]"
_PLAIN = rf"\w+(?:{_INSIDE}[\w\u0301]+)*"
_VOWEL = "(?i:[aeiouhyàâéèêëîïôœùúèò])"
_ELISION = rf"(?i:[cdjlmnst]|qu|dell|nell|all|sull|un)(?=[{APOSTROPHES}]{_VOWEL})"
_WORD = re.compile(f"({_PLAIN})")
_UNMARKED_WORD = re.compile(r"(\w+)")
_MARK = re.compile(_INSIDE)
_ELIDED_OR_WORD = re.compile(f"({_ELISION}|{_PLAIN})")
_APOSTROPHE_LETTERS = "ʼʹ"  # which Unicode counts as letters: alone they are no word
_ELISION_SIGNS = tuple(letter + mark for letter in "lLdDnN" for mark in "'’")

_DROPPED = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x300, 0x301, 0x341])
_CHARACTERS: dict[int, str | None] = {
    **_DROPPED,
    **{ord(mark): "'" for mark in APOSTROPHES},
    ord("ё"): "е",
    ord("ѐ"): "е",
    ord("ѝ"): "и",
}

_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile("[а-яёіїєґўѐѝ]")
_LATIN = re.compile("[a-zà-ɏ]")
# Pairs a reader cannot tell apart in print. á é ó ý are how stress is often typed over a Cyrillic vowel.
_TO_CYRILLIC = str.maketrans(
    {
        "a": "а",
        "c": "с",
        "e": "е",
        "i": "і",
        "o": "о",
        "p": "р",
        "x": "х",
        "y": "у",
        "k": "к",
        "m": "м",
        "t": "т",
        "h": "н",
        "b": "в",
        "á": "а",
        "à": "а",
        "é": "е",
        "è": "е",
        "ó": "о",
        "ò": "о",
        "ý": "у",
        "í": "і",
        "ï": "ї",
        "ë": "е",
        "ŭ": "ў",
    }
)
_TO_LATIN = str.maketrans(
    {
        "а": "a",
        "с": "c",
        "е": "e",
        "і": "i",
        "о": "o",
        "р": "p",
        "х": "x",
        "у": "y",
        "к": "k",
        "м": "m",
        "т": "t",
        "ј": "j",
        "ѕ": "s",
    }
)


# What a character may be, as bits; a code point beyond the table is rare enough to be left to the expressions above
_IN_WORD, _CAPITAL, _IS_MARK, _MAY_FOLLOW_ELISION = 1, 2, 4, 8
_CODE_POINTS = 0x20000
_ACUTE = 0x301
_LONG = 200  # characters, from which on a table parts words sooner than an expression


class Parted(NamedTuple):
    """The words of a text, their half-open ranges, and which of them begin with a capital letter, by number."""

    words: list[str]
    spans: tuple[tuple[int, int], ...]
    capitals: list[int]


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open ranges of the words of `text`, in order."""
    return parted(text).spans


def parted(text: str) -> Parted:
    """The words of `text`, in order."""
    for letter in _APOSTROPHE_LETTERS:
        text = text.replace(letter, "’")
    return (_parted_by_table(text) if len(text) >= _LONG else None) or _parted_by_expression(text)


def _parted_by_expression(text: str) -> Parted:
    pattern = _UNMARKED_WORD  # two thirds of the time of the others, and enough for most texts
    if _MARK.search(text):
        pattern = _ELIDED_OR_WORD if any(sign in text for sign in _ELISION_SIGNS) else _WORD
    pieces = pattern.split(text)  # in turn what is between words and a word
    ends = list(accumulate(map(len, pieces)))
    words = pieces[1::2]
    capitals = [number for number, word in enumerate(words) if word[0].isupper()]
    return Parted(words, tuple(zip(ends[0::2], ends[1::2], strict=False)), capitals)


def _parted_by_table(text: str) -> Parted | None:
    """The same in half the time; None where marks stand side by side or a stressed letter last, or where an article
    may be elided.
    """
    import numpy as np  # not every process that reads a query needs it

    codes = np.frombuffer(f"\n{text}\n".encode("utf-32-le", "surrogatepass"), dtype="<u4")
    if codes.max() >= _CODE_POINTS:
        return None
    kinds = _kinds().take(codes)
    inside = kinds & _IN_WORD
    marks = (kinds & _IS_MARK).nonzero()[0]
    if len(marks):
        joined = (inside[marks - 1] & inside[marks + 1]).view(bool)
        joints, loose = marks[joined], marks[~joined]
        beside = (marks[1:] - marks[:-1] == 1).any() or (codes[loose] == _ACUTE).any()
        if beside or (kinds[joints + 1] & _MAY_FOLLOW_ELISION).any():
            return None
        inside[joints] = _IN_WORD
    edges = (inside[1:] != inside[:-1]).nonzero()[0]
    capitals = (kinds.take(edges[::2] + 1) & _CAPITAL).nonzero()[0].tolist()
    ends = edges.tolist()
    where = tuple(zip(ends[::2], ends[1::2], strict=True))
    return Parted([text[start:end] for start, end in where], where, capitals)


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each character may be."""
    import numpy as np

    every = "".join(map(chr, range(_CODE_POINTS)))
    kinds = np.zeros(_CODE_POINTS, np.uint8)
    kinds[[number for number, letter in enumerate(every) if letter.isupper()]] = _CAPITAL
    for pattern, kind in ((r"\w+", _IN_WORD), (_VOWEL, _MAY_FOLLOW_ELISION)):
        for found in re.finditer(pattern, every):
            kinds[slice(*found.span())] |= kind
    kinds[[number for number, letter in enumerate(every) if _MARK.match(letter)]] = _IS_MARK
    return kinds


def normalise(text: str) -> str:
    """The form under which spellings of one word are equal: composed, without marks, look-alikes repaired, folded."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_CHARACTERS)
    if folded.isascii():
        return folded
    if _LATIN.search(folded) and _CYRILLIC.search(folded):
        return _LETTERS.sub(lambda word: _one_script(word[0]), folded)
    return folded


def _one_script(word: str) -> str:
    """A word in one script where only look-alikes prevent it; else unchanged (a real mixture: `IT-шнік`)."""
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if not cyrillic or not latin:
        return word
    repaired = word.translate(_TO_CYRILLIC if cyrillic >= latin else _TO_LATIN)
    mixed = _CYRILLIC.search(repaired) and _LATIN.search(repaired)
    return word if mixed else repaired
