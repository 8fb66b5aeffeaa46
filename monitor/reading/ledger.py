"""What is known of a release, from whom, and what is new: the replay of immutable claims and operator decisions.

An event keeps its figures apart (official total, political subset, verified, running total, per destination or
nationality) with who said each and when; it counts origins, not articles. Certainty is a word of `STATES`, for the
event and for each person, and a person's can go back. Nothing here decides which event a claim belongs to (`filing`
does), what is told to whom, or what is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from monitor import clock
from monitor.model import Claim

#: From least to most certain; the last two are not certainty but what happened to it.
STATES = ("hint", "announced", "named", "corroborated", "confirmed", "corrected", "retracted")
#: Origins that speak for themselves. Everything else is somebody's report: all unattributed reports are one origin.
SPEAKERS = ("official-by", "state-aligned", "viasna", "relative", "destination-state", "us", "agency", "ngo")
#: One voice, whatever it is called: state-aligned outlets repeat the office.
ONE_VOICE = {"state-aligned": "official-by"}
#: Whose word takes a name off a list.
REFERENCE = ("viasna", "ngo", "relative", "destination-state", "us")
HAPPENED = ("announced", "reported")
UNDONE = ("denied", "retracted")
#: Whose total is kept under a meaning of its own; everybody else's is 'reported'.
_TOTALS = {"official-by": "official", "viasna": "verified"}
#: The meanings under which an event's total is kept, by who gives it.
TOTALS = ("official", "reported", "verified")
HELD_FOR_HUMAN = ("death", "health", "re-arrest")
#: Words of a person that take a release back: it did not happen, they would not leave, they were arrested again.
GONE_BACK = ("retracted", "refused", "held")
#: What the shipped history says was compared with several sources by hand.
HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Said:
    """A claim with who made it. `copy` marks the text of another article: it adds no origin."""

    claim: Claim
    owner: str
    at: datetime
    article: int = 0
    copy: bool = False

    @property
    def origin(self) -> str:
        """Whose word it is: a speaker, `own:<owner>` for own reporting, else 'report'."""
        origin = ONE_VOICE.get(self.claim.origin, self.claim.origin)
        if origin == "own-reporting":
            return f"own:{self.owner}"
        return origin if origin in SPEAKERS else "report"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the operator decided. `kind`: event-confirm, event-retract, person-confirm, person-retract; `subject` is
    the person's id for the last two."""

    kind: str
    at: datetime
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with who said it, when, and in which article."""

    value: int
    origin: str
    owner: str
    at: str
    article: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One person in an event: the present word, who vouches for it, and every step that led there."""

    state: str
    at: str
    origins: tuple[str, ...] = ()
    chain: tuple[tuple[str, str, str], ...] = ()  # (at, word, origin)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything known of one event. `origins` and `destinations` map to when they were first heard."""

    kind: str = "release"
    state: str = ""
    date: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    figures: Mapping[str, tuple[Figure, ...]] = field(default_factory=dict)
    people: Mapping[str, Line] = field(default_factory=dict)
    destinations: Mapping[str, str] = field(default_factory=dict)
    decided: str = ""
    withheld: bool = False
    sources: tuple[str, ...] = ()  # addresses behind what came with the shipped history
    note: str = ""

    def value(self, meaning: str) -> int | None:
        """The figure that stands: what most origins say, of equals the latest; None where nobody said one. The shipped
        history weighs as two: a first count that turns up again later does not overturn it."""
        said = self.figures.get(meaning, ())
        if not said:
            return None
        voices: dict[int, set[str]] = {}
        for figure in said:
            voices.setdefault(figure.value, set()).add(figure.origin)
        latest = {figure.value: place for place, figure in enumerate(said)}
        return max(voices, key=lambda value: (len(voices[value]) + (HISTORY in voices[value]), latest[value]))

    @property
    def total(self) -> int | None:
        """How many were freed: by the office, else by whoever reports it."""
        return next((n for meaning in TOTALS if (n := self.value(meaning))), None)

    @property
    def named(self) -> tuple[str, ...]:
        """People said to be freed, not those taken off again."""
        return tuple(person for person, line in self.people.items() if line.state not in GONE_BACK)

    @property
    def mismatches(self) -> tuple[dict[str, int | str], ...]:
        """Sums that do not add up, for the reader to see."""
        return tuple(_mismatches(self))

    @property
    def unknown(self) -> tuple[str, ...]:
        """What nobody has said yet: names, political, destination, total."""
        return tuple(_unknown(self))

    def to_json(self) -> dict[str, Any]:
        """The form stored in `events.ledger` and shown by pages: see docs/data.md."""
        return {
            "kind": self.kind,
            "state": self.state,
            "date": self.date,
            "origins": dict(self.origins),
            "owners": list(self.owners),
            "figures": {m: [_figure_json(f) for f in figures] for m, figures in self.figures.items()},
            "values": {meaning: self.value(meaning) for meaning in self.figures} | {"named": len(self.named)},
            "people": {
                person: {"state": line.state, "at": line.at, "origins": list(line.origins), "chain": list(line.chain)}
                for person, line in self.people.items()
            },
            "destinations": dict(self.destinations),
            "decided": self.decided,
            "withheld": self.withheld,
            "sources": list(self.sources),
            "note": self.note,
            "mismatches": list(self.mismatches),
            "unknown": list(self.unknown),
        }


def from_json(data: Mapping[str, Any]) -> Ledger:
    """The ledger that `to_json` wrote; an empty mapping is an empty ledger."""
    return Ledger(
        kind=data.get("kind", "release"),
        state=data.get("state", ""),
        date=data.get("date", ""),
        origins=data.get("origins", {}),
        owners=tuple(data.get("owners", ())),
        figures={m: tuple(Figure(**f) for f in figures) for m, figures in data.get("figures", {}).items()},
        people={
            person: Line(line["state"], line["at"], tuple(line["origins"]), tuple(map(tuple, line["chain"])))
            for person, line in data.get("people", {}).items()
        },
        destinations=data.get("destinations", {}),
        decided=data.get("decided", ""),
        withheld=data.get("withheld", False),
        sources=tuple(data.get("sources", ())),
        note=data.get("note", ""),
    )


def replay(claims: Iterable[Said], decisions: Iterable[Decision] = (), start: Ledger | None = None) -> Ledger:
    """The ledger after these claims and decisions, taken in the order of their moments; `start` is what came with the
    shipped history."""
    steps: list[Said | Decision] = sorted([*claims, *decisions], key=lambda step: step.at)
    ledger = start or Ledger()
    for step in steps:
        ledger = decide(ledger, step) if isinstance(step, Decision) else add(ledger, step)
    return ledger


def shipped_part(ledger: Ledger) -> Ledger:
    """What of an event's ledger came with the shipped history, before anybody reported anything."""
    at = ledger.origins.get(HISTORY, "")
    figures = {m: tuple(f for f in said if f.origin == HISTORY) for m, said in ledger.figures.items()}
    lines = {person: line.chain[0] for person, line in ledger.people.items() if line.chain[:1]}
    return replace(
        ledger,
        state=ledger.state if ledger.state in _CERTAIN else "announced",
        origins={HISTORY: at},
        owners=(),
        figures={m: said for m, said in figures.items() if said},
        people={p: Line(step[1], step[0], (HISTORY,), (step,)) for p, step in lines.items() if step[2] == HISTORY},
        destinations={place: when for place, when in ledger.destinations.items() if when == at},
        decided="",
        withheld=False,
    )


def add(ledger: Ledger, said: Said) -> Ledger:
    """The ledger after one more claim. Hints, forecasts and demands leave no figure and no name."""
    claim, at = said.claim, clock.to_text(said.at)
    if claim.modality in HAPPENED:
        ledger = replace(
            ledger,
            kind=ledger.kind if ledger.kind not in ("", "release") else claim.kind,
            date=ledger.date or (claim.date.isoformat() if claim.date else ""),
            origins=ledger.origins
            if said.copy
            else {**ledger.origins, said.origin: min(at, ledger.origins.get(said.origin, at))},
            owners=tuple(dict.fromkeys((*ledger.owners, said.owner))),
            figures=_figures(ledger.figures, said, at),
            destinations=_destinations(ledger.destinations, claim, at),
            withheld=ledger.withheld or claim.withheld,
        )
    if claim.modality in (*HAPPENED, *UNDONE):
        ledger = replace(ledger, people=_people(ledger.people, said, at))
    return replace(ledger, state=_state(ledger, claim))


def decide(ledger: Ledger, decision: Decision) -> Ledger:
    """The ledger after an operator's decision, which outweighs every claim."""
    if decision.kind in ("event-confirm", "event-retract"):
        state = "confirmed" if decision.kind == "event-confirm" else "retracted"
        return replace(ledger, decided=state, state=state)
    word = "confirmed" if decision.kind == "person-confirm" else "retracted"
    line = ledger.people.get(decision.subject, Line("", ""))
    step = (clock.to_text(decision.at), word, "operator")
    changed = Line(word, step[0], (*line.origins, "operator"), (*line.chain, step))
    return replace(ledger, people={**ledger.people, decision.subject: changed})


def _figures(figures: Mapping[str, tuple[Figure, ...]], said: Said, at: str) -> dict[str, tuple[Figure, ...]]:
    claim = said.claim
    verified = said.origin == "viasna" and claim.political == claim.total  # so many so far, not a part of the event
    told: dict[str, int | None] = {
        _TOTALS.get(said.origin, "reported"): claim.total,
        "political": None if verified else claim.political,
        "cumulative": claim.cumulative,
        **dict(claim.per),
    }
    changed = dict(figures)
    for meaning, value in told.items():
        if value is None:
            continue
        figure = Figure(value, said.origin, said.owner, at, said.article)
        known = changed.get(meaning, ())
        if said.copy and any((f.value, f.origin) == (value, figure.origin) for f in known):
            continue
        kept = [f for f in known if (f.origin, f.owner) != (figure.origin, figure.owner)]
        if any(f.at > at for f in known if f not in kept):
            continue  # the outlet's newer article came in first
        changed[meaning] = tuple(sorted((*kept, figure), key=lambda f: (f.origin != HISTORY, f.at)))
    return changed


def _destinations(known: Mapping[str, str], claim: Claim, at: str) -> dict[str, str]:
    places = [claim.destination] if claim.destination else []
    places += [meaning[3:] for meaning, _ in claim.per if meaning.startswith("to:")]
    return {**dict.fromkeys(places, at), **known}


def _people(people: Mapping[str, Line], said: Said, at: str) -> dict[str, Line]:
    changed = dict(people)
    if said.claim.modality in HAPPENED:
        for person in said.claim.freed:
            changed[person] = _vouched(changed.get(person, Line("", at)), said, at)
    for person in said.claim.held:
        line = changed.get(person)
        word = _taken_back(line, said) if line is not None else ""
        if line is not None and word and word != line.state:
            changed[person] = Line(word, at, (), (*line.chain, (at, word, said.origin)))
    return changed


def _taken_back(line: Line, said: Said) -> str:
    """What becomes of somebody's release who is now said to be held; '' where this claim cannot change it."""
    kind = said.claim.kind
    if kind == "refused-exile":
        if said.claim.modality in UNDONE:  # they never refused: back to what was known before
            known = [word for _, word, _ in line.chain if word not in GONE_BACK]
            return known[-1] if line.state == "refused" and known else ""
        return "refused" if line.state not in GONE_BACK else ""
    if kind == "re-arrest":
        return "held" if line.state != "retracted" else ""
    return "retracted" if line.state not in GONE_BACK and _may_take_off(said) else ""


def _may_take_off(said: Said) -> bool:
    return said.claim.modality in UNDONE or said.origin in REFERENCE


def _vouched(line: Line, said: Said, at: str) -> Line:
    """One more voice for a person's release. Whoever was taken off a list comes back only on a reference's word."""
    if line.state in GONE_BACK and said.origin not in REFERENCE:
        return line
    origins = line.origins if said.copy else tuple(dict.fromkeys((*line.origins, said.origin)))
    word = _no_less_sure(line.state, _certainty(origins, "named"))
    if word == line.state:
        return replace(line, origins=origins)
    return Line(word, at, origins, (*line.chain, (at, word, said.origin)))


def _certainty(origins: Sequence[str], least: str) -> str:
    """What a set of origins makes of a claim. The reference NGO with family or the destination's government confirms;
    alone it corroborates, as any two independent origins do."""
    if "viasna" in origins and ("relative" in origins or "destination-state" in origins):
        return "confirmed"
    if "viasna" in origins or len(set(origins)) >= 2:
        return "corroborated"
    return least


def _state(ledger: Ledger, claim: Claim) -> str:
    if ledger.decided:
        return ledger.decided
    if not ledger.origins:
        return "hint"
    if claim.modality == "retracted" and not claim.held and not claim.freed:
        return "corrected"
    return _no_less_sure(ledger.state, _certainty(tuple(ledger.origins), "named" if ledger.named else "announced"))


#: In order: what is said already is not made less sure by one more voice.
_CERTAIN = ("announced", "named", "corroborated", "confirmed")


def _no_less_sure(before: str, word: str) -> str:
    """Whoever is confirmed by the operator or the shipped history stays so when one more outlet says the same."""
    if before in _CERTAIN[2:] and _CERTAIN.index(before) > _CERTAIN.index(word):
        return before
    return word


def _mismatches(ledger: Ledger) -> Iterable[dict[str, int | str]]:
    total = ledger.total
    if total is None:
        return
    for prefix in ("to:", "of:"):
        parts = [ledger.value(meaning) or 0 for meaning in ledger.figures if meaning.startswith(prefix)]
        if len(parts) > 1 and sum(parts) != total:
            yield {"of": prefix[:2], "sum": sum(parts), "total": total}
    political = ledger.value("political")
    if political is not None and political > total:
        yield {"of": "political", "sum": political, "total": total}
    if len(ledger.named) > total:
        yield {"of": "named", "sum": len(ledger.named), "total": total}


def _unknown(ledger: Ledger) -> Iterable[str]:
    figures = ledger.figures
    total = ledger.total
    if total is None:
        yield "total"
    if not {"political", "verified"} & set(figures):
        yield "political"
    if total is None or len(ledger.named) < total:
        yield "names"
    if not ledger.destinations:
        yield "destination"


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {name: getattr(figure, name) for name in ("value", "origin", "owner", "at", "article")}
