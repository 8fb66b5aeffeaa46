"""Lexemes into a tree, by recursive descent: OR binds loosest, then AND (also unsaid), NOT, and NEAR/n tightest.

A full name typed as words or as a phrase also stands for the person under any other spelling. Every refusal is a
QueryError that says where, and what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from monitor.errors import QueryError
from monitor.languages.names import parse_name
from monitor.matching.lexer import FIELDS, Lexeme, LexemeKind, lexemes, normal_words
from monitor.matching.syntax import And, Near, Node, Not, Or, Person, Phrase, Tag, TagKind, Word
from monitor.model import OutletType

_DEEPEST = 20  # brackets within brackets
_SHORTEST_PREFIX = 2  # letters
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


def parse_tree(text: str) -> Node | None:
    """The tree of a whole query, as typed; None for a text of nothing but punctuation. Raises QueryError."""
    return _Parser(_join_names(list(lexemes(text)))).tree()


class _Parser:
    """One query text on its way to a tree. `field` is the field whose value is being read, or ""."""

    def __init__(self, read: Sequence[Lexeme]) -> None:
        self._lexemes = read
        self._next = 0
        self._depth = 0

    def tree(self) -> Node | None:
        if self._is("end"):
            return None
        node = self._alternatives("")
        if self._is(")"):
            raise QueryError("this bracket closes nothing: take it away, or open one before", self._here.at)
        return node

    @property
    def _here(self) -> Lexeme:
        return self._lexemes[self._next]

    def _is(self, *kinds: LexemeKind) -> bool:
        return self._here.kind in kinds

    def _take(self) -> Lexeme:
        self._next += 1
        return self._lexemes[self._next - 1]

    def _alternatives(self, field: str) -> Node:
        parts = [self._together(field)]
        while self._is("OR"):
            self._operator()
            parts.append(self._together(field))
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def _together(self, field: str) -> Node:
        parts = [self._perhaps_not(field)]
        while not self._is("OR", ")", "end"):
            if self._is("AND"):
                self._operator()
            parts.append(self._perhaps_not(field))
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _operator(self) -> Lexeme:
        operator = self._take()
        if self._is("OR", "AND", "NEAR", ")", "end"):
            hint = "" if operator.kind == "NEAR" else f"; to look for the word itself, write {operator.kind.lower()}"
            raise QueryError(f"{operator.kind} needs a word after it{hint}", operator.at)
        return operator

    def _perhaps_not(self, field: str) -> Node:
        negations = 0
        while self._is("NOT"):
            self._operator()
            negations += 1
        node = self._nearby(field)
        return Not(node) if negations % 2 else node

    def _nearby(self, field: str) -> Node:
        at = self._here.at
        node = self._single(field)
        pairs: list[Node] = []
        while self._is("NEAR"):
            operator = self._operator()
            right_at = self._here.at
            right = self._single(field)
            pairs.append(Near(operator.number, _side(node, at), _side(right, right_at)))
            node, at = right, right_at
        return And(tuple(pairs)) if len(pairs) > 1 else pairs[0] if pairs else node

    def _single(self, field: str) -> Node:
        lexeme = self._take()
        if lexeme.kind == "(":
            return self._bracket(field, lexeme.at)
        if lexeme.kind == "field":
            return self._field(field, lexeme)
        if lexeme.kind in ("words", "quoted", "name"):
            return _condition(field, lexeme)
        raise QueryError("a word is missing here" + f", before {lexeme.kind}" * (lexeme.kind != "end"), lexeme.at)

    def _bracket(self, field: str, at: int) -> Node:
        if self._depth == _DEEPEST:
            raise QueryError(f"brackets go at most {_DEEPEST} deep", at)
        if self._is(")"):
            raise QueryError("there is nothing between these brackets", at)
        self._depth += 1
        node = self._alternatives(field)
        self._depth -= 1
        if not self._is(")"):
            raise QueryError("this bracket is never closed: add ) where the group ends", at)
        self._take()
        return node

    def _field(self, outer: str, lexeme: Lexeme) -> Node:
        if outer:
            raise QueryError(f"{lexeme.text}: cannot stand inside {outer}:(…)", lexeme.at)
        if not self._is("words", "quoted", "name", "("):
            raise QueryError(f"{lexeme.text}: needs a value, for example {EXAMPLES[lexeme.text]}", lexeme.at)
        return self._single(lexeme.text)


EXAMPLES = dict(
    zip(
        FIELDS,
        (
            "title:вызвалілі",
            'person:"Марыя Калеснікава"',
            "topic:releases",
            'source:"Наша Ніва"',
            "type:official",
            "lang:be",
            "event:e1a2b3",
        ),
        strict=True,
    )
)


def _condition(field: str, lexeme: Lexeme) -> Node:
    if field in ("", "title"):
        return _wording(lexeme, title=field == "title")
    value = " ".join(unicodedata.normalize("NFC", lexeme.text).replace('"', "").split())
    if not value:
        raise QueryError(f"{field}: needs a value, for example {EXAMPLES[field]}", lexeme.at)
    if field == "person":
        return _person(value, lexeme.at)
    return _tag(field, value.casefold(), lexeme.at)


def _person(value: str, at: int) -> Person:
    if not _ID.fullmatch(value) and parse_name(value) is None:
        raise QueryError(f"person: needs a full name in quotes, for example {EXAMPLES['person']}", at)
    return Person(value)


def _tag(field: str, value: str, at: int) -> Tag:
    kind: TagKind = field  # type: ignore[assignment]  # the other fields were dealt with
    if kind == "lang" and not re.fullmatch("[a-z]{2}", value):
        raise QueryError("lang: takes the two letters of a language: be, ru, uk, pl, lt, de, en …", at)
    if kind == "type" and value not in set(OutletType):
        raise QueryError(f"type: is one of {', '.join(OutletType)}", at)
    return Tag(kind, value)


def _wording(lexeme: Lexeme, *, title: bool) -> Node:
    """A word, a phrase, or a name that also means the person."""
    found = [word for piece in lexeme.text.split() for word in _pieces(piece, lexeme, title=title)]
    if not found:
        raise QueryError("there is no word between these quotation marks", lexeme.at)
    if lexeme.kind == "name":
        return Or((And(tuple(found)), Person(lexeme.text)))
    if len(found) == 1:
        return found[0]
    phrase = Phrase(tuple(found))
    named = lexeme.kind == "quoted" and not lexeme.exact and not title and _is_name(lexeme.text)
    return Or((phrase, Person(" ".join(lexeme.text.split())))) if named else phrase


def _pieces(piece: str, lexeme: Lexeme, *, title: bool) -> list[Word]:
    """The words of a piece without spaces. A star belongs to the last of them."""
    form = "exact" if lexeme.exact else "any"
    found = [Word(word, form, title) for word in normal_words(piece)]  # type: ignore[arg-type]
    if piece.endswith("*") and found:
        if len(found[-1].text) < _SHORTEST_PREFIX:
            raise QueryError(f"write at least {_SHORTEST_PREFIX} letters before the star", lexeme.at)
        found[-1] = replace(found[-1], form="prefix")
    return found


def _side(node: Node, at: int) -> tuple[Word | Phrase, ...]:
    """The alternatives on one side of NEAR. A name is looked for by its words there: NEAR counts words."""
    if isinstance(node, Word | Phrase):
        return (node,)
    if isinstance(node, Or):
        return tuple(each for part in node.parts if not isinstance(part, Person) for each in _side(part, at))
    raise QueryError("NEAR joins words, phrases, or words with OR between them in brackets", at)


def _join_names(read: list[Lexeme]) -> list[Lexeme]:
    """Bare words side by side that are somebody's full name become one lexeme."""
    joined: list[Lexeme] = []
    at = 0
    while at < len(read):
        size = _name_here(read, at)
        if size:
            name = " ".join(lexeme.text for lexeme in read[at : at + size])
            joined.append(Lexeme("name", read[at].at, name))
        else:
            joined.append(read[at])
        at += size or 1
    return joined


def _name_here(read: list[Lexeme], at: int) -> int:
    """How many lexemes from here on are a bare full name: 3, 2 or 0. What an operator binds to stays as typed."""
    if at and read[at - 1].kind in ("NOT", "NEAR", "field"):
        return 0
    run = next(i for i in range(at, len(read)) if not (read[i].kind == "words" and not read[i].exact))
    if read[run].kind == "NEAR":
        run -= 1
    for size in (3, 2) if run - at == 3 else (2,):
        if run - at >= size and _is_name(" ".join(lexeme.text for lexeme in read[at : at + size])):
            return size
    return 0


def _is_name(text: str) -> bool:
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(part[:1].isupper() for part in parts):
        return False
    name = parse_name(text)
    return name is not None and bool(name.groups)  # a known first name: `Political Prisoner` is nobody
