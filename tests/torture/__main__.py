"""`make torture`: strike the unmodified program at every call it makes, and count what was lost or doubled.

    python -m tests.torture                          500 kills, 50 orderly ends, 150 errors, in about half an hour
    python -m tests.torture --quick                  a minute
    python -m tests.torture --work FOLDER --kill 1000    goes on where the last run with this folder ended

Ends with 1 if anything was lost, told in two messages, told to somebody who was not to be told, or damaged.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from pathlib import Path

from tests.torture import tarpits
from tests.torture.degraded import measure
from tests.torture.launch import can_trace
from tests.torture.run import Run
from tests.torture.table import table


def main() -> int:
    """Returns the exit code."""
    options = _options()
    if not can_trace():
        print("strace cannot run here: kills come after a time instead, errors are left out", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
        work = options.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        run = Run(work, Path(scratch), options.seed, {s.strip() for s in options.scenes.split(",") if s.strip()})
        wanted = {"kill": options.kill, "term": options.term, "error": options.error, "lock": options.lock}
        threads = [
            threading.Thread(target=run.work, args=[number, wanted, options.minutes, options.cold])
            for number in range(options.jobs)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(table(run.memory.tallies))
        for line in run.memory.bad:
            print(line)
        slow = False
        for measured in measure(Path(scratch) / "degraded", options.degraded) if options.degraded else ():
            print(measured, flush=True)
            slow |= measured.bad
        if options.degraded:
            pits = tarpits.measure(Path(scratch) / "tarpits")
            print(pits, flush=True)
            slow |= pits.bad
    return 1 if run.memory.bad or run.broken or slow else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Faults on purpose, counted.")
    parser.add_argument("--kill", type=int, default=500, help="hard kills, in all runs with this folder together")
    parser.add_argument("--term", type=int, default=50, help="orderly ends")
    parser.add_argument("--error", type=int, default=150, help="errors: full disk, broken disk, no sockets, cut lines")
    parser.add_argument("--lock", type=int, default=30, help="another program holds a database's lock for 3 seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin nothing new after so many")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--scenes", default="", help="only these, with commas between them")
    parser.add_argument("--cold", type=int, default=0, help="every so many-th kill from a cold start")
    parser.add_argument("--degraded", type=int, default=1, help="how often to measure what /health says of trouble")
    parser.add_argument("--work", type=Path, default=None, help="a folder that remembers what was done")
    parser.add_argument("--quick", action="store_true", help="a few of each, within a minute")
    options = parser.parse_args()
    if options.quick:
        options.kill, options.term, options.error, options.lock, options.minutes = 16, 2, 4, 1, 0.5
        options.degraded = 0
        options.scenes, options.jobs = options.scenes or "alert,desk", 1
    return options


if __name__ == "__main__":
    sys.exit(main())
