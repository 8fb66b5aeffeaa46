"""Why a query matched: the words, people and topics it asked for, with their places in the article's own text."""

from __future__ import annotations

from monitor.matching.program import Close, Program, close_places, terms_met
from monitor.matching.scan import Found
from monitor.matching.vocabulary import Vocabulary
from monitor.model import Evidence


def evidence(program: Program, found: Found, vocabulary: Vocabulary) -> Evidence:
    """The first few places of every term met, in reading order; of NEAR the closest pairs only."""
    terms = list(terms_met(program, found))
    spans = {span for term in terms for span in found.spans(term)}
    for test in program.tests:
        if isinstance(test, Close):
            spans.update(found.span(place) for pair in close_places(test, found) for place in pair)
    labels = vocabulary.labels
    known = [term for term in terms if term in labels] if labels else []
    return Evidence(
        tuple(sorted(spans, key=_reading_order)) if len(spans) > 1 else tuple(spans),
        tuple([labels[term] for term in known if term not in vocabulary.topics]),
        tuple([labels[term] for term in known if term in vocabulary.topics]),
    )


def _reading_order(span: tuple[str, int, int]) -> tuple[bool, int, int]:
    return span[0] == "text", span[1], span[2]
