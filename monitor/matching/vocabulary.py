"""Everything that queries name (words, phrases, people, tags) as small numbers: the *terms*.

A word's term is met by any of several keys, and a token may carry several terms. A phrase is a term made of two:
chained bigrams turn `a b c` into ((a, b), c), so that phrases come up while a document is looked through, as ordinary,
very rare terms. The keys of a language are worked out when its first document comes, so an analyser that is not needed
is not loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from monitor import languages
from monitor.languages.name_keys import with_initial
from monitor.languages.names import Name, parse_name
from monitor.matching.frequency import Counts, Definition
from monitor.matching.phrases import Phrases
from monitor.matching.syntax import Person, Phrase, Tag, Word
from monitor.matching.table import Table, Terms

ALWAYS = 0  # a term that every document has


class Analysis(Protocol):
    """The part of `monitor.languages` that a vocabulary needs. Keys of different languages must differ."""

    def query_keys(self, word: str, language: str) -> frozenset[str]: ...


class Tables(NamedTuple):
    """The words of one language: those that may stand anywhere, and those that must stand in the title."""

    anywhere: Table
    in_title: Table


class Vocabulary:
    """Terms by what they stand for, each with its cost: about how many recent articles have it.

    `counts` says in how many recent articles a key or tag stood (`index.frequencies`). One thread adds terms; others
    may look up meanwhile.
    """

    def __init__(self, counts: Mapping[str, int], analysis: Analysis = languages) -> None:
        self._analysis = analysis
        self._numbers: dict[Definition, int] = {}
        self._plain: dict[str, int] = {}  # of words in any form and place, once more: most of those that queries name
        self._lock = threading.RLock()  # a matching thread may be the first to learn a language
        self._tables: dict[str, Tables] = {}  # by language
        self.phrases = Phrases()
        self.in_title: set[int] = set()  # words and phrases that must stand there
        self.people: dict[str, Terms] = {}  # by strong key
        self.initialled: dict[str, Terms] = {}  # by weak key with an initial
        self.names: dict[int, Name] = {}
        self.tags: dict[str, int] = {}
        self.labels: dict[int, str] = {}  # of people and topics, for the evidence
        self.topics: set[int] = set()
        self.costs: list[float] = [float("inf")]  # by term
        self._counts = Counts(counts)
        self._learn_counted()

    def word(self, word: Word) -> int:
        if word.form != "any" or word.title:
            return self._word(word)
        number = self._plain.get(word.text)
        if number is None:
            number = self._plain[word.text] = self._word(word)
        return number

    def _word(self, word: Word) -> int:
        definition = ("word", word.form, word.title, word.text)
        number = self._numbers.get(definition)
        if number is None:
            with self._lock:
                number = self._new(definition)
                if word.title:
                    self.in_title.add(number)
                for language in self._tables:
                    self._enter(definition, number, language)
        return number

    def phrase(self, phrase: Phrase) -> int:
        number = self.word(phrase.words[0])
        for word in phrase.words[1:]:
            second = self.word(word)
            definition = ("phrase", number, second)
            known = self._numbers.get(definition)
            if known is None:
                known = self._new(definition)
                if word.title:
                    self.in_title.add(known)
                self.phrases.enter(number, second, known)
            number = known
        return number

    def person(self, person: Person) -> int:
        definition = ("person", person.spelling)
        if definition in self._numbers:
            return self._numbers[definition]
        number = self._new(definition)
        self.labels[number] = person.spelling
        self.tags[f"person:{person.spelling}"] = number
        name = parse_name(person.spelling)
        if name is not None:
            self.names[number] = name
            for key in name.strong:
                self.people[key] = (*self.people.get(key, ()), number)
            for key in with_initial(name.weak):
                self.initialled[key] = (*self.initialled.get(key, ()), number)
        return number

    def tag(self, tag: Tag) -> int:
        definition = ("tag", tag.kind, tag.value)
        if definition in self._numbers:
            return self._numbers[definition]
        number = self.tags[f"{tag.kind}:{tag.value}"] = self._new(definition)
        if tag.kind == "topic":
            self.labels[number] = tag.value
            self.topics.add(number)
        return number

    def tables(self, language: str) -> Tables:
        """The words asked for in documents of a language. With its first document their keys are worked out."""
        return self._tables.get(language) or self._learn(language)

    def recount(self, counts: Mapping[str, int]) -> None:
        """Other articles have become the recent ones: work out every cost again."""
        with self._lock:
            self._counts = Counts(counts)
            self._learn_counted()
            self.costs = self._costs()

    def _costs(self) -> list[float]:
        costs = [self.costs[ALWAYS]]
        for definition in self._numbers:  # in order: the parts of a phrase come before it
            costs.append(self._counts.cost(definition, costs))
        for tables in self._tables.values():
            for table in tables:
                for key, term in table.entries():
                    costs[term] = max(costs[term], self._counts.of_key(key, title=table is tables.in_title))
        for definition, number in self._numbers.items():
            if definition[0] == "phrase":
                costs[number] = self._counts.cost(definition, costs)
        return costs

    def _learn_counted(self) -> None:
        for language in self._counts.languages:
            self._learn(language)

    def _learn(self, language: str) -> Tables:
        with self._lock:
            if language not in self._tables:
                tables = Tables(Table(), Table())
                for definition, number in self._numbers.items():
                    if definition[0] == "word":
                        self._enter(definition, number, language, tables)
                self._tables[language] = tables
            return self._tables[language]

    def _new(self, definition: Definition) -> int:
        with self._lock:
            number = self._numbers[definition] = len(self.costs)
            self.costs.append(self._counts.cost(definition, self.costs))
        return number

    def _enter(self, definition: Definition, number: int, language: str, tables: Tables | None = None) -> None:
        """A word into the table of a language: by its keys there, or by its form where it has none or wants none."""
        _, form, title, text = definition
        tables = tables or self._tables[language]
        table = tables.in_title if title else tables.anywhere
        if form == "prefix":
            table.enter_beginning(f"={text}", number)
            return
        keys = word_keys(str(text), language, self._analysis) - {text} if form == "any" else ()
        for key in keys or (f"={text}",):
            table.enter(key, number)
            self.costs[number] = max(self.costs[number], self._counts.of_key(key, title=bool(title)))


_CYRILLIC_ONLY = {"ru", "uk"}  # Belarusian is written in Latin letters too
_CYRILLIC = _CYRILLIC_ONLY | {"be"}


def word_keys(text: str, language: str, analysis: Analysis = languages) -> frozenset[str]:
    """The keys that meet a query word in a language, but none where its script cannot be that language's.

    There only the exact form meets it.
    """
    cyrillic = any("\u0400" <= letter <= "\u052f" for letter in text)
    possible = language in _CYRILLIC if cyrillic else language not in _CYRILLIC_ONLY
    return analysis.query_keys(text, language) if possible else frozenset()
