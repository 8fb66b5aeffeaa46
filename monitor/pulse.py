"""Can this process still write and open things? A full disk cannot be noted on that disk, nor a lock in what is locked.

So each clock feels, every few seconds and in a thread of its own, whether a small write to its databases and one more
open file are granted, and leaves the answer in a file that was made and mapped at the start: a word in memory that
other processes see, without a system call that could fail as well. `/health` and `/metrics` read it.
"""

from __future__ import annotations

import errno
import json
import logging
import mmap
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor import clock as wall
from monitor.clock import Clock
from monitor.store import Database, archive, close_all, connect, sqlite3, write

log = logging.getLogger(__name__)

EVERY = 3.0  # seconds between two tries
#: Seconds that a try waits for a lock. Both together stay well below the 10 s within which trouble is to show.
PATIENCE = 2.0
SIZE = 2048

_SAYS = (
    ("is full", "the disk is full"),
    ("no space left", "the disk is full"),
    ("disk i/o error", "the disk does not take what is written (input/output error)"),
    ("input/output error", "the disk does not take what is written (input/output error)"),
    ("is locked", "another program holds the database's lock"),
    ("readonly", "the disk takes no writes any more (read-only)"),
    ("read-only", "the disk takes no writes any more (read-only)"),
    ("too many open files", "no more files or connections can be opened"),
    ("unable to open", "no more files or connections can be opened, or the database is gone"),
)

Try = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Felt:
    """What a process last said of itself. `troubles`: what is not granted → (a sentence, since when)."""

    at: datetime
    troubles: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)


class Pulse:
    """`with` it while the process works. Raises OSError where even the small file cannot be made."""

    def __init__(self, state: Path, process: str, clock: Clock, databases: Mapping[str, Path]) -> None:
        self.process, self.clock = process, clock
        self._tries: dict[str, Try] = {name: _writer(process, path, clock) for name, path in databases.items()}
        self._tries["files"] = _open_one_more
        self._troubles: dict[str, tuple[str, datetime]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
        self._map = _mapped(state, process)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE * 3)

    def feel(self) -> Felt:
        """One round of tries; what changed is logged, everything is left where the others see it."""
        now = self.clock()
        for name, attempt in self._tries.items():
            self._note(name, _trouble(attempt), now)
        self._say(now)
        return Felt(now, dict(self._troubles))

    def _note(self, name: str, said: str, now: datetime) -> None:
        before = self._troubles.get(name)
        if said and (before is None or before[0] != said):
            self._troubles[name] = (said, before[1] if before else now)
            log.error("degraded: %s: %s", name, said)
        elif before and not said:
            del self._troubles[name]
            log.warning("well again: %s, after %d s", name, (now - before[1]).total_seconds())

    def _say(self, now: datetime) -> None:
        troubles = {name: [said, wall.to_text(since)] for name, (said, since) in self._troubles.items()}
        data = json.dumps({"at": wall.to_text(now), "troubles": troubles}).encode()[: SIZE - 1]
        self._map[:] = data.ljust(SIZE)

    def _run(self) -> None:
        while True:
            self.feel()
            if self._stop.wait(EVERY):
                return close_all()


def felt(state: Path, process: str) -> Felt | None:
    """What a process last left; None where it never did, or is just writing."""
    try:
        data = json.loads((state / f"{process}.pulse").read_bytes())
    except (OSError, ValueError):
        return None
    troubles = {name: (said, wall.from_text(since)) for name, (said, since) in data["troubles"].items()}
    return Felt(wall.from_text(data["at"]), troubles)


def _trouble(attempt: Try) -> str:
    """A sentence about why something is not granted, '' where it is."""
    try:
        attempt()
    except (OSError, sqlite3.Error) as trouble:
        text = str(trouble).casefold()
        number = getattr(trouble, "errno", None)
        text += f" {os.strerror(number).casefold()}" if number else ""
        return next((said for part, said in _SAYS if part in text), f"{type(trouble).__name__}: {trouble}")
    return ""


def _writer(process: str, path: Path, clock: Clock) -> Try:
    """A write to a database as small as they come, with little patience, on a connection of its own.

    At the first start of all there is none yet: only one that was seen can be gone.
    """
    seen = threading.Event()

    def attempt() -> None:
        if not path.exists():
            if not seen.is_set():
                return
            raise FileNotFoundError(errno.ENOENT, "the database is gone", path.name)
        seen.set()
        db: Database = connect(path, timeout=PATIENCE)
        with write(db):
            archive.beat(db, f"{process} pulse", clock())

    return attempt


def _open_one_more() -> None:
    os.close(os.open(os.devnull, os.O_RDONLY))
    socket.socket().close()


def _mapped(state: Path, process: str) -> mmap.mmap:
    handle = os.open(state / f"{process}.pulse", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.write(handle, b"{}".ljust(SIZE))
        return mmap.mmap(handle, SIZE)
    finally:
        os.close(handle)


def calmly(job: Callable[..., object]) -> Callable[..., None]:
    """A job that may fail for want of disk, lock or files: said once, and the next tick tries again."""
    failing = threading.Event()

    def run(*args: object, **more: object) -> None:
        try:
            job(*args, **more)
        except (OSError, sqlite3.OperationalError) as trouble:
            if not failing.is_set():
                log.error("%s cannot be done for now: %s", getattr(job, "__name__", "a job").strip("_"), trouble)
            failing.set()
        else:
            failing.clear()

    run.__name__ = getattr(job, "__name__", "job")
    return run
