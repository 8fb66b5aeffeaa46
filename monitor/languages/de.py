"""German: the lemma from simplemma's tables and the Snowball stem, either of which may be the one that meets."""

from __future__ import annotations

import re

import snowballstemmer

from monitor.languages.tables import lemmatiser

_lemma = lemmatiser("de")
_stem = snowballstemmer.stemmer("german").stemWord
# begnadigt, verurteilte: a participle the tables do not know
_PARTICIPLE = re.compile("(?<=....)t(?:e[nmrs]?)?$")


def keys(form: str) -> tuple[str, ...]:
    """The lemma of a normalised form with its stem, the lemma's own lemma, and the stem of the form itself.

    Participles are adjectives with a verb behind them: freigelassene is freigelassen is freilassen.
    """
    lemma = _lemma(form)
    verb = lemma if lemma == form else _lemma(lemma)
    if verb == form and _PARTICIPLE.search(form):
        verb = _PARTICIPLE.sub("en", form)
    stems = {word: _stem(word) for word in {lemma, form, verb}}
    return tuple(dict.fromkeys([lemma, stems[lemma], stems[form], verb, stems[verb]]))
