"""What a pure function gave for the words met lately.

A dictionary, because looking every word of every article up is the better part of what reading costs, and an LRU's
book-keeping would double it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(dict[K, V]):
    """`remembered[key]` is `work(key)`; at most twice `most` keys are held, those of the generation before included."""

    def __init__(self, work: Callable[[K], V], most: int) -> None:
        super().__init__()
        self._work = work
        self._most = most
        self._before: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        if len(self) >= self._most:
            self._before = dict(self)
            self.clear()
        value = self[key] = self._before[key] if key in self._before else self._work(key)
        return value
