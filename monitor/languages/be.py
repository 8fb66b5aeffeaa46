"""Belarusian: a light stemmer for the official orthography, Taraškievica and Łacinka.

No dictionary under a free licence covers the language, so a form is folded to what the three orthographies share, its
ending is cut, and where the last consonant may come from another (`руцэ` from `рука`, `асуджаны` from `асудзіць`)
both stems are kept. Participles keep the stem of their verb too. It refuses to undo prefixes or to merge a verb's
aspects.
"""

from __future__ import annotations

import re

from monitor.languages.lacinka import to_cyrillic

_LATIN = re.compile("[a-zćčłńśšŭźž]")
_VOWEL = re.compile("[аеіоу]")

# What the orthographies write differently, and softness, which is written or not: both sides of each pair become one.
_FOLD = str.maketrans(
    {"я": "а", "ю": "у", "э": "е", "ё": "е", "ы": "і", "ў": "в", "ґ": "г", "щ": "ш", "и": "і", "ь": None, "'": None}
)
_DOUBLE = re.compile(r"(дз|[бгджзклмнпрстфхцчш])\1+")
_REFLEXIVE = re.compile("(?:ў|л[аоі]|м|ц[еэ]|ш|й|[іыуюя]|ць)ся$|(?:ў|л[аоі]|ш)сь$|цца$")

# Endings in folded letters; the search finds the longest first
_NOMINAL = re.compile(
    "(?:і?(?:амі|ам|ах|ав|ай|ау)|[ое]в|[ое]м|[ое]х|[ое]й|[ое]у|іей|ій|і?і|"  # арганізацыямі
    "імі|ім|іх|ага|ога|аму|ому|аа|уу|ае|ое|іа|іу|"  # палітычнымі, палітычнага, палітычная
    "[ауеой])$"
)
_VERBAL = re.compile(
    "(?:(?:[аое]ва|[аеіу])?(?:ц|ці|в|ла|ло|лі|вші)|"  # вызваліць, вызваліў, патрабаваў
    "[аеіу]?(?:у|ем|ім|еш|іш|ец|іц|ац|уц|е|еце|іце|йце|й|м|ш|це)|"  # вызваляю, вызваляе, патрабуюць
    "[аеу]?[аеу]чі)$"  # вызваляючы
)
_PARTICIPLE = re.compile("(?<=...)(?:[аое]ван|[ае]н|[аіу]т)$")
_NOMINATIVE_TOO = ("в", "м", "х")
_FLEETING = re.compile("(?<=[бвгджзклмнпрстфхцчшй])[аео](?=[бвгджзклмнпрстфхцчш]$)")

_REDUCED = str.maketrans("ое", "аа")

# The last consonant of a stem, and what it may stand for elsewhere in the paradigm
_SOURCES = {
    "ждж": ("зд",),
    "шч": ("ст", "ск"),
    "дж": ("д",),
    "дз": ("д",),
    "бл": ("б",),
    "пл": ("п",),
    "вл": ("в",),
    "мл": ("м",),
    "ц": ("т",),
    "ч": ("т", "к"),
    "ж": ("г", "з", "д"),
    "ш": ("с", "х"),
}
# Before the -е and -і of a dative a velar has softened: руцэ, назе, страсе
_VELARS = {"ц": "к", "з": "г", "с": "х"}
_LAST = re.compile("(?:ждж|шч|дж|дз|[бпвм]л|[цчжш])$")


def keys(form: str) -> tuple[str, ...]:
    """Stems of a normalised form, one for each reading of its last consonants; never none."""
    word = to_cyrillic(form) if _LATIN.search(form) else form
    if _REFLEXIVE.search(word) and len(word) > 5:
        word = word[:-2]
    word = _DOUBLE.sub(r"\1", word.translate(_FOLD)) or form  # «ь» alone folds to nothing
    stems = _stems(word)
    readings = [*stems, *(source for stem in stems for source in _sources(stem, word))]
    return tuple(dict.fromkeys(map(_reduced, readings)))


def _sources(stem: str, word: str) -> list[str]:
    """Stems this one may be an alternation of."""
    last = _LAST.search(stem)
    found = [stem[: last.start()] + source for source in _SOURCES[last[0]]] if last else []
    if stem[-1] in _VELARS and word[len(stem) :] in ("е", "і"):
        found.append(stem.removesuffix("дз") + "г" if stem.endswith("дз") else stem[:-1] + _VELARS[stem[-1]])
    return found


def _stems(word: str) -> tuple[str, ...]:
    """Read as a noun or adjective, as a verb, and as it stands where that may be a nominative."""
    noun, verb = _cut(_NOMINAL, word), _cut(_VERBAL, word)
    stems = [noun, _PARTICIPLE.sub("", noun), verb]
    if noun == word or word.endswith(_NOMINATIVE_TOO):  # суд; Антонаў, рэжым, поспех
        stems += [word, _FLEETING.sub("", word)]
    elif word.endswith(("ага", "ога")):  # дапамога beside новага
        stems.append(word[:-1])
    return tuple(dict.fromkeys(stem for stem in stems if _is_stem(stem))) or (word,)


def _cut(ending: re.Pattern[str], word: str) -> str:
    """The word without its longest ending that leaves a stem."""
    for start in range(1, len(word)):
        if ending.match(word, start) and _is_stem(word[:start]):
            return word[:start]
    return word


def _is_stem(stem: str) -> bool:
    return len(stem) >= 3 and _VOWEL.search(stem) is not None


def _reduced(stem: str) -> str:
    """Unstressed о and е are written а and я, so in longer stems they are one."""
    return stem.translate(_REDUCED) if len(stem) > 3 else stem
