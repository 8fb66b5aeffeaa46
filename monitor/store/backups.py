"""Copying the archive while it is written to, and putting a copy in its place. Readers are never part of it."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from monitor.errors import DatabaseTrouble
from monitor.store import Database, close_all, matches, row, sqlite3, write
from monitor.store.archive_schema import open_archive
from monitor.store.integrity import trouble_of
from monitor.store.private_schema import open_private

_PARTS = ("", "-wal", "-shm")


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


def restore(state: Path, file: Path, now: datetime, *, silent: bool = True) -> Path | None:
    """Put a copy of the archive in the place of the one under `state`. Returns where the old one lies now, if any.

    Whatever was published since the copy was made will be gathered again. `silent` takes it in as a first visit does,
    alerting nobody, because readers were told of most of it; otherwise some are told twice. Neither gather nor send may
    run. Raises DatabaseTrouble, with the old archive untouched, where the copy is no sound archive of this version.
    """
    if not file.is_file():
        raise DatabaseTrouble(f"there is no file {file}")
    folder = state / "restoring"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        shutil.copyfile(file, folder / "archive.db")
        _prepare(folder, _cursor(state), silent=silent)
        aside = _put_aside(state / "archive.db", now)
        (folder / "archive.db").replace(state / "archive.db")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return aside


def _prepare(folder: Path, cursor: int, *, silent: bool) -> None:
    """Check a copy; number its next facts past what readers were matched with; forget that sources were visited."""
    path = folder / "archive.db"
    if found := trouble_of(path):
        raise DatabaseTrouble(f"the copy is damaged ({found}): take another")
    db = sqlite3.connect(path)
    try:
        known = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        db.close()
    if not {"articles", "facts", "sources"} <= known:
        raise DatabaseTrouble(f"{path.name} is no archive of this program")
    archive = open_archive(folder)
    with write(archive):
        last = row(archive, "SELECT seq FROM sqlite_sequence WHERE name = 'facts'")
        archive.conn.execute("DELETE FROM sqlite_sequence WHERE name = 'facts'")
        seq = max(cursor, last["seq"] if last else 0)
        archive.conn.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('facts', ?)", (seq,))
        if silent:
            archive.conn.execute(
                "UPDATE sources SET first_success_at = NULL, etag = '', last_modified = '', body_hash = ''"
            )
    archive.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close_all()  # or the rename would pull the file away under an open connection


def _cursor(state: Path) -> int:
    return matches.cursor(open_private(state)) if (state / "private" / "private.db").exists() else 0


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Rename a database with its log: both, or it would be another database."""
    if not path.exists():
        return None
    aside = path.with_name(f"archive-before-{now:%Y%m%dT%H%M%S}.db")
    for part in _PARTS:
        old = path.with_name(path.name + part)
        if old.exists():
            old.rename(aside.with_name(aside.name + part))
    return aside
