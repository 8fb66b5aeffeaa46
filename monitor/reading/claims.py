"""Is a release claimed, denied, hoped for; how many, who, when, what kind, where to, and who says so.

`read` turns an analysed article into claims, each with the sentence it was read from. It decides whether the article is
about a release of Belarusian political prisoners at all: a release verb, a count or a name alone proves nothing. Words
come from `monitor/data/claims/<language>.yaml`; there is no rule for one article. Nothing here asks whether it is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from monitor.model import Claim, Mention, PersonStatus, Tokens
from monitor.reading import fates
from monitor.reading.counts import Counts, count
from monitor.reading.dates import Moment, day_of
from monitor.reading.lexicon import TRIGGERS, load
from monitor.reading.sentences import Sentence, sentences
from monitor.reading.statements import AFTERMATH, RECENT, RELEASES, Named, Statement, dated, statements
from monitor.reading.whose import Scene, knows_prison, of_belarus, scene

#: Title and this many sentences of the body are what an article is about.
LEAD = 4
#: A text in these may tell of Belarus without naming it.
HOME_LANGUAGES = ("be", "ru")
#: So many assertions of a release further down make it the article's subject as well.
REPEATED = 3
#: What names a frame for a release without saying that there was one.
_CONTEXT = ("exchange.noun", "amnesty.noun")
_PRISONERS = ("political", "extremist", "prisoner", "former", "exile", "origin.viasna", "origin.ngo")
#: Whoever arrives so long after being freed has travelled on.
ARRIVAL = timedelta(days=2)
#: A date so near the event's may be of the same event.
NEAR = timedelta(days=3)
#: A day further back, given only further down, is an earlier round's.
FOLLOWED = timedelta(days=8)
DATED = 8  # words between a release and its date; an arrest has dates too
_RANK = {"reported": 0, "announced": 0, "retracted": 1, "denied": 2, "past": 3, "hint": 4, "forecast": 5, "demand": 6}


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """What was read: is the article relevant, its claims (the main one first), its mentions with their status."""

    relevant: bool = False
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(slots=True)
class _Article:
    """An article while it is being read."""

    language: str
    sentences: list[Sentence]
    today: date | None
    source_type: str = ""
    named: dict[int, list[Named]] = field(default_factory=dict)  # by id of the sentence
    told: dict[int, list[Statement]] = field(default_factory=dict)
    places: dict[int, tuple[Sentence, Named]] = field(default_factory=dict)  # by index of the mention

    @property
    def lead(self) -> list[Sentence]:
        return [s for s in self.sentences if s.where == "title" or s.number < LEAD]

    @property
    def domestic(self) -> bool:
        """A text in a language of Belarus, or of its office, that names no other country, tells of home."""
        own = self.language in HOME_LANGUAGES or self.source_type in ("official", "state-aligned")
        return own and not any(s.has("foreign") for s in self.sentences)

    @property
    def statements(self) -> list[Statement]:
        return [statement for sentence in self.sentences for statement in self.told[id(sentence)]]

    def aftermath(self, sentence: Sentence) -> list[Statement]:
        """What a sentence tells of somebody's fate other than being let out."""
        return [s for s in self.told[id(sentence)] if s.kind in AFTERMATH]


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
    if not mentions and not _may_tell(language, source_type, title_tokens, text_tokens):
        return ClaimReading()
    article = _marked(title, text, language, published, mentions, title_tokens, text_tokens)
    article.source_type = source_type
    around = _scene(article)
    about = _meant([s for s in article.statements if s.kind in RELEASES and of_belarus(s, around)], article)
    about = _taken_back(about, article)
    if _travels(article.lead, article.today):
        about = [replace(s, modality="past") if s.sentence.has("arrival", "moved") else s for s in about]
    told = {id(s): [x for x in about if x.sentence is s] + article.aftermath(s) for s in article.sentences}
    complete = fates.with_lists(article.sentences, told)
    relevant = _relevant(article, about)
    people = fates.of_people(mentions, article.places, complete, _expected(article, about, relevant))
    people = _without_exiled(article, people)
    if around.field or not knows_prison(article.sentences):
        people = tuple(m if m.certain and not around.field else replace(m, status=PersonStatus.OTHER) for m in people)
    return ClaimReading(relevant, _claims(article, about, complete, people, around), people)


def _may_tell(language: str, source_type: str, *fields: Tokens) -> bool:
    """Are there the words of a trigger at all, and of Belarus where it must be named? Most articles end here."""
    forms = {keys[0] for tokens in fields for keys in tokens.keys}
    roles = load(language).possible(form[1:] for form in forms)
    at_home = language in HOME_LANGUAGES or source_type in ("official", "state-aligned")
    return bool(roles & TRIGGERS) and (at_home or "home" in roles)


def _marked(
    title: str,
    text: str,
    language: str,
    published: datetime | None,
    mentions: Sequence[Mention],
    title_tokens: Tokens,
    text_tokens: Tokens,
) -> _Article:
    lexicon = load(language)
    found = sentences("title", title, title_tokens, lexicon) + sentences("text", text, text_tokens, lexicon)
    article = _Article(language, found, day_of(published))
    for index, mention in enumerate(mentions):
        _place(article, index, mention)
    for sentence in found:
        prisoners = [n for n in article.named.get(id(sentence), []) if n.person not in fates.never_prisoners()]
        article.told[id(sentence)] = statements(sentence, prisoners, article.today)
    return article


def _place(article: _Article, index: int, mention: Mention) -> None:
    """Find the sentence in which a person is named."""
    for sentence in article.sentences:
        if sentence.where == mention.field and sentence.spans and mention.span[0] < sentence.spans[-1][1]:
            named = Named(mention.person, sentence.word_at(mention.span[0]), sentence.word_at(mention.span[1] - 1) + 1)
            if named.start < len(sentence.forms):
                article.named.setdefault(id(sentence), []).append(named)
                article.places[index] = (sentence, named)
            return


def _meant(found: list[Statement], article: _Article) -> list[Statement]:
    """Leave out what does not tell of prisoners let out: numbers of people in an article that knows no prisoner, an
    exchange, an amnesty law or an arrival without anybody being freed."""
    captives = any(s.has("war") for s in article.lead) and not any(
        s.has("political", "extremist") for s in article.lead
    )
    prisoners = any(s.has(*_PRISONERS) and not captives for s in article.lead) or any(s.people for s in found)
    kinds = {s.kind for s in found}
    prisoners = prisoners or (
        not captives and bool(kinds & {"deportation", "arrival"} and kinds & {"release", "pardon"})
    )
    ordinary = _is_ordinary(article)
    heavy = [s for s in found if s.weight >= 2 + captives or prisoners or s.kind == "pardon"]
    heavy = [s for s in heavy if not ordinary or s.weight >= 3]
    freed = any(s.asserts and s.kind != "arrival" and s.trigger.role not in _CONTEXT for s in heavy)
    done = any(s.has("handover", "happened") for s in article.lead)
    return [s for s in heavy if freed or not (_is_frame(s, done) or _only_arrives(s))]


def _taken_back(about: Sequence[Statement], article: _Article) -> list[Statement]:
    """What a correction says was reported before is what it takes back; what a headline denies it only quotes."""
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


def _is_ordinary(article: _Article) -> bool:
    """Thieves under an amnesty, a suspect on bail: crime in title or lead, and nobody called political or known."""
    political = any(s.has("political", "extremist") and not s.has("negation") for s in article.lead)
    opening = [s for s in article.lead if s.where == "title" or s.number == 0]
    return any(s.has("crime", "bail", "amnesty") for s in opening) and not political and not article.named


def _is_frame(statement: Statement, done: bool) -> bool:
    """A law or an exchange in which nobody is said to have been freed; an exchange that took place frees somebody."""
    here = statement.sentence.has("home") and not statement.sentence.has("not-among")
    ours = done and (here or not statement.sentence.has("foreign", "not-among"))
    return statement.trigger.role in _CONTEXT and not (statement.kind == "exchange" and ours)


def _only_arrives(statement: Statement) -> bool:
    """Somebody crosses a border; prisoners in some number, or those just freed, arrive because they were let out."""
    several = bool(statement.sentence.quantities) and statement.sentence.has("prisoner", "former")
    return statement.kind == "arrival" and not (several or statement.sentence.has("political", "among.freed"))


def _scene(article: _Article) -> Scene:
    named = [n.person for s in article.lead for n in article.named.get(id(s), ())]
    known = any(person not in fates.never_prisoners() for person in named)
    return scene(article.sentences, article.lead, article.language == "be" or article.domestic, known)


def _travels(lead: Sequence[Sentence], today: date | None) -> bool:
    """Onward travel, no new release: an arrival from another country, or days after the release it names."""
    arrivals = [s for s in lead if s.has("arrival")]
    days = [m.day for s in arrivals for m in dated(s, today) if m.precision == "day"]
    between = any(len(_abroad(s) - {"place.USA"}) > 1 and not s.has("deportation") for s in arrivals)
    return bool(arrivals) and (between or bool(today and days and today - min(days) >= ARRIVAL))


def _abroad(sentence: Sentence) -> set[str]:
    return {mark.role for mark in sentence.find("place") if mark.role != "place.home"}


def _relevant(article: _Article, about: Sequence[Statement]) -> bool:
    """Is a release asserted or denied in title or lead, or again and again? Not by the way, in telling of an arrest or
    of a demand."""
    if any(s.kind == "refused-exile" and s.asserts for sentence in article.lead for s in article.aftermath(sentence)):
        return True
    arrested = [s.sentence for s in article.statements if s.kind == "re-arrest"]
    if any(s.where == "title" and s.has("re-arrest") for s in article.sentences) and not any(s.sentence.where == "title" for s in about):
        return False
    asserted = [s for s in about if s.asserts and not (s.modality == "past" and s.sentence in arrested)]
    headline = [s for s in about if s.sentence.where == "title"]
    asserted = [s for s in asserted if s.modality != "past" or headline or _opens(s)]
    salient = [s for s in asserted if s.sentence.where == "title" or s.sentence.number < LEAD]
    if not any(_is_subject(s) for s in salient):
        salient = []
    if any(s.modality != "past" and s.people and s.sentence.quantities and s.weight == 3 for s in asserted):
        return True  # a report that sets its scene first: so many, and who, further down
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


def _main(about: Sequence[Statement]) -> Statement:
    """What the article is about: an assertion before a wish, the headline before the body."""
    return min(about, key=lambda s: (_RANK[s.modality], s.sentence.where != "title", s.sentence.number))


def _expected(article: _Article, about: Sequence[Statement], relevant: bool) -> PersonStatus:
    """What becomes of a prisoner who is named without a word on it: news of a release names whom it freed, a demand or
    a denial whom it did not, news from a prison who is in it."""
    modality = _main(about).modality if about else ""
    if relevant and modality in ("announced", "reported"):
        return PersonStatus.FREED
    if modality in ("demand", "denied", "retracted"):
        return PersonStatus.HELD
    inside = any(m.role in ("held", "held.sentenced") for s in article.lead for m in s.marks)
    alone = len(_everybody(article)) == 1 and not any(s.has("former", "past") for s in article.lead)
    return PersonStatus.HELD if inside and alone and not relevant else PersonStatus.OTHER


def _dated(sentence: Sentence) -> bool:
    return any(m.role.startswith("month.") for m in sentence.marks)


def _everybody(article: _Article) -> set[str]:
    """The known prisoners of an article."""
    return {n.person for named in article.named.values() for n in named} - fates.never_prisoners()


def _without_exiled(article: _Article, people: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Whoever refused exile is not free, whatever list the name stood in: held where the article says so."""
    refused = any(s.has("refused-exile") and not s.has("past") and not _dated(s) for s in article.lead)
    home = any(m.role == "release.state" for s in article.lead for m in s.marks)
    if not refused or home or len(_everybody(article)) != 1:
        return people
    inside = any(m.role in ("held", "absent", "remain") for s in article.lead for m in s.marks)
    status = PersonStatus.HELD if inside else PersonStatus.OTHER
    return tuple(replace(m, status=status) if m.status is PersonStatus.FREED else m for m in people)


def _claims(
    article: _Article,
    about: Sequence[Statement],
    told: fates.Told,
    people: Sequence[Mention],
    around: Scene,
) -> tuple[Claim, ...]:
    """The article's claims: what its headline is about first."""
    source_type = article.source_type
    claims = [_aftermath(article, s, source_type) for s in _aftermaths(article, around)]
    if about:
        main = _main(about)
        same = [s for s in about if _RANK[s.modality] == _RANK[main.modality]]
        travels = main.modality == "past" and _travels(article.lead, article.today)
        day = _date(article, main, same)
        kept = [s for s in article.sentences if not travels and any(x in same for x in told[id(s)])]
        kept = [s for s in kept if s is main.sentence or s.where == "title" or not _of_another_day(article, s, day)]
        counts = _counted(article, about, kept, day, travels=travels)
        event = _claim(article, main, same, counts, _concerned(article, people, day), source_type)
        first = bool(claims) and article.sentences[0].has(claims[0].kind) and not article.sentences[0].has("release")
        claims.insert(1 if first else 0, event)
    return tuple(claims)


def _counts(article: _Article, sentence: Sentence, day: date | None) -> bool:
    """May a sentence that says nothing of the release itself give its number: `the 52 prisoners were welcomed`?"""
    return sentence.has(*_PRISONERS, "release", "arrival", "pardon", "handover") and not _of_another_day(article, sentence, day)


def _counted(
    article: _Article, about: Sequence[Statement], kept: Sequence[Sentence], day: date | None, *, travels: bool
) -> Counts:
    """The counts of the event: of those let go before those who arrived, from the sentences around where these give
    none; a running total from wherever one is told."""
    arrivals = {id(s.sentence) for s in about if s.kind == "arrival"}
    arrivals -= {id(s.sentence) for s in about if s.kind != "arrival"}
    counts = count([s for s in kept if id(s) not in arrivals], article.named)
    for more in (kept, [s for s in article.lead if _counts(article, s, day)]):
        if counts.total is None and not travels:
            counts = _with_total(counts, count(more, article.named))
    if counts.cumulative is None:
        told = [s.sentence for s in about if s.asserts]
        counts = replace(counts, cumulative=count(told, article.named).cumulative)
    return counts


def _with_total(counts: Counts, more: Counts) -> Counts:
    return replace(more, cumulative=counts.cumulative or more.cumulative, per=counts.per or more.per)


def _of_another_day(article: _Article, sentence: Sentence, day: date | None) -> bool:
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


def _concerned(article: _Article, people: Sequence[Mention], day: date | None) -> list[Mention]:
    """The people of the event itself: whoever is named only where an earlier round is recalled was freed in that."""
    places = ((people[index].person, sentence) for index, (sentence, _) in article.places.items())
    here = {person for person, sentence in places if not _of_another_day(article, sentence, day)}
    return [mention for mention in people if mention.person in here]


def _aftermaths(article: _Article, around: Scene) -> list[Statement]:
    """One statement for each kind of fate told in title or lead: of a known person, or of a political prisoner nobody
    knows where the headline says it too (a reader may follow that name by its words)."""
    found: dict[str, Statement] = {}
    for sentence in article.lead:
        for statement in article.aftermath(sentence):
            if statement.asserts and (statement.people or _is_headline(article, statement, around)):
                found.setdefault(statement.kind, statement)
    return list(found.values())


def _is_headline(article: _Article, statement: Statement, around: Scene) -> bool:
    title = next((s for s in article.sentences if s.where == "title"), None)
    return title is not None and title.has(statement.kind) and of_belarus(statement, around)


def _aftermath(article: _Article, statement: Statement, source_type: str) -> Claim:
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
    article: _Article,
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


def _date(article: _Article, main: Statement, same: Sequence[Statement] = ()) -> date | None:
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


def _origin(article: _Article, main: Statement, source_type: str) -> str:
    number = article.sentences.index(main.sentence)
    for sentence in [main.sentence, *article.sentences[number + 1 : number + 3], *article.sentences[:number]]:
        for mark in sentence.find("origin"):
            return mark.role[7:]
    return {"official": "official-by", "state-aligned": "state-aligned", "ngo": "ngo", "agency": "agency"}.get(
        source_type, ""
    )


def _with(people: Sequence[Mention], status: PersonStatus) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.person for m in people if m.status is status))
