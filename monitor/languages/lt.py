"""Lithuanian: simplemma's lemma and the Snowball stem, either of which may be the one that meets."""

from __future__ import annotations

import simplemma
import snowballstemmer

_stem = snowballstemmer.stemmer("lithuanian").stemWord


def keys(form: str) -> tuple[str, ...]:
    """The lemma of a normalised form with its stem, and the stem of the form itself."""
    lemma = simplemma.lemmatize(form, lang="lt").casefold()
    return tuple(dict.fromkeys([lemma, _stem(lemma), _stem(form)]))
