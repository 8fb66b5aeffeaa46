"""Whether two kinds of answers can be told apart by the time they take."""

from __future__ import annotations

import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence


def interleaved(ask: Callable[[str], object], names: Sequence[str], times: int) -> dict[str, list[float]]:
    """Seconds of `times` calls for each name, asked in turns, in a new order every turn."""
    taken: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(times):
        for name in random.sample(names, len(names)):
            begun = time.perf_counter()
            ask(name)
            taken[name].append(time.perf_counter() - begun)
    return taken


def auc(one: Sequence[float], other: Sequence[float]) -> float:
    """How well the best threshold's rank order tells them apart: 0.5 is a coin, 1.0 is certainty, either way round."""
    ordered = sorted(other)
    wins = sum((bisect_left(ordered, t) + bisect_right(ordered, t)) / 2 for t in one)
    found = wins / (len(one) * len(other))
    return max(found, 1 - found)
