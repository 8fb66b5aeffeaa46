"""`make eval`: every score of this folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> None:
    wanted = sys.argv[1:]
    for path in sorted(Path(__file__).parent.glob("score_*.py")):
        name = path.stem.removeprefix("score_")
        if not wanted or name in wanted:
            print(f"\n== {name} ".ljust(100, "="), flush=True)
            subprocess.run([sys.executable, "-m", f"tests.eval.{path.stem}"], check=True)


main()
