"""Ukrainian: the normal form of every reading pymorphy3 has for a form, guesses for unknown words included."""

from __future__ import annotations

import re

import pymorphy3

_analyser = pymorphy3.MorphAnalyzer(lang="uk")
# The dictionary keeps passive participles as adjectives; readers of `звільнити` want the `звільнений` too
_PARTICIPLES = (
    (re.compile("ований$"), "увати"),
    (re.compile("(?<=[аяу])ний$"), "ти"),
    (re.compile("джений$"), "дити"),
    (re.compile("щений$"), "стити"),
    (re.compile("(?<=..)ений$"), "ити"),
    (re.compile("(?<=[иіау])тий$"), "ти"),
)


def keys(form: str) -> tuple[str, ...]:
    """Lemmas of all readings of a normalised form, the likeliest first; then the verb of a participle."""
    lemmas = [parse.normal_form.replace("ґ", "г") for parse in _analyser.parse(form)]
    return tuple(dict.fromkeys([*lemmas, *(verb for lemma in lemmas if (verb := _verb(lemma)))]))


def _verb(lemma: str) -> str:
    return next((ending.sub(verb, lemma) for ending, verb in _PARTICIPLES if ending.search(lemma)), "")
