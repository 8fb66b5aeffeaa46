"""One document against a vocabulary: which terms it has, and (only when asked) where they stand."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

from monitor.matching.tags import tags
from monitor.matching.vocabulary import ALWAYS, Terms, Vocabulary
from monitor.model import Document

Field = Literal["title", "text"]
Place = tuple[Field, int, int]  # first and last token
Span = tuple[Field, int, int]  # half-open, in characters of the field


#: Where an article has one of these topics, an initial before a watched surname is enough.
_PRISON = frozenset({"releases", "held-and-health", "families", "repression"})


class Found:
    """What a document has. `terms` is complete when this is made; places are gathered on first use."""

    __slots__ = ("_document", "_fields", "_people", "_phrases", "_places", "_shown", "_spans", "terms")

    def __init__(self, document: Document, vocabulary: Vocabulary, shown: int) -> None:
        vocabulary.learn(document.language)
        self._document = document
        self._shown = shown  # places of a term that are shown
        title = list(map(vocabulary.title_terms.__getitem__, document.title.keys))
        text = list(map(vocabulary.text_terms.__getitem__, document.text.keys))
        self._fields: tuple[tuple[Field, list[Terms]], ...] = ("title", title), ("text", text)
        self.terms: set[int] = {ALWAYS}
        self.terms.update(*title, *text)
        self._phrases: dict[int, list[Place]] = {}
        if vocabulary.follow:
            for field, tokens in self._fields:
                self._find_phrases(field, tokens, vocabulary.follow)
            self.terms.update(self._phrases)
        self._people: dict[int, list[Span]] = {}
        if vocabulary.people:
            self._find_people(vocabulary)
        if vocabulary.tags:
            self.terms.update(vocabulary.tags[tag] for tag in tags(document) if tag in vocabulary.tags)
        self._places: dict[int, list[Place]] | None = None
        self._spans: dict[int, tuple[Span, ...]] = {}

    def _find_phrases(self, field: Field, tokens: list[Terms], follow: dict[int, dict[int, int]]) -> None:
        last = len(tokens) - 1
        for at, terms in [(at, terms) for at, terms in enumerate(tokens) if terms]:
            if at == last:
                return
            for term in terms:
                after = follow.get(term)
                if after is not None:
                    self._continue(field, tokens, follow, after, at, at + 1)

    def _continue(
        self,
        field: Field,
        tokens: list[Terms],
        follow: dict[int, dict[int, int]],
        after: dict[int, int],
        start: int,
        at: int,
    ) -> None:
        for term in tokens[at]:
            phrase = after.get(term)
            if phrase is not None:
                self._phrases.setdefault(phrase, []).append((field, start, at))
                longer = follow.get(phrase)
                if longer is not None and at + 1 < len(tokens):
                    self._continue(field, tokens, follow, longer, start, at + 1)

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

    def places(self, term: int) -> list[Place]:
        """Every place of a word or phrase, by field, then in order."""
        if self._places is None:
            places: dict[int, list[Place]] = defaultdict(list)
            for field, tokens in self._fields:
                for at, terms in enumerate(tokens):
                    for each in terms:
                        places[each].append((field, at, at))
            places.update(self._phrases)
            self._places = places
        return self._places.get(term, [])

    def spans(self, term: int) -> tuple[Span, ...]:
        """Where a term stands in the article's own title and text: the first few places."""
        spans = self._spans.get(term)
        if spans is None:
            if term in self._people:
                spans = tuple(self._people[term][: self._shown])
            else:
                spans = tuple([self.span(place) for place in self.places(term)[: self._shown]])
            self._spans[term] = spans
        return spans

    def span(self, place: Place) -> Span:
        field, first, last = place
        where = (self._document.title if field == "title" else self._document.text).spans
        return field, where[first][0], where[last][1]
