"""One document against a vocabulary: which terms it has, and (only when asked) where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, compress, count
from typing import Literal

from monitor.matching.document import words_of
from monitor.matching.table import Terms
from monitor.matching.tags import tags
from monitor.matching.vocabulary import ALWAYS, Vocabulary
from monitor.model import Document

Span = tuple[Literal["title", "text"], int, int]  # half-open, in characters of the field
Place = tuple[int, int]  # first and last token, counted through the title, a break, and the text

#: Where an article has one of these topics, an initial before a watched surname is enough.
_PRISON = frozenset({"releases", "held-and-health", "families", "repression"})
_NO_WORD = -1  # at the break between title and text, and after the end


class Found:
    """What a document has. `terms` is complete when this is made; where they stand is worked out on first use."""

    def __init__(self, document: Document, vocabulary: Vocabulary, shown: int) -> None:
        self._document = document
        self._shown = shown  # places of a term that go into its evidence
        self._spans: dict[int, tuple[Span, ...]] = {}
        self._near = vocabulary.near
        self._words, self._title, self._text = words_of(document)
        anywhere, in_title = vocabulary.tables(document.language)
        self._met = anywhere.met(self._words.set)
        self._met_in_title = in_title.met(set(chain.from_iterable(document.title.keys))) if in_title else {}
        self.terms: set[int] = {ALWAYS}.union(*self._met.values(), *self._met_in_title.values())
        self._phrases: dict[int, list[Place]] = {}
        if vocabulary.follow:
            self._find_phrases(vocabulary.follow)
        self._people: dict[int, list[Span]] = {}
        if vocabulary.people and document.names:
            self._find_people(vocabulary)
        if vocabulary.tags:
            self.terms.update([vocabulary.tags[tag] for tag in tags(document) if tag in vocabulary.tags])

    def _find_phrases(self, follow: dict[int, dict[int, int]]) -> None:
        """Few words that could begin a phrase have one in the document that could go on; only those are looked at."""
        apart = self.terms.isdisjoint
        openers = {term for term in follow.keys() & self.terms if not apart(follow[term])}
        for at in self._places_of(openers) if openers else ():
            for term in self._terms_at(at):
                if term in openers:
                    self._continue(follow, follow[term], at, at + 1)
        self.terms.update(self._phrases)

    def _continue(self, follow: dict[int, dict[int, int]], phrases: dict[int, int], start: int, at: int) -> None:
        for term in self._terms_at(at):
            if term in phrases:
                phrase = phrases[term]
                self._phrases.setdefault(phrase, []).append((start, at))
                if phrase in follow:
                    self._continue(follow, follow[phrase], start, at + 1)

    def _find_people(self, vocabulary: Vocabulary) -> None:
        in_prison = not _PRISON.isdisjoint(self._document.topics)
        for sighting in self._document.names:
            terms = {term for key in sighting.strong for term in vocabulary.people.get(key, ())}
            if in_prison:
                terms.update(term for key in sighting.weak for term in vocabulary.initialled.get(key, ()))
            for term in terms:
                if vocabulary.names[term].meets(sighting, self._document.language):
                    self._people.setdefault(term, []).append((sighting.field, *sighting.span))
        self.terms.update(self._people)

    @cached_property
    def _numbers(self) -> list[int]:
        """Which word stands at each place."""
        return [*self._title, _NO_WORD, *self._text, _NO_WORD]

    def _terms_at(self, at: int) -> Terms:
        """The terms of the word at one place."""
        number, met = self._numbers[at], self._met
        if number == _NO_WORD:
            return ()
        keys = self._words.keys_of(number)
        terms = [met[key] for key in keys if key in met]
        if self._met_in_title and at < len(self._title):
            terms += [self._met_in_title[key] for key in keys if key in self._met_in_title]
        return terms[0] if len(terms) == 1 else tuple(dict.fromkeys(chain(*terms)))

    def _places_of(self, terms: set[int]) -> Iterator[int]:
        """Every place with one of the terms, and perhaps a few more, in order."""
        entries = chain(self._met.items(), self._met_in_title.items())
        keys = {key for key, stands_for in entries if not terms.isdisjoint(stands_for)}
        words = {number for number, _ in self._words.having(keys)}
        return compress(count(), map(words.__contains__, self._numbers))

    def places(self, term: int) -> Sequence[Place]:
        """Every place of a word or phrase, in order."""
        if term in self._phrases:
            return self._phrases[term]
        places = self._near_places if term in self._near else self._all_places
        return [(at, at) for at in places.get(term, ())]

    @cached_property
    def _near_places(self) -> dict[int, list[int]]:
        """Where words stand, by term, of which queries ask how near they are."""
        apart = self._near.isdisjoint
        return self._places({key: terms for key, terms in self._met.items() if not apart(terms)})

    @cached_property
    def _all_places(self) -> dict[int, list[int]]:
        return self._places(self._met)

    def _places(self, met: dict[str, Terms]) -> dict[int, list[int]]:
        terms: dict[int, Terms] = {}
        for number, key in self._words.having(met):
            terms[number] = (*terms[number], *met[key]) if number in terms else met[key]
        places: dict[int, list[int]] = {}
        numbers, title = self._numbers, len(self._title) if self._met_in_title else 0
        for at in chain(range(title), compress(count(title), map(terms.__contains__, numbers[title:]))):
            for term in self._terms_at(at) if at < title else terms[numbers[at]]:
                if term not in places:
                    places[term] = [at]
                elif places[term][-1] != at:  # else it stands there by two of its keys
                    places[term].append(at)
        return places

    def same_field(self, one: Place, other: Place) -> bool:
        return (one[0] < len(self._title)) == (other[0] < len(self._title))

    def spans(self, term: int) -> tuple[Span, ...]:
        """The first few places where a term stands in the article's own title and text; none of tags."""
        if term not in self._spans:
            spans = self._people.get(term) or map(self.span, self.places(term)[: self._shown])
            self._spans[term] = tuple(spans)[: self._shown]
        return self._spans[term]

    def span(self, place: Place) -> Span:
        first, last = place
        before = len(self._title) + 1
        if first < before:
            spans = self._document.title.spans
            return "title", spans[first][0], spans[last][1]
        spans = self._document.text.spans
        return "text", spans[first - before][0], spans[last - before][1]
