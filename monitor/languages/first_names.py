"""First names that are one name: Марыя, Мария, Maria and Maryja are `maryia`, in every case and most romanisations.

The table beside this file lists the nominatives; case forms are recognised by cutting endings, unlisted romanisations
by their skeleton. A diminutive of two names belongs to both.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from monitor.languages import endings
from monitor.languages.skeleton import Skeleton, close, skeletons
from monitor.languages.spelling import normalise

_FILE = Path(__file__).with_name("first_names.txt")

# Every ending that stands between a nominative stem and a case form, longest first
_ENDINGS = re.compile(
    "(?:ові|еві|єві|евi|ямі|амі|ою|ею|єю|ію|аю|яю|ый|ий|ой|ей|ай|яй|ом|ем|ём|єм|ам|ям|ым|ім|им|ья|ью|ье|ьей|ії|ією|"
    "а|я|у|ю|е|є|э|ы|и|і|ї|о|ь|й|"
    "owi|iowi|ovi|iem|em|om|am|um|ou|iego|ego|emu|iemu|ym|im|"
    "jem|jowi|ja|ju|jego|jemu|iaus|aus|iui|ui|umi|imi|iumi|iais|oje|ėje|yje|uje|ai|ei|as|is|ys|us|ius|jus|os|ės|jos|s|"
    "ii|ie|ją|ję|ia|ię|ią|io|iau|iu|ių|ę|ą|į|ų|ė|y|i|a|e|o|u|ā|ē|ī|j)$"
)
_SOFT = str.maketrans("źśńć", "zsnc")
# Stress in Spanish and French, length in Latvian and Slovak, softness: María, Viktória, Aļona, Ol'ga
_MARKS = str.maketrans("áàâāéèêëēíìîïīóòôúùûūļľņňķģťď", "aaaaeeeeeiiiiiooouuuullnnkgtd", "'")
_SOFTENED = {"ц": "к", "з": "г", "с": "х", "c": "k", "dz": "g"}


class _Table(NamedTuple):
    genders: dict[str, str]
    forms: dict[str, frozenset[str]]
    nominatives: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]
    skeletons: dict[str, tuple[tuple[Skeleton, str], ...]]


@lru_cache(maxsize=2**14)
def groups(word: str, language: str = "") -> frozenset[str]:
    """The names a normalised word may be a form of; empty where it is no first name this table knows."""
    found = _listed(word) or _listed(word.translate(_MARKS))
    return found or frozenset().union(*(_by_sound(stem, language) for stem in endings.stems(word, language)))


def gender(group: str) -> str:
    """`m` or `f`."""
    return _table().genders[group]


def forms(group: str) -> frozenset[str]:
    """The listed nominatives of a group, normalised."""
    return _table().forms[group]


def _listed(word: str) -> frozenset[str]:
    table = _table()
    found = table.nominatives.get(word, frozenset())
    for stem in _oblique_stems(word):
        found |= table.stems.get(stem, frozenset())
    return found


def _oblique_stems(word: str) -> list[str]:
    ending = _ENDINGS.search(word)
    if ending is None:
        return []
    cuts = [word[:cut] for cut in range(ending.start(), len(word)) if _ENDINGS.fullmatch(word[cut:])]
    softened = [stem[: -len(soft)] + hard for stem in cuts for soft, hard in _SOFTENED.items() if stem.endswith(soft)]
    return [stem for stem in cuts + softened if len(stem) >= 2]


def _by_sound(word: str, language: str) -> frozenset[str]:
    """An unlisted romanisation (Syarhey, Kaciaryna): three consonants and close vowels, or two and the very same."""
    table = _table()
    near = (
        group
        for skeleton in skeletons(word, language)
        if len(skeleton.line) >= 2
        for known, group in table.skeletons.get(skeleton.line, ())
        if skeleton == known or (len(skeleton.line) >= 3 and close(skeleton, known))
    )
    return frozenset(near)


@cache
def _table() -> _Table:
    genders: dict[str, str] = {}
    listed: dict[str, frozenset[str]] = {}
    nominatives: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    sounds: dict[str, dict[tuple[Skeleton, str], None]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            group, sex, *forms = line.split()
            genders[group] = sex
            listed[group] = frozenset(map(normalise, forms))
            for form in map(normalise, forms):
                nominatives.setdefault(form, set()).add(group)
                for stem in _stems(form):
                    stems.setdefault(stem, set()).add(group)
                for skeleton in skeletons(form):
                    sounds.setdefault(skeleton.line, {})[skeleton, group] = None
    return _Table(
        genders, listed, _frozen(nominatives), _frozen(stems), {line: tuple(known) for line, known in sounds.items()}
    )


def _stems(nominative: str) -> set[str]:
    """What stays the same in every case: мары-, сярге-, hienadz-, viktor-(as), pawł-."""
    soft = nominative.translate(_SOFT)
    stems = {soft, re.sub("[аяоеёьйіїиыaeoėyij]$", "", soft), re.sub("(?<=...)i?[iauy]s$", "", soft)}
    return stems | {re.sub("(?<=[^аеёіоуыэюяaeiouy])[еeэ](?=[лłlрr]$)", "", stem) for stem in stems}


def _frozen(sets: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(value) for key, value in sets.items()}
