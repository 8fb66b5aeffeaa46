"""What an article is about: which of its statements tell of prisoners let out, and is that its subject or an aside?

Here the statements of single sentences are held against the whole article: an exchange that frees nobody, thieves under
an amnesty, onward travel, what a correction takes back. Whether it is news of a release is weighed from everything it
shows (`article_evidence`, `weights`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from monitor.reading import article_evidence, weights
from monitor.reading.cast import never_prisoners
from monitor.reading.marked import Marked
from monitor.reading.sentences import Sentence
from monitor.reading.statements import RELEASES, Statement, dated, is_prison_of_state
from monitor.reading.whose import Scene, of_belarus, scene

#: The logarithm of the odds from which on an article is taken to be about a release: a miss weighs a little more than
#: an aside.
LIKELY = -0.2
#: So many prisoners named make a list.
GALLERY = 3
#: Whoever arrives so long after being freed has travelled on.
ARRIVAL = timedelta(days=2)
#: Modalities by how much they say of what an article is about.
RANK = {"reported": 0, "announced": 0, "retracted": 1, "denied": 2, "past": 3, "hint": 4, "forecast": 5, "demand": 6}
#: What shows that an article knows prisoners.
PRISONERS = ("political", "extremist", "prisoner", "former", "exile", "among.freed", "origin.viasna", "origin.ngo")
#: What names a frame for a release without saying that there was one.
_CONTEXT = ("exchange.noun", "amnesty.noun")


def about(article: Marked) -> list[Statement]:
    """The statements that tell of Belarusian prisoners let out, with what the whole article makes of them."""
    found = _meant([s for s in article.statements if s.kind in RELEASES and of_belarus(s, article.around)], article)
    found = _taken_back(found, article) or _roster(article)
    if travels_on(article.lead, article.today):
        found = [replace(s, modality="past") if s.sentence.has("arrival", "moved") else s for s in found]
    return found


def scene_of(article: Marked) -> Scene:
    """What title and lead say of the country."""
    named = [n.person for s in article.lead for n in article.named.get(id(s), ())]
    known = any(person not in never_prisoners() for person in named)
    found = scene(article.sentences, article.lead, article.language == "be" or article.domestic, known)
    return replace(found, here=found.here or _is_unplaced(article), kin=found.kin or bool(named))


def _is_unplaced(article: Marked) -> bool:
    """Political prisoners of no country: whoever tells of those of another names it."""
    political = any(s.has("political", "extremist") for s in article.lead)
    return political and not any(s.has("home", "foreign", "abroad") for s in article.sentences)


def _roster(article: Marked) -> list[Statement]:
    """A list of prisoners by name, how many were in the group, who was not: a release without the word for it."""
    told = [s for s in article.statements if s.kind not in RELEASES]
    if told or len(article.prisoners) < GALLERY or any(s.has("held.sentenced", "abroad") for s in article.sentences):
        return []
    moved = any(s.has("absent", "handover", "moved") for s in article.sentences)
    groups = [(s, m) for s in article.sentences for m in s.find("group") if any(q.start == m.end for q in s.quantities)]
    return [Statement(s, m, "release", "reported", 3) for s, m in groups if moved][:1]


def _meant(found: list[Statement], article: Marked) -> list[Statement]:
    """Leave out what does not tell of prisoners let out: numbers of people in an article that knows no prisoner, an
    exchange, an amnesty law or an arrival without anybody being freed."""
    captives = _are_captives(article)
    prisoners = any(s.has(*PRISONERS) and not captives for s in article.lead) or bool(article.prisoners)
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
    return any(s.has("war") and not is_prison_of_state(s) for s in article.lead) and not political


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
    """Thieves under an amnesty, a suspect on bail, a record released, a town liberated in the war: in title or lead,
    and nobody called political or known."""
    political = any(s.has("political", "extremist") and not s.has("negation") for s in article.lead)
    opening = [s for s in article.lead if s.where == "title" or s.number == 0]
    other = any(s.where == "title" and s.has("exclude") and not article.told[id(s)] for s in opening)
    other = other or any(s.has("history") for s in article.lead)
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
    between = any(
        len(_abroad(s) - {"place.USA"}) > 1 and (not s.has("deportation") or _is_passed_on(s)) for s in arrivals
    )
    return bool(arrivals) and (between or bool(today and days and today - min(days) >= ARRIVAL))


def _is_passed_on(sentence: Sentence) -> bool:
    """`20 people who were taken to Ukraine have arrived in Lithuania`: first the one, then the other, all of them."""
    taken = [m.at[-1] for m in sentence.find("deportation")]
    arrived = [m.start for m in sentence.find("arrival")]
    return len(sentence.quantities) == 1 and bool(taken and arrived) and min(taken) < min(arrived)


def _abroad(sentence: Sentence) -> set[str]:
    return {mark.role for mark in sentence.find("place") if mark.role != "place.home"}


def odds(article: Marked) -> float:
    """The logarithm of the odds that a release is what the article is about: all it shows is weighed together."""
    return weights.load("article").scores(article_evidence.evidence(article))["release"]


def main_of(about: Sequence[Statement]) -> Statement:
    """What the article is about: an assertion before a wish, the headline before the body."""
    return min(about, key=lambda s: (RANK[s.modality], s.sentence.where != "title", s.sentence.number))
