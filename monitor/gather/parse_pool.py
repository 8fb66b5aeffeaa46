"""Untrusted bytes are parsed in children that can do nothing else.

A child gets bytes on its stdin and gives JSON on its stdout (never pickles: those would run what a broken-into child
wrote). It has no keys and none of our environment, is limited in time and memory (`parse_child`), and is killed when
it takes too long; the next task gets a new one. A task that ends a child is that source's trouble only.
"""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor import clock
from monitor.gather.parsed import SIZES, Page, Parsed
from monitor.model import Article, Source

log = logging.getLogger(__name__)

CPU_SECONDS = 10
WALL_SECONDS = 20.0
WORKERS = 2
EXTRA_AFTER = 2.0  # when all workers were busy for so long, one more is started
MOST = 4
TASKS = 2000  # after so many a child is replaced, so that no leak lasts


class ParseFailed(Exception):
    """The child did not survive the task: too much time or memory, or a crash."""


class ParsePool:
    """Children to parse in. Threads may share it; a child serves one thread at a time."""

    def __init__(self, workers: int = WORKERS, *, cpu_seconds: int = CPU_SECONDS, wall_seconds: float = WALL_SECONDS):
        self._cpu, self._wall = cpu_seconds, wall_seconds
        self._workers, self._running, self._waiting = workers, 0, 0
        self._idle: list[_Child] = []
        self._last_given = 0.0
        self._change = threading.Condition()

    def feed(self, body: bytes, content_type: str, url: str, source: Source, *, now: datetime) -> Parsed:
        """`feeds.parse` in a child. Raises ParseFailed."""
        asked = {"url": url, "content_type": content_type, "now": clock.to_text(now), "source": _source(source)}
        answer = self._run({"task": "feed", **asked}, body)
        said: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in answer.items()}
        return Parsed(**{**said, "articles": tuple(_article(a) for a in answer["articles"])})

    def page(self, body: bytes, content_type: str, url: str, source: Source, *, now: datetime) -> Page:
        """`pages.extract` in a child. Raises ParseFailed."""
        asked = {"url": url, "content_type": content_type, "now": clock.to_text(now), "source": _source(source)}
        answer = self._run({"task": "page", **asked}, body)
        return Page(**{**answer, "published": _moment(answer["published"])})

    def robots(self, rules: str, agent: str, urls: Sequence[str]) -> tuple[list[bool], float]:
        """Which addresses a robots file lets `agent` read, and its Crawl-delay in seconds. Raises ParseFailed."""
        answer = self._run({"task": "robots", "agent": agent, "urls": list(urls)}, rules.encode())
        return answer["allowed"], answer["delay"]

    def backlog(self) -> int:
        """How many threads wait for a child."""
        return self._waiting

    def close(self) -> None:
        """End the idle children; busy ones end when their task does."""
        with self._change:
            self._workers = 0
            for child in self._idle:
                child.end()
            self._idle.clear()

    def __enter__(self) -> ParsePool:
        return self

    def __exit__(self, *trouble: object) -> None:
        self.close()

    def _run(self, asked: dict[str, Any], body: bytes) -> dict[str, Any]:
        child = self._take()
        try:
            answer = child.run(asked, body, self._wall)
        except BaseException:
            child.kill()
            self._give(None)
            raise
        self._give(child)
        return answer

    def _take(self) -> _Child:
        """An idle child, or a new one; one beyond the usual number where all are busy with something slow."""
        with self._change:
            self._waiting += 1
            while not self._idle and self._running >= self._limit():
                self._change.wait(EXTRA_AFTER / 2)
            self._waiting -= 1
            if not self._running:
                self._last_given = time.monotonic()
            self._running += 1
            child = self._idle.pop() if self._idle else None
        return child or _Child(self._cpu)

    def _limit(self) -> int:
        stuck = time.monotonic() - self._last_given > EXTRA_AFTER
        return MOST if stuck else max(self._workers, 1)

    def _give(self, child: _Child | None) -> None:
        with self._change:
            self._running -= 1
            self._last_given = time.monotonic()
            places = MOST if self._waiting and self._workers else self._workers
            if child and self._running + len(self._idle) < places and child.tasks < TASKS:
                self._idle.append(child)
            elif child:
                child.end()
            self._change.notify()


class _Child:
    """One child process and the pipes to it."""

    def __init__(self, cpu_seconds: int) -> None:
        self.tasks = 0
        home = Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-s", "-m", "monitor.gather.parse_child", str(cpu_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(home), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the parent, which knows how to end
        )

    def run(self, asked: dict[str, Any], body: bytes, wall_seconds: float) -> dict[str, Any]:
        self.tasks += 1
        ends = time.monotonic() + wall_seconds
        head = json.dumps(asked).encode()
        try:
            self._write(SIZES.pack(len(head), len(body)) + head + body, ends)
            size, _ = SIZES.unpack(self._read(SIZES.size, ends))
            answer = json.loads(self._read(size, ends))
        except (OSError, ValueError, EOFError, TimeoutError) as trouble:
            raise ParseFailed("reading it took too much time or memory") from trouble
        if not isinstance(answer, dict) or "trouble" in answer:
            log.error("parsing failed: %s", answer)
            raise ParseFailed("it could not be read")
        return answer

    def _write(self, data: bytes, ends: float) -> None:
        assert self._process.stdin
        handle, view = self._process.stdin.fileno(), memoryview(data)
        os.set_blocking(handle, False)
        while view:
            _wait(handle, select.POLLOUT, ends)
            view = view[os.write(handle, view[: 1 << 20]) :]

    def _read(self, size: int, ends: float) -> bytes:
        assert self._process.stdout
        handle, found = self._process.stdout.fileno(), bytearray()
        while len(found) < size:
            _wait(handle, select.POLLIN, ends)
            piece = os.read(handle, min(size - len(found), 1 << 20))
            if not piece:
                raise EOFError
            found += piece
        return bytes(found)

    def end(self) -> None:
        """Let it go: it ends at the end of its input."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        threading.Thread(target=self._process.wait, daemon=True).start()

    def kill(self) -> None:
        self._process.kill()
        self.end()


def _wait(handle: int, event: int, ends: float) -> None:
    poll = select.poll()
    poll.register(handle, event)
    left = ends - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


# ----------------------------------------------------------------------------------------------------- over the pipe


def _source(source: Source) -> dict[str, Any]:
    """What of a source parsing needs."""
    return {name: getattr(source, name) for name in ("name", "url", "encoding", "languages")}


def _article(said: dict[str, Any]) -> Article:
    said["published"], said["edited"] = _moment(said["published"]), _moment(said["edited"])
    return Article(**said)


def _moment(text: str | None) -> datetime | None:
    return clock.from_text(text) if text else None
