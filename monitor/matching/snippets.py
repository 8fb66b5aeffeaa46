"""The words that matched, in their context. Pure: an article's own text and ranges in it, snippets out.

A snippet is whole sentences where they fit, and never longer than a reader takes in at a glance: only the sentences
that matter are shown, never a body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.model import Evidence, Snippet

LONGEST = 240
MOST = 2

Span = tuple[int, int]

#: A sentence ends at . ! ? … (and what closes a quotation) before a capital, a digit or an opening quotation; a new
#: line always ends one. Lower case after a full stop is an abbreviation: "г. Мінск" is caught by the single letter.
_END = re.compile(r"(?<!\b\w)[.!?…][\"'»”)\]]*\s+(?=[\"'«“„(\[]*[A-ZА-ЯЁІЎҐЄЇĄ-Ž0-9])|\s*\n\s*")


def snippets(title: str, text: str, evidence: Iterable[Evidence], *, most: int = MOST) -> tuple[Snippet, ...]:
    """At most `most` snippets of `text` with the matched words marked; the title where only that matched."""
    found = {span for e in evidence for span in e.spans}
    in_text = sorted((start, end) for field, start, end in found if field == "text" and 0 <= start < end <= len(text))
    if not in_text:
        in_title = sorted((s, e) for field, s, e in found if field == "title" and 0 <= s < e <= len(title))
        return (_cut(title, (0, len(title)), in_title),) if in_title else ()
    return tuple(_cut(text, window, in_text) for window in _windows(text, in_text, most))


def _windows(text: str, spans: Sequence[Span], most: int) -> list[Span]:
    """Stretches of text around the spans, those with the most matched words first, told in reading order."""
    sentences = _sentences(text)
    windows: list[Span] = []
    for span in spans:
        if not any(start <= span[0] and span[1] <= end for start, end in windows):
            windows.append(_around(text, sentences, span))
    richest = sorted(windows, key=lambda w: -sum(w[0] <= s and e <= w[1] for s, e in spans))
    return sorted(richest[:most])


def _around(text: str, sentences: Sequence[Span], span: Span) -> Span:
    """The sentence the span stands in, with the next ones while they fit; a long one is cut around the span."""
    at = next(i for i, (_, end) in enumerate(sentences) if span[0] < end)
    start, end = sentences[at][0], max(sentences[at][1], span[1])
    if end - start > LONGEST:
        return _narrow(text, (start, end), span)
    for _, further in sentences[at + 1 :]:
        if further - start > LONGEST:
            break
        end = further
    return start, end


def _narrow(text: str, sentence: Span, span: Span) -> Span:
    """At most LONGEST characters of a long sentence with the span near their middle, cut between words."""
    room = max(0, LONGEST - (span[1] - span[0]))
    start = max(sentence[0], min(span[0] - room // 2, sentence[1] - LONGEST))
    end = min(sentence[1], start + LONGEST)
    if start > sentence[0]:
        space = text.find(" ", start, span[0])
        start = space + 1 if space >= 0 else start
    if end < sentence[1]:
        space = text.rfind(" ", span[1], end)
        end = space if space >= 0 else end
    return start, max(end, span[1])


def _sentences(text: str) -> list[Span]:
    """Half-open ranges that cover the text, white space between them left out."""
    edges = [0]
    for end in _END.finditer(text):
        edges += [end.start() + len(end.group().rstrip()), end.end()]
    edges.append(len(text))
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end] or [(0, len(text))]


def _cut(text: str, window: Span, spans: Iterable[Span]) -> Snippet:
    """A range of the text as a snippet; an ellipsis stands where it begins or ends inside a sentence."""
    start, end = window
    head = "…" if start > 0 and not _is_edge(text[:start]) else ""
    tail = "…" if end < len(text) and not _is_edge(text[:end]) else ""
    shift = len(head) - start
    marks = tuple((s + shift, e + shift) for s, e in spans if start <= s and e <= end)
    return Snippet(f"{head}{text[start:end]}{tail}", marks)


def _is_edge(before: str) -> bool:
    return bool(re.search(r"[.!?…][\"'»”)\]]*\s*$|\n\s*$", before[-8:]))
