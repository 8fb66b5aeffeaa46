"""The hands that put messages into the receivers' boxes: a few threads per channel that only send.

They never touch a database or a key. They are daemons: a mail server that takes ten minutes to answer must not keep
the process from ending, and the delivery's lease makes sure that it is not asked again too soon.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class Hands(Generic[Job, Result]):
    """`work` turns a job into a result and never raises; at most `sizes[channel]` jobs of a channel at a time."""

    def __init__(self, sizes: Mapping[str, int], work: Callable[[Job], Result]) -> None:
        self._sizes, self._work = sizes, work
        self._jobs: dict[str, queue.SimpleQueue[Job | None]] = {channel: queue.SimpleQueue() for channel in sizes}
        self._done: queue.SimpleQueue[tuple[str, Result]] = queue.SimpleQueue()
        self._threads: Counter[str] = Counter()
        self._busy: Counter[str] = Counter()

    def free(self, channel: str) -> int:
        """How many more jobs this channel takes now."""
        return self._sizes.get(channel, 0) - self._busy[channel]

    @property
    def busy(self) -> int:
        """How many jobs are in hand."""
        return self._busy.total()

    def take(self, channel: str, job: Job) -> None:
        """Begin a job; there must be a free hand."""
        self._busy[channel] += 1
        if self._threads[channel] < self._busy[channel]:
            self._threads[channel] += 1
            threading.Thread(target=self._run, args=[channel], daemon=True, name=f"{channel} hand").start()
        self._jobs[channel].put(job)

    def finished(self, wait: float = 0.0) -> list[Result]:
        """What is done; waits at most that many seconds for a first one, and only if anything is in hand."""
        results: list[Result] = []
        try:
            while self.busy:
                channel, result = self._done.get(timeout=wait) if wait and not results else self._done.get_nowait()
                self._busy[channel] -= 1
                results.append(result)
        except queue.Empty:
            pass
        return results

    def dismiss(self) -> None:
        """Let the idle threads end; those still at work end when they are done."""
        for channel, jobs in self._jobs.items():
            for _ in range(self._threads[channel]):
                jobs.put(None)

    def _run(self, channel: str) -> None:
        while (job := self._jobs[channel].get()) is not None:
            self._done.put((channel, self._work(job)))
