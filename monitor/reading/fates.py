"""What an article says of each person it names: freed, held, or neither.

The cue nearest to a name in its clause decides; a list carries the cue that introduces it. `not among`, `except` and
`remains` weigh more than a list, and the headline more than the body. Those who free, speak or negotiate are neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.model import Mention, PersonStatus
from monitor.reading.sentences import Sentence
from monitor.reading.statements import Named, Statement, clauses

FREED, HELD, OTHER = PersonStatus.FREED, PersonStatus.HELD, PersonStatus.OTHER
_STRENGTH = {"said": 3, "listed": 2, "implied": 1}


def of_people(
    mentions: Sequence[Mention],
    places: Mapping[int, tuple[Sentence, Named]],
    statements: Mapping[int, Sequence[Statement]],
    never_held: frozenset[str],
) -> tuple[Mention, ...]:
    """The mentions with status and sentence. `places` gives each mention's sentence by its index, `statements` those
    of a sentence by its id; `never_held` are people known not to be prisoners."""
    told: dict[str, list[tuple[int, int, PersonStatus]]] = {}
    for index, mention in enumerate(mentions):
        if index not in places or mention.person in never_held:
            continue
        sentence, named = places[index]
        status, strength = _status(sentence, named, statements.get(id(sentence), ()))
        if mention.field == "title":
            strength += 3
        told.setdefault(mention.person, []).append((strength, -index, status))
    return tuple(
        replace(
            mention,
            status=_settled(told.get(mention.person, ())),
            sentence=places[index][0].text.strip() if index in places else "",
        )
        for index, mention in enumerate(mentions)
    )


def _settled(told: Iterable[tuple[int, int, PersonStatus]]) -> PersonStatus:
    """The strongest thing said of a person, the earliest where two are equally strong."""
    decided = [entry for entry in told if entry[2] is not OTHER]
    return max(decided, key=lambda entry: entry[:2])[2] if decided else OTHER


def _status(sentence: Sentence, named: Named, statements: Sequence[Statement]) -> tuple[PersonStatus, int]:
    number = clauses(sentence)
    clause = number[named.start]
    marks = [m for m in sentence.marks if number[m.start] == clause]
    if any(m.role == "not-among" and _near(m.start, named, 10) for m in marks):
        return HELD, 3
    if any(m.role.startswith("re-arrest") for m in marks):
        return HELD, 3
    if any(m.role.startswith("death") for m in marks):
        return OTHER, 3
    mine = [
        s for s in statements if number[s.trigger.start] == clause and s.kind not in ("death", "health", "re-arrest")
    ]
    held = [m for m in marks if m.role == "held"]
    if held and mine:
        gap = min(abs(m.start - named.start) for m in held)
        if gap < min(abs(s.trigger.start - named.start) for s in mine):
            return HELD, 2
    if not mine:
        return (HELD, 2) if held else _carried(sentence, named, statements, number)
    if _speaks(sentence, named):
        return OTHER, 1
    nearest = min(mine, key=lambda s: abs(s.trigger.start - named.start))
    return _by(nearest)


def _by(statement: Statement) -> tuple[PersonStatus, int]:
    if statement.modality in ("announced", "reported"):
        return FREED, 2
    if statement.modality == "past":
        return FREED, 1
    if statement.modality in ("denied", "retracted"):
        return HELD, 3
    return HELD, 1


def _carried(
    sentence: Sentence, named: Named, statements: Sequence[Statement], number: Sequence[int]
) -> tuple[PersonStatus, int]:
    """What an earlier clause of the sentence introduces as a list."""
    earlier = [
        s for s in statements if s.trigger.start < named.start and s.kind not in ("death", "health", "re-arrest")
    ]
    negative = [m for m in sentence.marks if m.role in ("held", "not-among") and m.start < named.start]
    if negative and (not earlier or negative[-1].start > earlier[-1].trigger.start):
        return HELD, 2
    return _by(earlier[-1]) if earlier else (OTHER, 0)


def _speaks(sentence: Sentence, named: Named) -> bool:
    """`X said that …`: the speaker is not who was freed, unless nobody else is named."""
    spoken = any(m.role == "speech" and 0 <= m.start - named.end <= 3 for m in sentence.marks)
    return spoken and not any(m.role == "past" for m in sentence.marks)


def _near(place: int, named: Named, reach: int) -> bool:
    return min(abs(place - named.start), abs(place - named.end)) <= reach
