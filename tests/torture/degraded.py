"""How soon does `/health` say that a process is refused disk, lock or files, and how soon that it is well again?

The three processes run as they do on a server; each trouble lasts some seconds and is then taken away. Measured from
outside, by asking `/health` over HTTP.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from monitor.store import sqlite3
from tests.torture.launch import ROOT, can_trace
from tests.torture.world import World

SOON, WELL = 10.0, 60.0  # seconds: what is promised
LASTS = 4.0  # how much longer a trouble stays after it was seen
FAR = 90.0  # whatever takes longer is not waited for

Trouble = Callable[[int, Path], AbstractContextManager[object]]


@dataclass(frozen=True)
class Measured:
    """Seconds until `/health` said it, and until it said that all is well again; `FAR` where it never did."""

    trouble: str
    process: str
    degraded: float
    healthy: float

    @property
    def bad(self) -> bool:
        return self.degraded > SOON or self.healthy > WELL

    def __str__(self) -> str:
        said = f"degraded after {self.degraded:.1f} s, healthy again after {self.healthy:.1f} s"
        return f"{self.trouble:8}{self.process:8}{said}{'  TOO SLOW' if self.bad else ''}"


def measure(folder: Path, rounds: int = 1) -> Iterator[Measured]:
    """Every trouble for each of the two clocks, `rounds` times."""
    folder.mkdir(exist_ok=True)
    with World() as world, _running(folder, world) as (processes, url):
        _until(url, "ok")
        for _ in range(rounds):
            for name, trouble in TROUBLES.items():
                for process in ("gather", "send"):
                    yield _measured(name, trouble, process, processes[process], folder, url)


def _measured(name: str, trouble: Trouble, process: str, pid: int, folder: Path, url: str) -> Measured:
    file = "archive.db" if process == "gather" else "private/private.db"
    with trouble(pid, folder / "state" / file):
        degraded = _until(url, "degraded")
        time.sleep(LASTS)
    return Measured(name, process, degraded, _until(url, "ok"))


def _until(url: str, status: str) -> float:
    """Seconds until `/health` says so."""
    began = time.monotonic()
    while time.monotonic() - began < FAR:
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(url, timeout=5) as answer:
            if json.load(answer)["status"] == status:
                return time.monotonic() - began
        time.sleep(0.2)
    return FAR


@contextlib.contextmanager
def _running(folder: Path, world: World) -> Iterator[tuple[dict[str, int], str]]:
    config, port = world.configure(folder), _free_port()
    environment = {**os.environ, **world.environment, "PORT": str(port)}
    started: dict[str, subprocess.Popen[bytes]] = {}
    world.publish((), _now())
    try:
        for process in ("gather", "send", "web"):
            command = [sys.executable, "-m", "monitor", "--config", str(config), "--state", str(folder / "state")]
            log = (folder / f"{process}.log").open("wb")
            started[process] = subprocess.Popen([*command, process], cwd=ROOT, env=environment, stderr=log)
            time.sleep(1)
        yield {name: process.pid for name, process in started.items()}, f"http://127.0.0.1:{port}/health"
    finally:
        for one in started.values():
            one.terminate()
        for one in started.values():
            one.wait(30)


@contextlib.contextmanager
def _injected(pid: int, calls: str, error: str) -> Iterator[None]:
    tracer = subprocess.Popen(
        [
            *("strace", "-f", "-qq", "-o", os.devnull),
            *("-e", f"trace={calls}", "-e", f"inject={calls}:error={error}", "-p", str(pid)),
        ]
    )
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(30)


def _full(pid: int, file: Path) -> AbstractContextManager[None]:
    return _injected(pid, "pwrite64,ftruncate", "ENOSPC")


def _broken(pid: int, file: Path) -> AbstractContextManager[None]:
    return _injected(pid, "fsync,fdatasync", "EIO")


@contextlib.contextmanager
def _locked(pid: int, file: Path) -> Iterator[None]:
    db = sqlite3.connect(file, timeout=30, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
        db.close()


@contextlib.contextmanager
def _no_files(pid: int, file: Path) -> Iterator[None]:
    most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, most[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, most)


TROUBLES: dict[str, Trouble] = {
    **({"ENOSPC": _full, "EIO": _broken} if can_trace() else {}),
    "lock": _locked,
    "EMFILE": _no_files,
}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _now():  # type: ignore[no-untyped-def]
    from monitor.clock import now

    return now()
