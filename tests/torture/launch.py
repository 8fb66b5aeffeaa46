"""Runs the program once, with or without a fault at its Nth call of a kind.

A fault is injected by strace into the running, unmodified program: a signal, or an error as the kernel would give it.
Where strace cannot run, a kill comes after a time instead.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

#: What changes a file, or is said to or heard from another machine.
CALLS = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "connect", "sendto", "recvfrom")
TOO_LONG = 90.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Fault:
    """`what` happens at the `nth` call of `call` in some thread: KILL, TERM, or the name of an error.

    An error comes again at the next `times` - 1 calls.
    """

    what: str
    call: str
    nth: int
    times: int = 1

    @property
    def injection(self) -> str:
        kind = "signal" if self.what in ("KILL", "TERM") else "error"
        when = f"{self.nth}" if self.times == 1 else f"{self.nth}..{self.nth + self.times - 1}"
        return f"inject={self.call}:{kind}={self.what}:when={when}"

    def __str__(self) -> str:
        return f"{self.what} at {self.call} {self.nth}"


@dataclass(frozen=True)
class Ended:
    """How a run ended. `struck`: whether the fault happened at all. `calls`: how often each call was made, at most,
    by one thread (only where it was counted)."""

    code: int
    errors: str
    struck: bool = False
    seconds: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)


@functools.cache
def can_trace() -> bool:
    """Whether strace is there and may look into a process of ours."""
    if not shutil.which("strace"):
        return False
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True)
    return tried.returncode == 0


class Launcher:
    """One starter, one run at a time. `with` it, so that it ends."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.trace = folder / "trace"

    def __enter__(self) -> Self:
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.starter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "starter").open("w"),
            text=True,
            cwd=ROOT,
        )
        self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._starter.stdin.close()  # type: ignore[union-attr]
        self._starter.wait(10)

    def run(self, argv: Sequence[str], fault: Fault | None = None, *, count: bool = False) -> Ended:
        """Run `python -m monitor ARGV`; with a fault, or counting its calls."""
        began = time.monotonic()
        errors = self.folder / "errors"
        traced = (fault is not None or count) and can_trace()
        order = {"argv": list(argv), "environment": self.environment, "errors": str(errors), "stopped": traced}
        assert self._starter.stdin
        self._starter.stdin.write(json.dumps(order) + "\n")
        self._starter.stdin.flush()
        child = int(self._answer()["pid"])
        tracer = self._attach(child, fault) if traced else None
        if fault and not traced:
            time.sleep(0.02 * fault.nth)
            _signal(child, {"TERM": signal.SIGTERM}.get(fault.what, signal.SIGKILL))
        code = self._end(child)
        if tracer:
            tracer.wait(60)
        _signal_group(child)
        log = self.trace.read_text(errors="replace") if tracer else ""
        struck = "killed by SIGKILL" in log or "SIGTERM" in log or "(INJECTED)" in log or bool(fault and not traced)
        return Ended(code, errors.read_text(errors="replace"), struck, time.monotonic() - began, calls(log))

    def cold(self, argv: Sequence[str], fault: Fault) -> Ended:
        """The same from a cold start, `python -m monitor` and all, for those who do not trust a warm one."""
        began = time.monotonic()
        command = ["strace", "-f", "-qq", "-o", str(self.trace), *_options(fault), sys.executable, "-m", "monitor"]
        done = subprocess.run(
            [*command, *argv], cwd=ROOT, capture_output=True, text=True, env={**os.environ, **self.environment}
        )
        struck = "killed by" in self.trace.read_text(errors="replace")
        return Ended(done.returncode, done.stderr, struck, time.monotonic() - began)

    def _attach(self, child: int, fault: Fault | None) -> subprocess.Popen[bytes]:
        _until(lambda: _field(child, "State").startswith("T"))
        self.trace.unlink(missing_ok=True)
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", str(self.trace), *_options(fault), "-p", str(child)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until(lambda: _field(child, "TracerPid") not in ("", "0"))
        _signal(child, signal.SIGCONT)
        return tracer

    def _end(self, child: int) -> int:
        """Wait for the answer; whoever hangs is killed, and that is a finding."""
        import threading

        watch = threading.Timer(TOO_LONG, _signal, [child, signal.SIGKILL])
        watch.start()
        try:
            return int(self._answer()["code"])
        finally:
            watch.cancel()

    def _answer(self) -> dict[str, Any]:
        assert self._starter.stdout
        line = self._starter.stdout.readline()
        if not line:
            raise RuntimeError("the starter ended: " + (self.folder / "starter").read_text()[-2000:])
        answer: dict[str, Any] = json.loads(line)
        return answer


def calls(log: str) -> Counter[str]:
    """Of each call, how often the busiest thread made it: strace counts by thread."""
    by_thread = Counter(re.findall(r"^(\d+) +(\w+)\(", log, re.MULTILINE))
    found: Counter[str] = Counter()
    for (_, call), times in by_thread.items():
        found[call] = max(found[call], times)
    return found


def _options(fault: Fault | None) -> list[str]:
    if fault is None:
        return ["-e", f"trace={','.join(CALLS)}"]
    return ["-e", f"trace={fault.call}", "-e", fault.injection]


def _until(true: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.002)


def _field(process: int, name: str) -> str:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return ""
    found = re.search(rf"^{name}:\s*(\S+)", status, re.MULTILINE)
    return found[1] if found else ""


def _signal(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def _signal_group(process: int) -> None:
    """What the run left behind (parsers) goes with it: the run made a session of its own."""
    try:
        os.killpg(process, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
