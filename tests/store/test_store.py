"""The one way to open and to change a database file."""

from __future__ import annotations

import multiprocessing
import stat
import threading
import time
from pathlib import Path

import pytest

from monitor import store
from monitor.errors import DatabaseTrouble
from monitor.store import Database, Migrations
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private


def test_files_are_for_their_owner_only(state: Path) -> None:
    open_archive(state)
    open_private(state)
    for path in [p for p in state.rglob("*") if p.is_file()]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE((state / "private").stat().st_mode) == 0o700


def test_a_failed_transaction_leaves_nothing(archive: Database) -> None:
    with pytest.raises(ZeroDivisionError), store.write(archive):
        archive.conn.execute("INSERT INTO heartbeats VALUES ('x', 'now', '{}')")
        _ = 1 / 0
    assert store.rows(archive, "SELECT * FROM heartbeats") == []


def test_a_nested_transaction_joins_the_outer_one(archive: Database) -> None:
    with store.write(archive):
        with store.write(archive):
            archive.conn.execute("INSERT INTO heartbeats VALUES ('x', 'now', '{}')")
        assert archive.conn.in_transaction
    assert len(store.rows(archive, "SELECT * FROM heartbeats")) == 1


def test_a_writer_that_read_first_waits_for_the_other_instead_of_failing(state: Path, archive: Database) -> None:
    entered, order = threading.Event(), list[str]()

    def other() -> None:
        db = store.connect(state / "archive.db")
        with store.write(db):
            entered.set()
            time.sleep(0.3)
            order.append("other")
        store.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait()
    with store.write(archive):
        order.append("mine")
    thread.join()
    assert order == ["other", "mine"]


def test_c13_a_database_of_a_newer_version_is_refused_with_words(state: Path, archive: Database) -> None:
    with store.write(archive):
        archive.conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', '0999_future', '')"
        )
    with pytest.raises(DatabaseTrouble, match="newer version"):
        open_archive(state)


def test_a_file_that_is_no_database_is_refused_with_words(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"not a database at all " * 100)
    with pytest.raises(DatabaseTrouble, match=r"archive\.db"):
        store.migrate(tmp_path / "archive.db", Migrations("x"))


def _open(folder: str) -> None:
    open_archive(Path(folder))
    open_private(Path(folder))


def test_several_processes_may_create_the_same_files_at_once(state: Path) -> None:
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_open, args=[str(state)]) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [c.exitcode for c in children] == [0, 0, 0, 0]


def test_c12_a_library_that_may_corrupt_a_log_with_two_writers_gets_a_journal_instead(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAL_IS_SAFE", False)
    assert store.connect(state / "old.db").conn.execute("PRAGMA journal_mode").fetchone()[0] == "truncate"
    monkeypatch.setattr(store, "WAL_IS_SAFE", True)
    assert store.connect(state / "new.db").conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
