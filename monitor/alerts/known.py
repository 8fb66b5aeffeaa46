"""What is known of an event, in the reader's words. Pure: its ledger and what is new in it, sentences out.

Figures are never mixed: each keeps its meaning and who gives it. What nobody has said is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.alerts.words import Words
from monitor.model import Fact
from monitor.reading.filing_evidence import FRESH
from monitor.translations import translated

MEANINGS = ("official", "reported", "verified", "political", "cumulative")
#: So many sources are named beside a figure.
SOURCES = 3

Names = Mapping[str, str]  # person id → the name in the reader's language


def happened(kind: str, state: str, ledger: Mapping[str, Any], words: Words, at: datetime | None = None) -> str:
    """One line: "Pardon: 52 people", with its day where that was long before what is told of it (`at`). '' for a hint,
    which is not an event yet."""
    if not state or state == "hint":
        return ""
    what = _word(words, "kinds", kind)
    values = ledger.get("values", {})
    total = next((values[m] for m in ("official", "reported", "verified") if values.get(m)), None)
    said = words("ledger.happened", kind=what, people=words.count("people", total)) if total else what
    day = datetime.fromisoformat(ledger["date"]).replace(tzinfo=UTC) if ledger.get("date") else None
    if at is None or day is None or at - day <= FRESH:
        return said
    return words("ledger.long_ago", happened=said, day=words.day(day, ZoneInfo("UTC")))


def corrected(group: Sequence[Fact], names: Names, words: Words, happened: str) -> str:
    """One line: "X is not among the freed (Pardon: 52 people)". `happened` as it is where nothing is taken back."""
    said = _taken_back(group, names, words)
    return words("ledger.corrected", what=said, happened=happened) if said and happened else said or happened


def figures(ledger: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    """A line for each figure: what it counts, the number that stands, and who gives it."""
    return tuple(_figures(ledger, words))


def unknown(ledger: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    """What nobody has said yet."""
    return tuple(_word(words, "unknown", what) for what in ledger.get("unknown", ()))


def news(group: Sequence[Fact], names: Names, words: Words, ledger: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """What these facts add to what was told before; how sure a name is by now stands in the event's `ledger`."""
    people = (ledger or {}).get("people", {})
    return tuple(dict.fromkeys(_news(group, names, words, {p: str(line["state"]) for p, line in people.items()})))


def held(count: int, who: str, day: str, words: Words) -> str:
    """How many are still held, by whose count and when: `day` is an ISO date."""
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    counter = _word(words, "counters", who)
    return words("ledger.held", n=count, who=counter, day=words.day(at, ZoneInfo("UTC")))


def _figures(ledger: Mapping[str, Any], words: Words) -> Iterator[str]:
    for meaning in MEANINGS:
        value = ledger.get("values", {}).get(meaning)
        said = [f for f in ledger.get("figures", {}).get(meaning, ()) if f["value"] == value]
        if value is not None and said:
            speakers = dict.fromkeys(translated(f["owner"], words.language) or f["owner"] for f in said)
            who = ", ".join(list(speakers)[:SOURCES])
            yield words("ledger.figure", meaning=words(f"meanings.{meaning}"), n=value, who=who)


def _taken_back(group: Sequence[Fact], names: Names, words: Words) -> str:
    """What the corrections among these facts take back: names, else the event itself. '' for none."""
    taken = [f for f in _standing(group) if f.kind == "correction"]
    for way in ("retracted", *_OTHER_WAYS):
        if people := _people(_gone(taken, way), names):
            return _counted(f"ledger.{_OTHER_WAYS.get(way, 'not_freed')}", people, words)
    if any(f.person for f in taken):
        return words("ledger.name_taken_back")
    state = next((str(f.data.get("state")) for f in taken), "")
    return words(f"ledger.event_{'retracted' if state == 'retracted' else 'corrected'}") if state else ""


#: Whether one voice alone names them: a reader who waits for a name must not take that for sure.
_UNSURE = ("ledger.named", "ledger.named_unsure")
#: How a release is taken back, other than that it did not happen.
_OTHER_WAYS = {"refused": "refused", "held": "held_again"}


def _gone(taken: Sequence[Fact], way: str) -> list[Fact]:
    """Of people whose release is taken back: those it was taken back in this way."""
    return [f for f in taken if f.person and _way(f) == way]


def _way(fact: Fact) -> str:
    state = str(fact.data.get("state"))
    return state if state in _OTHER_WAYS else "retracted"


def _standing(group: Sequence[Fact]) -> list[Fact]:
    """Facts without what a later one of them took back: a name may be gone again by now, or have come back."""
    last = {f.person: f.kind for f in group if f.person and f.kind in ("named", "correction")}
    return [f for f in group if f.kind not in ("named", "correction") or last.get(f.person, f.kind) == f.kind]


def _news(group: Sequence[Fact], names: Names, words: Words, by_now: Mapping[str, str]) -> Iterator[str]:
    standing = _standing(group)
    state = {f.person: str(f.data.get("state", "")) for f in group if f.kind in ("named", "state")} | dict(by_now)
    new = {f.person: _UNSURE[state[f.person] in ("announced", "named")] for f in standing if f.kind == "named"}
    for key in _UNSURE:
        if named := _people((f for f in standing if new.get(f.person) == key), names):
            yield _counted(key, named, words)
    taken = [f for f in standing if f.kind == "correction"]
    if gone := _people(_gone(taken, "retracted"), names):
        yield words("ledger.withdrawn", names=_list(gone, words))
    for way, key in _OTHER_WAYS.items():
        if people := _people(_gone(taken, way), names):
            yield _counted(f"ledger.{key}", people, words)
    for fact in group:
        if fact.kind == "count" and "before" in fact.data:
            meaning = _word(words, "meanings", fact.key.rpartition(":")[2])
            yield words("ledger.changed", meaning=meaning, value=fact.data["value"], before=fact.data["before"])
        elif fact.kind == "destination":
            yield _word(words, "places", str(fact.data.get("value", "")))
        elif fact.kind == "state" and fact.data.get("before") and fact.person not in new:
            surer = words("ledger.surer", state=_word(words, "certainty", str(fact.data["state"])))
            yield words("ledger.of", name=names[fact.person], surer=surer) if fact.person in names else surer


def _people(group: Iterable[Fact], names: Names) -> list[str]:
    return list(dict.fromkeys(names[f.person] for f in group if f.person in names))


def _counted(key: str, names: Sequence[str], words: Words) -> str:
    """The text for one person or the one for several."""
    return words(f"{key}_one" if len(names) == 1 else f"{key}_more", names=_list(names, words))


def _list(names: Sequence[str], words: Words) -> str:
    """`A, B and C`."""
    *most, last = names
    return words("ledger.and", most=", ".join(most), last=last) if most else last


def _word(words: Words, vocabulary: str, value: str) -> str:
    """The word for a value; the value itself where it is newer than the words."""
    return words(f"{vocabulary}.{value}") if words.has(f"{vocabulary}.{value}") else value
