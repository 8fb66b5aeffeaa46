"""Is a release claimed, denied, hoped for; how many, who, when, what kind, where to, and who says so.

`read` turns an analysed article into claims, each with the sentence it was read from. It decides whether the article is
about a release of Belarusian political prisoners at all: a release verb, a count or a name alone proves nothing. Words
come from `monitor/data/claims/<language>.yaml`; there is no rule for one article. Nothing here asks whether it is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.model import Claim, Mention, PersonStatus, Tokens
from monitor.reading import fates, subject
from monitor.reading.counts import Counts, count
from monitor.reading.dates import Moment
from monitor.reading.marked import Marked, mark_up, may_tell
from monitor.reading.sentences import Sentence
from monitor.reading.statements import RECENT, RELEASES, Statement, dated
from monitor.reading.whose import Scene, knows_prison, of_belarus

#: A date so near the event's may be of the same event.
NEAR = timedelta(days=3)
#: A day further back, given only further down, is an earlier round's.
FOLLOWED = timedelta(days=8)
DATED = 8  # words between a release and its date; an arrest has dates too


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """What was read: is the article relevant, its claims (the main one first), its mentions with their status."""

    relevant: bool = False
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()


def read(
    title: str,
    text: str,
    language: str,
    published: datetime | None,
    mentions: Sequence[Mention],
    source_type: str,
    title_tokens: Tokens,
    text_tokens: Tokens,
) -> ClaimReading:
    """What an article claims. `mentions` come from the register, `source_type` is a `model.OutletType` or ''.

    An article without words has no claims. Languages without a word list are read with that of English.
    """
    if not mentions and not may_tell(language, source_type, title_tokens, text_tokens):
        return ClaimReading()
    article = mark_up(title, text, language, published, mentions, title_tokens, text_tokens)
    article.source_type = source_type
    around = subject.scene_of(article)
    about = subject.about(article, around)
    told = {id(s): [x for x in about if x.sentence is s] + article.aftermath(s) for s in article.sentences}
    complete = fates.with_lists(article.sentences, told)
    relevant = subject.is_relevant(article, about)
    people = fates.of_people(mentions, article.places, complete, subject.expected(article, about, relevant))
    people = subject.without_exiled(article, about, people)
    if around.field or not knows_prison(article.sentences):
        people = tuple(m if m.certain and not around.field else replace(m, status=PersonStatus.OTHER) for m in people)
    return ClaimReading(relevant, _claims(article, about, complete, people, around), people)


def _claims(
    article: Marked,
    about: Sequence[Statement],
    told: fates.Told,
    people: Sequence[Mention],
    around: Scene,
) -> tuple[Claim, ...]:
    """The article's claims: what its headline is about first."""
    source_type = article.source_type
    claims = [_aftermath(article, s, source_type) for s in _aftermaths(article, around)]
    if about:
        main = subject.main_of(about)
        same = [s for s in about if subject.RANK[s.modality] == subject.RANK[main.modality]]
        travels = main.modality == "past" and subject.travels_on(article.lead, article.today)
        day = _date(article, main, same)
        kept = [s for s in article.sentences if not travels and any(x in same for x in told[id(s)])]
        kept = [s for s in kept if s is main.sentence or s.where == "title" or not _of_another_day(article, s, day)]
        counts = _counted(article, about, kept, day, history=main.modality == "past")
        event = _claim(article, main, same, counts, _concerned(article, people, day), source_type)
        first = bool(claims) and article.sentences[0].has(claims[0].kind) and not article.sentences[0].has("release")
        claims.insert(1 if first else 0, event)
    return tuple(claims)


def _counts(article: Marked, sentence: Sentence, day: date | None) -> bool:
    """May a sentence that says nothing of the release itself give its number: `the 52 prisoners were welcomed`?"""
    telling = sentence.has(*subject.PRISONERS, "release", "arrival", "pardon", "handover")
    travelled = subject.travels_on([sentence], article.today) and not sentence.has("release", "pardon")
    return telling and not travelled and not _of_another_day(article, sentence, day)


def _tells_a_group(article: Marked, sentence: Sentence, day: date | None) -> bool:
    """May a sentence that tells of no prisoner give the number: `16 people, half of them women`, `the group of 52`?"""
    counted = sentence.has("group") or (sentence.has("people") and not sentence.has("speech"))
    counted = counted and not sentence.has("held", "negation", "foreign", "crime")
    return counted and not _of_another_day(article, sentence, day)


def _counted(
    article: Marked, about: Sequence[Statement], kept: Sequence[Sentence], day: date | None, *, history: bool
) -> Counts:
    """The counts of the event: of those let go before those who arrived, from the sentences around where these give
    none; a running total from wherever one is told."""
    arrivals = {id(s.sentence) for s in about if s.kind == "arrival"}
    arrivals -= {id(s.sentence) for s in about if s.kind != "arrival"}
    counts = count([s for s in kept if id(s) not in arrivals], article.named)
    groups = [s for s in article.lead if _tells_a_group(article, s, day)]
    for more in (kept, [s for s in article.lead if _counts(article, s, day)], groups):
        if counts.total is None and not history:
            counts = _with_total(counts, count(more, article.named))
    if counts.cumulative is None:
        told = [s.sentence for s in about if s.asserts]
        counts = replace(counts, cumulative=count(told, article.named).cumulative)
    return counts


def _with_total(counts: Counts, more: Counts) -> Counts:
    if more.total is None:
        return counts
    return replace(more, cumulative=counts.cumulative or more.cumulative, per=counts.per or more.per)


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


def _aftermaths(article: Marked, around: Scene) -> list[Statement]:
    """One statement for each kind of fate told in title or lead: of a known person, or of a political prisoner nobody
    knows where the headline says it too (a reader may follow that name by its words)."""
    found: dict[str, Statement] = {}
    for sentence in article.lead:
        for statement in article.aftermath(sentence):
            if statement.asserts and (statement.people or _is_headline(article, statement, around)):
                found.setdefault(statement.kind, statement)
    return list(found.values())


def _is_headline(article: Marked, statement: Statement, around: Scene) -> bool:
    title = next((s for s in article.sentences if s.where == "title"), None)
    return title is not None and title.has(statement.kind) and of_belarus(statement, around)


def _aftermath(article: Marked, statement: Statement, source_type: str) -> Claim:
    people = tuple(dict.fromkeys(n.person for n in statement.people))
    return Claim(
        kind=statement.kind,
        modality=statement.modality,
        sentence=statement.sentence.text.strip(),
        date=_date(article, statement),
        origin=_origin(article, statement, source_type),
        held=people,
    )


def _claim(
    article: Marked,
    main: Statement,
    same: Sequence[Statement],
    counts: Counts,
    people: Sequence[Mention],
    source_type: str,
) -> Claim:
    return Claim(
        kind=_kind(same),
        modality=main.modality,
        sentence=main.sentence.text.strip(),
        total=counts.total,
        political=counts.political,
        cumulative=counts.cumulative,
        per=tuple(counts.per.items()),
        date=_date(article, main, same),
        destination=_destination(same),
        origin=_origin(article, main, source_type),
        freed=_with(people, PersonStatus.FREED),
        held=_with(people, PersonStatus.HELD),
        withheld=any(s.has("withheld") for s in article.sentences),
    )


def _kind(same: Sequence[Statement]) -> str:
    """The most specific kind told of the event; being set free says least."""
    kinds = {s.kind for s in same}
    return next((kind for kind in RELEASES if kind in kinds and kind != "arrival"), "release")


def _date(article: Marked, main: Statement, same: Sequence[Statement] = ()) -> date | None:
    """The day its sentence gives, or the next that tells the same; news without one is of the day it appeared."""
    retold = [s for s in article.lead if any(m.role.endswith((".done", ".free")) for m in s.marks)]
    for sentence in [main.sentence, *(s.sentence for s in same), *(retold if same else ())]:
        for moment in dated(sentence, article.today):
            reach = RECENT if sentence is main.sentence or sentence.number == 0 else FOLLOWED
            if moment.precision == "day" and (main.modality == "past" or _is_near(moment.day, article.today, reach)):
                return moment.day
    return article.today if main.modality in ("reported", "announced") else None


def _is_near(day: date, today: date | None, reach: timedelta) -> bool:
    """May this be the day of what is told as news?"""
    return today is None or abs(today - day) <= reach


def _destination(same: Sequence[Statement]) -> str:
    for statement in same:
        for mark in statement.sentence.find("place"):
            if (
                statement.kind in ("deportation", "arrival")
                or statement.sentence.has("moved")
                or mark.role == "place.home"
            ):
                return mark.role[6:]
    return ""


def _origin(article: Marked, main: Statement, source_type: str) -> str:
    number = article.sentences.index(main.sentence)
    for sentence in [main.sentence, *article.sentences[number + 1 : number + 3], *article.sentences[:number]]:
        for mark in sentence.find("origin"):
            return mark.role[7:]
    return {"official": "official-by", "state-aligned": "state-aligned", "ngo": "ngo", "agency": "agency"}.get(
        source_type, ""
    )


def _with(people: Sequence[Mention], status: PersonStatus) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.person for m in people if m.status is status))
