"""The play: the unmodified gatherer and sender, a clock of their own, two weeks in about a minute.

::

    for each moment of the script:  set the clock -> gather -> send -> tell what arrived and why
    hold what happened against what the script expects
    leave the page open to browse
"""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from monitor import store
from monitor.config import Config
from monitor.demo.newsroom import Item, Newsroom, Script, read_script
from monitor.demo.received import received
from monitor.demo.receivers import Receivers
from monitor.demo.stage import demo_config
from monitor.demo.telling import Say, Teller
from monitor.demo.verdict import Outcome, Scene, judge
from monitor.gatherer import Gatherer
from monitor.sender import Sender
from monitor.store import Database, filed, people
from monitor.store.archive_schema import open_archive
from monitor.web.server import serve

MINUTE = timedelta(minutes=1)


class StageClock:
    """Shows the moment it was set to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def play(web_port: int, say: Say, stop: threading.Event, *, browse: bool = True, keep: Path | None = None) -> Outcome:
    """Play the whole script and judge it. With `browse` the page stays open until `stop`.

    The state is thrown away at the end, unless a folder to `keep` it in is given.
    """
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder, Receivers() as receivers:
        script = read_script(_free_port())
        clock = StageClock(script.start)
        stage = keep or Path(folder)
        with Newsroom(script, clock):
            config = demo_config(script, receivers, web_port)
            outcome = _Play(script, config, stage, clock, receivers, say).perform(stop)
            if browse and not stop.is_set():
                say()
                say(f"Look around: http://127.0.0.1:{web_port}  (everything there is invented; Ctrl-C ends it)", "bold")
                serve(config, stage / "state", stop, now=clock)
        store.close_all()
    return outcome


def moments(script: Script) -> Iterator[tuple[datetime, bool]]:
    """When something happens, and whether the sources are looked at: a little after each item, and at the start.

    On each morning the digest is due; the sources are visited then only if nothing happens that day.
    """
    items = {i.at + MINUTE for i in script.items if i.at > script.start}
    days = {moment.date() for moment in items}
    morning = script.start.replace(hour=5, minute=1)  # 08:01 in Vilnius in summer
    mornings = {morning + timedelta(days=n) for n in range((script.end - script.start).days + 1)}
    for moment in sorted({script.start, *items, *mornings}):
        if script.start <= moment <= script.end:
            yield moment, moment not in mornings or moment.date() not in days


class _Play:
    def __init__(
        self, script: Script, config: Config, stage: Path, clock: StageClock, receivers: Receivers, say: Say
    ) -> None:
        self.script, self.clock, self.receivers = script, clock, receivers
        self.teller = Teller(script, say)
        state = stage / "state"
        state.mkdir(mode=0o700)
        self.db: Database = open_archive(state)
        with store.write(self.db):
            people.save(self.db, script.people, "operator")
        self.gatherer = Gatherer(config, state, clock)
        self.sender = Sender(config, state, stage / "keys", clock)

    def perform(self, stop: threading.Event) -> Outcome:
        scenes: list[Scene] = []
        self.teller.introduce()
        for moment, visiting in moments(self.script):
            if stop.is_set():
                break
            before = {event.slug for event in filed.events(self.db)}
            self.clock.moment = moment
            if visiting:
                self.gatherer.once(stop)
            self.sender.once(stop)
            scenes.append(self._scene(moment, before))
            self.teller.tell(scenes[-1])
        outcome = judge(self.script, scenes, filed.articles(self.db))
        if not stop.is_set():
            self.teller.conclude(outcome)
        return outcome

    def _scene(self, moment: datetime, before: set[str]) -> Scene:
        items = tuple(i for i in self.script.items if self._is_news(i, moment))
        known = {event.slug: event for event in filed.events(self.db)}
        return Scene(
            moment,
            items,
            {i: found for i in items if (found := self._filed(i))},
            frozenset(known) - before,
            known,
            tuple(received(self.receivers.take())),
        )

    def _is_news(self, item: Item, moment: datetime) -> bool:
        return item.at <= moment if moment == self.script.start else item.at + MINUTE == moment

    def _filed(self, item: Item) -> filed.Filed | None:
        outlet = next(o for o in self.script.outlets if o.id == item.outlet)
        mine = (a for a in filed.articles(self.db) if a.outlet == outlet.name)
        return next((a for a in mine if a.url.endswith(f"/{item.slug}")), None)


def _free_port() -> int:
    """A port that is free on loopback at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
