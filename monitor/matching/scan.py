"""One document against a vocabulary: which terms it has, and (only when asked) where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import numpy as np

from monitor.matching.document import Words, words_of
from monitor.matching.flat import Flags, Numbers, flagged
from monitor.matching.phrases import Phrases, Place
from monitor.matching.tags import tags
from monitor.matching.vocabulary import ALWAYS, Vocabulary
from monitor.model import Document

Span = tuple[Literal["title", "text"], int, int]  # half-open, in characters of the field

#: Where an article has one of these topics, an initial before a watched surname is enough.
_PRISON = frozenset({"releases", "held-and-health", "families", "repression"})


class Found:
    """What a document has. `has` says it by term; where terms stand is worked out on first use."""

    def __init__(self, document: Document, vocabulary: Vocabulary, shown: int, numbered: Words | None = None) -> None:
        self._document = document
        self._shown = shown  # places of a term that go into its evidence
        self._in_title = vocabulary.in_title
        self._spans: dict[int, tuple[Span, ...]] = {}
        self._places: dict[int, list[Place]] = {}
        self._people: dict[int, list[Span]] = {}
        self._words, self._line = words_of(document, numbered)
        self._title = len(document.title)
        self._owners, self._terms = self._met(vocabulary)
        if vocabulary.phrases:
            self._find_phrases(vocabulary.phrases)
        if vocabulary.people and document.names:
            self._find_people(vocabulary)
        known = vocabulary.tags
        tagged = [known[tag] for tag in tags(document) if tag in known] if known else ()
        self.has: Flags = flagged(self._terms, len(vocabulary.costs))
        self.has[[ALWAYS, *self._places, *self._people, *tagged]] = True

    @cached_property
    def terms(self) -> set[int]:
        return set(self.has.nonzero()[0].tolist())

    def _met(self, vocabulary: Vocabulary) -> tuple[Numbers, Numbers]:
        """Which word has which term; some have one by several of their keys."""
        words = self._words
        anywhere, in_title = vocabulary.tables(self._document.language)
        keys, terms = anywhere.met(words.keys, words.hashes)
        owners = words.owners.take(keys)
        if in_title:
            keys, of_title = in_title.met(words.keys, words.hashes)
            there = self._are(self._line[: self._title]).take(words.owners.take(keys))
            owners = np.concatenate((owners, words.owners.take(keys.compress(there))))
            terms = np.concatenate((terms, of_title.compress(there)))
        return owners, terms

    def _are(self, words: Numbers) -> Flags:
        """By number of a word (the last for a break) whether it is one of these."""
        return flagged(words, len(self._words) + 1)

    def _find_phrases(self, phrases: Phrases) -> None:
        for phrase, place in phrases.found(self._line, self._owners, self._terms):
            if self._may_stand(phrase, place[0]):
                self._places.setdefault(phrase, []).append(place)

    def _find_people(self, vocabulary: Vocabulary) -> None:
        in_prison = not _PRISON.isdisjoint(self._document.topics)
        for sighting in self._document.names:
            terms = {term for key in sighting.strong for term in vocabulary.people.get(key, ())}
            if in_prison:
                terms.update(term for key in sighting.weak for term in vocabulary.initialled.get(key, ()))
            for term in terms:
                if vocabulary.names[term].meets(sighting, self._document.language):
                    self._people.setdefault(term, []).append((sighting.field, *sighting.span))

    def places(self, term: int) -> Sequence[Place]:
        """Every place of a word or phrase, in order."""
        if term not in self._places:
            standing = self._are(self._owners.compress(self._terms == term)).take(self._line).nonzero()[0].tolist()
            self._places[term] = [(at, at) for at in standing if self._may_stand(term, at)]
        return self._places[term]

    def _may_stand(self, term: int, at: int) -> bool:
        return at < self._title or term not in self._in_title

    def same_field(self, one: Place, other: Place) -> bool:
        return (one[0] < self._title) == (other[0] < self._title)

    def spans(self, term: int) -> tuple[Span, ...]:
        """The first few places where a term stands in the article's own title and text; none of tags."""
        if term not in self._spans:
            spans = self._people.get(term) or map(self.span, self.places(term)[: self._shown])
            self._spans[term] = tuple(spans)[: self._shown]
        return self._spans[term]

    def span(self, place: Place) -> Span:
        first, last = place
        before = self._title + 1
        if first < before:
            spans = self._document.title.spans
            return "title", spans[first][0], spans[last][1]
        spans = self._document.text.spans
        return "text", spans[first - before][0], spans[last - before][1]
