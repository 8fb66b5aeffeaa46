"""Lock, unlock, panic: stopping at once, and making the list worthless at once.

A lock is a row that every claim looks at in its own transaction, so it survives restarts and needs nobody to be asked.
Panic needs no key, no passphrase, no working database and no free space: keys first, then files.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from datetime import datetime
from pathlib import Path

from monitor import clock
from monitor.errors import DatabaseTrouble
from monitor.store import Database, connect, sqlite3, switches
from monitor.subscribers.keys import KEY_FILE
from monitor.subscribers.vault import PUBLIC_FILE

LOCKED = "locked"


def lock(private: Database, now: datetime) -> bool:
    """Nothing is matched, opened or sent from now on, until `unlock`. False where it was locked already."""
    return switches.turn_on(private, LOCKED, "by the operator", now)


def unlock(private: Database) -> bool:
    """Go on; what waited goes out. False where it was not locked."""
    return switches.turn_off(private, LOCKED)


def is_locked(private: Database) -> bool:
    return bool(switches.switch(private, LOCKED))


def panic(state: Path, key_folder: Path) -> list[str]:
    """Destroy the keys, then the list and everything that may hold an address. Returns what is gone, in words.

    Safe to run twice, beside a running sender (it stops when its key or its file is gone), with a locked database
    and with a full disk: it only overwrites and unlinks. The archive, which is public, stays.
    """
    gone = [name for name in (KEY_FILE, f"{KEY_FILE}.next", PUBLIC_FILE) if destroy(key_folder / name)]
    private = state / "private"
    _stop_senders(private / "private.db")
    for file in sorted(private.glob("*")) if private.is_dir() else []:
        if destroy(file, overwrite=file.name == PUBLIC_FILE):
            gone.append(f"private/{file.name}")
    for spool in ("mail",):  # without a mail server, mails lie here with their addresses
        if (state / spool).exists():
            shutil.rmtree(state / spool, ignore_errors=True)
            gone.append(f"{spool}/")
    return gone


def _stop_senders(path: Path) -> None:
    """Lock the list, if that can be done within a second; a sender also stops when it sees that its key is gone."""
    if path.exists():
        attempt = threading.Thread(target=_lock_quickly, args=[path], daemon=True)
        attempt.start()
        attempt.join(1.0)


def _lock_quickly(path: Path) -> None:
    with contextlib.suppress(sqlite3.Error, DatabaseTrouble, OSError):
        switches.turn_on(connect(path, timeout=0.5), LOCKED, "panic", clock.now())


def destroy(path: Path, *, overwrite: bool = True) -> bool:
    """Overwrite in place (no space is needed for that) and unlink; False where there was nothing."""
    if not path.exists():
        return False
    if overwrite:
        with contextlib.suppress(OSError):
            handle = os.open(path, os.O_WRONLY)
            try:
                os.write(handle, os.urandom(os.fstat(handle).st_size))
                os.fsync(handle)
            finally:
                os.close(handle)
    path.unlink(missing_ok=True)
    return True
