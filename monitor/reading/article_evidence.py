"""What bears on whether an article is about a release of Belarusian political prisoners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from monitor.reading.cast import never_prisoners
from monitor.reading.evidence import PLAIN, ages, both, kind, signs, steps, zone
from monitor.reading.marked import Marked
from monitor.reading.sentences import Sentence
from monitor.reading.statements import RELEASES, Statement
from monitor.reading.whose import Scene, of_belarus

_SCENE = ("own", "here", "kin", "abroad", "elsewhere", "field")
_COUNTRIES = {"home": "home", "ruler": "home", "foreign": "foreign", "abroad": "foreign"}
_COUNTING = frozenset({"number", "month", "weekday"})
#: Roles that say what a sentence is about, whatever else it says.
_FRAMES = frozenset(
    {"political", "prisoner", "home", "foreign", "abroad", "former", "culture", "sport", "speech", "demand"}
)
_PLACES = (4, 8, 16)  # words before a trigger
_LENGTHS = (4, 8, 16)  # sentences of an article
_QUOTES = '«„“"”'


def evidence(article: Marked) -> set[str]:
    """Everything the article shows."""
    shown = {f"scene: {name}" for name in _SCENE if getattr(article.around, name)}
    shown.add(f"type: {article.source_type}")
    meant = {id(s.trigger): s for s in article.about}
    for sentence in article.sentences:
        here = zone(sentence)
        shown.update(f"{here}: {seen}" for seen in _seen(article, sentence))
        if here != "body":
            shown.update(f"{'title' if here == 'title' else 'lead'}: {pair}" for pair in _together(sentence))
        for statement in article.told[id(sentence)]:
            shown.update(f"{here}: {told}" for told in _told(sentence, statement, article.around, meant))
            if statement.kind in RELEASES:
                shown.update(_when(here, sentence, article.today))
    shown.update(_about(article))
    shown.update(_countries(article.sentences))
    shown.update(_headline(article.sentences))
    shown.update(steps("prisoners", len(article.prisoners), 4))
    shown.update(f"long {n}" for n in _LENGTHS if len(article.sentences) >= n)
    return shown


def _seen(article: Marked, sentence: Sentence) -> Iterator[str]:
    releases = any(s.kind in RELEASES for s in article.told[id(sentence)])
    for mark in sentence.marks:
        top = mark.role.partition(".")[0]
        if top not in PLAIN:
            yield from both(mark.role)
        elif top != "number":
            yield top
            if top == "day":
                yield mark.role
            if releases:
                yield f"release & {top}"
    yield from signs(sentence)
    for named in article.named.get(id(sentence), ()):
        yield "cast named" if named.person in never_prisoners() else "prisoner named"


def _together(sentence: Sentence) -> Iterator[str]:
    """What is said in one sentence: each form of a release, and what frames it, with everything else. `Prisoners` and
    `freed` and `demand` are not their sum."""
    tops = {mark.role.partition(".")[0] for mark in sentence.marks} - _COUNTING
    for form in {mark.role.partition(".")[2] for mark in sentence.marks if mark.role.partition(".")[0] in RELEASES}:
        yield from (f"{form} & {top}" for top in tops)
    for frame in tops & _FRAMES:
        yield from (f"{frame} & {top}" for top in tops if frame < top)


def _told(sentence: Sentence, statement: Statement, around: Scene, meant: Mapping[int, Statement]) -> Iterator[str]:
    name = kind(statement)
    yield f"says {name} {statement.modality}"
    known = meant.get(id(statement.trigger))
    if known is not None:
        yield f"means {name} {known.modality} {known.weight}"
        yield f"means {name} {'asserted' if known.asserts else 'wished'}"
    if name != "release":
        return
    yield f"says {statement.trigger.role} {'here' if of_belarus(statement, around) else 'elsewhere'}"
    start = statement.trigger.start
    yield f"says it within {next((n for n in _PLACES if start < n), 99)}"
    yield f"says it in clause {min(2, sentence.clauses[start])}"
    if statement.people:
        yield f"says of people {statement.modality}"
    if sentence.quantities:
        yield f"says of a number {statement.modality}"
    if any(sentence.clauses[q.start] == sentence.clauses[start] for q in sentence.quantities):
        yield "says of a number in its clause"


def _when(here: str, sentence: Sentence, today: date | None) -> Iterator[str]:
    told = list(ages(sentence, today))
    if not told:
        yield f"{here}: undated"
    for age, precision in told:
        yield f"{here}: dated {age} {precision}"
        yield f"dated {age}"


def _about(article: Marked) -> Iterator[str]:
    asserted = [s for s in article.about if s.asserts]
    yield from steps("asserted", len(asserted), 4)
    yield from steps("wished", len(article.about) - len(asserted), 4)
    telling = {id(s.sentence) for s in asserted}
    first = next((place for place, s in enumerate(article.sentences) if id(s) in telling), None)
    if first is not None:
        yield f"first asserted at {min(first, 6)}"
    yield f"asserted in quarters {4 * len(telling) // max(1, len(article.sentences))}"


def _countries(sentences: Sequence[Sentence]) -> Iterator[str]:
    """Whose country comes first, and which is named more often."""
    marks = [m for s in sentences for m in sorted(s.marks, key=lambda m: m.start)]
    named = [_COUNTRIES[m.role] for m in marks if m.role in _COUNTRIES]
    for name in ("home", "foreign"):
        yield from steps(f"country {name}", named.count(name), 4)
    if named:
        yield f"first country {named[0]}"
    home, foreign = named.count("home"), named.count("foreign")
    yield f"more {'home' if home > foreign else 'foreign' if foreign > home else 'of neither'}"


def _headline(sentences: Sequence[Sentence]) -> Iterator[str]:
    title = next((s.text.strip() for s in sentences if s.where == "title"), "")
    if title[:1] in tuple(_QUOTES):
        yield "headline begins with a quote"
    if any(sign in title for sign in _QUOTES):
        yield "headline quotes"
    if ":" in title:
        yield "headline has a colon"
