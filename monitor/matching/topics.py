"""What an article is about, by shipped vocabularies and the operator's own: releases, families, elections …

A topic is one YAML file, `monitor/data/topics/<topic>.yaml`: per language the entries, each a query of its own, one of
which must be met; entries under `any` count in every language. An entry that begins with a minus names words that are
passed over where they stand, such as `-"press release"` for `release`. A language that a topic has no entries for never
has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from importlib.resources.abc import Traversable

import yaml

from monitor.errors import ConfigError, QueryError
from monitor.matching.document import Words
from monitor.matching.index import Index
from monitor.matching.query import Query, parse
from monitor.model import Document, Tokens

Entries = Mapping[str, Mapping[str, Sequence[str]]]  # topic → language → entries

_ALL_PLACES = 1000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Topics:
    """Every topic in every language; a language is compiled when its first article comes."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._languages: dict[str, _Vocabulary] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._entries))

    def of(self, title: Tokens, text: Tokens, language: str, known: Words | None = None) -> tuple[str, ...]:
        """The topics of an article, sorted; `known` are its words, where they are numbered."""
        if language not in self._languages:
            self._languages[language] = _Vocabulary(self._in(language))
        return self._languages[language].topics(Document(title, text, language=language), known)

    def _in(self, language: str) -> Iterator[tuple[str, str]]:
        for topic, languages in self._entries.items():
            for entry in (*languages.get(language, ()), *languages.get("any", ())):
                yield topic, entry


class _Vocabulary:
    """The entries of all topics in one language."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._index = Index(places=_ALL_PLACES)
        self._topic_of: dict[int, str] = {}
        self._exceptions: dict[int, str] = {}
        for number, (topic, entry) in enumerate(entries):
            (self._exceptions if entry.startswith("-") else self._topic_of)[number] = topic
            self._index.add(number, _query(entry))

    def topics(self, document: Document, known: Words | None) -> tuple[str, ...]:
        met = self._index.match(document, known)
        topics = {self._topic_of[number] for number in met if number in self._topic_of}
        excepted: dict[str, set[tuple[str, int, int]]] = {}
        for number in met:
            if self._exceptions.get(number) in topics:
                excepted.setdefault(self._exceptions[number], set()).update(met[number].spans)
        return tuple(sorted(t for t in topics if t not in excepted or self._still(t, document, excepted[t])))

    def _still(self, topic: str, document: Document, spans: set[tuple[str, int, int]]) -> bool:
        """Whether a topic is met without the words that do not count."""
        rest = replace(
            document, title=_blanked(document.title, "title", spans), text=_blanked(document.text, "text", spans)
        )
        return any(self._topic_of.get(number) == topic for number in self._index.match(rest))


def _blanked(tokens: Tokens, field: str, spans: set[tuple[str, int, int]]) -> Tokens:
    """The same words, those within the spans unreadable."""
    ranges = [(first, last) for where, first, last in spans if where == field]
    keys = (
        _UNREADABLE if any(first <= start and end <= last for first, last in ranges) else each
        for each, (start, end) in zip(tokens.keys, tokens.spans, strict=True)
    )
    return Tokens(tuple(keys), tokens.spans)


_UNREADABLE = ("=",)


def _query(entry: str) -> Query:
    return parse(entry.removeprefix("-"))


def topic_names(extra: Iterable[str] = ()) -> frozenset[str]:
    """What may stand after topic: the shipped topics and the operator's, by name only."""
    return frozenset([*(topic for topic, _ in _files()), *map(str.casefold, extra)])


def load_topics(extra: Entries | None = None) -> Topics:
    """The shipped topics and the operator's. An operator's entries in a language replace the shipped ones.

    Raises ConfigError with every entry that cannot be understood.
    """
    entries: dict[str, dict[str, Sequence[str]]] = {topic: {**languages} for topic, languages in _shipped().items()}
    mistakes = []
    for topic, languages in (extra or {}).items():
        entries.setdefault(topic.casefold(), {}).update(languages)
        mistakes += [mistake for language, own in languages.items() for mistake in _mistakes(topic, language, own)]
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return Topics(entries)


def _mistakes(topic: str, language: str, entries: Sequence[str]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        try:
            _query(entry)
        except QueryError as trouble:
            yield f"topics.{topic}.{language}[{number}], at character {trouble.position + 1}: {trouble}"


def _shipped() -> dict[str, dict[str, list[str]]]:
    return {topic: yaml.load(file.read_text(encoding="utf-8"), _LOADER) for topic, file in _files()}  # noqa: S506 — safe


def _files() -> list[tuple[str, Traversable]]:
    folder = resources.files("monitor").joinpath("data/topics")
    return sorted((file.name.removesuffix(".yaml"), file) for file in folder.iterdir() if file.name.endswith(".yaml"))
