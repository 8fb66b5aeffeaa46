"""What bears on what became of a person an article names: let out, still inside, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.reading.evidence import PLAIN, beside, both, commas, distance, kind, parted, signs, zone
from monitor.reading.marked import Marked
from monitor.reading.sentences import Sentence
from monitor.reading.statements import Named

#: What turns a whole article: whoever it names may be still inside.
_TURNS = (
    *("retract", "deny", "said-before", "not-among", "absent", "demand", "refused-exile", "re-arrest"),
    *("former", "past", "held", "remain"),
)

#: What tells of somebody's fate; the nearest such word beside a name most of all.
_FATES = frozenset(
    {"release", "pardon", "exchange", "deportation", "arrival", "end-of-term", "held", "remain", "absent", "not-among"}
    | {"re-arrest", "refused-exile", "demand", "prisoner", "detainee", "freed", "among", "deny", "retract", "negation"}
    | {"moved", "handover", "health", "death"}
)
_CLOSE = 4  # words
_BEYOND = 20  # words further is what stands behind another name

#: How likely the article is about a release, by the logarithm of its odds.
_ODDS = ((2.0, "surely"), (0.5, "likely"), (-0.5, "perhaps"), (-2.0, "unlikely"))

Places = Sequence[tuple[Sentence, Named]]


def evidence(article: Marked, places: Places) -> set[str]:
    """Everything the article shows of one person, named at `places`."""
    shown = {f"prisoners {min(len(article.prisoners), 4)}", f"named {min(len(places), 3)} times"}
    shown.add(f"first in {zone(places[0][0])}")
    shown.add(f"release {next((name for least, name in _ODDS if article.odds > least), 'surely not')}")
    for sentence, named in places:
        shown.update(_cues(article, sentence, named))
        shown.update(_nearest(article, sentence, named))
        shown.update(_statements(article, sentence, named))
        shown.update(_neighbours(article, sentence))
        shown.update(_place(sentence, named))
        shown.update(signs(sentence))
    for statement in article.about:
        shown.add(f"article: {statement.modality}")
        if statement.sentence.where == "title":
            shown.add(f"headline: {statement.modality}")
    shown.update(f"lead: {role}" for sentence in article.lead for role in _TURNS if sentence.has(role))
    shown.update(_headline(article, places))
    return shown


def _others(article: Marked, sentence: Sentence, named: Named) -> list[int]:
    return [n.start for n in article.named[id(sentence)] if n.person != named.person]


def _cues(article: Marked, sentence: Sentence, named: Named) -> Iterator[str]:
    where = "title" if sentence.where == "title" else "text"
    others = _others(article, sentence, named)
    if others:
        yield "named with others"
    for mark, side, near, following in beside(sentence, named.start, named.end, others):
        if mark.role.partition(".")[0] in PLAIN:
            continue
        far = distance(named.start, named.end, mark)
        apart = commas(sentence, named.start, named.end, mark)
        for role in both(mark.role):
            yield f"{where}: {role} {near}"
            yield f"{role} {side}{far}"
            yield f"{role} {side} {apart} commas"
            if following:
                yield f"{role} {near} next"


def _nearest(article: Marked, sentence: Sentence, named: Named) -> Iterator[str]:
    """The word of somebody's fate that stands nearest, of all and on each side; and which of the names this one is."""
    nearest: dict[str, tuple[int, str]] = {}
    for mark, side, _, following in beside(sentence, named.start, named.end, _others(article, sentence, named)):
        top = mark.role.partition(".")[0]
        if top in _FATES:
            words = mark.start - named.end + 1 if side == ">" else named.start - mark.end + 1
            fate = mark.role if top in ("release", "held") else top
            found = (words if following else words + _BEYOND, f"{fate} {side}")
            nearest["of all"] = min(nearest.get("of all", found), found)
            nearest[side] = min(nearest.get(side, found), found)
    for which, (words, fate) in nearest.items():
        yield f"nearest {which}: {fate}"
        if words <= _CLOSE:
            yield f"close {which}: {fate}"
    names = sorted({n.start for n in article.named[id(sentence)]})
    yield f"name {min(names.index(named.start), 3)} of {min(len(names), 4)}"


def _statements(article: Marked, sentence: Sentence, named: Named) -> Iterator[str]:
    others = _others(article, sentence, named)
    for statement in article.listed.get(id(sentence), ()):
        name = kind(statement)
        if statement.sentence is not sentence:
            yield f"list of {name} {statement.modality}"
            continue
        side = "<" if statement.trigger.start < named.start else ">"
        following = "" if parted(named.start, statement.trigger.start, others) else " next"
        yield f"says {name} {statement.modality}"
        yield f"says {name} {'asserted' if statement.asserts else 'wished'} {side}{following}"


def _neighbours(article: Marked, sentence: Sentence) -> Iterator[str]:
    place = article.sentences.index(sentence)
    for name, other in (("before", place - 1), ("after", place + 1)):
        if 0 <= other < len(article.sentences):
            for statement in article.told[id(article.sentences[other])]:
                yield f"{name}: {kind(statement)} {statement.modality}"


def _place(sentence: Sentence, named: Named) -> Iterator[str]:
    """Where in its sentence the name stands, and between which signs."""
    if named.start == 0:
        yield "begins a sentence"
    else:
        before = sentence.gap(sentence.spans[named.start - 1][1], sentence.spans[named.start][0]).strip()
        if before:
            yield f"after {before[:1]}"
    if named.end >= len(sentence.forms):
        yield "ends a sentence"
    following = sentence.text[sentence.spans[named.end - 1][1] - sentence.offset :].lstrip()[:1]
    if following and not following.isalnum():
        yield f"before {following}"


def _headline(article: Marked, places: Places) -> Iterator[str]:
    fields = {sentence.where for sentence, _ in places}
    if len(fields) == 1:
        yield f"named in {fields.pop()} only"
    title = next((s for s in article.sentences if s.where == "title"), None)
    if title is None:
        return
    if article.named.get(id(title)) and not any(sentence is title for sentence, _ in places):
        yield "others in the headline"
    yield from (f"headline: {m.role}" for m in title.marks if m.role.partition(".")[0] not in PLAIN)
