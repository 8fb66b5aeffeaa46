"""What a sentence says of a release: its trigger, whom it is about, and whether it happened, is denied or wished for.

A release verb alone proves nothing: a statement needs somebody in prison as its object, and the article must be about
Belarus (`claims` sees to that). Modality is read from the trigger's own form (done, noun, infinitive) and from the cue
words of its clause. Form `not` is a denial in one word (`nepaleido`), `call` an imperative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.reading.dates import Moment, moments
from monitor.reading.lexicon import Mark
from monitor.reading.sentences import Sentence

RELEASES = ("exchange", "deportation", "pardon", "amnesty", "end-of-term", "home-arrest-ended", "arrival", "release")
AFTERMATH = ("re-arrest", "refused-exile", "death", "health")
#: Modalities that say a release happened or did not; the others only wish for one or look ahead.
ASSERTIVE = ("announced", "reported", "denied", "retracted", "past")
#: A release dated further back than this, seen from the day of publication, is told as history.
RECENT = timedelta(days=21)
#: Since this year Belarus has been ruled as it is now: liberated in 1944 is another story.
EARLIEST = 1996
#: Triggers that speak of prison or freedom themselves.
_OUT_OF_PRISON = ("release.free", "end-of-term", "home-arrest-ended")
_REACH = 14  # words between a trigger and its object
_NOUN_REACH = 6  # words between `release` and whose it is
_PRISON = 3  # words between a verb and the prison it is out of
_CONDITION = 6  # words between `if` or `so that` and what is not said to have happened
#: Roles of words that say that what is counted are not people.
_THINGS = ("unit", "exclude", "culture", "sport")
_QUOTED = tuple('«»„“”"')


@dataclass(frozen=True, slots=True)
class Named:
    """A known person named in a sentence: words `start` to `end`."""

    person: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One trigger with what its sentence makes of it. `weight`: 3 political prisoners or a known prisoner as object,
    2 prisoners, 1 people or a number."""

    sentence: Sentence
    trigger: Mark
    kind: str
    modality: str
    weight: int
    people: tuple[Named, ...] = ()

    @property
    def asserts(self) -> bool:
        return self.modality in ASSERTIVE


def statements(sentence: Sentence, named: Sequence[Named], today: date | None) -> list[Statement]:
    """Every statement about a release, or about what became of somebody released, in order."""
    found = (_statement(sentence, mark, named, today) for mark in sentence.find(*RELEASES, *AFTERMATH))
    told: dict[tuple[int, str, str], Statement] = {}
    for statement in found:
        if statement is not None:  # two terms that end with one word say one thing
            told.setdefault((statement.trigger.end, statement.kind, statement.modality), statement)
    return list(told.values())


def _statement(sentence: Sentence, trigger: Mark, named: Sequence[Named], today: date | None) -> Statement | None:
    kind, _, form = trigger.role.partition(".")
    weight = _weight(sentence, trigger, named)
    if weight < _LEAST.get(kind, 2) or _before_our_time(sentence) or _is_title_of_work(sentence, trigger):
        return None
    if kind == "deportation" and _is_transfer(sentence, trigger):
        return None
    told = modality(sentence, trigger, form, today)
    if kind in AFTERMATH and told == "past":
        told = "reported"
    return Statement(sentence, trigger, kind, told, weight, tuple(named))


#: The weight a statement needs at least, by kind; what weighs 1 counts only in an article about prisoners.
_LEAST = {
    "release": 1,
    "deportation": 1,
    "pardon": 1,
    "amnesty": 3,
    "exchange": 1,
    "arrival": 1,
    "health": 3,
    "death": 3,
    "re-arrest": 3,
    "refused-exile": 3,
}


def _weight(sentence: Sentence, trigger: Mark, named: Sequence[Named]) -> int:
    """How clearly the sentence's object is somebody imprisoned."""
    if trigger.role in ("release.state", "release.with"):
        prisoners = trigger.role == "release.state" and any(
            0 <= trigger.start - m.end <= 1 for m in sentence.find("political")
        )
        return 3 if prisoners or any(_is_said_of(trigger, n) for n in named) else 0
    if trigger.role == "release.done" and not named and _is_work(sentence, trigger):
        return 0
    reach = _NOUN_REACH if trigger.role == "release.noun" else _REACH
    near = [mark for mark in sentence.marks if abs(mark.start - trigger.start) <= reach]
    roles = {mark.role for mark in near}
    if roles & {"crime", "soon", "bail"} and not roles & {"political", "extremist"} and not named:
        return 0  # a thief is pardoned, a witness let go within hours
    if (
        roles & {"political", "extremist"}
        or roles >= {"political.word", "among"}
        or ("former" in roles and trigger.role.startswith(AFTERMATH))
        or any(_is_near(trigger, n, reach) for n in named)
    ):
        return 3
    if "war" in roles and not is_prison_of_state(sentence):
        return 0
    moved = trigger.role.startswith(("deportation", "arrival")) and roles & {"release.done", "release.free"}
    if moved or roles & {"prisoner", "former"} or trigger.role.startswith(_OUT_OF_PRISON):
        return 2
    ruled = "ruler" in roles
    if ruled and trigger.role.startswith(("release", "pardon")) and (roles & {"people"} or sentence.quantities):
        return 2
    if trigger.role in ("release.done", "release.noun", "pardon.done") and _frees_number(sentence, trigger):
        return 2
    if trigger.role == "exchange.done" or (trigger.role == "exchange.noun" and sentence.has("happened")):
        return 1
    several = any(quantity.value != 1 for quantity in sentence.quantities)
    freed = any(mark.role == "freed" and mark.start == trigger.start for mark in near)
    return 1 if several or freed or roles & {"people", "ruler", "sex", "foreigners", "subset"} else 0


def _frees_number(sentence: Sentence, trigger: Mark) -> bool:
    """`Belarus frees 61 after talks`, `in Belarus freed 44 people`: the country just before, how many just after, and
    no word the lists do not know (`five animals`) for what is counted."""
    told = trigger.role != "release.noun" or sentence.has("fact")  # `thanks Minsk for the release of three faithful`
    apart = 1 if trigger.role != "release.noun" else 3
    here = told and any(0 <= trigger.start - m.end <= apart for m in sentence.find("home"))
    after = [q.end for q in sentence.quantities if q.value != 1 and 0 <= q.start - trigger.end <= 2] if here else ()
    known = {place for m in sentence.marks if m.role not in _THINGS for place in m.at}
    return any(place == len(sentence.forms) or place in known for place in after)


def _is_said_of(trigger: Mark, named: Named) -> bool:
    """`X is free`, `together with him X got out`: only of somebody named beside it."""
    beside = 0 <= trigger.start - named.end <= 2
    return beside if trigger.role == "release.state" else _is_near(trigger, named, 8)


def _is_near(trigger: Mark, named: Named, reach: int) -> bool:
    """Is a person named within so many words of a trigger, or first of all in its sentence?"""
    return min(abs(trigger.start - named.start), abs(trigger.start - named.end)) <= reach


def is_prison_of_state(sentence: Sentence) -> bool:
    """`a former soldier was released from a Belarusian prison`: prisoners of war are kept elsewhere."""
    prisons = {place for mark in sentence.find("prisoner") for place in mark.at}
    return any(prisons & set(mark.at) for mark in sentence.find("state"))


def _is_work(sentence: Sentence, trigger: Mark) -> bool:
    """`A film about prisoners has been released`: a work stands first, nobody is counted, and no prison follows (`the
    author of a book was released from a colony`)."""
    works = any(m.start < trigger.start for m in sentence.find("culture"))
    prison = any(0 <= m.start - trigger.end <= _PRISON for m in sentence.find("prisoner"))
    return works and not prison and not sentence.quantities


def _is_transfer(sentence: Sentence, trigger: Mark) -> bool:
    """`taken out of colony No. 4`: out of a prison, not out of the country; no place abroad, no word of freedom."""
    counted = {q.end for q in sentence.quantities}  # `23 prisoners` are no prison
    near = [m for m in sentence.find("prisoner") if 0 <= m.start - trigger.end <= _PRISON]
    prison = any(m.start not in counted for m in near) and not sentence.has("political")
    abroad = any(m.role != "place.home" for m in sentence.find("place")) or sentence.has("foreign")
    return len(trigger.at) == 1 and prison and not abroad and not sentence.has("release", "pardon")


def _is_title_of_work(sentence: Sentence, trigger: Mark) -> bool:
    """A noun alone between quotation marks names a poem or a film, in a sentence about art other words too."""
    if not trigger.role.endswith(".noun") and not sentence.has("culture"):
        return False
    start, end = (
        sentence.spans[trigger.start][0] - sentence.offset,
        sentence.spans[trigger.end - 1][1] - sentence.offset,
    )
    return sentence.text[start - 1 : start] in _QUOTED and sentence.text[end : end + 1] in _QUOTED


def modality(sentence: Sentence, trigger: Mark, form: str, today: date | None) -> str:
    """announced, reported, denied, retracted, past, demand, forecast or hint."""
    cues, before = _cues(sentence, trigger, form)
    if sentence.has("retract"):
        return "retracted"
    if form == "call" or any(m.role == "until" for m in before) or _is_shouted(sentence, form):
        return "demand"
    if form == "not" or any(m.role == "deny" for m in cues) or _negated(before, trigger):
        return "denied"
    if form in ("to", "noun") or trigger.role == "exchange.noun":
        return _unfinished(sentence, before, cues, form, trigger, today)
    if any(m.role == "if" and trigger.start - m.start <= _CONDITION for m in before):
        return "demand" if any(m.role == "demand" for m in before) else "forecast"
    if any(m.role == "hope" and trigger.start - m.start <= 2 for m in before):
        return "hint"
    if form in ("done", "free") and _is_demanded(sentence, before, trigger):
        return "demand"
    return _finished(sentence, cues, trigger, today)


def _cues(sentence: Sentence, trigger: Mark, form: str) -> tuple[list[Mark], list[Mark]]:
    """The marks of a trigger's clause, and those of them before its end. Its own words are cues only where it tells of
    nothing done: `must be freed` is a demand."""
    number, undone = sentence.clauses, form == "to"
    own: set[int] = set() if undone else set(trigger.at)
    cues = [m for m in sentence.marks if number[m.start] == number[trigger.start] and not set(m.at) <= own]
    return cues, [m for m in cues if m.start < trigger.end and (undone or m.start != trigger.start)]


def _is_shouted(sentence: Sentence, form: str) -> bool:
    """`Freedom for the prisoners!`"""
    wish = form in ("to", "noun") or (form == "state" and sentence.has("all"))
    return wish and sentence.text.rstrip('»”" ').endswith("!")


def _negated(before: Sequence[Mark], trigger: Mark) -> bool:
    return any(m.role == "nobody" or (m.role == "negation" and trigger.start - m.start <= 2) for m in before)


def _is_demanded(sentence: Sentence, before: Sequence[Mark], trigger: Mark) -> bool:
    """`reikalavo paleisti` (infinitive or participle), `demande la remise en liberté`: at most an article between."""
    known = {place for m in sentence.marks if m.role != "definite" for place in m.at}
    demands = {m.end for m in before if m.role == "demand"}
    return trigger.start in demands or (trigger.start - 1 in demands and trigger.start - 1 not in known)


def _unfinished(
    sentence: Sentence, before: Sequence[Mark], cues: Sequence[Mark], form: str, trigger: Mark, today: date | None
) -> str:
    """An infinitive, a future or a noun: what happened only where somebody has decided, confirmed or welcomed it."""
    earlier, around = {m.role for m in before}, {m.role for m in cues}
    if form == "to":
        wished = "demand" if "demand" in earlier else "hint" if "hope" in earlier else "forecast"
        decided = "decision" in earlier or ("decision" in around and wished == "forecast" and "forecast" not in earlier)
        return "announced" if decided and wished != "demand" else wished
    if "fact" in earlier and not earlier & {"forecast", "hope"}:
        return _finished(sentence, cues, trigger, today)
    for role, meant in (("demand", "demand"), ("hope", "hint"), ("forecast", "forecast")):
        if role in around:
            return meant
    return _finished(sentence, cues, trigger, today)


def _finished(sentence: Sentence, cues: Sequence[Mark], trigger: Mark, today: date | None) -> str:
    if any(m.role == "past" and not _tells_of_arrest(sentence, m) for m in cues) or _long_ago(sentence, today):
        return "past"
    official = trigger.role.startswith("pardon") and sentence.has("ruler", "decision")
    return "announced" if official or sentence.has("origin.official-by") else "reported"


def _tells_of_arrest(sentence: Sentence, past: Mark) -> bool:
    """`X, detained last year, was freed`: the cue beside a participle of arrest dates that."""
    before = (m for m in sentence.find("held.sentenced", "detainee", "prisoner") if m.role != "held")
    return any(0 <= past.start - m.end <= 1 for m in before)


def _long_ago(sentence: Sentence, today: date | None) -> bool:
    """Are all the dates of the sentence old ones?"""
    found = dated(sentence, today)
    return bool(found) and today is not None and all(_old(moment, today) for moment in found)


def _before_our_time(sentence: Sentence) -> bool:
    """Is it of a year before there were prisoners of this regime?"""
    return sentence.has("history") or any(m.day.year < EARLIEST for m in moments(sentence, None))


def _old(moment: Moment, today: date) -> bool:
    if moment.precision == "year":
        return moment.day.year < today.year
    if moment.precision == "month":
        return (today.year - moment.day.year) * 12 + today.month - moment.day.month > 1
    return today - moment.day > RECENT


def dated(sentence: Sentence, today: date | None) -> list[Moment]:
    """The dates a sentence gives, except those from which something is counted (`since July 2024`) and those of an
    arrest or a sentence (`jailed in 2021`)."""
    since = list(sentence.find("since"))
    found = [m for m in moments(sentence, today) if not any(s.start <= m.start <= s.end + 2 for s in since)]
    return [m for m in found if not _of_arrest(sentence, m)]


def _of_arrest(sentence: Sentence, moment: Moment) -> bool:
    roles = ("held.sentenced", "detainee") + (("prisoner",) if moment.precision == "year" else ())
    after = 2 if moment.precision == "year" else 0  # `in 2022 he was sentenced`
    return any(m.role in roles and -after <= moment.start - m.start <= 2 + m.end - m.start for m in sentence.marks)
