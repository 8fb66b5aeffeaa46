"""English: Snowball stems; the possessive is no part of a word."""

from __future__ import annotations

import snowballstemmer

_stem = snowballstemmer.stemmer("english").stemWord


def keys(form: str) -> tuple[str, ...]:
    """One stem per normalised form."""
    word = form.removesuffix("'s").removesuffix("s'") if "'" in form else form
    return (_stem(word),)
