"""What a query consists of, as plain immutable nodes, and its one canonical spelling.

`tidy` brings a tree into normal form: NOT only in front of single conditions, nested AND and OR merged, parts sorted
and said once. Two queries of equal form then have equal text, which is how the index keeps them as one.
Nothing here knows how a query is typed (`parser`) or met (`program`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

#: How a word is met: in every grammatical form, exactly as written, or as the beginning of a word.
Form = Literal["any", "exact", "prefix"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word, normalised. With `title` it must stand in the title."""

    text: str
    form: Form = "any"
    title: bool = False

    def __str__(self) -> str:
        shape = {"any": "{}", "exact": "={}", "prefix": "{}*"}[self.form].format(self.text)
        return f"title:{shape}" if self.title else shape


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two or more words in this order, nothing between them. Its words agree in form and field."""

    words: tuple[Word, ...]

    def __str__(self) -> str:
        first = self.words[0]
        exact = "=" if first.form == "exact" else ""
        inner = " ".join(word.text + "*" * (word.form == "prefix") for word in self.words)
        return f'{"title:" * first.title}{exact}"{inner}"'


@dataclass(frozen=True, slots=True)
class Near:
    """One of `left` and one of `right` in the same field, in any order, at most `distance` words apart."""

    distance: int
    left: tuple[Word | Phrase, ...]
    right: tuple[Word | Phrase, ...]

    def __str__(self) -> str:
        sides = [str(side[0]) if len(side) == 1 else f"({_either(side)})" for side in self.sides]
        return f"{sides[0]} NEAR/{self.distance} {sides[1]}"

    @property
    def sides(self) -> tuple[tuple[Word | Phrase, ...], tuple[Word | Phrase, ...]]:
        return self.left, self.right


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by any spelling of the full name or by the id of a known person."""

    spelling: str

    def __str__(self) -> str:
        return f"person:{_value(self.spelling)}"


TagKind = Literal["topic", "source", "type", "lang", "event"]


@dataclass(frozen=True, slots=True)
class Tag:
    """Something known about the whole article."""

    kind: TagKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{_value(self.value)}"


@dataclass(frozen=True, slots=True)
class Not:
    part: Node

    def __str__(self) -> str:
        return f"NOT {_bracketed(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " AND ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return _either(self.parts)


Leaf = Word | Phrase | Near | Person | Tag
Node = Leaf | Not | And | Or


def _value(text: str) -> str:
    return text if text.replace("-", "").isalnum() and text[0] != "-" else f'"{text}"'


def tidy(node: Node) -> Node:
    """The normal form. Same conditions in another order, bracketing or repetition give the same tree."""
    return _tidy(node, wanted=True)


def _tidy(node: Node, *, wanted: bool) -> Node:
    if isinstance(node, Not):
        return _tidy(node.part, wanted=not wanted)
    if isinstance(node, And | Or):
        joined = And if isinstance(node, And) == wanted else Or  # De Morgan
        return _join(joined, [_tidy(part, wanted=wanted) for part in node.parts])
    if isinstance(node, Near):
        node = Near(node.distance, *sorted((_in_order(side) for side in node.sides), key=_either))
    return node if wanted else Not(node)


def _join(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    flat: dict[str, Node] = {}
    for part in parts:
        for each in part.parts if isinstance(part, And | Or) and isinstance(part, kind) else (part,):
            flat[str(each)] = each
    if len(flat) == 1:
        return next(iter(flat.values()))
    return kind(tuple(flat[text] for text in sorted(flat)))


def _in_order(side: tuple[Word | Phrase, ...]) -> tuple[Word | Phrase, ...]:
    return tuple(sorted(dict.fromkeys(side), key=str))


def _either(parts: Sequence[Node]) -> str:
    return " OR ".join(f"({part})" if isinstance(part, And | Near) else str(part) for part in parts)


def _bracketed(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or | Near) else str(node)


def asks_for_something(node: Node) -> bool:
    """Whether every article that meets a tidy tree has something in it that the tree names.

    Without that a query such as `NOT film` or `minsk OR NOT film` would be met by nearly everything.
    """
    if isinstance(node, And):
        return any(map(asks_for_something, node.parts))
    if isinstance(node, Or):
        return all(map(asks_for_something, node.parts))
    return not isinstance(node, Not)


def leaves(node: Node) -> Iterator[Leaf]:
    """Every condition of a tree, from left to right, those under NOT too."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        yield node
