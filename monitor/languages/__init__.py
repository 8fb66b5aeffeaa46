"""Words in, keys out: what makes `палітвязнямі` meet `палітвязень` and `Kolesnikowej` meet `Калеснікава`.

One language is one file, `<code>.py` with `keys(form) -> tuple of lemmas or stems`, found by listing this folder and
loaded on first use in the process that needs it. A word may have several readings; all of them are kept. Text in any
other language is searchable by its exact words. Nothing here reads the network, a database or a clock.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from monitor.languages.remembered import Remembered
from monitor.languages.spelling import normalise, parted
from monitor.model import Tokens

__all__ = ["ANALYSER_VERSION", "LANGUAGES", "analyse", "detect", "exact_key", "normalise", "query_keys", "words"]

# Raised by hand whenever keys change: stored articles are then read again in the background.
ANALYSER_VERSION = "2"

_PREFERRED = ("be", "ru", "uk", "pl", "lt", "de", "en")
_FOUND = {file.stem for file in Path(__file__).parent.glob("??.py")}
LANGUAGES: tuple[str, ...] = tuple(sorted(_FOUND, key=lambda code: ((*_PREFERRED, code)).index(code)))

# A form costs about half a kilobyte with its keys. A week of one language has fewer than `_FORMS`; what all languages
# of a newsroom have in common use is less than `_WORDS`, and a word that fell out costs a hundred look-ups
_FORMS = 2**15
_WORDS = 2**17
# Analysers know Latin and Cyrillic letters, and one of them fails on scripts without character names
_READABLE = re.compile("[0-9a-zß-\u024f\u0400-\u052f'-]+")
_NO_KEY = re.compile(r"[^\w'=-]|_")


def detect(title: str, text: str, declared: str = "") -> str:
    """Two letters for the language of an article; `declared` decides where title and text leave it open."""
    from monitor.languages.detection import language_of

    return language_of(title, text, declared)


def analyse(text: str, language: str) -> Tokens:
    """Every word of `text` with its keys; spans count characters of `text` as given. Any language code is accepted."""
    words, where, capitals = parted(text)
    return Tokens(tuple(map(_forms(language).__getitem__, words)), where, capitals)


def words(text: str) -> tuple[str, ...]:
    """The words of `text` as `analyse` parts them, for whoever reads a query."""
    return tuple(parted(text).words)


def query_keys(word: str, language: str) -> frozenset[str]:
    """The keys under which a query word meets an article in `language`; without the exact key."""
    return frozenset(_forms(language)[word][1:])


def exact_key(word: str) -> str:
    """The key of exactly this form, in any language."""
    return "=" + _NO_KEY.sub("", normalise(word))


@cache
def _forms(language: str) -> Remembered[str, tuple[str, ...]]:
    """The keys of forms of one language, as they stand in texts."""
    return Remembered(lambda form: _keys(exact_key(form), language), _FORMS)


@lru_cache(maxsize=_WORDS)  # a known word at a sentence's beginning is no new word
def _keys(exact: str, language: str) -> tuple[str, ...]:
    bare = exact[1:]
    if bare.isdigit() or not bare or (language in _FOUND and not _READABLE.fullmatch(bare)):
        return (exact,)
    if language not in _FOUND:
        return exact, bare
    lemmas = dict.fromkeys(_NO_KEY.sub("", lemma) for lemma in _analyser(language)(bare))
    return exact, *(f"{language}-{lemma}" for lemma in lemmas if lemma)


@cache
def _analyser(language: str) -> Callable[[str], tuple[str, ...]]:
    module = importlib.import_module(f"{__name__}.{language}")
    keys: Callable[[str], tuple[str, ...]] = module.keys
    return keys
