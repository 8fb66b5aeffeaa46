"""What bears on what a number of an article counts: the freed in all, those political among them, a running total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.reading.evidence import PLAIN, STEPS, ages, beside, both, commas, distance, kind, zone
from monitor.reading.marked import Marked
from monitor.reading.numbers import Quantity
from monitor.reading.sentences import Sentence
from monitor.reading.statements import RELEASES
from monitor.reading.subject import main_of, travels_on

_SIZES = (1, 2, 3, 9, 30, 130, 300, 700)
_NEAR = STEPS[2]  # words

#: What a number reads that nobody wrote: the people named and those besides them.
SUMMED = ("with them", "with one")

#: Roles in a number's clause that change what its noun is counted for.
_TURNS = (
    *("held", "held.count", "remain", "since", "in-all", "among", "partof", "all", "others", "definite", "group"),
    *("negation", "as-of"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands, what the words around it alone say that it counts, and its noun's role, or ''."""

    sentence: Sentence
    quantity: Quantity
    meaning: str
    noun: str


def evidence(article: Marked, value: int, found: Mapping[int, Sequence[Place]]) -> set[str]:
    """Everything the article shows of one number; `found` are all numbers of the article in their order."""
    places = found[value]
    values = [n for n, at in found.items() if any(p.meaning not in SUMMED for p in at)]
    order = f"number {min(values.index(value), 3)}" if value in values else "number of nobody's"
    shown = {f"size {next((n for n in _SIZES if value <= n), 9999)}", order}
    if value >= max(values):
        shown.add("largest")
    known = set(values)
    if any(other > value and other - value in known for other in values):
        shown.add("part of a sum")
    if any(other < value and value - other in known for other in values):
        shown.add("sum")
    shown.update(f"told {n} times" for n in range(2, min(len(places), 3) + 1))
    shown.update(_others(value, found))
    shown.update(_named(article, value))
    shown.update(_told(article))
    for place in places:
        shown.update((f"reads {place.meaning}", f"reads {place.meaning} in {zone(place.sentence)}"))
        shown.update(_noun(place))
        shown.update(_cues(place.sentence, place.quantity))
        shown.update(_look(article, place.sentence, place.quantity))
    return shown


def _others(value: int, found: Mapping[int, Sequence[Place]]) -> Iterator[str]:
    """What larger and smaller numbers read: beside `250 in all`, 15 is a part."""
    for other, places in found.items():
        if other != value:
            size = "larger" if other > value else "smaller"
            for place in places:
                reads = place.meaning.partition(":")[0]
                if reads and reads not in SUMMED:
                    yield f"{size} reads {reads}"


def _named(article: Marked, value: int) -> Iterator[str]:
    """Is it the number of the prisoners named? No fewer can have been freed than are named as freed."""
    named = len(article.prisoners)
    if named:
        yield "as many as named" if value == named else "fewer than named" if value < named else "more than named"
    else:
        yield "nobody named"


def _told(article: Marked) -> Iterator[str]:
    """What the article is about as a whole: a release denied has no total."""
    if article.about:
        yield f"about {main_of(article.about).modality}"
    if travels_on(article.lead, article.today):
        yield "travels on"


def _noun(place: Place) -> Iterator[str]:
    """What is counted, with the nearest word of a release and with what turns it."""
    noun, start, clauses = place.noun or "nothing", place.quantity.start, place.sentence.clauses
    yield f"counts {noun}"
    triggers = list(place.sentence.find(*RELEASES))
    near = [m for m in triggers if clauses[m.start] == clauses[start]]
    nearest = min(near or triggers, key=lambda m: abs(m.start - start), default=None)
    said = nearest.role if nearest else "no release"
    yield f"counts {noun} & {said}"
    yield f"nearest {said}{' c' if near else ''}"
    turned = {m.role for m in place.sentence.marks if m.role in _TURNS and clauses[m.start] == clauses[start]}
    yield from (f"counts {noun} & {role}" for role in turned)


def _cues(sentence: Sentence, quantity: Quantity) -> Iterator[str]:
    others = [q.start for q in sentence.quantities if q is not quantity]
    yield f"numbers {min(len(others), 3)}"
    for mark, side, near, following in beside(sentence, quantity.start, quantity.end, others):
        top = mark.role.partition(".")[0]
        if top == "number" or mark.start == quantity.start:
            continue
        far = distance(quantity.start, quantity.end, mark)
        apart = commas(sentence, quantity.start, quantity.end, mark)
        for role in (top,) if top in PLAIN else both(mark.role):
            yield f"{role} {near}"
            yield f"{role} {side} {apart} commas"
            if far <= _NEAR:
                yield f"{role} {side}{far}"
            if following:
                yield f"{role} {near} next"


def _look(article: Marked, sentence: Sentence, quantity: Quantity) -> Iterator[str]:
    yield f"in {zone(sentence)}"
    yield "digits" if quantity.digits else "words"
    yield "exact" if quantity.value is not None else "about"
    before, after = _signs(sentence, quantity)
    if not before:
        yield "begins a sentence"
    yield from (
        f"{name} {sign}" for name, sign in (("after", before), ("before", after)) if sign and not sign.isalnum()
    )
    clauses, statements = sentence.clauses, article.told[id(sentence)]
    for statement in statements:
        near = "c" if clauses[statement.trigger.start] == clauses[quantity.start] else "s"
        yield f"says {kind(statement)} {statement.modality} {near}"
    if not statements:
        yield "says nothing"
    if article.named.get(id(sentence)):
        yield "beside a name"
    yield from (f"dated {age} {precision}" for age, precision in ages(sentence, article.today))


def _signs(sentence: Sentence, quantity: Quantity) -> tuple[str, str]:
    """The characters before and after a number, white space aside."""
    first, last = sentence.spans[quantity.start], sentence.spans[quantity.end - 1]
    before = sentence.text[: first[0] - sentence.offset].rstrip()
    return before[-1:], sentence.text[last[1] - sentence.offset :].lstrip()[:1]
