"""Everything that queries name (words, phrases, people, tags) as small numbers: the *terms*.

A word's term is met by any of several keys, and a token may carry several terms. A phrase is a term made of two:
chained bigrams turn `a b c` into ((a, b), c), so that phrases come up while a document is scanned, as ordinary, very
rare terms. The keys of a language are worked out when its first document comes, so an analyser that is not needed is
not loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Protocol

from monitor import languages
from monitor.languages.names import Name, parse_name
from monitor.matching.frequency import Counts, Definition
from monitor.matching.syntax import Person, Phrase, Tag, Word
from monitor.model import Document

ALWAYS = 0  # a term that every document has
_REMEMBERED = 2**16  # forms whose terms are kept in a language, about 0.2 kB each

Terms = tuple[int, ...]


class Analysis(Protocol):
    """The part of `monitor.languages` that a vocabulary needs. Keys of different languages must differ."""

    def query_keys(self, word: str, language: str) -> frozenset[str]: ...


class Scope:
    """The words asked for in one field, or in any: from key, or from the beginning of a form, to terms."""

    def __init__(self) -> None:
        self.keys: dict[str, Terms] = {}
        self.beginnings: dict[int, dict[str, Terms]] = {}  # by length

    def enter(self, key: str, term: Terms) -> None:
        _enter(self.keys, key, term)

    def enter_beginning(self, key: str, term: Terms) -> None:
        _enter(self.beginnings.setdefault(len(key), {}), key, term)

    def of_beginnings(self, exact: str) -> Terms:
        cut = ((table, exact[:length]) for length, table in self.beginnings.items())
        return tuple([term for table, key in cut if key in table for term in table[key]])


def _enter(table: dict[str, Terms], key: str, term: Terms) -> None:
    there = table.get(key, ())
    table[key] = there + term if there else term


class TokenTerms(dict[str, Terms]):
    """The terms of a form by its exact key, for one language: there a form has the same keys wherever it stands."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self._scopes = scopes

    def of(self, tokens: Sequence[tuple[str, ...]]) -> list[Terms]:
        """The terms of each token. The innermost loop of matching: a form that was met before costs one look."""
        found: list[Terms | None] = list(map(self.get, map(_EXACT, tokens)))
        if None in found:
            self._complete(found, tokens)
        return found  # type: ignore[return-value]  # no None is left

    def _complete(self, found: list[Terms | None], tokens: Sequence[tuple[str, ...]]) -> None:
        if len(self) > _REMEMBERED:
            self.clear()
        unknown = self._scopes[0].keys.keys().isdisjoint  # most forms are in no query
        simple = len(self._scopes) == 1 and not self._scopes[0].beginnings
        for at, terms in enumerate(found):
            if terms is None:
                keys = tokens[at]
                found[at] = self[keys[0]] = () if simple and unknown(keys) else self._work_out(keys)

    def _work_out(self, keys: tuple[str, ...]) -> Terms:
        found: Terms = ()
        for scope in self._scopes:
            known = scope.keys
            for key in keys:
                if key in known and known[key] is not found:
                    found = found + known[key] if found else known[key]
            if scope.beginnings:
                found += scope.of_beginnings(keys[0])
        return tuple(dict.fromkeys(found)) if len(found) > 1 else found


_EXACT = itemgetter(0)


class Vocabulary:
    """Terms by what they stand for, each with its cost: about how many recent articles have it.

    `counts` says in how many recent articles a key or tag stood (`index.frequencies`). One thread adds terms; others
    may look up meanwhile.
    """

    def __init__(self, counts: Mapping[str, int], analysis: Analysis = languages) -> None:
        self._analysis = analysis
        self._numbers: dict[Definition, int] = {}
        self._languages: set[str] = set()
        self._lock = threading.RLock()  # a matching thread may be the first to learn a language
        self._anywhere, self._in_title = Scope(), Scope()
        self._text_terms: dict[str, TokenTerms] = {}  # by language
        self._title_terms: dict[str, TokenTerms] = {}
        self.follow: dict[int, dict[int, int]] = {}  # first part of a phrase → second part → phrase
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
        with self._lock:
            number, new = self._number(("word", word.form, word.title, word.text))
            if new:
                self._enter_word(word, number)
                self._forget_tokens()
        return number

    def phrase(self, phrase: Phrase) -> int:
        number = self.word(phrase.words[0])
        for word in phrase.words[1:]:
            first, second = number, self.word(word)
            number, new = self._number(("phrase", first, second))
            if new:
                self.follow.setdefault(first, {})[second] = number
        return number

    def person(self, person: Person) -> int:
        number, new = self._number(("person", person.spelling))
        if new:
            self.labels[number] = person.spelling
            self.tags[f"person:{person.spelling}"] = number
            name = parse_name(person.spelling)
            if name is not None:
                self.names[number] = name
                for key in name.strong:
                    _enter(self.people, key, (number,))
                for key in with_initial(name.weak):
                    _enter(self.initialled, key, (number,))
        return number

    def tag(self, tag: Tag) -> int:
        number, new = self._number(("tag", tag.kind, tag.value))
        if new:
            self.tags[f"{tag.kind}:{tag.value}"] = number
            if tag.kind == "topic":
                self.labels[number] = tag.value
                self.topics.add(number)
        return number

    def terms_of(self, document: Document) -> tuple[list[Terms], list[Terms]]:
        """The terms of each word of the title and of the text."""
        language = document.language
        if language not in self._languages:
            self.learn(language)
        return self._title_terms[language].of(document.title.keys), self._text_terms[language].of(document.text.keys)

    def learn(self, language: str) -> None:
        """Work out the keys of every word in a language that documents are written in."""
        with self._lock:
            if language in self._languages:
                return
            for definition, number in self._numbers.items():
                if definition[:2] == ("word", "any"):
                    self._enter_keys(str(definition[3]), bool(definition[2]), language, number)
            self._remember(language)
            self._languages.add(language)

    def recount(self, counts: Mapping[str, int]) -> None:
        """Other articles have become the recent ones: work out every cost again."""
        with self._lock:
            self._recount(counts)

    def _recount(self, counts: Mapping[str, int]) -> None:
        self._counts = Counts(counts)
        self._learn_counted()
        costs = [self.costs[ALWAYS]]
        for definition in self._numbers:  # in order: the parts of a phrase come before it
            costs.append(self._counts.cost(definition, costs))
        for scope in (self._anywhere, self._in_title):
            for key, terms in scope.keys.items():
                count = self._counts.of_key(key, title=scope is self._in_title)
                for term in terms if count else ():
                    costs[term] = max(costs[term], count)
        for definition, number in self._numbers.items():
            if definition[0] == "phrase":
                costs[number] = self._counts.cost(definition, costs)
        self.costs = costs

    def _learn_counted(self) -> None:
        for language in self._counts.languages:
            self.learn(language)

    def _number(self, definition: Definition) -> tuple[int, bool]:
        number = self._numbers.get(definition)
        if number is not None:
            return number, False
        number = self._numbers[definition] = len(self.costs)
        self.costs.append(self._counts.cost(definition, self.costs))
        return number, True

    def _enter_word(self, word: Word, number: int) -> None:
        scope = self._in_title if word.title else self._anywhere
        if word.form == "prefix":
            scope.enter_beginning("=" + word.text, (number,))
            return
        scope.enter("=" + word.text, (number,))
        if word.form == "any":
            for language in self._languages:
                self._enter_keys(word.text, word.title, language, number)

    def _enter_keys(self, text: str, title: bool, language: str, number: int) -> None:
        scope, term = self._in_title if title else self._anywhere, (number,)
        for key in word_keys(text, language, self._analysis):
            scope.enter(key, term)
            self.costs[number] = max(self.costs[number], self._counts.of_key(key, title=title))

    def _remember(self, language: str) -> None:
        self._title_terms[language] = TokenTerms(self._anywhere, self._in_title)
        self._text_terms[language] = TokenTerms(self._anywhere)

    def _forget_tokens(self) -> None:
        """New memories for old: a thread that still works something out from before writes into the old one."""
        for language, remembered in self._text_terms.items():
            if remembered or self._title_terms[language]:
                self._remember(language)


_CYRILLIC_ONLY = {"ru", "uk"}  # Belarusian is written in Latin letters too
_CYRILLIC = _CYRILLIC_ONLY | {"be"}


def with_initial(weak: Iterable[str]) -> list[str]:
    """Of the weak keys of a name those with an initial before the surname."""
    return [key for key in weak if not key.startswith("@")]


def word_keys(text: str, language: str, analysis: Analysis = languages) -> frozenset[str]:
    """The keys that meet a query word in a language, but none where its script cannot be that language's.

    There only the exact form meets it, as it does everywhere.
    """
    cyrillic = any("\u0400" <= letter <= "\u052f" for letter in text)
    possible = language in _CYRILLIC if cyrillic else language not in _CYRILLIC_ONLY
    return analysis.query_keys(text, language) if possible else frozenset()
