"""Threads that visit, and one thread that listens to them.

A visit begins where its host is free. It counts against the limit only while it is quick: after `QUICK` seconds another
one is begun in its place, so servers that never answer hold up nobody else (there is a limit for all together). What a
thread has to say is a function, run by the listening thread: only that one touches the database.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

log = logging.getLogger(__name__)

QUICK = 3.0
IN_ALL = 8  # so many times the limit, however slow they are

Word = Callable[[], None]


class Crowd:
    """Work to do at hosts. `wait_for` says how many seconds a host's turn is away, `backlog` how many visits wait for
    something else than a server: what cannot be read yet need not be fetched yet."""

    def __init__(self, at_once: int, wait_for: Callable[[str], float], backlog: Callable[[], int] = lambda: 0) -> None:
        self._at_once, self._wait_for, self._backlog = at_once, wait_for, backlog
        self._waiting: dict[str, deque[Word]] = {}
        self._running: dict[int, tuple[str, float]] = {}
        self._words: queue.SimpleQueue[Word] = queue.SimpleQueue()
        self._begun: queue.SimpleQueue[tuple[int, Word] | None] = queue.SimpleQueue()
        self._threads = 0
        self._numbers = itertools.count()

    def __bool__(self) -> bool:
        """Whether anything waits, runs or has something to say."""
        return bool(self._waiting or self._running) or not self._words.empty()

    def add(self, host: str, job: Word) -> None:
        """Do this as soon as the host is free and there is a place."""
        self._waiting.setdefault(host, deque()).append(job)

    def begin(self, job: Word, host: str = "") -> None:
        """Do this now: in a thread that is free (one that runs nothing has said so before), else in a new one."""
        if self._threads <= len(self._running):
            self._threads += 1
            threading.Thread(target=self._work, name=f"visits {self._threads}", daemon=True).start()
        number = next(self._numbers)
        self._running[number] = (host, time.monotonic())
        self._begun.put((number, job))

    def tell(self, word: Word) -> None:
        """Have the listening thread run this."""
        self._words.put(word)

    def words(self, seconds: float) -> Iterator[Word]:
        """Begin what can be begun, then everything that was told, waiting for the first word for so long."""
        self._begin_what_can()
        with suppress(queue.Empty):
            yield self._words.get(timeout=seconds)
            while True:
                yield self._words.get_nowait()

    def forget_waiting(self) -> None:
        """Begin nothing more."""
        self._waiting.clear()

    def close(self) -> None:
        """Begin nothing more, and let every thread go when it is done."""
        self.forget_waiting()
        for _ in range(self._threads):
            self._begun.put(None)
        self._threads = 0

    def _work(self) -> None:
        while begun := self._begun.get():
            self._run(*begun)

    def _run(self, number: int, job: Word) -> None:
        try:
            job()
        except Exception:
            log.exception("a visit ended in an error of this program")
        finally:
            self.tell(lambda: self._ended(number))

    def _ended(self, number: int) -> None:
        del self._running[number]

    def _begin_what_can(self) -> None:
        if not self._waiting or self._backlog() >= self._at_once:
            return
        now = time.monotonic()
        busy = {host for host, _ in self._running.values()}
        places = self._at_once - sum(now - begun < QUICK for _, begun in self._running.values())
        places = min(places, self._at_once * IN_ALL - len(self._running))
        for host in list(self._waiting) if places > 0 else ():
            if host in busy or self._wait_for(host) > 0:
                continue
            self.begin(self._waiting[host].popleft(), host)
            if not self._waiting[host]:
                del self._waiting[host]
            places -= 1
            if places <= 0:
                return
