"""What an article says of each person it names: freed, held, or neither.

The cue nearest to a name in its clause decides; a list carries the cue that introduces it, in the next sentence too.
`not among`, `except` and `remains` weigh more than a list, and the headline more than the body. Those who free, speak
or negotiate are neither.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from io import StringIO

from monitor.model import Mention, PersonStatus
from monitor.reading.lexicon import Mark
from monitor.reading.sentences import Sentence
from monitor.reading.statements import Named, Statement

FREED, HELD, OTHER = PersonStatus.FREED, PersonStatus.HELD, PersonStatus.OTHER
#: Kinds that say nothing of being let out.
_ELSEWHERE = ("death", "health", "refused-exile", "re-arrest")
_HAPPENED = ("announced", "reported", "past")
_TITLE = 3  # added to the strength of what a headline says

Told = Mapping[int, Sequence[Statement]]


def of_people(
    mentions: Sequence[Mention],
    places: Mapping[int, tuple[Sentence, Named]],
    told: Told,
    expected: PersonStatus = OTHER,
) -> tuple[Mention, ...]:
    """The mentions with status and sentence. `places` gives each mention's sentence by its index, `told` the
    statements of a sentence, its own or those whose list it continues, by its id; `expected` is the status of whoever
    is named without a word on it."""
    heard: dict[str, list[tuple[int, int, PersonStatus]]] = {}
    sure = {mention.person for mention in mentions if mention.certain}
    for index, (sentence, named) in places.items():
        mention = mentions[index]
        if mention.person in never_prisoners() or (mention.person in sure and not mention.certain):
            continue
        others = [n for other, n in places.values() if other is sentence and n.person != named.person]
        status, strength = _status(sentence, named, told.get(id(sentence), ()), others)
        strength += _TITLE * (mention.field == "title" and strength > 0)
        heard.setdefault(mention.person, []).append((strength, -index, status))
    return tuple(
        replace(
            mention,
            status=_settled(heard.get(mention.person, ()), expected),
            sentence=places[index][0].text.strip() if index in places else "",
        )
        for index, mention in enumerate(mentions)
    )


def with_lists(sentences: Sequence[Sentence], told: Told) -> dict[int, Sequence[Statement]]:
    """The statements of each sentence; one that only lists names continues the last assertion before it."""
    carried: Sequence[Statement] = ()
    complete: dict[int, Sequence[Statement]] = {}
    after_colon = False
    for sentence in sentences:
        own = told.get(id(sentence), ())
        lists = after_colon or sentence.has("among", "list")
        held = any(_remains(sentence, m) for m in sentence.find("held"))
        complete[id(sentence)] = own or (carried if lists and not held else ())
        carried = [s for s in own if s.asserts and s.kind not in _ELSEWHERE] or carried
        after_colon = sentence.text.rstrip().endswith(":")
    return complete


@cache
def never_prisoners() -> frozenset[str]:
    """People of the shipped register who rule, negotiate or speak: the cast of every article about a release."""
    text = (files("monitor") / "data" / "people.csv").read_text(encoding="utf-8")
    return frozenset(row["id"] for row in csv.DictReader(StringIO(text)) if row["category"] == "context")


def _settled(heard: Collection[tuple[int, int, PersonStatus]], expected: PersonStatus) -> PersonStatus:
    """The strongest thing said of a person, the earliest where two are equally strong; what is expected of whom
    nothing was said."""
    decided = [entry for entry in heard if entry[2] is not OTHER]
    if decided:
        return max(decided, key=lambda entry: entry[:2])[2]
    return expected if heard and not any(strength for strength, _, _ in heard) else OTHER


def _status(
    sentence: Sentence, named: Named, statements: Sequence[Statement], others: Sequence[Named]
) -> tuple[PersonStatus, int]:
    """What a sentence says of one name in it, and how strongly; `others` are named in it too."""
    number = sentence.clauses
    here = [m for m in sentence.marks if number[m.start] == number[named.start]]
    own = [s for s in statements if s.sentence is sentence and s.kind not in _ELSEWHERE]
    left_out = any(m.role in ("not-among", "absent") and _near(m, named, 10) for m in here)
    if (left_out and not _besides(sentence, own)) or any(m.role == "re-arrest.done" for m in here):
        return HELD, 3
    if any(m.role == "death.done" for m in here):
        return OTHER, 3
    if any(s.kind == "refused-exile" for s in statements if s.sentence is sentence):
        return OTHER, 1
    mine = [s for s in own if number[s.trigger.start] == number[named.start]]
    told = any(s.asserts and s.modality in _HAPPENED for s in mine) or (_listed(sentence, named) and bool(statements))
    held = [m for m in here if m.role == "held" and (not told or _remains(sentence, m))]
    if any(_is_inserted(sentence, named, s) for s in mine) and others:
        return FREED, 2
    if any(_remains(sentence, m) and _is_said(m, named) for m in held) or _stays_behind(sentence, named, others):
        return HELD, 4
    if any(_remains(sentence, m) and not _between(named, m, others) for m in held) and not _listed(sentence, named):
        return HELD, 2
    if held and (not mine or _gap(held, named) < min(_distance(s, named) for s in mine)):
        return HELD, 2
    sentenced = any(m.role == "held.sentenced" or _names_prisoner(m, named) for m in here)
    if any(m.role == "among.freed" for m in sentence.marks if m.start < named.start):
        return FREED, 2
    if mine:
        nearest = min(mine, key=lambda s: _distance(s, named))
        speaks = _speaks(sentence, named, nearest) and not _listed(sentence, named)
        return (OTHER, 1) if speaks else _by(nearest)
    return (HELD, 1) if sentenced and not statements else _carried(sentence, named, own or list(statements))


def _remains(sentence: Sentence, held: Mark) -> bool:
    """`remains in prison`, `is held`: a participle (`X, held since 2021, …`) tells of the time before."""
    return any(set(m.at) & set(held.at) for m in sentence.find("remain"))


def _is_said(held: Mark, named: Named) -> bool:
    """`X remains in prison`: the name stands right before it, whatever else the article uses it for."""
    return 0 <= held.start - named.end <= 1


def _stays_behind(sentence: Sentence, named: Named, others: Sequence[Named]) -> bool:
    """`X, husband of Y freed yesterday, remains in prison`: said of the first name, between commas of the second."""
    held = [m for m in sentence.find("held") if _remains(sentence, m) and m.start > named.end]
    for mark in held:
        between = [n for n in others if named.end <= n.start < mark.start]
        inserted = sentence.gap(sentence.spans[named.end - 1][1], sentence.spans[mark.start][0])
        if (
            between
            and inserted.lstrip().startswith(",")
            and inserted.rstrip().endswith(",")
            and inserted.count(",") == 2
        ):
            return True
    return False


def _is_inserted(sentence: Sentence, named: Named, statement: Statement) -> bool:
    """`… freed yesterday Y, …`: a participle right before the name is that person's."""
    return 0 <= named.start - statement.trigger.end <= 2 and statement.modality in _HAPPENED


def _between(named: Named, mark: Mark, others: Sequence[Named]) -> bool:
    """Is somebody else named between a name and a cue: `X was freed, Y remains in prison`?"""
    first, last = sorted((named.start, mark.start))
    return any(first < other.start < last for other in others)


def _listed(sentence: Sentence, named: Named) -> bool:
    """Does a list begin before the name: `including`, `among them`?"""
    number = sentence.clauses
    return any(
        m.start < named.start and number[m.start] == number[named.start] and m.role != "among.freed"
        for m in sentence.find("among", "list")
    )


def _besides(sentence: Sentence, own: Sequence[Statement]) -> bool:
    """`Besides X, five more were freed` counts X in; `all were freed except X` leaves him out."""
    happened = [s.trigger.start for s in own if s.modality in _HAPPENED]
    return bool(happened) and any(
        mark.start < min(happened) and not sentence.has("all") for mark in sentence.find("besides")
    )


def _names_prisoner(mark: Mark, named: Named) -> bool:
    """`political prisoner X`: called one, and nothing said of a release."""
    return mark.role == "political" and 0 <= named.start - mark.end <= 2


def _by(statement: Statement) -> tuple[PersonStatus, int]:
    """What a statement makes of the people it is about."""
    if statement.modality in ("announced", "reported"):
        return FREED, 2
    if statement.modality == "past":
        return FREED, 1
    return (HELD, 3) if statement.modality in ("denied", "retracted") else (HELD, 1)


def _carried(sentence: Sentence, named: Named, statements: Sequence[Statement]) -> tuple[PersonStatus, int]:
    """What an earlier clause, or the sentence before, introduces as a list."""
    earlier = [s for s in statements if s.sentence is not sentence or s.trigger.start < named.start]
    negative = [
        m for m in sentence.find("held", "not-among") if m.role in ("held", "not-among") and m.start < named.start
    ]
    negative = [m for m in negative if m.role != "held" or not earlier or _remains(sentence, m)]
    if negative and (not earlier or negative[-1].start > _place(earlier[-1], sentence)):
        return HELD, 2
    status, strength = _by(earlier[-1]) if earlier else (OTHER, 0)
    return status, strength if earlier and earlier[-1].sentence is sentence else min(strength, 1)


def _place(statement: Statement, sentence: Sentence) -> int:
    """Where a statement stands as seen from a sentence: before it, if it is another's."""
    return statement.trigger.start if statement.sentence is sentence else -1


def _speaks(sentence: Sentence, named: Named, statement: Statement) -> bool:
    """`X said that Y was freed`: the speaker is not who was freed, unless it is told of the time after or the speaker
    is theirs (`has released X, his lawyer says`)."""
    trigger = statement.trigger.start
    kin = {m.at[-1] for m in sentence.find("origin.relative") if m.start < named.start}  # `the husband of X said`
    spoken = any(
        m.start not in kin
        and 0 <= m.start - named.end <= 3
        and not named.end <= trigger < m.start
        and not _says_another(sentence, named, m)
        for m in sentence.find("speech")
    )
    return spoken and not sentence.has("past")


def _says_another(sentence: Sentence, named: Named, speech: Mark) -> bool:
    """`X, his lawyer says`, and after a comma `X, sako jo advokatas`."""
    parted = "," in sentence.gap(sentence.spans[named.end - 1][1], sentence.spans[speech.start][0])
    last = speech.end if parted else speech.start - 1
    return any(named.end <= theirs.start <= last for theirs in sentence.find("possessive"))


def _distance(statement: Statement, named: Named) -> int:
    return abs(statement.trigger.start - named.start)


def _gap(marks: Sequence[Mark], named: Named) -> int:
    return min(abs(m.start - named.start) for m in marks)


def _near(mark: Mark, named: Named, reach: int) -> bool:
    return min(abs(mark.start - named.start), abs(mark.start - named.end)) <= reach
