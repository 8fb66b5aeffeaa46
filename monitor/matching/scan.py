"""One document against a vocabulary: which terms it has, and (only when asked) where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from monitor.matching.tags import tags
from monitor.matching.vocabulary import ALWAYS, Terms, Vocabulary
from monitor.model import Document

Span = tuple[Literal["title", "text"], int, int]  # half-open, in characters of the field
Place = tuple[int, int]  # first and last token, counted through the title, a break, and the text

#: Where an article has one of these topics, an initial before a watched surname is enough.
_PRISON = frozenset({"releases", "held-and-health", "families", "repression"})


class _Spans(dict[int, tuple[Span, ...]]):
    """Where terms stand in the article's own title and text: the first few places of each."""

    def __init__(self, find: Callable[[int], tuple[Span, ...]]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, term: int) -> tuple[Span, ...]:
        found = self[term] = self._find(term)
        return found


class Found:
    """What a document has. `terms` is complete when this is made; where they stand is worked out on first use."""

    __slots__ = ("_break", "_document", "_occupied", "_people", "_phrases", "_places", "_shown", "spans", "terms")

    def __init__(self, document: Document, vocabulary: Vocabulary, shown: int) -> None:
        self._document = document
        self._shown = shown  # places of a term that go into its evidence
        self._break = len(document.title.keys)
        title, text = vocabulary.terms_of(document)
        tokens = [*title, (), *text]
        self._occupied = [place for place in enumerate(tokens) if place[1]]  # most words are asked for by nobody
        self.terms: set[int] = {ALWAYS}.union(*[terms for _, terms in self._occupied])
        self._phrases: dict[int, list[Place]] = {}
        if vocabulary.follow:
            self._find_phrases(tokens, vocabulary.follow)
        self._people: dict[int, list[Span]] = {}
        if vocabulary.people and document.names:
            self._find_people(vocabulary)
        if vocabulary.tags:
            self.terms.update([vocabulary.tags[tag] for tag in tags(document) if tag in vocabulary.tags])
        self._places: dict[int, list[int]] | None = None
        self.spans = _Spans(self._spans_of)

    def _find_phrases(self, tokens: list[Terms], follow: dict[int, dict[int, int]]) -> None:
        tokens.append(())  # what follows the last one
        for at, terms in self._occupied:
            after = tokens[at + 1]
            if after:
                for term in terms:
                    if term in follow:
                        self._continue(tokens, follow, follow[term], at, at + 1)
        self.terms.update(self._phrases)

    def _continue(
        self, tokens: list[Terms], follow: dict[int, dict[int, int]], phrases: dict[int, int], start: int, at: int
    ) -> None:
        for term in tokens[at]:
            if term in phrases:
                phrase = phrases[term]
                self._phrases.setdefault(phrase, []).append((start, at))
                if phrase in follow:
                    self._continue(tokens, follow, follow[phrase], start, at + 1)

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

    def places(self, term: int) -> Sequence[Place]:
        """Every place of a word or phrase, in order."""
        if term in self._phrases:
            return self._phrases[term]
        return [(at, at) for at in self._words().get(term, ())]

    def _words(self) -> dict[int, list[int]]:
        """Where each word stands, by its term."""
        if self._places is None:
            places: dict[int, list[int]] = {}
            for at, terms in self._occupied:
                for term in terms:
                    if term in places:
                        places[term].append(at)
                    else:
                        places[term] = [at]
            self._places = places
        return self._places

    def same_field(self, one: Place, other: Place) -> bool:
        return (one[0] < self._break) == (other[0] < self._break)

    def _spans_of(self, term: int) -> tuple[Span, ...]:
        if term in self._people:
            return tuple(self._people[term][: self._shown])
        return tuple([self.span(place) for place in self.places(term)[: self._shown]])

    def span(self, place: Place) -> Span:
        first, last = place
        if first < self._break:
            spans = self._document.title.spans
            return "title", spans[first][0], spans[last][1]
        before, spans = self._break + 1, self._document.text.spans
        return "text", spans[first - before][0], spans[last - before][1]
