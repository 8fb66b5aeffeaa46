"""The keys of two words that may be a first name and a surname, in either order, in any case.

A part is what stands between spaces: `Марыяй`, `Шарэнда-Панасюк`, or an initial, `М.`. Strong keys are
`first@surname`, weak ones `@surname` or `m-@surname`. Everything is cached, for names come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from monitor.languages import endings, first_names
from monitor.languages.skeleton import Skeleton, agree, skeletons
from monitor.languages.spelling import normalise

# One capital, or two letters for one sound (Дз., Ch.); without its full stop at the end of a spelling
_INITIAL = re.compile(r"\w[зжьhz]?\.|\w")
_PATRONYMIC = re.compile(
    "(?:[оеаыи]?вич|[оеаяі]?віч|[оеї]вич|ічн|їчн|[ое]вн|[аеоёя]ўн|[ії]вн|инична|ічна)[аеуоы]?[мійюяї]*$"
    "|(?:[oeay]vi[ct]h|ovna|evna|[aeo]una|iuna|owicz|ewicz|ówna|owna|ewna|iivna|ivna)$"
)
# Capitalised in English and German headlines; no part of an unknown name
_NEVER = frozenset(
    {
        "the", "of", "in", "on", "at", "to", "by", "for", "from", "with", "and", "or", "as", "is", "a", "an", "der",
        "die", "das", "den", "dem", "des", "ein", "eine", "und", "für", "im", "am", "von", "zu",
    }
)  # fmt: skip


@lru_cache(maxsize=2**14)
def is_initial(part: str) -> bool:
    """Whether a part stands for a first name by its letter."""
    return _INITIAL.fullmatch(part) is not None


@lru_cache(maxsize=2**14)
def is_patronymic(part: str) -> bool:
    """Whether a part is formed as a father's name; so are many surnames."""
    return _PATRONYMIC.search(normalise(part)) is not None


@lru_cache(maxsize=2**14)
def groups(part: str, language: str = "") -> frozenset[str]:
    """First-name groups of a part; none for an initial."""
    return frozenset() if is_initial(part) else first_names.groups(normalise(part), language)


@lru_cache(maxsize=2**15)
def pair_keys(one: str, other: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Strong and weak keys of two neighbouring parts in an article."""
    return tuple(sorted(strong_keys(one, other, language))), tuple(sorted(_weak_keys(one, other, language)))


def strong_keys(one: str, other: str, language: str, *, watched: bool = False) -> set[str]:
    """Keys of a full name; a `watched` one is a nominative with the first name first."""
    if is_initial(one) or is_initial(other):
        return set()
    keys = {
        f"+{group}@{line}"
        for first, last in ((one, other), (other, one))
        for group in groups(first, language)
        for line in part_lines(last, language, watched=watched)
    }
    if keys or not _NEVER.isdisjoint((normalise(one), normalise(other))):
        return keys
    orders = ((one, other),) if watched else ((one, other), (other, one))
    return {
        f"{first_line}@{line}"
        for first, last in orders
        for first_line in part_lines(first, language, watched=watched)
        for line in part_lines(last, language, watched=watched)
    }


def _weak_keys(one: str, other: str, language: str) -> set[str]:
    keys: set[str] = set()
    for first, last in ((one, other), (other, one)):
        if is_initial(last):
            continue
        lines = part_lines(last, language)
        if is_initial(first):
            keys.update(f"{initial(first)}-@{line}" for line in lines)
        if is_initial(first) or groups(first, language) or not groups(last, language):
            keys.update(f"@{line}" for line in lines)
    return keys


def surname_keys(part: str, language: str) -> frozenset[str]:
    """Weak keys of a part taken as a surname that stands alone."""
    return frozenset(f"@{line}" for line in part_lines(part, language))


@lru_cache(maxsize=2**14)
def part_lines(part: str, language: str, *, watched: bool = False) -> tuple[str, ...]:
    """Skeleton lines of every word of a part: a compound surname is met by either half."""
    words = normalise(part).split("-")
    return tuple(dict.fromkeys(form.line for word in words for form in surname_forms(word, language, watched=watched)))


@lru_cache(maxsize=2**14)
def surname_forms(word: str, language: str = "", *, watched: bool = False) -> tuple[Skeleton, ...]:
    """Skeletons of a normalised word taken as a name, case endings cut unless `watched`."""
    forms = (word,) if watched else endings.stems(word, language)
    found = tuple([skeleton for form in forms for skeleton in skeletons(form, language)])
    return tuple([skeleton for skeleton in found if len(skeleton.line) >= 2]) or found


@lru_cache(maxsize=2**15)
def may_be_form(word: str, language: str, name: str, name_language: str) -> bool:
    """Whether a normalised word of an article may be a form of a watched name: consonants equal, vowels close."""
    mentioned = surname_forms(word, language)
    return any(agree(one, other) for one in surname_forms(name, name_language, watched=True) for other in mentioned)


@lru_cache(maxsize=4096)
def initial(name: str) -> str:
    """The sound a name begins with: its first consonant, or the class of its first vowel."""
    letter = normalise(name)[:1]
    consonant = "м" if "а" <= letter <= "ґ" else "m"
    sound = skeletons(letter + consonant)[0]
    first = sound.gaps[0] or sound.line[0]
    return "a" if first in ("O", "E") else first.lower()


def with_initial(weak: Iterable[str]) -> list[str]:
    """Of the weak keys of a name those with an initial before the surname."""
    return [key for key in weak if not key.startswith("@")]
