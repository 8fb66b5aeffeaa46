"""One document against a vocabulary: which terms it has, and (only when asked) where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, compress, count
from operator import not_
from typing import Literal

from monitor.matching.table import Terms
from monitor.matching.tags import tags
from monitor.matching.vocabulary import ALWAYS, Vocabulary
from monitor.model import Document

Span = tuple[Literal["title", "text"], int, int]  # half-open, in characters of the field
Place = tuple[int, int]  # first and last token, counted through the title, a break, and the text

#: Where an article has one of these topics, an initial before a watched surname is enough.
_PRISON = frozenset({"releases", "held-and-health", "families", "repression"})
_BREAK = ("",)  # a token that no query asks for


class Found:
    """What a document has. `terms` is complete when this is made; where they stand is worked out on first use."""

    def __init__(self, document: Document, vocabulary: Vocabulary, shown: int) -> None:
        self._document = document
        self._shown = shown  # places of a term that go into its evidence
        self._spans: dict[int, tuple[Span, ...]] = {}
        title = document.title.keys
        self._break = len(title)
        self._tokens = (*title, _BREAK, *document.text.keys)
        anywhere, in_title = vocabulary.tables(document.language)
        self._met = anywhere.met(self._tokens)
        self._met_in_title = in_title.met(title) if in_title else {}
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
        openers = {term for term in self.terms & follow.keys() if not apart(follow[term])}
        for at in self._places_of(openers) if openers else ():
            for term in self._terms_at(at):
                if term in openers:
                    self._continue(follow, follow[term], at, at + 1)
        self.terms.update(self._phrases)

    def _continue(self, follow: dict[int, dict[int, int]], phrases: dict[int, int], start: int, at: int) -> None:
        for term in self._terms_at(at) if at < len(self._tokens) else ():
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

    def _terms_at(self, at: int) -> Terms:
        """The terms of one token."""
        keys, met = self._tokens[at], self._met
        terms = [met[key] for key in keys if key in met]
        if at < self._break:
            terms += [self._met_in_title[key] for key in keys if key in self._met_in_title]
        return terms[0] if len(terms) == 1 else tuple(dict.fromkeys(chain(*terms)))

    def _places_of(self, terms: set[int]) -> Iterator[int]:
        """Every token that has one of the terms, and perhaps a few more, in order."""
        entries = chain(self._met.items(), self._met_in_title.items())
        keys = {key for key, stands_for in entries if not terms.isdisjoint(stands_for)}
        return compress(count(), map(not_, map(keys.isdisjoint, self._tokens)))

    def places(self, term: int) -> Sequence[Place]:
        """Every place of a word or phrase, in order."""
        if term in self._phrases:
            return self._phrases[term]
        return [(at, at) for at in self._words.get(term, ())]

    @cached_property
    def _words(self) -> dict[int, list[int]]:
        """Where each word stands, by its term."""
        places: dict[int, list[int]] = {}
        for met, tokens in ((self._met, self._tokens), (self._met_in_title, self._document.title.keys)):
            for at, key in [(at, key) for at, keys in enumerate(tokens) for key in keys if key in met]:
                for term in met[key]:
                    if term not in places:
                        places[term] = [at]
                    elif places[term][-1] != at:  # else it stands there by two of its keys
                        places[term].append(at)
        return places

    def same_field(self, one: Place, other: Place) -> bool:
        return (one[0] < self._break) == (other[0] < self._break)

    def spans(self, term: int) -> tuple[Span, ...]:
        """The first few places where a term stands in the article's own title and text; none of tags."""
        if term not in self._spans:
            spans = self._people.get(term) or map(self.span, self.places(term)[: self._shown])
            self._spans[term] = tuple(spans)[: self._shown]
        return self._spans[term]

    def span(self, place: Place) -> Span:
        first, last = place
        if first < self._break:
            spans = self._document.title.spans
            return "title", spans[first][0], spans[last][1]
        before, spans = self._break + 1, self._document.text.spans
        return "text", spans[first - before][0], spans[last - before][1]
