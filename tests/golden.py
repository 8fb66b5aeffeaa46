"""Files that hold what a person read and found right. `GOLDEN=write pytest …` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path


def check(path: Path, said: str) -> None:
    """`said` is what the file holds. A missing file is a failure, unless files are being written."""
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: write it with GOLDEN=write, read it, and commit it"
    assert said == path.read_text(encoding="utf-8")
