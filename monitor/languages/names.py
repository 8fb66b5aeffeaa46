"""Names of people in any spelling, case and script: which words of an article may be one, under which keys.

A key is `first@surname`: the first name's group (`+maryia`) where the table knows it, else its skeleton, and the
skeleton of the surname. Watched names and sightings meet when their strong keys intersect and then, because
consonants alone say too little, `Name.meets` finds the vowels compatible. A surname alone has only weak keys:
`@klsnkv`, or `m-@klsnkv` with an initial. Nothing here decides who somebody is; `reading.people` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import compress, pairwise
from operator import itemgetter
from typing import Literal

from monitor.languages import first_names
from monitor.languages.name_keys import (
    groups,
    initial,
    is_initial,
    is_patronymic,
    may_be_form,
    pair_keys,
    part_lines,
    strong_keys,
    surname_keys,
)
from monitor.languages.remembered import Remembered
from monitor.languages.spelling import normalise, spans
from monitor.model import Sighting, Tokens

# What may stand between two capitalised words of one name; never a line break, and a full stop only after an initial
_JOINTS = frozenset([" ", "\u00a0", "  ", " «", " “", " „", ' "', " (", "» ", "” ", '" ', ") ", "' ", "’ "])
_STOPS = frozenset([".", ". ", ".\u00a0"])
_FAR = 1 + max(map(len, _JOINTS | _STOPS))
_TYPED = re.compile(r"[\w'’ʼ.\u0301-]+")

_START = itemgetter(0)
_SURNAMES = 2**14  # capitalised words remembered

_Field = Literal["title", "text"]
_Part = tuple[str, int, int]  # as written, start, end


@dataclass(frozen=True, slots=True)
class Name:
    """A watched name, parsed once from one spelling. `strong` and `weak` are comparable with those of a sighting.

    `first` is the first name and `surnames` the words of the surname, all normalised; `groups` are the first name's.
    """

    spelling: str
    first: str
    surnames: tuple[str, ...]
    groups: frozenset[str]
    strong: frozenset[str]
    weak: frozenset[str]
    language: str = ""

    def meets(self, sighting: Sighting, language: str = "") -> bool:
        """Whether the vowels of a sighting with a common strong key are this name's; `language` is the article's."""
        words = [word for _, _, word in words_of(sighting.spelling)]
        if not any(self.meets_surname(word, language) for word in words):
            return False
        return bool(self.groups) or any(may_be_form(word, language, self.first, self.language) for word in words)

    def meets_surname(self, word: str, language: str = "") -> bool:
        """Whether a normalised word may be a form of this surname."""
        return any(may_be_form(word, language, surname, self.language) for surname in self.surnames)

    @property
    def genders(self) -> frozenset[str]:
        """`m`, `f`, both or neither, by the first name."""
        return frozenset(map(first_names.gender, self.groups))


def parse_name(spelling: str, language: str = "") -> Name | None:
    """A full name as somebody typed or stored it, in the nominative; None for a single word or what is no name."""
    parts = [part.strip(".-") for part in _TYPED.findall(spelling) if not is_initial(part)]
    parts = [part for part in parts if part.strip("'’ʼ") and not part.isdigit()]
    if not 2 <= len(parts) <= 4:
        return None
    first, *rest = _first_name_first(parts, language)
    surnames = [part for part in rest if len(rest) == 1 or not is_patronymic(part)] or rest[-1:]
    strong = {key for surname in surnames for key in strong_keys(first, surname, language, watched=True)}
    if not strong:
        return None
    named = groups(first, language)
    words = tuple(word for surname in surnames for word in normalise(surname).split("-"))
    lines = [line for surname in surnames for line in part_lines(surname, language, watched=True)]
    weak = {f"{letter}@{line}" for line in lines for letter in ("", *_initials(first, named))}
    return Name(spelling, normalise(first), words, named, frozenset(strong), frozenset(weak), language)


@lru_cache(maxsize=2**14)
def words_of(spelling: str) -> tuple[tuple[int, int, str], ...]:
    """The words of a sighting's spelling: (start, end, normalised word)."""
    return tuple([(start, end, normalise(spelling[start:end])) for start, end in spans(spelling)])


def sightings(title: str, text: str, title_tokens: Tokens, text_tokens: Tokens, language: str) -> tuple[Sighting, ...]:
    """Every two capitalised words that may be somebody's full name, in order, then surnames that stand alone.

    A lone surname is sighted only where a full name with its key stands in the article too, or beside an initial.
    Tokens are those `analyse` gave; they are made anew where they are missing.
    """
    fields: tuple[tuple[_Field, str, Tokens], ...] = (("title", title, title_tokens), ("text", text, text_tokens))
    capitals = [(field, words, _capitalised(words, tokens)) for field, words, tokens in fields]
    full = [seen for field, words, parts in capitals for seen in _full_names(field, words, parts, language)]
    surnames = {key for seen in full if seen.strong and seen.strong[0][0] == "+" for key in seen.weak}
    if not surnames:
        return tuple(full)
    taken = {field: bytearray(len(words) + 1) for field, words, _ in capitals}
    for seen in full:
        start, end = seen.span
        taken[seen.field][start:end] = b"x" * (end - start)
    keys_of = _surnames(language)
    alone = [
        Sighting(field, (start, end), part, (), tuple(sorted(keys_of[part] & surnames)))
        for field, _, parts in capitals
        for part, start, end in parts
        if not surnames.isdisjoint(keys_of[part]) and not taken[field][start]
    ]
    return tuple(full + alone)


@cache
def _surnames(language: str) -> Remembered[str, frozenset[str]]:
    """The weak keys of words taken as surnames, in articles of one language."""
    return Remembered(lambda part: surname_keys(part, language), _SURNAMES)


def _capitalised(words: str, tokens: Tokens) -> list[_Part]:
    where = tokens.spans or spans(words)
    if len(where) < 2:
        return [(words[start:end], start, end) for start, end in where if words[start].isupper()]
    first_letters = itemgetter(*map(_START, where))(words)
    return [(words[start:end], start, end) for start, end in compress(where, map(str.isupper, first_letters))]


def _full_names(field: _Field, words: str, parts: list[_Part], language: str) -> Iterator[Sighting]:
    for run in _runs(words, parts):
        for (one, start, _), (other, _, end) in _pairs(run, language):
            strong, weak = pair_keys(one, other, language)
            if strong or weak:
                yield Sighting(field, (start, end), words[start:end], strong, weak)


def _runs(words: str, parts: list[_Part]) -> Iterator[list[_Part]]:
    """Capitalised words that stand together, hyphenated ones joined, an initial with its full stop; two or more."""
    run: list[_Part] = []
    before = -_FAR  # where the part before ends
    for part, start, end in parts:
        between = words[before:start] if start - before < _FAR else ""
        before = end
        if between == "-":
            run[-1] = (f"{run[-1][0]}-{part}", run[-1][1], end)
            continue
        if between in _STOPS and is_initial(f"{run[-1][0]}."):
            run[-1] = (f"{run[-1][0]}.", *run[-1][1:])
        elif between not in _JOINTS:
            if len(run) > 1:
                yield run
            run = []
        run.append((part, start, end))
    if len(run) > 1:
        yield run


def _pairs(run: list[_Part], language: str) -> Iterator[tuple[_Part, _Part]]:
    """Neighbours, and the neighbours of a patronymic, a second first name or an initial."""
    yield from pairwise(run)
    for one, (middle, _, _), other in zip(run, run[1:], run[2:], strict=False):
        if is_initial(middle) or is_patronymic(middle) or (groups(one[0], language) and groups(middle, language)):
            yield one, other


def _first_name_first(parts: list[str], language: str) -> list[str]:
    """As written, unless only a later part is a known first name."""
    known = next((part for part in parts if groups(part, language)), parts[0])
    return [known, *(part for part in parts if part is not known)]


def _initials(first: str, named: frozenset[str]) -> set[str]:
    forms = {normalise(first)}.union(*(first_names.forms(group) for group in named))
    return {f"{initial(form)}-" for form in forms}
