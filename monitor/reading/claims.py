"""Is a release claimed, denied, hoped for; how many, who, when, what kind, where to, and who says so.

`read` turns an analysed article into claims, each with the sentence it was read from. Whether it is about a release of
Belarusian political prisoners, what became of whom and what its numbers count is weighed from all it shows (`subject`,
`fates`, `counts`); statements, dates, places and origins are found by rule. Words come from
`monitor/data/claims/<language>.yaml`; there is no rule for one article. Nothing here asks whether it is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.model import Claim, Mention, PersonStatus
from monitor.reading import fates, subject
from monitor.reading.analysed import Analysed
from monitor.reading.counts import Counts, count
from monitor.reading.dates import Moment
from monitor.reading.ledger import UNDONE
from monitor.reading.lexicon import Mark
from monitor.reading.marked import Marked, mark_up, may_tell
from monitor.reading.sentences import Sentence
from monitor.reading.statements import RECENT, RELEASES, Statement, dated
from monitor.reading.whose import of_belarus

#: A date so near the event's may be of the same event.
NEAR = timedelta(days=3)
#: A day further back, given only further down, is an earlier round's.
FOLLOWED = timedelta(days=8)
#: The state that negotiates; it stands in most sentences about a release under a deal.
NEGOTIATOR = "place.USA"
TO = 4  # words between `flown` and `to the United States`
ATTRIBUTE = 2  # words between `freed` and the prisoners it describes
DATED = 8  # words between a release and its date; an arrest has dates too


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """What was read: is the article relevant, its claims (the main one first), its mentions with their status."""

    relevant: bool = False
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()


def read(analysed: Analysed, mentions: Sequence[Mention]) -> ClaimReading:
    """What an article claims; `mentions` come from the register.

    An article without words has no claims. Languages without a word list are read with that of English.
    """
    if not mentions and not may_tell(analysed):
        return ClaimReading()
    article = hear(analysed, mentions)
    article.odds = subject.odds(article)
    relevant = article.odds > subject.LIKELY or _refused_exile(article)
    people = fates.of_people(article, mentions)
    return ClaimReading(relevant, _claims(article, relevant, people), people)


def hear(analysed: Analysed, mentions: Sequence[Mention]) -> Marked:
    """The article with everything its sentences tell, before anything is decided."""
    article = mark_up(analysed, mentions)
    article.around = subject.scene_of(article)
    article.about = subject.about(article)
    told = {id(s): [x for x in article.about if x.sentence is s] + article.aftermath(s) for s in article.sentences}
    article.listed = fates.with_lists(article.sentences, told)
    return article


def _claims(article: Marked, relevant: bool, people: Sequence[Mention]) -> tuple[Claim, ...]:
    """The article's claims: what its headline is about first."""
    claims = [_aftermath(article, statement) for statement in _aftermaths(article)]
    about = _told(article, relevant)
    if about:
        main = _dated_by_body(article, subject.main_of(about))
        same = [s for s in about if subject.RANK[s.modality] == subject.RANK[main.modality]]
        same = [s for s in same if s is main or not _is_set_apart(s)]
        event = _claim(article, main, same, people)
        first = bool(claims) and article.sentences[0].has(claims[0].kind) and not article.sentences[0].has("release")
        claims.insert(1 if first else 0, event)
    return tuple(claims)


def _is_set_apart(statement: Statement) -> bool:
    """`She was not in this week's pardons`: another release, named to say that this one is none of it."""
    sentence, clause = statement.sentence, statement.sentence.clauses
    here = clause[statement.trigger.start]
    return statement.trigger.role.endswith(".noun") and any(clause[m.start] == here for m in sentence.find("negation"))


def _refused_exile(article: Marked) -> bool:
    """Whoever refuses to leave was let out first."""
    told = [s for sentence in article.lead for s in article.aftermath(sentence) if s.kind == "refused-exile"]
    return any(s.asserts and s.people for s in told)


def _told(article: Marked, relevant: bool) -> Sequence[Statement]:
    """What the article tells of a release. News of one whose words are not known is told by its first sentence; who
    did not refuse to leave was not let out."""
    if any(s.asserts for s in article.about) or not relevant:
        return article.about
    if article.about:
        return [replace(s, modality="reported") for s in article.about]
    first = article.sentences[0]
    refusals = [s for sentence in article.lead for s in article.aftermath(sentence) if s.kind == "refused-exile"]
    undone = bool(refusals) and all(s.modality in UNDONE for s in refusals)
    return [Statement(first, Mark("release", (0,)), "release", "denied" if undone else "reported", 1)]


def _dated_by_body(article: Marked, main: Statement) -> Statement:
    """A headline without a date about somebody whose release the body dates long ago, and never anew, is that old news
    once more (a page of 2014 that turns up again)."""
    who = {n.person for n in main.people}
    body = [s for s in article.about if s.sentence is not main.sentence and s.kind in RELEASES and s.asserts]
    of_them = [s for s in body if who & {n.person for n in s.people}]
    fresh = main.sentence.where != "title" or dated(main.sentence, article.today)
    if fresh or not of_them or any(s.modality != "past" or not dated(s.sentence, None) for s in body):
        return main
    return replace(main, modality="past")


def _of_another_day(article: Marked, sentence: Sentence, day: date | None) -> bool:
    """Does a sentence date what it tells, and not near the day of the event? An earlier round lends it no number."""
    found = [m for m in dated(sentence, article.today) if m.precision != "year"]
    if day is None or not found or any(_may_be(moment, day) for moment in found):
        return False
    triggers = [s.trigger.start for s in article.told[id(sentence)] if s.kind in RELEASES]
    return any(abs(moment.start - start) <= DATED for moment in found for start in triggers) and not sentence.has(
        "held"
    )


def _may_be(moment: Moment, day: date) -> bool:
    if moment.precision == "month":
        return (moment.day.year, moment.day.month) == (day.year, day.month)
    return abs(moment.day - day) <= NEAR


def _concerned(article: Marked, people: Sequence[Mention], day: date | None) -> list[Mention]:
    """The people of the event itself: whoever is named only where an earlier round is recalled was freed in that."""
    places = ((people[index].person, sentence) for index, (sentence, _) in article.places.items())
    here = {person for person, sentence in places if not _of_another_day(article, sentence, day)}
    return [mention for mention in people if mention.person in here]


def _aftermaths(article: Marked) -> list[Statement]:
    """One statement for each kind of fate told in title or lead: of a known person, or of a political prisoner nobody
    knows where the headline says it too (a reader may follow that name by its words)."""
    found: dict[str, Statement] = {}
    for sentence in article.lead:
        for statement in article.aftermath(sentence):
            if statement.asserts and (statement.people or _is_headline(article, statement)):
                found.setdefault(statement.kind, statement)
    return list(found.values())


def _is_headline(article: Marked, statement: Statement) -> bool:
    title = next((s for s in article.sentences if s.where == "title"), None)
    return title is not None and title.has(statement.kind) and of_belarus(statement, article.around)


def _aftermath(article: Marked, statement: Statement) -> Claim:
    people = tuple(dict.fromkeys(n.person for n in statement.people))
    return Claim(
        kind=statement.kind,
        modality=statement.modality,
        sentence=statement.sentence.text.strip(),
        date=_date(article, statement),
        origin=_origin(article, statement),
        held=people,
    )


def _claim(article: Marked, main: Statement, same: Sequence[Statement], people: Sequence[Mention]) -> Claim:
    day = _date(article, main, same)
    concerned = _concerned(article, people, day)
    counts = _own_counts(article, main, count(article), concerned)
    return Claim(
        kind=_kind(same),
        modality=main.modality,
        sentence=main.sentence.text.strip(),
        total=counts.total,
        political=counts.political,
        cumulative=counts.cumulative,
        per=counts.per,
        date=day,
        destination=_destination(same),
        origin=_origin(article, main),
        freed=_with(concerned, PersonStatus.FREED),
        held=_with(concerned, PersonStatus.HELD),
        withheld=any(s.has("withheld") for s in article.sentences),
        said=counts.said,
        recalled=not counts.total and _is_recalled(article),
    )


def _own_counts(article: Marked, main: Statement, counts: Counts, people: Sequence[Mention]) -> Counts:
    """`She was not on the list of 60`: said of somebody who is free, the number is another release's."""
    told = dict(counts.said).get("total")
    apart = [s for s in article.sentences if s.text.strip() == told and s is not main.sentence]
    apart = [s for s in apart if s.has("not-among", "absent") and not article.named.get(id(s))]
    if not apart or not _with(people, PersonStatus.FREED):
        return counts
    return replace(counts, total=None, said=tuple(pair for pair in counts.said if pair[0] != "total"))


def _is_recalled(article: Marked) -> bool:
    """Does it tell of nothing but what those freed got or did? Where it counts them it may be news."""
    told = [_is_attribute(s) for s in article.about if s.asserts]
    return bool(told) and all(told)


def _is_attribute(statement: Statement) -> bool:
    """`Freed political prisoners open a café`: a participle that says which prisoners, after an article, a number or
    nothing, and right before their noun. `Belarus freed political prisoners` has somebody who does it."""
    sentence, trigger = statement.sentence, statement.trigger
    start, end = trigger.start, trigger.end
    if not any(m.start == start for m in sentence.find("freed")):
        return False
    prisoners = any(0 <= m.start - end <= ATTRIBUTE for m in sentence.find("political", "prisoner"))
    first = start == 0 or sentence.clauses[start - 1] != sentence.clauses[start]
    counted = any(q.end == start for q in sentence.quantities)
    return prisoners and (first or counted or any(m.end == start for m in sentence.find("definite")))


def _kind(same: Sequence[Statement]) -> str:
    """The most specific kind told of the event; being set free says least."""
    kinds = {s.kind for s in same}
    return next((kind for kind in RELEASES if kind in kinds and kind != "arrival"), "release")


def _date(article: Marked, main: Statement, same: Sequence[Statement] = ()) -> date | None:
    """The day its sentence gives, or the next that tells the same; news without one is of the day it appeared, and so
    is news with a day to come (`pardoned for Victory Day`)."""
    retold = [s for s in article.lead if any(m.role.endswith((".done", ".free")) for m in s.marks)]
    for sentence in [main.sentence, *(s.sentence for s in same), *(retold if same else ())]:
        for moment in dated(sentence, article.today):
            reach = RECENT if sentence is main.sentence or sentence.number == 0 else FOLLOWED
            if moment.precision == "day" and (main.modality == "past" or _is_near(moment.day, article.today, reach)):
                return moment.day
    return article.today if main.modality in ("reported", "announced") else None


def _is_near(day: date, today: date | None, reach: timedelta) -> bool:
    """May this be the day of what is told as news?"""
    return today is None or timedelta(0) <= today - day <= reach


def _destination(same: Sequence[Statement]) -> str:
    """Where they were taken, or that they stayed: the first place of a sentence that tells of moving, one that speaks
    there (`Vilnius announced …`) after the others."""
    for statement in same:
        sentence = statement.sentence
        speaking = {word for mark in sentence.find("origin") for word in mark.at}
        moving = statement.kind in ("deportation", "arrival") or sentence.has("moved")
        places = [mark for mark in sentence.find("place") if moving or mark.role == "place.home"]
        places = [m for m in places if m.role != NEGOTIATOR or _is_taken_there(sentence, m)]
        places = [m for m in places if not _is_scene(sentence, m)]
        if places:
            return min(places, key=lambda mark: bool(speaking & set(mark.at))).role[6:]
    return ""


def _is_scene(sentence: Sentence, place: Mark) -> bool:
    """`In Belarus 22 people were pardoned` says where it happened, not that they stayed: a short word before the
    country, and nobody remains."""
    bare = len(place.at) == 2 and len(sentence.forms[place.at[0]]) <= 2
    country = any(place.at[-1] in mark.at for mark in sentence.find("home"))
    return place.role == "place.home" and bare and country and not sentence.has("remain")


def _is_taken_there(sentence: Sentence, place: Mark) -> bool:
    """`flown to the United States`, not `after talks with the United States`: the way there stands before the place,
    and no other place is named, because the United States negotiate releases to Lithuania or Poland."""
    others = [m for m in sentence.find("place") if m.role not in (place.role, "place.home")]
    return not others and any(0 <= place.start - m.at[-1] <= TO for m in sentence.find("moved"))


def _origin(article: Marked, main: Statement) -> str:
    """Whose word it is: whoever is quoted, else the outlet. A state outlet always speaks for the state, whomever it
    quotes: it would be its own second witness."""
    own = _OUTLETS.get(article.source_type, "")
    if own in ("official-by", "state-aligned"):
        return own
    number = article.sentences.index(main.sentence)
    for sentence in [main.sentence, *article.sentences[number + 1 : number + 3], *article.sentences[:number]]:
        for mark in sentence.find("origin"):
            return mark.role[7:]
    return own


#: Types of outlets that are an origin themselves.
_OUTLETS = {
    "official": "official-by",
    "state-aligned": "state-aligned",
    "ngo": "ngo",
    "agency": "agency",
    "destination-state": "destination-state",
}


def _with(people: Sequence[Mention], status: PersonStatus) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.person for m in people if m.status is status))
