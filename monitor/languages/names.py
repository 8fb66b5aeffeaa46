"""Names of people in any spelling, case and script: which words of an article may be one, under which keys.

A key is `first@surname`: the first name's group (`+maryia`) where the table knows it, else its skeleton, and the
skeleton of the surname. Watched names and sightings meet when their strong keys intersect and then, because
consonants alone say too little, `Name.meets` finds the vowels compatible. A surname alone has only weak keys:
`@klsnkv`, or `m-@klsnkv` with an initial. Nothing here decides who somebody is; `reading.people` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, compress, pairwise
from operator import not_
from typing import Literal, NamedTuple

from monitor.languages import exact_key, first_names
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
from monitor.languages.spelling import normalise, parted, spans
from monitor.model import Sighting, Tokens

# What may stand between two capitalised words of one name; never a line break, and a full stop only after an initial
_JOINTS = frozenset([" ", "\u00a0", "  ", " «", " “", " „", ' "', " (", "» ", "” ", '" ', ") ", "' ", "’ "])
_STOPS = frozenset([".", ". ", ".\u00a0"])
_TYPED = re.compile(r"[\w'’ʼ.\u0301-]+")

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
    fields = (_Capitals.of("title", title, title_tokens), _Capitals.of("text", text, text_tokens))
    full = [seen for field in fields for seen in _full_names(field, language)]
    surnames = {key for seen in full if seen.strong and seen.strong[0][0] == "+" for key in seen.weak}
    if not surnames:
        return tuple(full)
    taken = {field.name: bytearray(len(field.words) + 1) for field in fields}
    for seen in full:
        start, end = seen.span
        taken[seen.field][start:end] = b"x" * (end - start)
    return tuple(full + [seen for field in fields for seen in _alone(field, surnames, taken[field.name], language)])


def _alone(field: _Capitals, surnames: set[str], taken: bytearray, language: str) -> Iterator[Sighting]:
    """Capitalised words that may be one of the surnames and stand where no full name does."""
    keys_of = _surnames(language)
    distinct = list(set(field.exact))
    apart = map(surnames.isdisjoint, map(keys_of.__getitem__, distinct))
    met = {exact: tuple(sorted(keys_of[exact] & surnames)) for exact in compress(distinct, map(not_, apart))}
    for number, exact in compress(zip(field.numbers, field.exact, strict=True), map(met.__contains__, field.exact)):
        start, end = field.where[number]
        if not taken[start]:
            yield Sighting(field.name, (start, end), field.words[start:end], (), met[exact])


class _Capitals(NamedTuple):
    """The words of one field, and which of them are capitalised."""

    name: _Field
    words: str
    where: tuple[tuple[int, int], ...]  # of each word: start, end
    numbers: Sequence[int]  # of the capitalised words
    exact: list[str]  # their exact keys

    @classmethod
    def of(cls, name: _Field, words: str, tokens: Tokens) -> _Capitals:
        if tokens.capitals is None:
            seen, where, numbers = parted(words)
            return cls(name, words, where, numbers, [exact_key(seen[number]) for number in numbers])
        keys = tokens.keys
        return cls(name, words, tokens.spans, tokens.capitals, [keys[number][0] for number in tokens.capitals])


@cache
def _surnames(language: str) -> Remembered[str, frozenset[str]]:
    """The weak keys of words, given as their exact keys, taken as surnames in articles of one language."""
    return Remembered(lambda exact: surname_keys(exact[1:], language), _SURNAMES)


def _full_names(field: _Capitals, language: str) -> Iterator[Sighting]:
    keys_of = _pair_keys(language)
    for run in _runs(field):
        for (one, start, _), (other, _, end) in _pairs(run, language):
            strong, weak = keys_of[one, other]
            if strong or weak:
                yield Sighting(field.name, (start, end), field.words[start:end], strong, weak)


def _runs(field: _Capitals) -> Iterator[list[_Part]]:
    """Capitalised words that stand together, hyphenated ones joined, an initial with its full stop; two or more."""
    _, words, where, numbers, _ = field
    run: list[_Part] = []
    last = -1  # number of the word that ends the run
    for one, other in pairwise(numbers):
        if other - one != 1:
            continue
        (begin, before), (start, end) = where[one], where[other]
        if one != last:
            if len(run) > 1:
                yield run
            run = [(words[begin:before], begin, before)]
        last, between = other, words[before:start]
        if between == "-":
            run[-1] = (words[run[-1][1] : end], run[-1][1], end)
            continue
        if between in _STOPS and is_initial(f"{run[-1][0]}."):
            run[-1] = (f"{run[-1][0]}.", *run[-1][1:])
        elif between not in _JOINTS:
            if len(run) > 1:
                yield run
            run = []
        run.append((words[start:end], start, end))
    if len(run) > 1:
        yield run


def _pairs(run: list[_Part], language: str) -> Iterable[tuple[_Part, _Part]]:
    """Neighbours, and the neighbours of a patronymic, a second first name or an initial."""
    if len(run) == 2:
        return ((run[0], run[1]),)
    may_part = _between(language)
    apart = [
        (one, other)
        for one, (middle, _, _), other in zip(run, run[1:], run[2:], strict=False)
        if (between := may_part[middle]) and (between == "any" or groups(one[0], language))
    ]
    return chain(pairwise(run), apart)


@cache
def _pair_keys(language: str) -> Remembered[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    """Strong and weak keys of two neighbouring parts, in articles of one language."""
    return Remembered(lambda pair: pair_keys(*pair, language), _SURNAMES)


@cache
def _between(language: str) -> Remembered[str, str]:
    """Whether a part may stand between a first name and a surname: "any", "first" after a first name, or ""."""

    def may_part(part: str) -> str:
        if is_initial(part) or is_patronymic(part):
            return "any"
        return "first" if groups(part, language) else ""

    return Remembered(may_part, _SURNAMES)


def _first_name_first(parts: list[str], language: str) -> list[str]:
    """As written, unless only a later part is a known first name."""
    known = next((part for part in parts if groups(part, language)), parts[0])
    return [known, *(part for part in parts if part is not known)]


def _initials(first: str, named: frozenset[str]) -> set[str]:
    forms = {normalise(first)}.union(*(first_names.forms(group) for group in named))
    return {f"{initial(form)}-" for form in forms}
