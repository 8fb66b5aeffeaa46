"""How fast this machine is just now: figures from a busy one are told beside those of a quiet one.

A fixed loop of plain Python takes `QUIET` seconds on a quiet core of the kind the published figures come from; where
neighbours take turns on the core it takes longer, even in processor time. The loop lives in the core's own cache: what
neighbours do to memory and shared caches it does not see, so a scaled figure is still too low on a busy machine.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

QUIET = 0.14  # seconds


@dataclass
class Timing:
    """Processor seconds of a block, and how many times slower than a quiet one the core was around it."""

    seconds: float = 0.0
    slower: float = 1.0

    def rate(self, count: int) -> str:
        """So many things a second, as measured and scaled by the loop."""
        return f"{count / self.seconds:9,.0f}/s measured  {count / self.seconds * self.slower:9,.0f}/s scaled"


@contextmanager
def timed() -> Iterator[Timing]:
    """Time a block in processor seconds; the result is complete when the block is left."""
    timing, before, start = Timing(), loop(), time.process_time()
    yield timing
    timing.seconds = time.process_time() - start
    timing.slower = max(1.0, (before + loop()) / 2 / QUIET)


def loop() -> float:
    """Processor seconds of the fixed loop, now: the better of two."""
    return min(_once(), _once())


def _once() -> float:
    start, total = time.process_time(), 0
    for number in range(3_000_000):
        total += number
    return time.process_time() - start
