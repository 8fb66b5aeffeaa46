"""What became of the play: what everybody got about what, and whether the program did with each item what it should.

Computed from the archive and from what really arrived; newsroom.yaml only says what a careful program does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.demo.newsroom import Ending, Item, Script
from monitor.demo.received import Received
from monitor.demo.stage import BY_ID, READERS
from monitor.store.filed import Filed, Known


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment: what was published, where it was filed, what is known after it, and what arrived."""

    at: datetime
    items: tuple[Item, ...]
    filed: Mapping[Item, Filed]
    opened: frozenset[str]
    known: Mapping[str, Known]
    received: tuple[Received, ...]

    @property
    def at_once(self) -> tuple[Received, ...]:
        """What arrived for those who do not wait for the morning."""
        return tuple(r for r in self.received if BY_ID[r.reader].at_once)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An item and what the program did wrong with it, in words; no words are the best."""

    item: Item
    troubles: tuple[str, ...]


@dataclass(slots=True)
class Subject:
    """An event, or a story without one: who covered it, and how many messages each reader got about it."""

    what: str
    event: str
    articles: int
    outlets: int
    messages: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole play, judged."""

    verdicts: tuple[Verdict, ...]
    subjects: tuple[Subject, ...]
    messages: Counter[str]
    troubles: tuple[str, ...]

    @property
    def traps(self) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.item.trap)

    @property
    def fine(self) -> bool:
        return not self.troubles and not any(v.troubles for v in self.verdicts)


def judge(script: Script, scenes: Sequence[Scene], articles: Sequence[Filed]) -> Outcome:
    """Hold what happened against what the script expects."""
    names = event_names(scenes)
    subjects = tuple(_subjects(scenes, articles))
    known = scenes[-1].known if scenes else {}
    return Outcome(
        tuple(Verdict(i, tuple(_troubles(i, scene, names))) for scene in scenes for i in scene.items),
        subjects,
        Counter(r.reader for scene in scenes for r in scene.received),
        tuple(_endings(script.endings, names, known, subjects)),
    )


def event_names(scenes: Iterable[Scene]) -> dict[str, str]:
    """The slug of each event that the script gives a name."""
    return {i.expect.opens: f.event for s in scenes for i, f in s.filed.items() if i.expect.opens and f.event}


def _troubles(item: Item, scene: Scene, names: Mapping[str, str]) -> Iterator[str]:
    filed = scene.filed.get(item)
    if filed is None:
        yield "it was never seen"
        return
    yield from _filing(item, filed, scene, names)
    told = {r.reader for r in scene.at_once}
    if item.expect.silent and told:
        yield f"{_and(told)} were told"
    if missing := set(item.expect.told) - told:
        yield f"{_and(missing)} were not told"
    if item.expect.corrects and not all(r.correction for r in scene.at_once):
        yield "it was not sent as a correction"
    state = scene.known[filed.event].state if filed.event in scene.known else ""
    if item.expect.state and state != item.expect.state:
        yield f"its event counts as {state or 'nothing'}, not as {item.expect.state}"


def _filing(item: Item, filed: Filed, scene: Scene, names: Mapping[str, str]) -> Iterator[str]:
    opened = filed.event in scene.opened
    if item.expect.opens and not opened:
        yield "no event was opened"
    elif opened and not item.expect.opens:
        yield "it was taken for a new event"
    elif item.expect.joins and filed.event != names.get(item.expect.joins):
        yield f"it was not filed under “{item.expect.joins}”"


def _subjects(scenes: Sequence[Scene], articles: Sequence[Filed]) -> Iterator[Subject]:
    """Everything that somebody was told of, in the order in which it was."""
    about = {a.story: a.event or a.story for a in articles}
    found: dict[str, Subject] = {}
    for r in (r for scene in scenes for r in scene.received):
        for key in dict.fromkeys(about.get(story, story) for story in r.stories):
            if key not in found:
                covered = [a for a in articles if key in (a.event, a.story)]
                event = covered[0].event if covered else ""
                what = r.subject if len(r.stories) == 1 and BY_ID[r.reader].at_once else covered[0].title
                found[key] = Subject(what, event, len(covered), len({a.outlet for a in covered}))
            found[key].messages[r.reader] += 1
    yield from found.values()


def _endings(
    endings: Mapping[str, Ending], names: Mapping[str, str], known: Mapping[str, Known], subjects: Iterable[Subject]
) -> Iterator[str]:
    if len(known) != len(endings):
        yield f"{len(known)} events were found, where there are {len(endings)}"
    for name, ending in endings.items():
        if names.get(name) in known:
            yield from (f"{name}: {trouble}" for trouble in _ledger(ending, known[names[name]]))
        else:
            yield f"{name}: nothing is known of it"
    most = {names.get(name): ending.messages for name, ending in endings.items()}
    for subject in subjects:
        for reader in (r for r in READERS if r.at_once):
            if subject.messages[reader.id] > most.get(subject.event, 1):
                yield f"{reader.id} got {subject.messages[reader.id]} messages about “{subject.what}”"


def _ledger(ending: Ending, known: Known) -> Iterator[str]:
    ledger = known.ledger
    if ledger.total != ending.total:
        yield f"{ledger.total} people, not {ending.total}"
    political = [figure.value for figure in ledger.figures.get("political", ())]
    if ending.political is not None and ending.political not in political:
        yield f"nobody is on record as counting {ending.political} political prisoners"
    if missing := set(ending.freed) - set(ledger.named):
        yield f"not named as freed: {_and(missing)}"
    if wrong := set(ending.held) & set(ledger.named):
        yield f"named as freed, though held: {_and(wrong)}"


def _and(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
