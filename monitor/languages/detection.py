"""Which language an article is in: seven that are analysed, any other by its code, Łacinka as Belarusian."""

from __future__ import annotations

from functools import cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_READ = 600  # characters of text that settle it; whole bodies cost a millisecond and settle no more


def language_of(title: str, text: str, declared: str = "") -> str:
    """Two letters; `declared` where the words leave it open."""
    sample = f"{title}\n{text[:_READ]}"
    language: str = _identifier().classify(sample)[0]
    return language


@cache
def _identifier() -> Any:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
