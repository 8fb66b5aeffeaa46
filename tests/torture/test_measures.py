"""What `make torture` measures beside the faults: how soon trouble shows, and whether tar-pits slow the others."""

from __future__ import annotations

from tests.torture.degraded import FAR, Measured
from tests.torture.tarpits import Slowness


def test_too_slow_or_missing_is_bad_and_says_so() -> None:
    assert Slowness(31.0, 31.0, 0).bad and Slowness(1.0, 1.0, 1).bad
    assert "TOO SLOW" in str(Slowness(31.0, 31.0, 0)) and "TOO SLOW" not in str(Slowness(1.0, 2.0, 0))


def test_trouble_that_shows_late_or_never_ends_is_bad() -> None:
    assert Measured("lock", "send", 10.1, 1.0).bad and Measured("lock", "send", 1.0, FAR).bad
    assert not Measured("lock", "send", 9.9, 59.0).bad
