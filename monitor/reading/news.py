"""What became newsworthy between two states of an event's ledger: drafts of facts, each saying only what is new.

Due are a new event (announced or better), a person named, a figure that moved by ten or a quarter against the last
told value of its meaning, a new destination, a change of state, and every correction. A death, an illness and a
re-arrest wait for a human. Everything else waits for the digest (`waits`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from monitor.model import Claim
from monitor.reading.filing_evidence import FRESH
from monitor.reading.ledger import GONE_BACK, HELD_FOR_HUMAN, STATES, Ledger, Said

#: Why something is no news at once: a release long known, or nothing but hopes, forecasts and demands.
Waits = Literal["", "past", "hint"]
_WISHES = ("hint", "forecast", "demand")
#: What is news of a release however long ago it was: somebody may wait for just that name.
_ALWAYS = ("named", "correction")

_TOLD = ("official", "reported", "verified", "political", "cumulative")
_LEAST_CHANGE = 10
_LEAST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class FactDraft:
    """News of an event before it is numbered. `subject` completes the fact's key: `event:{slug}:{kind}:{subject}`.

    `data["corrects"]` names the subjects a correction takes back, as (kind, subject) pairs.
    """

    kind: str
    subject: str
    data: dict[str, Any] = field(default_factory=dict)
    person: str = ""
    held_for_human: bool = False


def news(before: Ledger, after: Ledger, told: Mapping[str, int] | None = None) -> list[FactDraft]:
    """What is due. `told` maps a meaning to the last value of it that a fact carried; default: what `before` gives."""
    return [*_events(before, after), *_people(before, after), *_counts(before, after, told), *_places(before, after)]


def waits(claims: Sequence[Claim], happened: str, at: datetime) -> Waits:
    """Why what an article tells is no news at once, '' where it is. `happened` is the ISO date of its event, '' for
    none: an anniversary and a page that turns up again are about an event long known."""
    if happened and at.date() - date.fromisoformat(happened) > FRESH:
        return "past"
    return "hint" if claims and all(claim.modality in _WISHES for claim in claims) else ""


def patient(drafts: Iterable[FactDraft], why: Waits) -> list[FactDraft]:
    """The drafts, those that are no news at once marked with why (`data["waits"]`)."""
    return [
        d if not why or d.kind in _ALWAYS or d.held_for_human else replace(d, data={**d.data, "waits": why})
        for d in drafts
    ]


def held(said: Iterable[Said]) -> list[FactDraft]:
    """Claims a human has to see first: a death, an illness, a re-arrest."""
    return [
        FactDraft("state", f"{one.claim.kind}:{person}", {"sentence": one.claim.sentence}, person, held_for_human=True)
        for one in said
        if one.claim.kind in HELD_FOR_HUMAN
        for person in (*one.claim.held, *one.claim.freed) or ("",)
    ]


def _events(before: Ledger, after: Ledger) -> Iterator[FactDraft]:
    if after.state == before.state:
        return
    if _rank(after) < STATES.index("announced") <= _rank(before):  # everything it rested on was taken out of it
        yield FactDraft("correction", "event", {"state": "retracted", "corrects": [("announced", "")]})
        return
    if after.state in ("corrected", "retracted"):
        yield FactDraft("correction", "event", {"state": after.state, "corrects": [("announced", "")]})
    elif _rank(before) < STATES.index("announced") <= _rank(after):
        values = {meaning: value for meaning in _TOLD if (value := after.value(meaning)) is not None}
        yield FactDraft("announced", "", {"state": after.state, "value": after.total, "values": values})
    elif STATES.index("announced") <= _rank(before) < _rank(after):
        yield FactDraft("state", after.state, {"state": after.state, "before": before.state})


def _rank(ledger: Ledger) -> int:
    return STATES.index(ledger.state) if ledger.state in STATES else -1


def _people(before: Ledger, after: Ledger) -> Iterator[FactDraft]:
    for person in before.named:
        if person not in after.people:  # the claim that named them was taken out of the event
            yield _withdrawn(person, "retracted", before.people[person].state)
    for person, line in after.people.items():
        old = before.people.get(person)
        was = old.state if old else ""
        if line.state == was:
            continue
        if line.state in GONE_BACK:
            yield _withdrawn(person, line.state, was)
        elif was in ("", *GONE_BACK):
            yield FactDraft("named", person, {"state": line.state}, person)
        else:
            yield FactDraft("state", f"{person}:{line.state}", {"state": line.state, "before": was}, person)


def _withdrawn(person: str, state: str, was: str) -> FactDraft:
    """A name taken back, each way of it news of its own; `held` (arrested again) waits for a human."""
    corrects = [("named", person), ("state", f"{person}:{was}")]
    subject = f"{person}:refused" if state == "refused" else person
    return FactDraft("correction", subject, {"state": state, "corrects": corrects}, person, state == "held")


def _counts(before: Ledger, after: Ledger, told: Mapping[str, int] | None) -> Iterator[FactDraft]:
    if _rank(before) < STATES.index("announced"):
        return  # the announcement carries the figures
    for meaning in _TOLD:
        new = after.value(meaning)
        old = before.value(meaning) if told is None else told.get(meaning)
        if meaning == "political" and new == after.total:
            continue  # the total says it
        if new is not None and old is not None and new != old and _matters(old, new):
            yield FactDraft("count", meaning, {"value": new, "before": old})


def _matters(old: int, new: int) -> bool:
    change = abs(new - old)
    return change >= _LEAST_CHANGE or change >= _LEAST_SHARE * old


def _places(before: Ledger, after: Ledger) -> Iterator[FactDraft]:
    if _rank(before) < STATES.index("announced"):
        return
    for place in after.destinations:
        if place not in before.destinations:
            yield FactDraft("destination", place, {"value": place})
