"""Ukrainian: the normal form of every reading pymorphy3 has for a form, guesses for unknown words included."""

from __future__ import annotations

import pymorphy3

_analyser = pymorphy3.MorphAnalyzer(lang="uk")


def keys(form: str) -> tuple[str, ...]:
    """Lemmas of all readings of a normalised form, the likeliest first."""
    return tuple(dict.fromkeys(parse.normal_form.replace("ґ", "г") for parse in _analyser.parse(form)))
