"""One known person with everything they are recognised by, made once from the few spellings an operator gave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from monitor.languages import first_names
from monitor.languages.name_keys import surname_forms
from monitor.languages.names import Name, parse_name, words_of
from monitor.languages.skeleton import vowel_classes
from monitor.languages.spelling import normalise
from monitor.model import Person, Sighting

_ALIASES = re.compile(r"[/;,()]")
_SPELLED = ("be", "ru")  # languages whose own spelling of every person is stored, so that it can be asked for exactly
_LETTERS = 4  # a surname of fewer consonants may be a common word: Знак, Кніга, Леднік

# Endings only one gender has. -ава, -ова and the like are not here: they are also a man's genitive.
_FEMININE = re.compile(
    "(?:ая|ую|ськ[аіуо]ю?|ської|ськ[иі]й|[аое]в[ао][йю]|[аое]вою|[іи]н[ао]й|ow[eą]j?|"
    "ov(?:á|ú|ou|ej)|sk[aáą]|sk(?:ou|ie)j?|sk[ao][iïy]?j?a|ėm?s?)$"
)
_MASCULINE = re.compile(
    "(?:[ое]в|[аоеё]ў|[цс]кі|[цс]кий|ський|[аоя]га|[ое]го|[аоя]му|ому|вым|вим|ск[иі]м|ськ[иі]м|sk[iy]j?|"
    "ski(?:ego|emu|m)|sk(?:[ée]ho|[ée]mu|ým)|ovi|[oe][vwu]|skis)$"
)


class Known:
    """A person, the names they are watched by and the union of their keys."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.name = person.name_en or person.name_be or person.name_ru
        self._names = _names(person)
        self.strong = frozenset(key for name in self._names for key in name.strong)
        self.weak = frozenset(key for name in self._names for key in name.weak)
        self.spellings = tuple(dict.fromkeys(name.spelling for name in self._names))
        self.normal_spellings = frozenset(map(normalise, self.spellings))
        self.short = any(len(key) <= _LETTERS for key in self.weak if key.startswith("@"))
        self._vowels = _vowels(self._names)

    @property
    def gender(self) -> str:
        """`m`, `f`, or '' where neither the record nor the first name says."""
        genders = {gender for name in self._names for gender in name.genders}
        return self.person.gender[:1] or (genders.pop() if len(genders) == 1 else "")

    def meets(self, sighting: Sighting, language: str) -> bool:
        """Whether a sighting that shares a strong key is spelled as this person may be."""
        return any(name.meets(sighting, language) for name in self._names) and any(
            self._is_spelled(word, language) for _, _, word in words_of(sighting.spelling)
        )

    def meets_surname(self, word: str, language: str) -> bool:
        """Whether a normalised word may be a form of the surname."""
        return any(name.meets_surname(word, language) for name in self._names) and self._is_spelled(word, language)

    def may_be(self, word: str) -> bool:
        """Whether a form of the surname may belong to somebody of this gender."""
        form = _gender_of_form(word)
        return not form or self.gender in ("", form)

    def _is_spelled(self, word: str, language: str) -> bool:
        """Every vowel is one that a known spelling has in its place: Боков or Бокаў, not Баков; elsewhere one near it.

        Ukrainian is not asked: it writes і for е and я (Біляцький, Білоус).
        """
        fits = _Vowels.have if language in _SPELLED else _Vowels.are_near
        return (
            language == "uk"
            or not self._vowels
            or any(
                all(
                    fits(known, gap)
                    for known, gap in zip(self._vowels[skeleton.line], skeleton.gaps, strict=False)
                    if gap
                )
                for skeleton in surname_forms(word, language)
                if skeleton.line in self._vowels
            )
        )


@dataclass
class _Vowels:
    """What the spellings of a surname have in one gap."""

    letters: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)

    def add(self, gap: str) -> None:
        self.letters.update(gap)
        self.classes |= vowel_classes(gap)

    def have(self, gap: str) -> bool:
        return not self.letters.isdisjoint(gap)

    def are_near(self, gap: str) -> bool:
        return not self.classes or not self.classes.isdisjoint(vowel_classes(gap))


def _names(person: Person) -> list[Name]:
    given = [(person.name_be, "be"), (person.name_ru, "ru"), (person.name_en, "en")]
    names = [name for spelling, language in given if (name := parse_name(spelling, language))]
    for alias in (part.strip() for listed in person.aliases for part in _ALIASES.split(listed)):
        if alias[:1].isupper() and (name := parse_name(alias) or _with_first_name(alias, names)):
            names.append(name)
    return names


def _with_first_name(alias: str, names: list[Name]) -> Name | None:
    """An alias of one word is another spelling of the surname, unless it is a first name."""
    if not names or " " in alias or first_names.groups(normalise(alias)):
        return None
    return parse_name(f"{names[0].spelling.split()[0]} {alias}")


def _vowels(names: list[Name]) -> dict[str, tuple[_Vowels, ...]]:
    """The vowels in each inner gap of each line, where spellings in two languages show which of them scripts change."""
    found: dict[str, tuple[_Vowels, ...]] = {}
    if not {name.language for name in names}.issuperset(_SPELLED):
        return found
    for name in names:
        for surname in name.surnames:
            for skeleton in surname_forms(surname, name.language, watched=True):
                inner = found.setdefault(skeleton.line, tuple(_Vowels() for _ in skeleton.line))
                for vowels, gap in zip(inner, skeleton.gaps, strict=False):
                    vowels.add(gap)
    return found


@lru_cache(maxsize=4096)
def _gender_of_form(word: str) -> str:
    """`m` or `f` where a form of a surname can be of one gender only, else ''."""
    if _FEMININE.search(word):
        return "f"
    return "m" if _MASCULINE.search(word) else ""
