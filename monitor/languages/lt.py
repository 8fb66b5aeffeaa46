"""Lithuanian: the lemma from simplemma's tables and the Snowball stem, either of which may be the one that meets."""

from __future__ import annotations

import re

import snowballstemmer

from monitor.languages.tables import lemmatiser

_lemma = lemmatiser("lt")
_stem = snowballstemmer.stemmer("lithuanian").stemWord
# nuteistas, paleistas: the lemma of a passive participle is itself; its verb is nuteisti, paleisti
_PARTICIPLE = re.compile("(?<=...)t(?:as|a)$")


def keys(form: str) -> tuple[str, ...]:
    """The lemma of a normalised form with its stem, the stem of the form itself, and the verb of a participle."""
    lemma = _lemma(form)
    verb = [_PARTICIPLE.sub("ti", lemma)] if _PARTICIPLE.search(lemma) else []
    stem = _stem(lemma)
    return tuple(dict.fromkeys([lemma, stem, stem if form == lemma else _stem(form), *verb]))
