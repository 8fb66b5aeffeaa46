"""English: Snowball stems; the possessive is no part of a word."""

from __future__ import annotations

import snowballstemmer

_stem = snowballstemmer.stemmer("english").stemWord
# Verbs of this subject whose forms the stemmer leaves apart
_IRREGULAR = {
    "freed": "free",
    "held": "hold",
    "sent": "send",
    "fled": "flee",
    "swore": "swear",
    "took": "take",
    "won": "win",
}


def keys(form: str) -> tuple[str, ...]:
    """One stem per normalised form."""
    word = form.removesuffix("'s").removesuffix("'")
    return (_stem(_IRREGULAR.get(word, word)),)
