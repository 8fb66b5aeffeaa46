"""Lock, unlock, panic."""

from __future__ import annotations

import sqlite3 as other_sqlite3
import time
from datetime import datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.errors import KeysMissing
from monitor.store import Database, write
from monitor.store.private_schema import open_private
from monitor.store.subscribers import SubscriberRow
from monitor.subscribers import keys as keyring
from monitor.subscribers import safety
from monitor.subscribers.keys import KEY_FILE, Keys
from monitor.subscribers.vault import PUBLIC_FILE
from tests.readers import add, reader


@pytest.fixture
def key_folder(state: Path, keys: Keys) -> Path:
    return state.with_name("keys")


def test_a_lock_holds_until_it_is_opened_even_across_restarts(private: Database, state: Path, now: datetime) -> None:
    assert safety.lock(private, now)
    assert not safety.lock(private, now)
    store.close_all()
    again = open_private(state)
    assert safety.is_locked(again)
    assert safety.unlock(again)
    assert not safety.unlock(again)
    assert not safety.is_locked(again)


def test_p14_panic_leaves_no_key_no_list_and_no_mails(
    private: Database, keys: Keys, key_folder: Path, state: Path, now: datetime
) -> None:
    add(private, keys, now)
    (state / "mail" / "new").mkdir(parents=True)
    (state / "mail" / "new" / "1").write_text("To: reader@mail.test")
    (state / "archive.db").write_text("public")
    gone = safety.panic(state, key_folder)
    assert gone[0] == KEY_FILE
    assert list(key_folder.iterdir()) == []
    assert list((state / "private").iterdir()) == []
    assert not (state / "mail").exists()
    assert (state / "archive.db").read_text() == "public"


def test_p14_panic_is_safe_to_run_twice(key_folder: Path, state: Path, private: Database) -> None:
    assert safety.panic(state, key_folder)
    assert safety.panic(state, key_folder) == []


def test_p14_panic_does_not_wait_for_a_locked_database(
    private: Database, keys: Keys, key_folder: Path, state: Path, now: datetime
) -> None:
    add(private, keys, now)
    holder = other_sqlite3.connect(state / "private" / "private.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    safety.panic(state, key_folder)
    assert time.monotonic() - began < 5
    assert not (state / "private" / "private.db").exists()
    holder.close()


def test_p14_panic_with_a_hundred_thousand_subscribers_takes_under_ten_seconds(
    private: Database, key_folder: Path, state: Path
) -> None:
    with write(private):
        private.conn.executemany(
            "INSERT INTO subscribers (id, look_up, state, origin, sealed, unsubscribe_hash, month)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                SubscriberRow(f"{n}", f"l{n}".encode(), "active", "web", bytes(560), f"u{n}".encode(), "2026-11")
                for n in range(100_000)
            ),
        )
    store.close_all()
    began = time.monotonic()
    safety.panic(state, key_folder)
    assert time.monotonic() - began < 10
    assert list((state / "private").iterdir()) == []


def test_after_panic_a_start_begins_with_new_keys_and_an_empty_list(
    private: Database, keys: Keys, key_folder: Path, state: Path, now: datetime
) -> None:
    sealed = keys.seal({"a": 1})
    add(private, keys, now, reader())
    safety.panic(state, key_folder)
    store.close_all()
    fresh = keyring.prepare(key_folder, state)
    assert (state / "private" / PUBLIC_FILE).exists()
    with pytest.raises(KeysMissing):
        fresh.open(sealed)
    assert open_private(state)["subscribers"].count == 0
