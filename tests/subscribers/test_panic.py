"""Panic on the worst day: the disk is full, the database is locked, a sender is at work."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.config import Config
from monitor.sender import Sender
from monitor.store import Database, write
from monitor.subscribers import safety
from monitor.subscribers.keys import KEY_FILE, Keys
from tests import press
from tests.mail_server import MailServer
from tests.readers import add, reader

PANIC = (
    "import sys; from pathlib import Path; from monitor.subscribers.safety import panic;"
    "print(panic(Path(sys.argv[1]), Path(sys.argv[2])))"
)


def crowd(private: Database, people: int) -> None:
    """So many rows of the size that readers have."""
    with write(private):
        private.conn.executemany(
            "INSERT INTO subscribers (id, look_up, state, origin, sealed, unsubscribe_hash, month)"
            " VALUES (?, ?, 'active', 'web', ?, ?, '2026-11')",
            ((f"{n}", f"l{n}".encode(), bytes(560), f"u{n}".encode()) for n in range(people)),
        )


def no_file_may_grow() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize("worse", ["full", "full and locked"])
def test_p14_panic_needs_no_free_space_and_no_lock(
    private: Database, keys: Keys, state: Path, now: datetime, worse: str
) -> None:
    """100,000 readers, and every write of the process fails, as on a full disk.

    Fails when a key that cannot be overwritten is not unlinked, or the lock is waited for.
    """
    add(private, keys, now)
    crowd(private, 100_000 if "locked" in worse else 100)
    if "locked" in worse:
        private.conn.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PANIC, str(state), str(state.with_name("keys"))],
        preexec_fn=no_file_may_grow,
        env={**os.environ, "PYTHONPATH": str(Path(store.__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 10
    assert KEY_FILE in done.stdout
    assert not (state.with_name("keys") / KEY_FILE).exists()
    assert not list((state / "private").glob("private.db*"))


def test_p14_panic_in_the_middle_of_a_round_lets_nothing_out_afterwards(
    archive: Database, private: Database, keys: Keys, state: Path, now: datetime
) -> None:
    """Mails that are in the server's hands may finish; of the others none leaves."""
    for n in range(60):
        add(private, keys, now, reader(f"r{n}@mail.test"))
    press.covered(archive, now, press.story(archive, now))
    with MailServer(delay=0.1) as server:
        smtp = {"host": server.host, "port": server.port, "security": "none", "per_minute": 60_000, "connections": 2}
        config = Config.model_validate({"delivery": {"smtp": smtp}})
        sender = Sender(config, state, state.with_name("keys"), lambda: now)
        round_ = threading.Thread(target=_quietly, args=[sender])
        round_.start()
        end = time.monotonic() + 30
        while len(server.mails) < 4 and time.monotonic() < end:
            time.sleep(0.02)
        safety.panic(state, state.with_name("keys"))
        gone = len(server.mails)
        round_.join(30)
        assert 4 <= gone < 50
        assert len(server.mails) - gone <= 20, "at most what was claimed and in hand"


def _quietly(sender: Sender) -> None:
    try:
        sender.once()
    except Exception:  # its files are gone: it may end as it likes
        return
    finally:
        store.close_all()
