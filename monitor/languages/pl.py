"""Polish: every lemma Morfeusz has for a form; where it has no wheel, or no word, simplemma and Snowball."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import snowballstemmer

from monitor.languages.tables import lemmatiser

try:
    import morfeusz2
except ImportError:  # pragma: no cover - no wheel for this machine: ARM, for one
    morfeusz2 = None

_stem = snowballstemmer.stemmer("polish").stemWord


def keys(form: str) -> tuple[str, ...]:
    """Lemmas of all readings of a normalised form, then its stem, which alone speaks for unknown words."""
    return tuple(dict.fromkeys([*_lemmas()(form), _stem(form)]))


@cache
def _lemmas() -> Callable[[str], list[str]]:
    return _from_tables() if morfeusz2 is None else _from_morfeusz()


def _from_tables() -> Callable[[str], list[str]]:
    lemma = lemmatiser("pl")
    return lambda form: [lemma(form)]


def _from_morfeusz() -> Callable[[str], list[str]]:
    analyser = morfeusz2.Morfeusz(expand_tags=False, generate=False, aggl="permissive", praet="composite")

    def lemmas(form: str) -> list[str]:
        readings = analyser.analyse(form)
        # a lemma carries a homonym number after a colon: "zamek:Sm3"
        return [lemma.split(":")[0].casefold() for _, _, (_, lemma, tag, *_) in readings if tag != "ign"]

    return lemmas
