"""What `make torture` measures beside the faults: how soon trouble shows, and whether tar-pits slow the others."""

from __future__ import annotations

from pathlib import Path

from tests.torture.degraded import FAR, Measured
from tests.torture.tarpits import Slowness, measure


def test_h13_hooks_that_hang_do_not_slow_mails_and_healthy_hooks(tmp_path: Path) -> None:
    seen = measure(tmp_path, mails=30, hooks=10, hanging=2, hangs=3.0)
    assert (seen.bad, seen.missing) == (False, 0)
    assert seen.last < 3.0, "nobody waited for those that hang"


def test_too_slow_or_missing_is_bad_and_says_so() -> None:
    assert Slowness(31.0, 31.0, 0).bad and Slowness(1.0, 1.0, 1).bad
    assert "TOO SLOW" in str(Slowness(31.0, 31.0, 0)) and "TOO SLOW" not in str(Slowness(1.0, 2.0, 0))


def test_trouble_that_shows_late_or_never_ends_is_bad() -> None:
    assert Measured("lock", "send", 10.1, 1.0).bad and Measured("lock", "send", 1.0, FAR).bad
    assert not Measured("lock", "send", 9.9, 59.0).bad
