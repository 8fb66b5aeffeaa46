"""The words by which a release is told: loaded per language from `monitor/data/claims/`, found in sentences.

A term is written as its words: `walked free`, `палітвязн*` (a stem), `lässt|ließ ... frei` (alternatives, and a gap:
at most four words for two dots, ten for three), `был (бы) освобожден` (a word that may be missing), `вышли <> на
свободу` (either order). A file maps roles to terms; a role says what finding the term means (`release.done`,
`political`, `negation` …). Terms of some roles win their words from shorter ones, so that `освобожден .. от должности`
(dismissed) leaves no release. `joined` makes number words of tens and units (`zweiundfünfzig`).
This module finds words and refuses to conclude anything from them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, product
from typing import Any

import yaml

from monitor import languages
from monitor.languages.remembered import Remembered
from monitor.reading.folding import belarusian

#: How many words may stand where a term has a gap.
GAPS = {"..": 4, "...": 10}
TRIGGERS = {"release", "pardon", "amnesty", "exchange", "deportation", "arrival", "end-of-term", "home-arrest-ended"}
TRIGGERS |= {"refused-exile", "death", "re-arrest", "health"}
#: Roles whose terms take their words from every shorter term of a role that yields.
GREEDY = TRIGGERS | {"exclude", "skip", "org", "former"}
YIELDING = TRIGGERS | {"negation", "political", "held", "past"}
#: Distinct word forms remembered per language; a newsroom's year has fewer.
REMEMBERED = 100_000
FALLBACK = "en"
_FOLDER = files("monitor") / "data" / "claims"
# Every scalar is a string, `no` is a word here; libyaml reads a language in a tenth of the time, where it was built in
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Mark:
    """A term found: its role and the positions of its words in the sentence (a gap's words are not its own)."""

    role: str
    at: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.at[0]

    @property
    def end(self) -> int:
        """One past the last word."""
        return self.at[-1] + 1


@dataclass(frozen=True, slots=True)
class _Term:
    role: str
    atoms: tuple[int, ...]  # the first one is where the search starts
    gaps: tuple[int, ...]  # how many words may stand between atom i and atom i + 1
    rest: frozenset[int]  # the atoms after the first: where one is missing, the term cannot stand


class Lexicon:
    """All terms of one language, ready to be found."""

    def __init__(self, roles: Mapping[str, Iterable[str]], fold: Callable[[str], str] = str) -> None:
        self._fold = fold
        self._exact: dict[str, set[int]] = {}
        self._stems: dict[int, dict[str, set[int]]] = {}
        self._atoms: dict[str, int] = {}
        self._terms: dict[int, list[_Term]] = {}
        self._seen = Remembered(self._look_up, REMEMBERED)
        for role, terms in roles.items():
            for term in terms:
                for variant in _variants(term):
                    self._add(role, variant)

    def marks(self, forms: Sequence[str], before: Callable[[int], str] = lambda place: "") -> list[Mark]:
        """Every term in a sentence, in order of their first word, without those a greedy longer one covers. `before`
        gives the characters between a word and the one before it."""
        atoms = [self._seen[form] for form in forms]
        present = {atom for here in atoms for atom in here}
        found = [mark for place, here in enumerate(atoms) if here for mark in self._from(atoms, place, present)]
        found = [mark for mark in found if mark.role != "exclude" or not _is_torn(mark, before)]
        greedy = [set(mark.at) for mark in found if len(mark.at) > 1 and mark.role.partition(".")[0] in GREEDY]
        if not greedy:
            return found
        return [m for m in found if m.role.partition(".")[0] not in YIELDING or not any(set(m.at) < g for g in greedy)]

    def possible(self, forms: Iterable[str]) -> set[str]:
        """The kinds of roles (`release`, `home` …) that have a term all of whose words are among the forms."""
        present = set(chain.from_iterable(map(self._seen.__getitem__, forms)))
        return {
            term.role.partition(".")[0]
            for atom in present
            for term in self._terms.get(atom, ())
            if term.rest <= present
        }

    def _from(self, atoms: Sequence[Collection[int]], place: int, present: set[int]) -> Iterator[Mark]:
        for atom in atoms[place]:
            for term in self._terms.get(atom, ()):
                if term.rest <= present and (at := _found(term, atoms, place)):
                    yield Mark(term.role, at)

    def _look_up(self, form: str) -> tuple[int, ...]:
        form = self._fold(form)
        atoms = set(self._exact.get(form, ()))
        for length, stems in self._stems.items():
            atoms |= stems.get(form[:length], set())
        return tuple(sorted(atoms))

    def _add(self, role: str, term: Sequence[str]) -> None:
        atoms: list[int] = []
        gaps: list[int] = []
        for word in term:
            if word in GAPS:
                gaps[-1] = GAPS[word]
                continue
            atoms.append(self._atom(word))
            gaps.append(0)
        self._terms.setdefault(atoms[0], []).append(_Term(role, tuple(atoms), tuple(gaps[:-1]), frozenset(atoms[1:])))

    def _atom(self, word: str) -> int:
        if word in self._atoms:
            return self._atoms[word]
        number = self._atoms[word] = len(self._atoms)
        for spelling in word.split("|"):
            if spelling.endswith("*"):
                stem = self._fold(languages.normalise(spelling[:-1]))
                self._stems.setdefault(len(stem), {}).setdefault(stem, set()).add(number)
            else:
                self._exact.setdefault(self._fold(languages.normalise(spelling)), set()).add(number)
        return number


def _is_torn(mark: Mark, before: Callable[[int], str]) -> bool:
    """Does a comma stand in the gap of a term? `released from custody on Friday, celebrated a mass`."""
    return len(mark.at) <= mark.at[-1] - mark.start and any(
        "," in before(place) for place in range(mark.start + 1, mark.end)
    )


def _found(term: _Term, atoms: Sequence[Collection[int]], place: int) -> tuple[int, ...]:
    """The positions of a term's words when its first stands at `place`, () where the others do not follow."""
    at = [place]
    for atom, gap in zip(term.atoms[1:], term.gaps, strict=True):
        reach = at[-1] + 2 + gap
        for following in range(at[-1] + 1, min(reach, len(atoms))):
            if atom in atoms[following]:
                at.append(following)
                break
        else:
            return ()
    return tuple(at)


def _variants(term: str) -> Iterator[list[str]]:
    """A term with and without each of its optional words, and `A <> B` in both orders."""
    left, either, right = term.partition("<>")
    if either:
        yield from _variants(f"{left} .. {right}")
        yield from _variants(f"{right} .. {left}")
        return
    choices = [("", word[1:-1]) if word.startswith("(") else (word,) for word in term.split()]
    for words in product(*choices):
        yield [word for word in words if word]


@cache
def load(language: str) -> Lexicon:
    """The lexicon of a language; that of English for a language without a file of its own."""
    code = language if (_FOLDER / f"{language}.yaml").is_file() else FALLBACK
    own, shared = _file(code), _file("mul")
    roles: dict[str, list[str]] = {role: list(terms) for role, terms in own["roles"].items()}
    for role, terms in shared["roles"].items():
        roles.setdefault(role, []).extend(terms)
    for value, words in own["numbers"].items():
        roles[f"number.{value}"] = words.split()
    for value, word in _joined(own):
        roles.setdefault(f"number.{value}", []).append(word)
    for name in ("months", "weekdays"):
        for place, word in enumerate(own[name], start=1):
            roles[f"{name[:-1]}.{place}"] = [word]
    for offset, word in own["days"].items():
        roles[f"day.{offset}"] = [word]
    return Lexicon(roles, _FOLDS.get(code, str))


def _plain(form: str) -> str:
    """`Belarus's` is Belarus."""
    return form[:-2] if form.endswith(("'s", "’s")) else form


_FOLDS: dict[str, Callable[[str], str]] = {"be": belarusian, "en": _plain}


def _joined(own: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Number words written as one, by the patterns of a language: `{unit}und{ten}` is `zweiundfünfzig`, and `hundreds`
    in front of them makes `zweihundertzwölf`."""
    words = {int(value): spellings.split() for value, spellings in own["numbers"].items()}
    tens = [
        (ten + unit, pattern.format(unit=units, ten=tens))
        for pattern, ten, unit in product(own.get("joined", ()), range(20, 100, 10), range(1, 10))
        for tens, units in product(words.get(ten, ()), words.get(unit, ()))
    ]
    yield from tens
    small = [(value, spelling) for value, spellings in words.items() if value < 100 for spelling in spellings[:1]]
    for hundred, hundreds in product(range(1, 10), own.get("hundreds", ())):
        head = (words[hundred][0] if hundred > 1 else "") + hundreds
        yield 100 * hundred, head
        yield from ((100 * hundred + value, head + spelling) for value, spelling in [*small, *tens])


def _file(name: str) -> dict[str, Any]:
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, _LOADER)  # noqa: S506 — a base loader: every scalar is a string
    return content
