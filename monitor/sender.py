"""The clock of `send`: facts become matches, matches become messages, messages leave. The only process with the key.

::

    every 2 s    new facts past the cursor -> who wants to know?          (T5: matches + cursor)
                 matches that gathered for a minute -> deliveries         (one path for instant and digest)
                 deliveries that are due -> open, word, send, note        (T6, T7)
                 requests from the web, and who left -> the list          (T9)
    every 30 s   digests whose local hour has come -> deliveries
                 forget what is due to be forgotten
    every 15 s   heartbeat, so that /health can tell a stalled clock from a quiet day

While the list is locked it does nothing but say that it is alive; when its key or its database is taken away, it ends.
Everything that is due is a column: a restart loses nothing and sends nothing twice.
"""

from __future__ import annotations

import ctypes
import logging
import resource
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from monitor import clock as wall
from monitor.alerts import arrival, bundles, deliver
from monitor.alerts.attempt import where
from monitor.alerts.channels import Channel, open_channels
from monitor.alerts.deliver import Counts
from monitor.alerts.standing import Standing
from monitor.clock import Clock
from monitor.config import Config
from monitor.errors import KeysMissing
from monitor.process import only_one
from monitor.pulse import Pulse
from monitor.store import Database, connect, facts, matches, outbox, switches
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from monitor.store.search import recent_frequencies
from monitor.subscribers import configured, desk, housekeeping, intake, keys, notices, safety
from monitor.subscribers.passphrase import Hatch, given

log = logging.getLogger(__name__)

TICK = timedelta(seconds=2)
SWEEP = timedelta(seconds=30)
HEARTBEAT = timedelta(seconds=15)
#: After an outage longer than this, digests wait a little for what the sources have to say.
OUTAGE = timedelta(minutes=15)
CATCH_UP = timedelta(minutes=2)
#: An index that was built while the archive was small is ordered anew now and then.
REBUILD = timedelta(hours=6)

PR_SET_DUMPABLE = 4


class Sender:
    """One per state folder. `once` does everything that is due and returns; `run` keeps doing it until `stop`."""

    def __init__(
        self,
        config: Config,
        state: Path,
        key_folder: Path,
        clock: Clock,
        passphrase: Callable[[], str | None] = given,
    ) -> None:
        self.config, self.state, self.key_folder, self.clock = config, state, key_folder, clock
        self._passphrase: Callable[[], str | None] | None = passphrase
        self._hatch = Hatch(key_folder)
        self._handed: str | None = None
        self._keys: keys.Keys | None = None
        self._standing: Standing | None = None
        self._channels: dict[str, Channel] = {}
        self._stop = threading.Event()
        self._gate = threading.Lock()
        self._started = clock()

    def once(self, stop: threading.Event | None = None) -> Counts:
        """Match, bundle and deliver everything that is due now, without waiting for more of the same.

        Raises KeysMissing where the key is not there, StateInUse where another sender works on the folder.
        """
        with only_one(self.state, "send"):
            self._stop = stop or self._stop
            self._migrate()
            if not self._open():
                return Counts()
            self.desk()
            self.match()
            self.bundle(timedelta())
            self.digests(catching_up=False)
            counts = self.deliver()
            self.tidy()
            self._close()
            return counts

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, or the key or the database is taken away. Raises as `once` does."""
        with only_one(self.state, "send"), Pulse(self.state, "send", self.clock, self._files()):
            forbid_core_dumps()
            self._stop = stop
            self._migrate()
            self._open()
            self.beat()
            scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True})
            for job, every in (
                (self.match_and_bundle, TICK),
                (self.deliver, TICK),
                (self.desk, TICK),
                (self.digests, SWEEP),
                (self.tidy, SWEEP),
                (self.arrival, TICK),
                (self.rebuild, REBUILD),
                (self.beat, HEARTBEAT),
            ):
                scheduler.add_job(
                    self._guarded(job), "interval", seconds=every.total_seconds(), next_run_time=wall.now()
                )
            scheduler.start()
            stop.wait()
            scheduler.shutdown(wait=True)
            self._close()

    # ------------------------------------------------------------------------------------------------------- jobs

    def match_and_bundle(self) -> None:
        self.match()
        self.bundle(self.config.delivery.gather_for)

    def match(self) -> None:
        """T5, if there is anything past the cursor."""
        db, private = self._databases()
        if self._standing and matches.cursor(private) != (newest := facts.newest(db)):
            found = bundles.match(db, private, self._standing, self.clock(), self._stop)
            log.info("facts up to %d: %d matches", newest, found)

    def bundle(self, gather_for: timedelta) -> None:
        if self._standing:
            bundles.bundle(self._databases()[1], self._standing, self.clock(), gather_for)

    def digests(self, *, catching_up: bool = True) -> None:
        """Digests whose hour has come. After an outage, what the sources bring in the first minutes is waited for."""
        private, now = self._databases()[1], self.clock()
        last = bundles.last_digests(private)
        if catching_up and last and now - last > OUTAGE and now - self._started < CATCH_UP:
            return
        if self._standing:
            bundles.digests(private, self._standing, now)

    def deliver(self) -> Counts:
        """T6 and T7 for everything that is due."""
        if self._keys is None:
            return Counts()
        db, private = self._databases()
        counts = deliver.drain(db, private, self._keys, self._channels, self.config, self.clock, self._stop)
        if counts.sent or counts.retried or counts.given_up:
            log.info("%s", counts)
        return counts

    def desk(self) -> None:
        """T9: who left, and what was asked through the web."""
        if self._keys:
            private, held = self._databases()[1], self._keys
            desk.work_off_leavers(private, held)
            while not self._stop.is_set() and intake.work_requests(private, held, self.config, self.clock()):
                pass
            notices.from_archive(self._databases()[0], private, held.vault, self.clock())

    def tidy(self) -> None:
        db, private = self._databases()
        housekeeping.tidy(db, private, self.clock())

    def arrival(self) -> None:
        """Has the synthetic item arrived in its mailbox?"""
        arrival.look(self._databases()[1], self.config, self.state, self.clock())

    def rebuild(self) -> None:
        if self._standing:
            db = self._databases()[0]
            self._standing.rebuild(recent_frequencies(db))

    def beat(self) -> None:
        """A sign of life, locked or not."""
        private = self._databases()[1]
        switches.beat(private, "send", self.clock(), {"locked": safety.is_locked(private), **outbox.counts(private)})

    # ------------------------------------------------------------------------------------------------ key and files

    def _migrate(self) -> None:
        """Bring both files to this program's schema. Raises DatabaseTrouble for one that is damaged, or newer."""
        open_archive(self.state)
        open_private(self.state)

    def _open(self) -> bool:
        """Take the key and read the list, unless it is locked."""
        private = self._databases()[1]
        if safety.is_locked(private):
            log.warning("the list is locked: nothing is sent until `unlock`")
            return False
        self._keys = keys.prepare(self.key_folder, self.state, self._word())
        self._handed = None
        self._hatch.close()
        for trouble in configured.sync_config(private, self._keys, self.config, self.clock()):
            log.error("%s", trouble)
        self._standing = Standing(self._keys)
        self._standing.refresh(private)
        self._channels = open_channels(self.config, self.state)
        return True

    def _word(self) -> str | None:
        """The passphrase: as it was given at the start, once; after that only `unlock` brings it."""
        ask, self._passphrase = self._passphrase, None
        return ask() if ask else self._handed

    def _guarded(self, job: Callable[[], object]) -> Callable[[], None]:
        """A job that looks first whether it still may: locked, or robbed of key or database."""

        def run() -> None:
            if self._stop.is_set() or not self._may(job):
                return
            try:
                job()
            except Exception as trouble:  # the next tick tries again; the message might hold an address
                log.error("%s failed: %s", job.__name__, where(trouble))

        run.__name__ = job.__name__
        return run

    def _may(self, job: Callable[[], object]) -> bool:
        if not (self.state / "private" / "private.db").exists() or (self._keys and not keys.present(self.key_folder)):
            log.error("the key or the database was taken away: ending")
            self._stop.set()
            return False
        if job == self.beat:
            return True
        if safety.is_locked(self._databases()[1]):
            self._forget()
            return False
        return self._keys is not None or self._unlocked()

    def _forget(self) -> None:
        """On `lock`, forget everything that was opened; of a key with a passphrase, the passphrase too."""
        if self._keys:
            log.warning("locked: nothing is sent until `unlock`")
        self._keys = self._standing = None

    def _unlocked(self) -> bool:
        """Open again after `unlock`; of several jobs that notice it at once, one does."""
        with self._gate:
            try:
                return self._keys is not None or (self._may_open() and self._open())
            except KeysMissing as trouble:
                log.error("cannot go on: %s", trouble)
                return False

    def _may_open(self) -> bool:
        """Whether nothing is missing; a forgotten passphrase is waited for without a word each second."""
        self._handed = None
        if self._passphrase is None and keys.is_protected(self.key_folder):
            self._handed = self._hatch.taken()
            return self._handed is not None
        return True

    def _close(self) -> None:
        for channel in self._channels.values():
            channel.close()

    def _files(self) -> dict[str, Path]:
        return {"private.db": self.state / "private" / "private.db"}

    def _databases(self) -> tuple[Database, Database]:
        """(archive, private): each thread has its own connections. Nothing is made anew that was taken away."""
        private = self.state / "private" / "private.db"
        return connect(self.state / "archive.db", existing=True), connect(private, existing=True)


def forbid_core_dumps() -> None:
    """A core file would hold the key and the addresses; neither it nor a debugger of the same user gets them."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        log.info("this system has no prctl; core dumps are off by their size limit")
