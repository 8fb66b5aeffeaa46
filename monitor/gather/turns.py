"""Whose turn it is at each host: one request at a time, a pause after it, and no queue-jumping."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

from monitor.errors import NoAnswer

SLOWEST = timedelta(seconds=60)  # the longest Crawl-delay that is waited for


class Turns:
    """Whose turn it is at each host: one request at a time, and a pause after it."""

    def __init__(self, spacing: timedelta) -> None:
        self._spacing = spacing.total_seconds()
        self._own: dict[str, float] = {}  # what a host asked for in robots.txt
        self._free_at: dict[str, float] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self.closed = threading.Event()

    @contextlib.contextmanager
    def at(self, host: str) -> Iterator[None]:
        """Wait for the turn, keep others away meanwhile. Raises NoAnswer where the program is stopping."""
        with self._guard:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            wait = self._free_at.get(host, 0.0) - time.monotonic()
            if (wait > 0 and self.closed.wait(wait)) or self.closed.is_set():
                raise NoAnswer("the program is stopping")
            try:
                yield
            finally:
                self._free_at[host] = time.monotonic() + self._own.get(host, self._spacing)

    def wait_for(self, host: str) -> float:
        """Seconds until a request to the host would not have to wait, as far as is known now."""
        lock = self._locks.get(host)
        wait = self._free_at.get(host, 0.0) - time.monotonic()
        return max(wait, 0.05 if lock and lock.locked() else 0.0)

    def slow_down(self, host: str, delay: float) -> None:
        """Keep to a host's own Crawl-delay in seconds, where it is longer than ours and bearable."""
        self._own[host] = min(max(delay, self._spacing), SLOWEST.total_seconds())
