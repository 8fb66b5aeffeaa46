"""Query text into lexemes, each with its place. Punctuation without meaning is passed over, never an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from monitor.errors import QueryError
from monitor.languages import exact_key, words

LexemeKind = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "field", "quoted", "words", "name", "end"]

FIELDS = ("title", "person", "topic", "source", "type", "lang", "event")

_CLOSED_BY = {'"': '"', "“": '”“"', "”": '”"', "„": '“”"', "‟": '”"', "«": '»"', "»": '«"'}
_QUOTES = "".join(_CLOSED_BY)
_SPACE = re.compile(r"\s+")
_NEAR = re.compile(r"NEAR(?:/(\d*))?(?![^\s()])")
_OPERATOR = re.compile(rf"(AND|OR|NOT)(?![^\s(){_QUOTES}-])")
_FIELD = re.compile(r"([^\W\d_]+):")
_CHUNK = re.compile(rf"[^\s(){_QUOTES}]+")
_FURTHEST = 100  # words


@dataclass(frozen=True, slots=True)
class Lexeme:
    """`text` is the field's name, the quoted text or the bare chunk; `number` the distance of NEAR."""

    kind: LexemeKind
    at: int
    text: str = ""
    exact: bool = False
    number: int = 0


@lru_cache(maxsize=2**14)
def normal_words(text: str) -> tuple[str, ...]:
    """The words of a text as articles are parted into them, normalised."""
    return tuple([form for word in words(text) if (form := exact_key(word)[1:].strip("'-"))])


def lexemes(text: str) -> Iterator[Lexeme]:
    """The lexemes of a query, the last of kind "end". Raises QueryError with the place of what cannot be read."""
    at = 0
    while at < len(text):
        space = _SPACE.match(text, at)
        if space:
            at = space.end()
            continue
        lexeme, at = _next(text, at)
        if lexeme:
            yield lexeme
    yield Lexeme("end", len(text))


def _next(text: str, at: int) -> tuple[Lexeme | None, int]:
    start = at
    if text[at] == "(":
        return Lexeme("(", at), at + 1
    if text[at] == ")":
        return Lexeme(")", at), at + 1
    if text[at] in "-−" and at + 1 < len(text) and not text[at + 1].isspace():
        return Lexeme("NOT", at), at + 1
    if found := _OPERATOR.match(text, at):
        return Lexeme("NOT" if found[1] == "NOT" else "OR" if found[1] == "OR" else "AND", at), found.end()
    if found := _NEAR.match(text, at):
        return Lexeme("NEAR", at, number=_distance(found, at)), found.end()
    exact = text[at] == "="
    at += exact
    if at < len(text) and text[at] in _CLOSED_BY:
        return _quoted(text, at, exact)
    if not exact and (found := _field(text, at)):
        return Lexeme("field", at, found[1].casefold()), found.end()
    return _chunk(text, start, at, exact)


def _distance(found: re.Match[str], at: int) -> int:
    number = int(found[1][:4]) if found[1] else 10
    if not 1 <= number <= _FURTHEST:
        raise QueryError(f"NEAR/n takes a number of words from 1 to {_FURTHEST}, for example NEAR/5", at)
    return number


def _quoted(text: str, at: int, exact: bool) -> tuple[Lexeme, int]:
    closing = _CLOSED_BY[text[at]]
    end = next((i for i in range(at + 1, len(text)) if text[i] in closing), -1)
    if end < 0:
        raise QueryError('this quotation mark is never closed: add " at the end of the phrase', at)
    return Lexeme("quoted", at, text[at + 1 : end], exact), end + 1


def _field(text: str, at: int) -> re.Match[str] | None:
    found = _FIELD.match(text, at)
    if not found or found[1].casefold() in FIELDS:
        return found
    if not text[found.end() : found.end() + 1].strip(" \t\r\n)"):
        return None  # a colon at the end of a word, as in a pasted headline
    names = ", ".join(f"{name}:" for name in FIELDS)
    raise QueryError(f"there is no such field; the fields are {names}. Put quotes around a text with a colon", at)


def _chunk(text: str, start: int, at: int, exact: bool) -> tuple[Lexeme | None, int]:
    found = _CHUNK.match(text, at)
    if not found:
        return None, at
    chunk = found[0].rstrip(",;.!?:…")
    if "*" in chunk[:-1] or chunk == "*":
        where = at + chunk.index("*")
        raise QueryError("a star stands for the end of a word, after at least two letters, as in вызвал*", where)
    if not normal_words(chunk):
        return None, found.end()  # a dash, a slash, an emoji
    return Lexeme("words", start, chunk, exact), found.end()
