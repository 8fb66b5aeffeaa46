"""Why a query matched: the words, people and topics it asked for, with their places in the article's own text."""

from __future__ import annotations

from monitor.matching.program import Close, Program, close_places, terms_met
from monitor.matching.scan import Found, Span
from monitor.matching.vocabulary import Vocabulary
from monitor.model import Evidence


def evidence(program: Program, found: Found, vocabulary: Vocabulary) -> Evidence:
    """The first few places of every term met; of NEAR those that are close."""
    terms = terms_met(program, found)
    spans: dict[Span, None] = {}
    if program.tests:
        nears = [test for test in program.tests if isinstance(test, Close)]
        terms = [term for term in terms if not any(term in near.left or term in near.right for near in nears)]
        for near in nears:
            spans.update(dict.fromkeys([found.span(place) for pair in close_places(near, found) for place in pair]))
    for term in terms:
        spans |= found.spans(term)
    labels = vocabulary.labels
    if not labels or labels.keys().isdisjoint(terms):
        return Evidence(tuple(spans))
    known = [term for term in terms if term in labels]
    return Evidence(
        tuple(spans),
        tuple([labels[term] for term in known if term not in vocabulary.topics]),
        tuple([labels[term] for term in known if term in vocabulary.topics]),
    )
