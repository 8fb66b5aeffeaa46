"""Copying the archive while it is written to. Readers live in another file and are never part of it."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.errors import DatabaseTrouble
from monitor.store import Database, sqlite3


def backup(db: Database, file: Path) -> None:
    """A consistent copy of `db` in `file` (mode 0600), complete or not there at all. Raises DatabaseTrouble."""
    part = file.with_name(file.name + ".part")
    os.close(os.open(part, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
    copy = sqlite3.connect(part)
    try:
        db.conn.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        copy.close()
    if found != "ok":
        part.unlink()
        raise DatabaseTrouble(f"the copy is damaged ({found}): run `monitor doctor`")
    part.replace(file)
