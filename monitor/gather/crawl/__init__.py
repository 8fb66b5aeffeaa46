"""All due spiders in one child process: what each brings comes out as an Outcome as soon as it ends.

::

    crawl ──job (JSON, one line)──────────────► python -m monitor.gather.crawl
          ◄─which of these are known?──────────   reads pages with Scrapy, through our own door in,
          ──these────────────────────────────►    within limits of memory and CPU, with no secret
          ◄─one line per source, as it ends────   in its environment
                                                  (end of input: the parent is gone, so is the child)

The child costs about a second of CPU, once for all sources that are due; a runaway page is killed with it, and its
memory goes back. Nothing is kept in the child, so it can be ended at any moment: SIGTERM, three seconds, SIGKILL.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import monitor
from monitor import clock
from monitor.config import Config
from monitor.gather.crawl import wire
from monitor.model import Outcome, Source, Status, Visit

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "monitor.gather.crawl")
GRACE_SECONDS = 3.0
GLANCE_SECONDS = 0.2  # how often `stop` and the limit are looked at while the child is silent

#: All that a child needs of our environment: where programs, languages, certificates and a test's clock are. No more.
_HARMLESS = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH")
_HARMLESS_PREFIXES = ("FAKETIME", "DONT_FAKE")


def crawl(
    sources: Sequence[Source],
    config: Config,
    *,
    known: Callable[[str], bool],
    limit_seconds: float = 300.0,
    stop: threading.Event,
    now: Callable[[], datetime] = clock.now,
    inbox: Path | None = None,
    robots: Mapping[str, str] | None = None,
    keep_robots: Callable[[str, str], None] = lambda _site, _rules: None,
) -> Iterator[Outcome]:
    """Visit sources of kind site, telegram and prisoner-list; one Outcome for each, in the order they end.

    `known` says whether the archive has an article under an address; it is called in the caller's thread. After
    `limit_seconds` the child is ended, and whoever did not finish is UNREACHABLE. When `stop` is set the rest gets no
    Outcome at all. A CSV file in `inbox` takes the place of a prisoner list's page; it is renamed to `*.csv.read`
    once its Outcome was taken. `robots` are robots files of the last day by site (`https://example.org`), which are
    not asked for again; `keep_robots` is told of each new one.
    """
    waiting = {source.name: source for source in sources}
    if not waiting:
        return
    with _Child() as child:
        child.send(wire.job(wire.Job(tuple(sources), config.network, now(), limit_seconds, robots or {}, inbox)))
        for line in child.lines(stop, time.monotonic() + limit_seconds):
            if "ask" in line:
                child.send({"answer": line["ask"], "known": [url for url in line["addresses"] if known(url)]})
            elif "robots" in line:
                keep_robots(line["robots"], line["rules"])
            elif source := waiting.pop(line["source"], None):
                yield wire.outcome(line, source, now())
                _set_aside(line.get("file", ""), inbox)
            if not waiting:
                return
    if stop.is_set() or child.was_told_to_stop():
        return
    for source in waiting.values():
        yield Outcome(source.name, Visit(Status.UNREACHABLE, now(), note=child.epitaph(limit_seconds)))


class _Child:
    """The process, what it says and how it ends."""

    def __init__(self) -> None:
        self._ended_by_us = False
        self._said: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            start_new_session=True,  # Ctrl-C reaches the parent only, which ends the child in order
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened: no child is left behind."""
        if self._process.poll() is None:
            self._ended_by_us = True
            self._process.terminate()
            try:
                self._process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert stream is not None
                stream.close()

    def send(self, line: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it died: the end of its output says so in a moment
            self._process.stdin.write(wire.dumps(line))
            self._process.stdin.flush()

    def lines(self, stop: threading.Event, until: float) -> Iterator[dict[str, Any]]:
        """What the child says, until it ends, `stop` is set, or the monotonic clock shows `until`."""
        while not stop.is_set() and time.monotonic() < until:
            with contextlib.suppress(queue.Empty):
                line = self._said.get(timeout=GLANCE_SECONDS)
                if line is None:
                    self._process.wait()
                    return
                yield line

    def was_told_to_stop(self) -> bool:
        """Whether somebody else's SIGTERM or SIGINT ended it: whole process groups are stopped that way."""
        return not self._ended_by_us and self._process.returncode in (-15, -2)

    def epitaph(self, limit_seconds: float) -> str:
        if self._ended_by_us:
            return f"the visit took longer than {limit_seconds:.0f} s"
        log.error("the crawl child ended early with code %s", self._process.returncode)
        return "the reader of sites broke down during this visit"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError, OSError):  # closed under us, or cut off in the middle of a line
            for line in self._process.stdout:
                self._said.put(json.loads(line))
        self._said.put(None)


def environment() -> dict[str, str]:
    """What the child may see of ours: no key, no password, no hook, no proxy."""
    kept = {k: v for k, v in os.environ.items() if k in _HARMLESS or k.startswith(_HARMLESS_PREFIXES)}
    if "faketime" in os.environ.get("LD_PRELOAD", ""):
        kept["LD_PRELOAD"] = os.environ["LD_PRELOAD"]
    root = str(Path(monitor.__file__).resolve().parents[1])
    # two arenas: by default every thread reserves 64 MB of address space, which the child's limit would count
    return {**kept, "PYTHONPATH": root, "PYTHONIOENCODING": "utf-8", "MALLOC_ARENA_MAX": "2"}


def _set_aside(file: str, inbox: Path | None) -> None:
    """A list that was taken in is not read again; it stays for whoever wants to look."""
    path = Path(file)
    if file and inbox and path.parent == inbox.resolve():
        path.rename(path.with_name(path.name + ".read"))


__all__ = ["crawl"]
