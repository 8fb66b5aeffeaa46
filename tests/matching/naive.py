"""The meaning of a query, word by word and as slowly as possible: what the index is held against."""

from __future__ import annotations

from monitor.languages.names import parse_name
from monitor.matching.syntax import And, Near, Node, Not, Or, Person, Phrase, Tag, Word
from monitor.matching.vocabulary import Analysis
from monitor.model import Document, Tokens

PRISON = {"releases", "held-and-health", "families", "repression"}


class Forms:
    """An analyser for tests: words of one beginning are forms of one word, and a last letter may be another reading."""

    def query_keys(self, word: str, language: str) -> frozenset[str]:
        return frozenset({f"{language}-{word[:2]}", f"{language}-{word[-1]}"})


def tokens(text: str, language: str, analysis: Analysis) -> Tokens:
    keys, spans, at = [], [], 0
    for word in text.split(" "):
        keys.append((f"={word}", *sorted(analysis.query_keys(word, language))))
        spans.append((at, at + len(word)))
        at += len(word) + 1
    return Tokens(tuple(keys), tuple(spans))


def met(node: Node, document: Document, analysis: Analysis) -> bool:
    if isinstance(node, And):
        return all(met(part, document, analysis) for part in node.parts)
    if isinstance(node, Or):
        return any(met(part, document, analysis) for part in node.parts)
    if isinstance(node, Not):
        return not met(node.part, document, analysis)
    if isinstance(node, Tag):
        return _tagged(node, document)
    if isinstance(node, Person):
        return _named(node, document)
    if isinstance(node, Near):
        return any(_close(node, field, document, analysis) for field in ("title", "text"))
    return any(_places(node, field, document, analysis) for field in ("title", "text"))


def _close(near: Near, field: str, document: Document, analysis: Analysis) -> bool:
    lefts, rights = ([p for each in side for p in _places(each, field, document, analysis)] for side in near.sides)
    return any(0 < max(right[0] - left[-1], left[0] - right[-1]) <= near.distance for left in lefts for right in rights)


def _places(leaf: Word | Phrase, field: str, document: Document, analysis: Analysis) -> list[range]:
    words = leaf.words if isinstance(leaf, Phrase) else (leaf,)
    if words[0].title and field != "title":
        return []
    keys = (document.title if field == "title" else document.text).keys
    starts = range(len(keys) - len(words) + 1)
    return [
        range(at, at + len(words))
        for at in starts
        if all(_is(word, keys[at + i], document.language, analysis) for i, word in enumerate(words))
    ]


def _is(word: Word, keys: tuple[str, ...], language: str, analysis: Analysis) -> bool:
    if word.form == "prefix":
        return keys[0].startswith("=" + word.text)
    if keys[0] == "=" + word.text:
        return True
    cyrillic = any("а" <= letter <= "я" for letter in word.text)
    if word.form == "exact" or (language not in ("be", "ru", "uk") if cyrillic else language in ("ru", "uk")):
        return False
    return bool(analysis.query_keys(word.text, language) & set(keys))


def _tagged(tag: Tag, document: Document) -> bool:
    if tag.kind == "source":
        wanted = f" {tag.value} "
        return any(wanted in f" {' '.join(name.casefold().split())} " for name in (document.source, document.outlet))
    if tag.kind == "topic":
        return tag.value in document.topics
    return tag.value == {"type": document.type, "lang": document.language, "event": document.event}[tag.kind]


def _named(person: Person, document: Document) -> bool:
    name = parse_name(person.spelling)
    if person.spelling in document.people or name is None:
        return person.spelling in document.people
    weak = {key for key in name.weak if key[0] != "@"} if PRISON & set(document.topics) else set()
    return any(
        (name.strong & set(seen.strong) or weak & set(seen.weak)) and name.meets(seen, document.language)
        for seen in document.names
    )
