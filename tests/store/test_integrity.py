"""Damage is found before anything is sent; a copy made while the program runs can take the archive's place."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.errors import DatabaseTrouble
from monitor.process import only_one
from monitor.store import Database, backups, facts, integrity, matches, rows, sqlite3
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from tests import press
from tests.mail_server import MailServer


def monitor(state: Path, *arguments: str, config: str = "sources: []\n") -> subprocess.CompletedProcess[str]:
    """The program as a whole, as the operator calls it."""
    file = state.with_name("config.yaml")
    file.write_text(config)
    command = [sys.executable, "-m", "monitor", "--config", str(file), "--state", str(state), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0xFF]))


def filled(archive: Database, now: datetime, stories: int = 30) -> None:
    for _ in range(stories):
        press.covered(archive, now, press.story(archive, now))


def settled(state: Path) -> Path:
    """archive.db with everything in it, closed."""
    open_archive(state).conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close_all()
    return state / "archive.db"


def test_sound_databases_pass(archive: Database, private: Database, state: Path, now: datetime) -> None:
    filled(archive, now, 3)
    integrity.check(state)  # while they are open and have logs
    settled(state)
    integrity.check(state)


def test_nothing_is_there_before_the_first_start(tmp_path: Path) -> None:
    integrity.check(tmp_path)


def test_c11_a_page_overwritten_is_found_and_the_way_out_is_named(
    archive: Database, state: Path, now: datetime
) -> None:
    filled(archive, now)
    path = settled(state)
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(os.urandom(4096))
    with pytest.raises(DatabaseTrouble, match=r"archive.db is damaged .* `monitor restore FILE"):
        integrity.check(state)


def test_c11_a_file_that_is_no_database_is_found(archive: Database, state: Path, now: datetime) -> None:
    path = settled(state)
    flip(path, 3)
    with pytest.raises(DatabaseTrouble, match="damaged"):
        integrity.check(state)


def test_c11_a_damaged_reader_list_says_how_readers_come_back(private: Database, state: Path) -> None:
    private.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close_all()
    flip(state / "private" / "private.db", 101)
    with pytest.raises(DatabaseTrouble, match="monitor subscriber restore FILE"):
        integrity.check(state)


@pytest.mark.skipif(not store.WAL_IS_SAFE, reason="this SQLite writes no log of this form")
def test_c11_any_flip_before_the_last_commit_of_a_log_is_found(archive: Database, state: Path, now: datetime) -> None:
    filled(archive, now, 5)
    log = state / "archive.db-wal"
    whole = log.read_bytes()
    copy = state / "copy.db-wal"
    (state / "copy.db").touch()
    copy.write_bytes(whole)
    assert not integrity.log_is_damaged(state / "copy.db")
    dice = random.Random(6)
    for at in [dice.randrange(32, len(whole) - 3 * (4096 + 24)) for _ in range(8)]:
        copy.write_bytes(whole)
        flip(copy, at)
        assert integrity.log_is_damaged(state / "copy.db"), at


@pytest.mark.skipif(not store.WAL_IS_SAFE, reason="this SQLite writes no log of this form")
def test_c11_a_damaged_log_is_found_at_the_start_and_the_way_out_is_named(
    archive: Database, state: Path, now: datetime
) -> None:
    filled(archive, now, 5)
    for end in ("", "-wal"):
        shutil.copy(state / f"archive.db{end}", state / f"copy.db{end}")
    assert not integrity.log_is_damaged(state / "copy.db")
    flip(state / "copy.db-wal", 4000)
    with pytest.raises(DatabaseTrouble, match=r"copy\.db-wal is damaged.* move copy\.db-wal aside"):
        integrity.check_file(state / "copy.db", "")


@pytest.mark.skipif(not store.WAL_IS_SAFE, reason="this SQLite writes no log of this form")
def test_the_torn_end_that_every_crash_leaves_is_no_damage(archive: Database, state: Path, now: datetime) -> None:
    filled(archive, now, 5)
    whole = (state / "archive.db-wal").read_bytes()
    (state / "copy.db").touch()
    for lost in (1, 24, 100, 4096, 4120):
        (state / "copy.db-wal").write_bytes(whole[:-lost])
        assert not integrity.log_is_damaged(state / "copy.db"), lost


def test_c11_once_refuses_a_damaged_archive_sends_nothing_and_says_how_to_recover(
    archive: Database, state: Path, now: datetime
) -> None:
    filled(archive, now)
    path = settled(state)
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(os.urandom(4096))
    before = path.read_bytes()
    with MailServer() as server:
        smtp = f"{{host: {server.host}, port: {server.port}, security: none}}"
        config = f"delivery: {{smtp: {smtp}}}\nalerts: [{{name: a, keywords: prisoners, to: a@mail.test}}]\n"
        for command in ("once", "send", "gather"):
            ended = monitor(state, command, config=config)
            assert ended.returncode == 3
            assert "monitor restore FILE" in ended.stderr
        assert server.connections == 0
    assert path.read_bytes() == before


def test_a_database_of_a_newer_version_is_refused_with_words(archive: Database, state: Path) -> None:
    with store.write(archive):
        archive.conn.execute("INSERT INTO _sqlite_migrations SELECT * FROM _sqlite_migrations LIMIT 0")
        names = [c[1] for c in archive.conn.execute("PRAGMA table_info(_sqlite_migrations)")]
        first = dict(rows(archive, "SELECT * FROM _sqlite_migrations")[0])
        first["name"] = "0099_from_the_future"
        first.pop("id", None)
        archive.conn.execute(
            f"INSERT INTO _sqlite_migrations ({', '.join(n for n in names if n in first)})"
            f" VALUES ({', '.join('?' * len([n for n in names if n in first]))})",
            [first[n] for n in names if n in first],
        )
    settled_by = state / "archive.db"
    store.close_all()
    ended = monitor(state, "once")
    assert settled_by.exists()
    assert ended.returncode == 3
    assert "newer version" in ended.stderr
    assert "0099_from_the_future" in ended.stderr


@pytest.mark.parametrize(("process", "command"), [("gather", "gather"), ("send", "send"), ("gather", "once")])
def test_c09_a_second_instance_on_the_same_folder_refuses(state: Path, process: str, command: str) -> None:
    with only_one(state, process):
        ended = monitor(state, command)
    assert ended.returncode == 3
    assert "already works" in ended.stderr


# ------------------------------------------------------------------------------------------------ backup and restore


def test_a_backup_made_while_articles_arrive_is_whole(archive: Database, state: Path, now: datetime) -> None:
    filled(archive, now)
    stop, written = threading.Event(), []

    def arrive() -> None:
        db = open_archive(state)
        while not stop.is_set():
            press.covered(db, now, press.story(db, now))
            written.append(1)
        store.close_all()

    thread = threading.Thread(target=arrive)
    thread.start()
    try:
        ended = monitor(state, "backup", str(state.with_name("copy.db")))
    finally:
        stop.set()
        thread.join()
    assert ended.returncode == 0, ended.stderr
    assert written
    copy = sqlite3.connect(state.with_name("copy.db"))
    assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert copy.execute("SELECT count(*) FROM articles").fetchone()[0] >= 30
    assert state.with_name("copy.db").stat().st_mode & 0o077 == 0
    assert not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'subscribers'").fetchone()
    copy.close()


def test_restore_brings_the_copy_back_and_keeps_what_was_there(archive: Database, state: Path, now: datetime) -> None:
    filled(archive, now, 4)
    copy = state.with_name("copy.db")
    backups.backup(archive, copy)
    filled(archive, now, 2)
    settled(state)
    flip(state / "archive.db", 3)
    ended = monitor(state, "restore", str(copy))
    assert ended.returncode == 0, ended.stderr
    integrity.check(state)
    assert len(rows(open_archive(state), "SELECT id FROM articles")) == 4
    assert list(state.glob("archive-before-*.db"))
    assert (state / "archive.db").stat().st_mode & 0o077 == 0


def test_news_after_a_restore_lies_past_what_readers_were_matched_with(
    archive: Database, private: Database, state: Path, now: datetime
) -> None:
    filled(archive, now, 2)
    copy = state.with_name("copy.db")
    backups.backup(archive, copy)
    filled(archive, now, 5)
    matches.move_cursor(private, seen := facts.newest(archive))
    store.close_all()
    backups.restore(state, copy, now)
    db = open_archive(state)
    filled(db, now, 1)
    assert facts.newest(db) > seen
    assert matches.cursor(open_private(state)) == seen


def test_after_a_restore_the_next_visits_are_baselines_unless_it_is_asked_for(
    archive: Database, state: Path, now: datetime
) -> None:
    with store.write(archive):
        archive.conn.execute(
            "INSERT INTO sources (name, config, due_at, first_success_at) VALUES ('a', '{}', '', '2026-01-01')"
        )
    copy = state.with_name("copy.db")
    backups.backup(archive, copy)
    store.close_all()
    backups.restore(state, copy, now, silent=False)
    assert rows(open_archive(state), "SELECT first_success_at FROM sources")[0][0] == "2026-01-01"
    store.close_all()
    backups.restore(state, copy, now)
    assert rows(open_archive(state), "SELECT first_success_at FROM sources")[0][0] is None


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_copy_that_is_no_archive_changes_nothing(
    archive: Database, state: Path, now: datetime, content: bytes
) -> None:
    filled(archive, now, 1)
    settled(state)
    before = (state / "archive.db").read_bytes()
    bad = state.with_name("bad.db")
    bad.write_bytes(content)
    with pytest.raises(DatabaseTrouble):
        backups.restore(state, bad, now)
    assert (state / "archive.db").read_bytes() == before
    assert not (state / "restoring").exists()


def test_restore_refuses_while_gather_or_send_work(archive: Database, state: Path, now: datetime) -> None:
    backups.backup(archive, state.with_name("copy.db"))
    with only_one(state, "send"):
        ended = monitor(state, "restore", str(state.with_name("copy.db")))
    assert ended.returncode == 3
    assert "already works" in ended.stderr


def test_any_command_on_a_damaged_archive_ends_with_words_instead_of_a_traceback(
    archive: Database, state: Path, now: datetime
) -> None:
    filled(archive, now)
    path = settled(state)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    ended = monitor(state, "search", "prisoners")
    assert ended.returncode == 3
    assert "malformed" in ended.stderr
    assert "Traceback" not in ended.stderr
