"""A minute of torture with every run of the tests; the long run is `make torture`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.torture.launch import ROOT, can_trace


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.skipif(not can_trace(), reason="strace is not here, or may not trace: `apt-get install strace`")
def test_c01_c02_c03_nothing_is_lost_or_doubled_by_a_kill_at_any_call() -> None:
    command = [sys.executable, "-m", "tests.torture", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SIGKILL" in done.stdout
