"""Why a query matched: the words, people and topics it asked for, with their places in the article's own text."""

from __future__ import annotations

from itertools import chain

from monitor.matching.program import Close, Program, close_places, terms_met
from monitor.matching.scan import Found, Span
from monitor.matching.vocabulary import Vocabulary
from monitor.model import Evidence


def evidence(program: Program, found: Found, vocabulary: Vocabulary) -> Evidence:
    """The first few places of every term met; of NEAR those that are close."""
    terms = terms_met(program, found)
    near: list[Span] = []
    if program.tests:
        nears = [test for test in program.tests if isinstance(test, Close)]
        terms = [term for term in terms if not any(term in each.left or term in each.right for each in nears)]
        near = [found.span(place) for each in nears for pair in close_places(each, found) for place in pair]
    spans = tuple(dict.fromkeys(chain(near, *map(found.spans, terms))))
    labels = vocabulary.labels
    if not labels or labels.keys().isdisjoint(terms):
        return Evidence(spans)
    known = [term for term in terms if term in labels]
    return Evidence(
        spans,
        tuple([labels[term] for term in known if term not in vocabulary.topics]),
        tuple([labels[term] for term in known if term in vocabulary.topics]),
    )
