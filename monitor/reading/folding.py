"""Belarusian in one orthography: Łacinka and Taraškievica folded into the official spelling, as far as a rule can.

Only for comparing words with word lists, where both sides are folded alike; nothing folded is ever shown. Words that
differ by more than letters (калёнія, летувіскі) stand in the lists themselves.
"""

from __future__ import annotations

import re

_HARD = "бвгджзйклмнпрстфхцчшў"
#: калегія: сь, зь, нь, ць, дзь before a consonant are written without the sign in the official orthography.
_SOFT_SIGN = re.compile(f"(?<=[{_HARD}])ь(?=[{_HARD}])")
_LATIN = re.compile("[a-z]")
#: Small words that change with what follows them, and Taraškievica's own.
_SMALL = {"ня": "не", "бяз": "без", "зь": "з", "ува": "у", "ва": "у", "са": "з", "ды": "і"}

_VOWEL_PAIRS = {"a": "я", "e": "е", "o": "е", "u": "ю"}
_TRANSCRIPT = {  # Łacinka
    **{j + latin: cyrillic for j in "ij" for latin, cyrillic in _VOWEL_PAIRS.items()},
    **{"l" + latin: "л" + cyrillic for latin, cyrillic in _VOWEL_PAIRS.items()},
    **dict(zip("abcčdefghijkłmnoprstuŭvyzž", "абцчдэфггійклмнопрстуўвызж", strict=True)),
    "dž": "дж",
    "dź": "дзь",
    "ch": "х",
    "li": "лі",
    "lj": "ль",
    "l": "ль",
    "š": "ш",
    "ć": "ць",
    "ś": "сь",
    "ź": "зь",
    "ń": "нь",
}
_LETTERS = re.compile("|".join(sorted(map(re.escape, _TRANSCRIPT), key=len, reverse=True)))


def belarusian(form: str) -> str:
    """A normalised word form in folded official spelling; a stem may be folded too."""
    if _LATIN.search(form):
        form = _LETTERS.sub(lambda letters: _TRANSCRIPT[letters[0]], form)
    if form.startswith("ў"):  # after a vowel
        form = "у" + form[1:]
    return _SMALL.get(form) or _SOFT_SIGN.sub("", form)
