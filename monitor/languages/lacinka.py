"""Łacinka, the Latin script of Belarusian, into Cyrillic: the classical spelling (ł, l) and the official one (l, ĺ).

For keys only: the result need not be printable Belarusian, it must be the letters that the other orthographies fold
to.
"""

from __future__ import annotations

import re

_LETTERS = {
    "dzia": "дзя", "dzie": "дзе", "dzio": "дзё", "dziu": "дзю", "dzi": "дзі", "dź": "дзь", "dž": "дж",
    "dz": "дз", "ch": "х", "ŭ": "ў", "ł": "л", "č": "ч", "š": "ш", "ž": "ж", "ć": "ць", "ś": "сь", "ź": "зь",
    "ń": "нь", "ĺ": "ль", "c": "ц", "ja": "я", "je": "е", "jo": "ё", "ju": "ю", "ia": "я", "ie": "е",
    "io": "ё", "iu": "ю", "j": "й", "a": "а", "b": "б", "d": "д", "e": "э", "f": "ф", "g": "ґ", "h": "г",
    "i": "і", "k": "к", "l": "ль", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т",
    "u": "у", "v": "в", "w": "в", "y": "ы", "z": "з",
}  # fmt: skip
_PATTERN = re.compile("|".join(sorted(_LETTERS, key=len, reverse=True)))


def to_cyrillic(word: str) -> str:
    """A casefolded word in Łacinka with Cyrillic letters; other characters stay."""
    return _PATTERN.sub(lambda letters: _LETTERS[letters[0]], word)
