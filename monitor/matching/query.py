"""The query language: what a reader types becomes a `Query`, or is refused with a place and a remedy.

    вызвалілі "political prisoner" -film        all of them, and no film
    (pardon OR помилов*) title:Minsk            either, and in the title
    released NEAR/10 prisoner                   at most ten words apart, in any order
    =freed  ="set free"                         exactly these forms
    person:"Maria Kalesnikava"                  the person, in any spelling and case
    topic:releases lang:be type:official source:"Наша Ніва" event:e1a2b3

A word is met in every grammatical form; so are the words of a phrase. Refused: a query that nearly everything would
meet (`*`, `NOT film`, `minsk OR NOT film`), and one too long to be checked quickly.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from monitor.errors import QueryError
from monitor.matching import explanation, keywords
from monitor.matching.parser import parse_tree
from monitor.matching.syntax import Node, Tag, asks_for_something, leaves, tidy

__all__ = ["Query", "explain", "from_keywords", "parse"]

LONGEST = 10_000  # characters


@dataclass(frozen=True, slots=True)
class Query:
    """An understood query. Equal queries have equal `text`, whatever the order and brackets they were typed with."""

    text: str
    root: Node = field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.text


def parse(text: str, topics: Collection[str] | None = None) -> Query:
    """Understand a query. With `topics`, a topic: that is not among them is refused.

    Raises QueryError with a sentence for the reader and the 0-based place in `text` it is about.
    """
    if len(text) > LONGEST:
        raise QueryError(f"a query has at most {LONGEST} characters", LONGEST)
    tree = parse_tree(text)
    if tree is None:
        raise QueryError("there is no word to look for", 0)
    for leaf in leaves(tree):
        if topics is not None and isinstance(leaf, Tag) and leaf.kind == "topic" and leaf.value not in topics:
            at = max(0, text.casefold().find(leaf.value))
            raise QueryError(f"there is no such topic; the topics are {', '.join(sorted(topics))}", at)
    return query(tidy(tree))


def query(root: Node) -> Query:
    """A query from a tidy tree. Raises QueryError where nearly every article would meet it."""
    if not asks_for_something(root):
        raise QueryError("this would be met by nearly every article: name a word that must be there, beside NOT", 0)
    return Query(str(root), root)


def from_keywords(words: str | Sequence[str]) -> str:
    """The query for the simple form of config.yaml: see `keywords.from_keywords`."""
    return keywords.from_keywords(words)


def explain(query: Query, language: str = "en") -> str:
    """In words of `en`, `be` or `ru`, how a query was understood."""
    return explanation.explain(query.root, language)
