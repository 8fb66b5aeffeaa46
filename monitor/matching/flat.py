"""Lists of unequal length, one after the other in flat arrays: how all of them are read in a few steps."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Flags = NDArray[np.bool_]


def spread(starts: Numbers, sizes: Numbers) -> Numbers:
    """Every place of ranges, one range after the other: `sizes[i]` places from `starts[i]` on."""
    ends = sizes.cumsum()
    places: Numbers = (starts - ends + sizes).repeat(sizes)
    places += np.arange(len(places))
    return places


def numbers(grown: array[int]) -> Numbers:
    """A copy of an array of type "q", which may go on growing in another thread."""
    return np.frombuffer(grown.tobytes(), np.intp)


def flagged(numbers: Numbers, size: int) -> Flags:
    """By number below `size` whether it is among some, which are smaller than that."""
    flags = np.zeros(size, np.bool_)
    flags[numbers] = True
    return flags
