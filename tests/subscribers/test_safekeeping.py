"""Backups of the readers, sealed to a key that is somewhere else; and what an archive backup never holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from monitor.errors import KeysMissing
from monitor.store import Database, backups, matches, rows, write
from monitor.store.private_schema import open_private
from monitor.subscribers import desk, requests, safekeeping
from monitor.subscribers.keys import Keys, prepare
from tests.readers import add, reader, wants
from tests.traces import spellings, traces

CANARY = "Kanarejka.Backup+1@kanarejka.mail.test"


@pytest.fixture
def offline(tmp_path: Path) -> tuple[Path, str]:
    """The file of an offline key and its public half."""
    file = tmp_path / "elsewhere.key"
    return file, safekeeping.make_key(file)


@pytest.fixture
def dead(private: Database, keys: Keys, now: datetime) -> Database:
    """The list of a server that will die: an active and a paused reader, a pending one, one of config.yaml."""
    ident = add(
        private, keys, now, reader(CANARY, code_word="kalina"), wants("Bialiatski"), wants("topic:releases", "b")
    )
    with write(private):
        matches.put_receipts(private, ident, [("story:s1", "", "2026-11-15T00:00:00Z")])
    add(private, keys, now, reader("paused@mail.test"), state="paused", origin="web")
    add(private, keys, now, reader("pending@mail.test"), state="pending", origin="web")
    add(private, keys, now, reader("config@mail.test"), origin="config")
    return private


@pytest.fixture
def new_server(tmp_path: Path) -> tuple[Database, Keys]:
    state = tmp_path / "new"
    state.mkdir(mode=0o700)
    return open_private(state), prepare(tmp_path / "new-keys", state)


def test_p07_the_file_is_sealed_and_shows_no_reader(
    dead: Database, keys: Keys, offline: tuple[Path, str], tmp_path: Path
) -> None:
    file = tmp_path / "readers"
    assert safekeeping.backup(dead, keys, offline[1], file) == 2
    content = file.read_bytes()
    assert traces(content, [CANARY, "kalina", "Bialiatski", "topic:releases"]) == []
    assert file.stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    add(dead, keys, datetime.now().astimezone(), reader("one.more@mail.test"))
    safekeeping.backup(dead, keys, offline[1], other)
    assert len(other.read_bytes()) == len(content), "its size does not tell one reader from two"


def test_p07_not_even_the_senders_key_opens_it(
    dead: Database, keys: Keys, offline: tuple[Path, str], tmp_path: Path
) -> None:
    file = tmp_path / "readers"
    safekeeping.backup(dead, keys, offline[1], file)
    assert not keys.can_open(file.read_bytes().partition(b"\n")[2])
    with pytest.raises(KeysMissing):
        safekeeping.restore(dead, keys, _another_key(tmp_path), file)


def test_a_new_server_has_its_readers_again_with_their_links_and_without_telling_them_twice(
    dead: Database,
    keys: Keys,
    offline: tuple[Path, str],
    tmp_path: Path,
    new_server: tuple[Database, Keys],
    now: datetime,
) -> None:
    file = tmp_path / "readers"
    safekeeping.backup(dead, keys, offline[1], file)
    fresh, fresh_keys = new_server
    assert safekeeping.restore(fresh, fresh_keys, offline[0], file) == (2, 0)
    assert safekeeping.restore(fresh, fresh_keys, offline[0], file) == (0, 2), "safe to repeat"
    ident = desk.find(fresh, fresh_keys, CANARY.lower())
    old = desk.find(dead, keys, CANARY)
    assert ident and old
    held, was = desk.export(fresh, fresh_keys, ident), desk.export(dead, keys, old)
    assert {k: held[k] for k in ("state", "settings", "told")} == {k: was[k] for k in ("state", "settings", "told")}
    assert sorted(s["query"] for s in held["subscriptions"]) == ["Bialiatski", "topic:releases"]
    assert requests.mark_left(fresh, held["settings"]["leave"], now), "the link in an old mail still works"
    paused = desk.find(fresh, fresh_keys, "paused@mail.test")
    assert paused and desk.export(fresh, fresh_keys, paused)["state"] == "paused"


def test_an_offline_key_is_never_overwritten_and_never_read_when_others_can(
    dead: Database, keys: Keys, offline: tuple[Path, str], tmp_path: Path
) -> None:
    with pytest.raises(KeysMissing, match="never overwritten"):
        safekeeping.make_key(offline[0])
    file = tmp_path / "readers"
    safekeeping.backup(dead, keys, offline[1], file)
    offline[0].chmod(0o644)
    with pytest.raises(KeysMissing, match="chmod 600"):
        safekeeping.restore(dead, keys, offline[0], file)
    with pytest.raises(KeysMissing, match="no backup"):
        offline[0].chmod(0o600)
        safekeeping.restore(dead, keys, offline[0], offline[0])


def test_p07_a_backup_of_the_archive_holds_no_reader(
    dead: Database, archive: Database, state: Path, tmp_path: Path
) -> None:
    file = tmp_path / "archive.db"
    backups.backup(archive, file)
    content = file.read_bytes()
    assert traces(content, [CANARY]) == []
    tables = {r[0] for r in rows(archive, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    private = {
        r[0] for r in rows(dead, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%migr%'")
    }
    assert "subscribers" in private and not {"subscribers", "subscriptions", "requests", "tokens"} & tables
    sealed = [r[0] for r in rows(dead, "SELECT sealed FROM subscribers")]
    assert not any(s[:32] in content for s in sealed), "not even what is sealed"
    assert list(spellings(CANARY))


def _another_key(folder: Path) -> Path:
    file = folder / "another.key"
    safekeeping.make_key(file)
    return file
