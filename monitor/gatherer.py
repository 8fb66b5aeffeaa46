"""The clock of `gather`: what is due is visited, read, compared and written to archive.db.

::

    every few seconds   due sources -> visit -> (parse in limited children) -> ingest -> note the visit
    every 15 s          heartbeat, so that /health can tell a stalled clock from a quiet day
    every minute        a few articles that an older version read are read again
                        pages that alerts rest on are asked again: 1 h, 6 h, 24 h and 7 d after
                        the synthetic item, once an hour: is the line open?
    every 5 minutes     each source's habits: quiet, failing, blocked, moved, suspicious
    every night         forget old visits

It never sees private.db or any key. Several fixed jobs, no schedule in memory: what is due is a column, so a restart
loses nothing and asks nobody early.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from monitor import clock as wall
from monitor import probe, store
from monitor.clock import Clock
from monitor.config import Config
from monitor.evidence import AFTER, Witness
from monitor.gather import collect
from monitor.gather.egress import Door
from monitor.ingest import Ingester
from monitor.model import Article, Listing, Outcome, Source
from monitor.process import only_one
from monitor.pulse import Pulse, calmly
from monitor.store import Database, alarms, archive, captures, health, sources
from monitor.store.archive_schema import open_archive

log = logging.getLogger(__name__)

TICK = timedelta(seconds=3)
READ_AGAIN = timedelta(minutes=1)
ASK_AGAIN = timedelta(minutes=1)
PROBE = timedelta(minutes=1)
LEARN = timedelta(minutes=5)
#: When more sources change their state at once, the operator gets one sentence about all of them.
AT_ONCE = 3
HEARTBEAT = timedelta(seconds=15)
KEEP_FETCHES = timedelta(days=30)

Progress = Callable[[Outcome], None]


class Gatherer:
    """One per state folder. `once` does everything that is due and returns; `run` keeps doing it until `stop`."""

    def __init__(self, config: Config, state: Path, clock: Clock) -> None:
        self.config, self.state, self.clock = config, state, clock
        self._ingester: Ingester | None = None
        self._door: Door | None = None
        self._started = clock()
        open_archive(state)

    def once(
        self,
        stop: threading.Event | None = None,
        *,
        names: Collection[str] | None = None,
        progress: Progress | None = None,
    ) -> collect.Report:
        """Visit every source that is due (or just `names`, due or not) and take in what they bring."""
        db = open_archive(self.state)
        collect.sync_sources(db, self.config, self.clock())
        stop = stop or threading.Event()
        report = self._collect(stop, names=names, progress=progress)
        self._ask_again(stop)
        return report

    def run(self, stop: threading.Event, progress: Progress | None = None) -> None:
        """Work until `stop` is set. Raises StateInUse where another gatherer works on the same folder."""
        with only_one(self.state, "gather"), Pulse(self.state, "gather", self.clock, self._files()):
            self._beat()
            collect.sync_sources(open_archive(self.state), self.config, self.clock())
            scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True})
            scheduler.add_job(
                calmly(self._collect),
                "interval",
                seconds=TICK.total_seconds(),
                next_run_time=wall.now(),
                args=[stop],
                kwargs={"progress": progress, "meanwhile": True},
            )
            scheduler.add_job(calmly(self._read_again), "interval", seconds=READ_AGAIN.total_seconds())
            scheduler.add_job(calmly(self._ask_again), "interval", seconds=ASK_AGAIN.total_seconds(), args=[stop])
            scheduler.add_job(calmly(self._learn), "interval", seconds=LEARN.total_seconds())
            scheduler.add_job(calmly(self._probe), "interval", seconds=PROBE.total_seconds())
            scheduler.add_job(calmly(self._beat), "interval", seconds=HEARTBEAT.total_seconds())
            scheduler.add_job(calmly(self._forget), "cron", hour=3, minute=20)
            scheduler.start()
            stop.wait()
            scheduler.shutdown(wait=True)

    def _collect(
        self,
        stop: threading.Event,
        *,
        names: Collection[str] | None = None,
        progress: Progress | None = None,
        meanwhile: bool = False,
    ) -> collect.Report:
        db = open_archive(self.state)
        ingester = self._current(db)

        def ingest(articles: Sequence[Article], source: Source, baseline: bool) -> int:
            taken = ingester.ingest(
                db,
                articles,
                source=source,
                baseline=baseline,
                now=self.clock(),
                last_visit=sources.last_success(db, source.name),
            )
            return sum(t.new for t in taken)

        def listed(listing: Listing, source: Source) -> None:
            doubt = ingester.take_list(db, listing, source, now=self.clock())
            if doubt:
                log.warning("%s: %s", source.name, doubt)
                with store.write(db):
                    alarms.sound(db, source.name, doubt, self.clock())

        report = collect.collect(
            db,
            self.config,
            now=self.clock,
            ingest=ingest,
            stop=stop,
            names=names,
            progress=progress,
            listing=listed,
            inbox=self.state / "inbox",
            meanwhile=meanwhile,
        )
        with store.write(db):
            for subject, text in report.alarms.items():
                alarms.sound(db, subject, text, self.clock())
        return report

    def _files(self) -> dict[str, Path]:
        return {"archive.db": self.state / "archive.db"}

    def _current(self, db: Database) -> Ingester:
        """The ingester, made anew when the register of people changed."""
        if self._ingester is None or self._ingester.outdated(db):
            self._ingester = Ingester(db, self.config)
        return self._ingester

    def _read_again(self) -> None:
        db = open_archive(self.state)
        if self._ingester is not None:
            self._current(db).read_again(db)

    def _ask_again(self, stop: threading.Event) -> None:
        """Pages that alerts rest on: do they still say so?"""
        db = open_archive(self.state)
        if captures.due(db, self.clock(), AFTER, 1):
            # a door of its own: that of the visits is closed when a round of them ends
            self._door = self._door or Door(self.config.network)
            Witness(db, self._current(db), self._door, collect.pool(), self.clock).ask_again(stop)

    def _learn(self) -> None:
        """Each source's own habits, and a word to the operator about those that changed."""
        db, now = open_archive(self.state), self.clock()
        said = health.learn(db, now)
        if len(said) > AT_ONCE:
            said = [f"{len(said)} sources changed at once, so the reason may be here: " + " ".join(said)]
        with store.write(db):
            for text in said:
                log.warning("%s", text)
                alarms.sound(db, "sources" if len(text) > 500 else text.split(" ")[0], text, now)

    def _probe(self) -> None:
        """The synthetic item, when it is due; where it gets stuck on our side, the operator is told."""
        db, settings, now = open_archive(self.state), self.config.delivery, self.clock()
        if self.config.demo or not settings.probe_to or not probe.due(db, settings.probe, now, self._started):
            return
        stuck = probe.tell(lambda: probe.make(db, self._current(db), collect.pool(), now))
        if stuck:
            log.error("%s", stuck)
            with store.write(db):
                alarms.sound(db, "test item", stuck, now)

    def _beat(self) -> None:
        db = open_archive(self.state)
        with store.write(db):
            archive.beat(db, "gather", self.clock())

    def _forget(self) -> None:
        db = open_archive(self.state)
        with store.write(db):
            sources.forget_fetches(db, self.clock() - KEEP_FETCHES)
            captures.forget_responses(db, self.clock() - self.config.evidence.keep)
