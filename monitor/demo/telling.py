"""The play on a terminal: who published what, who was told and why, and at the end who got what about what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Protocol

from monitor.demo.newsroom import Item, Script
from monitor.demo.received import Received
from monitor.demo.stage import BY_ID, READERS
from monitor.demo.verdict import Outcome, Scene, Subject

WIDTH = 104
_LEFT = 8


class Say(Protocol):
    """Prints one line; `style` is a style of rich's, for terminals that have colours."""

    def __call__(self, text: str = "", style: str = "", /) -> None: ...


class Teller:
    """Tells the play as it goes on."""

    def __init__(self, script: Script, say: Say) -> None:
        self.script, self.say = script, say
        self._outlets = {o.id: o.name for o in script.outlets}
        self._day: date | None = None

    def introduce(self) -> None:
        self.say("DEMO: everything here is invented. It is the real program, with its clock set forward.", "bold")
        self.say(f"{len(self.script.outlets)} outlets, {len(self.script.items)} articles, two weeks, five readers:")
        for reader in READERS:
            self.say(f"  {reader.id:<9} by {reader.where:<8} {reader.asked:<27} {reader.who}")
        self.say()
        before = sum(i.at < self.script.start for i in self.script.items)
        self.say(f"The first visit to each source is a baseline: {before} older articles are filed, nobody is told.")

    def tell(self, scene: Scene) -> None:
        """What was published at one moment, and what came of it."""
        if scene.at == self.script.start:
            return
        if (scene.items or scene.received) and scene.at.date() != self._day:
            self._day = scene.at.date()
            self.say()
            self.say(f"{scene.at:%A} {scene.at.day} {scene.at:%B}", "bold")
        for item in scene.items:
            self.say(_cut(f" {item.at:%H:%M}  {self._outlets[item.outlet]}: {item.title}"))
            if item.trap:
                self.say(f"{'':{_LEFT}}trap: {item.trap}", "yellow")
        told = False
        for line, style in _arrivals(scene.received):
            told = True
            self.say(line, style)
        if scene.items and not told:
            self.say(f"{'':{_LEFT}}→ nobody: {_why_nobody(scene)}", "dim")

    def conclude(self, outcome: Outcome) -> None:
        """The tables."""
        self._readers(outcome)
        self._subjects(outcome.subjects)
        self._traps(outcome)
        self._troubles(outcome)

    def _readers(self, outcome: Outcome) -> None:
        self.say()
        self.say("Who got what", "bold")
        for reader in READERS:
            about = sum(bool(s.messages[reader.id]) for s in outcome.subjects)
            count = _plural(outcome.messages[reader.id], "message")
            self.say(f"  {reader.id:<9} {reader.where:<8} {count:>11} about {_plural(about, 'subject')}")

    def _subjects(self, subjects: Iterable[Subject]) -> None:
        self.say()
        self.say("One story, one message; an event is told again only when there is something new", "bold")
        self.say(f"  {'':<52} {'articles':>8} {'outlets':>8}  " + " ".join(f"{r.id:>8}" for r in READERS), "dim")
        for s in subjects:
            counts = " ".join(f"{s.messages[r.id] or '·':>8}" for r in READERS)
            self.say(f"  {_cut(s.what, 52):<52} {s.articles:>8} {s.outlets:>8}  {counts}")

    def _traps(self, outcome: Outcome) -> None:
        escaped = sum(not v.troubles for v in outcome.traps)
        self.say()
        self.say(f"Traps: {escaped} of {len(outcome.traps)} avoided", "bold")
        for v in outcome.traps:
            where = f"{v.item.at:%d %b}  {self._outlets[v.item.outlet]}"
            if v.troubles:
                self.say(f"  FELL IN  {where:<26} {v.item.trap}: {'; '.join(v.troubles)}", "bold red")
            else:
                self.say(f"  avoided  {where:<26} {v.item.trap}", "green")

    def _troubles(self, outcome: Outcome) -> None:
        other = [f"{v.item.slug}: {t}" for v in outcome.verdicts if not v.item.trap for t in v.troubles]
        for trouble in (*other, *outcome.troubles):
            self.say(f"  WRONG    {trouble}", "bold red")
        if outcome.fine:
            self.say("Everything was filed and told as it should be.", "bold green")


def _arrivals(messages: Iterable[Received]) -> Iterator[tuple[str, str]]:
    """What several readers got alike is told once."""
    left = " " * _LEFT
    alike = sorted(messages, key=lambda r: (BY_ID[r.reader].language, r.says, r.new))
    for _, group in groupby(alike, key=lambda r: (BY_ID[r.reader].language, r.says, r.new)):
        same = sorted(group, key=lambda r: list(BY_ID).index(r.reader))
        to = ", ".join(f"{r.reader} ({BY_ID[r.reader].where})" for r in same)
        yield f"{left}→ {to}", "cyan"
        best = same[0]
        yield _cut(f"{left}  {best.subject}"), "bold"
        if best.new:
            yield _cut(f"{left}  new: {best.new}"), ""
        if best.says:
            yield _cut(f"{left}  who says so: {best.says}"), ""
        if best.warning:
            yield _cut(f"{left}  {best.warning}"), ""
        asked = dict.fromkeys(BY_ID[r.reader].asked for r in same)
        yield f"{left}  because they asked for {', '.join(asked)}", "dim"


def _why_nobody(scene: Scene) -> str:
    """The reason for silence, as far as the archive knows it."""
    reasons = dict.fromkeys(_reason(item, scene) for item in scene.items)
    return "; ".join(reasons)


def _reason(item: Item, scene: Scene) -> str:
    filed = scene.filed.get(item)
    if filed is None:
        return "it was not seen yet"
    if filed.copy_of:
        return _cut(f"it repeats “{filed.copy_of}”", 80)
    if filed.event:
        return "it tells of an event that they know of, and nothing new"
    if "releases" in filed.topics:
        return "it tells of no release that happened, and waits for the morning"
    return "nobody asked for that"


def _cut(text: str, width: int = WIDTH) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _plural(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
