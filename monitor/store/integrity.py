"""Is what lies on the disk what was written? Looked at before a process trusts a database; it repairs nothing.

SQLite notices a broken page only when it reads it, and quietly leaves out everything in the write-ahead log from a
broken frame on, which may be the very note that a message was sent. So both files are read whole at the start.
"""

from __future__ import annotations

import struct
import time
from pathlib import Path

from monitor.errors import DatabaseTrouble
from monitor.store import sqlite3

_LOG_HEADER, _FRAME_HEADER = 32, 24
_LITTLE, _BIG = 0x377F0682, 0x377F0683  # https://sqlite.org/fileformat2.html#the_write_ahead_log


#: Where each database lies under a state folder, and the way out where it is damaged.
_WAYS_OUT = {
    "archive.db": "`monitor restore FILE` puts a backup in its place",
    "private/private.db": (
        "move private/private.db aside, start anew, and `monitor subscriber restore FILE` brings the readers of a"
        " backup back; without one try `sqlite3 private.db .recover` on a copy"
    ),
}


def check(state: Path, name: str = "") -> None:
    """Both databases under a state folder, or the one of that file name, as far as they exist. Raises DatabaseTrouble:
    what is damaged, and the way out. Nothing may be sent before this returned."""
    for place, way_out in _WAYS_OUT.items():
        if place.endswith(name):
            check_file(state / place, way_out)


def check_file(path: Path, way_out: str) -> None:
    """One database with its log. Raises DatabaseTrouble."""
    if not path.exists() or not path.stat().st_size:
        return
    if log_is_damaged(path):
        raise DatabaseTrouble(
            f"{path.name}-wal is damaged, so what was written last is lost: nothing was started. To go on without it, "
            f"move {path.name}-wal aside; a message of the last minutes may then go out again, with its old id"
        )
    if found := trouble_of(path):
        raise DatabaseTrouble(f"{path.name} is damaged ({found}): nothing was started. {way_out}")


def trouble_of(path: Path) -> str:
    """What SQLite's own check says of a file, '' for a sound one."""
    try:
        db = sqlite3.connect(path, timeout=30)
        try:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            db.close()
    except sqlite3.OperationalError as trouble:
        if "locked" in str(trouble):
            return ""  # somebody works with it: it was looked at when they started
        return str(trouble)
    except sqlite3.DatabaseError as trouble:
        return str(trouble)
    return "" if found == "ok" else found.splitlines()[-1]


def refusal(path: Path, timeout: float = 3) -> str:
    """Why nothing could be written into a database now, '' where it could be; nothing is. A damaged one is no matter
    of this function."""
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute("ROLLBACK")
    except sqlite3.OperationalError as trouble:
        return "another program holds its lock" if "locked" in str(trouble) else f"it cannot be written: {trouble}"
    except sqlite3.DatabaseError:
        return ""
    finally:
        db.close()
    return ""


def can_search() -> bool:
    """Whether this SQLite was built with full-text search."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except sqlite3.OperationalError:
        return False
    finally:
        db.close()
    return True


def log_is_damaged(path: Path) -> bool:
    """Whether the write-ahead log has a broken frame before its last commit. Looked at twice: it may be written to."""
    log = path.with_name(path.name + "-wal")
    if not (log.exists() and _is_broken(log.read_bytes())):
        return False
    time.sleep(0.5)
    return log.exists() and _is_broken(log.read_bytes())


def _is_broken(log: bytes) -> bool:
    """A torn end is what every crash leaves, and holds nothing that was promised; a commit after it does."""
    if len(log) < _LOG_HEADER:
        return False
    magic, _, size = struct.unpack(">III", log[:12])
    salt, order = log[16:24], ">" if magic == _BIG else "<"
    if magic not in (_LITTLE, _BIG) or struct.unpack(">II", log[24:32]) != _sum(log[:24], order):
        return len(log) > _LOG_HEADER + _FRAME_HEADER
    so_far = struct.unpack(">II", log[24:32])
    at, step = _LOG_HEADER, _FRAME_HEADER + size
    while at + step <= len(log) and log[at + 8 : at + 16] == salt:
        so_far = _sum(log[at : at + 8] + log[at + _FRAME_HEADER : at + step], order, so_far)
        if struct.unpack(">II", log[at + 16 : at + 24]) != so_far:
            break
        at += step
    return _has_commit(log, at + step, step, salt)


def _has_commit(log: bytes, at: int, step: int, salt: bytes) -> bool:
    frames = (log[n : n + _FRAME_HEADER] for n in range(at, len(log) - step + 1, step))
    return any(f[8:16] == salt and f[4:8] != b"\0\0\0\0" for f in frames)


def _sum(data: bytes, order: str, start: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """The log's checksum over pairs of 32-bit words."""
    one, two = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two
