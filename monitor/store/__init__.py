"""SQLite through sqlite-utils. All SQL lives in this folder, and so does the one `sqlite3` everybody uses.

`connect` opens a file as every process must; `write` is the only way to change one: BEGIN IMMEDIATE, so that a
reader that turns writer waits for the other writer instead of failing at once (measured: a deferred BEGIN fails
after 2 ms whatever the timeout). No transaction is held across a network call or a yield.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import DatabaseTrouble

# sqlite-utils imports numpy where it finds it, to know its types: 25 MB and a quarter of a second for every process.
_hide_numpy = "numpy" not in sys.modules
if _hide_numpy:
    sys.modules["numpy"] = None  # type: ignore[assignment]
from sqlite_utils import Database, Migrations  # noqa: E402

if _hide_numpy:
    del sys.modules["numpy"]

if TYPE_CHECKING:
    import sqlite3
else:
    from sqlite_utils.utils import sqlite3  # pysqlite3 where it is installed: both must raise the same exceptions

__all__ = ["Database", "Migrations", "connect", "migrate", "row", "rows", "sqlite3", "write"]

#: Before 3.51.3 two writers in WAL mode can corrupt a file (fixed on 13 March 2026), so older ones use a journal.
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)

_local = threading.local()


def connect(path: Path, *, timeout: float = 30.0, read_only: bool = False, existing: bool = False) -> Database:
    """This thread's connection to a database file, made on first use. One connection per thread, never shared.

    The file is created with mode 0600, but for an `existing` one, which may have been erased a moment ago. Raises
    DatabaseTrouble where the file is not a database, or is gone.
    """
    connections: dict[tuple[str, bool], Database] = _local.__dict__.setdefault("connections", {})
    key = (str(path), read_only)
    if key in connections:
        return connections[key]
    if not read_only and not existing:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    address = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    try:
        connection = sqlite3.connect(address, timeout=timeout, check_same_thread=False, uri=True)
        connection.row_factory = sqlite3.Row
        db = Database(connection, execute_plugins=False)
        if not read_only:
            with _alone(path):  # switching a new file's journal mode ignores the busy timeout
                connection.execute(f"PRAGMA journal_mode={'WAL' if WAL_IS_SAFE else 'TRUNCATE'}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
    except sqlite3.DatabaseError as trouble:
        raise DatabaseTrouble(f"{path.name} cannot be opened: {trouble}") from None
    connections[key] = db
    return db


def close_all() -> None:
    """Close this thread's connections (before a fork, at the end of a test)."""
    for db in _local.__dict__.pop("connections", {}).values():
        db.conn.close()


@contextlib.contextmanager
def write(db: Database) -> Iterator[Database]:
    """One transaction that holds the write lock from the start; nested use joins the outer one."""
    if db.conn.in_transaction:
        yield db
        return
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.commit()


def migrate(path: Path, migrations: Migrations) -> Database:
    """Bring a file to this program's schema; several processes may call it at the same time.

    Raises DatabaseTrouble where the file was written by a newer version of this program.
    """
    with _alone(path):
        db = connect(path)
        known = {m.name for m in migrations._migrations}  # the library offers no public list
        newer = sorted(m.name for m in migrations.applied(db) if m.name not in known)
        if newer:
            raise DatabaseTrouble(
                f"{path.name} was written by a newer version of this program (it knows {', '.join(newer)}): "
                "start that version, or restore a backup made by this one"
            )
        if migrations.pending(db):
            with write(db):
                migrations.apply(db)
    return db


def rows(db: Database, sql: str, *values: Any) -> list[Any]:
    """All rows of a query, readable by column name."""
    return db.conn.execute(sql, values).fetchall()


def row(db: Database, sql: str, *values: Any) -> Any | None:
    """The first row of a query, or None."""
    return db.conn.execute(sql, values).fetchone()


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock file beside a database: schema changes and journal switches happen one process at a time."""
    if getattr(_local, "alone", None) == str(path):
        yield
        return
    handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _local.alone = str(path)
        yield
    finally:
        _local.alone = None
        os.close(handle)
