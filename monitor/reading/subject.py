"""What an article is about: which of its statements tell of prisoners let out, and is that its subject or an aside?

Here the statements of single sentences are held against the whole article: an exchange that frees nobody, thieves under
an amnesty, onward travel, what a correction takes back, whom news of a release names without a word on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from monitor.model import Mention, PersonStatus
from monitor.reading.fates import never_prisoners
from monitor.reading.marked import LEAD, Marked
from monitor.reading.sentences import Sentence
from monitor.reading.statements import RELEASES, Statement, dated
from monitor.reading.whose import Scene, of_belarus, scene

#: So many assertions of a release further down make it the article's subject as well.
REPEATED = 3
#: So many prisoners named in an article that tells of a release anywhere are its subject.
GALLERY = 3
#: Whoever arrives so long after being freed has travelled on.
ARRIVAL = timedelta(days=2)
#: Modalities by how much they say of what an article is about.
RANK = {"reported": 0, "announced": 0, "retracted": 1, "denied": 2, "past": 3, "hint": 4, "forecast": 5, "demand": 6}
#: What shows that an article knows prisoners.
PRISONERS = ("political", "extremist", "prisoner", "former", "exile", "among.freed", "origin.viasna", "origin.ngo")
#: What names a frame for a release without saying that there was one.
_CONTEXT = ("exchange.noun", "amnesty.noun")


def about(article: Marked, around: Scene) -> list[Statement]:
    """The statements that tell of Belarusian prisoners let out, with what the whole article makes of them."""
    found = _meant([s for s in article.statements if s.kind in RELEASES and of_belarus(s, around)], article)
    found = _taken_back(found, article) or _roster(article)
    if travels_on(article.lead, article.today):
        found = [replace(s, modality="past") if s.sentence.has("arrival", "moved") else s for s in found]
    return found


def scene_of(article: Marked) -> Scene:
    """What title and lead say of the country."""
    named = [n.person for s in article.lead for n in article.named.get(id(s), ())]
    known = any(person not in never_prisoners() for person in named)
    found = scene(article.sentences, article.lead, article.language == "be" or article.domestic, known)
    return replace(found, kin=found.kin or bool(named))


def _roster(article: Marked) -> list[Statement]:
    """A list of prisoners by name, how many were in the group, who was not: a release without the word for it."""
    told = [s for s in article.statements if s.kind not in RELEASES]
    if told or len(_everybody(article)) < GALLERY or any(s.has("held.sentenced", "abroad") for s in article.sentences):
        return []
    moved = any(s.has("absent", "handover", "moved") for s in article.sentences)
    groups = [(s, m) for s in article.sentences for m in s.find("group") if any(q.start == m.end for q in s.quantities)]
    return [Statement(s, m, "release", "reported", 3) for s, m in groups if moved][:1]


def _meant(found: list[Statement], article: Marked) -> list[Statement]:
    """Leave out what does not tell of prisoners let out: numbers of people in an article that knows no prisoner, an
    exchange, an amnesty law or an arrival without anybody being freed."""
    captives = _are_captives(article)
    prisoners = any(s.has(*PRISONERS) and not captives for s in article.lead) or bool(_everybody(article))
    kinds = {s.kind for s in found if s.kind != "arrival" or s.sentence.has("place", "moved")}
    prisoners = prisoners or (
        not captives and bool(kinds & {"deportation", "arrival"} and kinds & {"release", "pardon"})
    )
    ordinary = _is_ordinary(article)
    heavy = [s for s in found if s.weight >= 2 + captives or prisoners or s.kind == "pardon"]
    heavy = [s for s in heavy if not ordinary or s.weight >= 3]
    heavy = [s for s in heavy if prisoners or not _is_bare(s)]
    freed = any(s.asserts and s.kind != "arrival" and s.trigger.role not in _CONTEXT for s in heavy)
    done = any(s.has("handover", "happened") for s in article.lead)
    return [s for s in heavy if freed or not (_is_frame(s, done) or _only_arrives(s))]


def _is_bare(statement: Statement) -> bool:
    """`back in freedom`, and no word of anybody imprisoned: a stork, perhaps."""
    sentence = statement.sentence
    somebody = sentence.has("people", "sex", "subset", "ruler", "prisoner", "all") or bool(sentence.quantities)
    return statement.trigger.role == "release.free" and not somebody


def _are_captives(article: Marked) -> bool:
    """Are they prisoners of war?"""
    political = any(s.has("political", "extremist") for s in article.lead)
    return any(s.has("war") for s in article.lead) and not political


def _taken_back(about: Sequence[Statement], article: Marked) -> list[Statement]:
    """What a correction says was reported before is taken back; what a headline denies it only quotes."""
    corrects = any(s.has("retract") for s in article.lead)
    titles = [s for s in article.sentences if s.where == "title"]
    denied = any(s.has("deny") for s in titles)
    taken = []
    for statement in about:
        before = corrects and statement.sentence.has("said-before")
        quoted = denied and statement.sentence in titles and statement.asserts
        told = "retracted" if before else "denied" if quoted else statement.modality
        taken.append(replace(statement, modality=told))
    return taken


def _is_ordinary(article: Marked) -> bool:
    """Thieves under an amnesty, a suspect on bail, a record released: in title or lead, and nobody called political or
    known."""
    political = any(s.has("political", "extremist") and not s.has("negation") for s in article.lead)
    opening = [s for s in article.lead if s.where == "title" or s.number == 0]
    other = any(s.where == "title" and s.has("exclude") and not article.told[id(s)] for s in opening)
    crime = other or any(
        s.has("crime", "bail", "soon") or (s.has("amnesty") and not s.has("negation")) for s in opening
    )
    return crime and not political and not article.named


def _is_frame(statement: Statement, done: bool) -> bool:
    """A law or an exchange in which nobody is said to have been freed; an exchange that took place frees somebody."""
    here = statement.sentence.has("home") and not statement.sentence.has("not-among")
    ours = done and (here or not statement.sentence.has("foreign", "not-among"))
    return statement.trigger.role in _CONTEXT and not (statement.kind == "exchange" and ours)


def _only_arrives(statement: Statement) -> bool:
    """Somebody crosses a border; prisoners in some number, or those just freed, arrive because they were let out."""
    several = bool(statement.sentence.quantities) and statement.sentence.has("prisoner", "former")
    named = len(statement.people) > 1 and not statement.sentence.has("held", "prisoner")
    return statement.kind == "arrival" and not (several or named or statement.sentence.has("political", "among.freed"))


def travels_on(lead: Sequence[Sentence], today: date | None) -> bool:
    """Onward travel, no new release: an arrival from another country, or days after the release it names."""
    arrivals = [s for s in lead if s.has("arrival")]
    days = [m.day for s in arrivals for m in dated(s, today) if m.precision == "day"]
    between = any(len(_abroad(s) - {"place.USA"}) > 1 and not s.has("deportation") for s in arrivals)
    return bool(arrivals) and (between or bool(today and days and today - min(days) >= ARRIVAL))


def _abroad(sentence: Sentence) -> set[str]:
    return {mark.role for mark in sentence.find("place") if mark.role != "place.home"}


def is_relevant(article: Marked, about: Sequence[Statement]) -> bool:
    """Is a release asserted or denied in title or lead, or again and again? Not by the way, in telling of an arrest or
    of a demand."""
    if any(s.kind == "refused-exile" and s.asserts for sentence in article.lead for s in article.aftermath(sentence)):
        return True
    arrested = [s.sentence for s in article.statements if s.kind == "re-arrest"]
    titles = [s for s in article.sentences if s.where == "title"]
    if any(s.has("re-arrest") for s in titles) and not any(s.sentence in titles for s in about):
        return False
    asserted = [s for s in about if s.asserts and not (s.modality == "past" and s.sentence in arrested)]
    headline = [s for s in about if s.sentence.where == "title"]
    asserted = [s for s in asserted if s.modality != "past" or headline or _opens(s)]
    salient = [s for s in asserted if s.sentence.where == "title" or s.sentence.number < LEAD]
    if not any(_is_subject(s) for s in salient):
        salient = []
    if any(s.modality != "past" and s.people and s.sentence.quantities and s.weight == 3 for s in asserted):
        return True  # a report that sets its scene first: so many, and who, further down
    if len(_everybody(article)) >= GALLERY and any(
        s.modality in ("announced", "reported") and s.kind != "arrival" for s in asserted
    ):
        return True  # portraits, a list, a live page: who they are comes first, that they are free further down
    wished = bool(headline) and not any(s.asserts for s in headline)
    return len({id(s.sentence) for s in salient}) > wished or len(asserted) >= REPEATED


def _is_subject(statement: Statement) -> bool:
    """Is it what the article is about rather than an aside: in the headline or the first sentence, or told of somebody
    or of so many?"""
    sentence = statement.sentence
    if sentence.where == "title" or sentence.number == 0:
        return True
    return not statement.trigger.role.endswith(".noun") and bool(statement.people or sentence.quantities)


def _opens(past: Statement) -> bool:
    """Is history told at the beginning, or as the beginning of a journey? Elsewhere it is background."""
    return past.sentence.number == 0 or past.sentence.has("arrival")


def main_of(about: Sequence[Statement]) -> Statement:
    """What the article is about: an assertion before a wish, the headline before the body."""
    return min(about, key=lambda s: (RANK[s.modality], s.sentence.where != "title", s.sentence.number))


def expected(article: Marked, about: Sequence[Statement], relevant: bool) -> PersonStatus:
    """What becomes of a prisoner who is named without a word on it: news of a release names whom it freed, a demand or
    a denial whom it did not, news from a prison who is in it."""
    modality = main_of(about).modality if about else ""
    if relevant and modality in ("announced", "reported"):
        return PersonStatus.FREED
    if modality in ("demand", "denied", "retracted"):
        return PersonStatus.HELD
    inside = any(m.role in ("held", "held.sentenced") for s in article.lead for m in s.marks)
    alone = len(_everybody(article)) == 1 and not any(s.has("former", "past") for s in article.lead)
    return PersonStatus.HELD if inside and alone and not relevant else PersonStatus.OTHER


def without_exiled(article: Marked, about: Sequence[Statement], people: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Whoever refused exile is not free, whatever list the name stood in: held where the article says so."""
    refused = any(s.has("refused-exile") and not s.has("past") and not _dated(s) for s in article.lead)
    home = any(m.role == "release.state" for s in article.lead for m in s.marks)
    home = home or any(s.sentence.where == "title" and s.asserts and s.weight >= 2 for s in about)
    if not refused or home or len(_everybody(article)) != 1:
        return people
    inside = any(m.role in ("held", "absent", "remain") for s in article.lead for m in s.marks)
    status = PersonStatus.HELD if inside else PersonStatus.OTHER
    return tuple(replace(m, status=status) if m.status is PersonStatus.FREED else m for m in people)


def _dated(sentence: Sentence) -> bool:
    return any(m.role.startswith("month.") for m in sentence.marks)


def _everybody(article: Marked) -> set[str]:
    """The known prisoners of an article."""
    return {n.person for named in article.named.values() for n in named} - never_prisoners()
