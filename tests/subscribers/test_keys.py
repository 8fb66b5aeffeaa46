"""Sealing and opening: what a copy of the state folder is worth."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import Config
from monitor.errors import KeysMissing
from monitor.store import subscribers
from monitor.store.private_schema import open_private
from monitor.store.subscribers import SubscriberRow
from monitor.subscribers import keys, requests
from monitor.subscribers.keys import KEY_FILE, Keys, create, folder_for, load, prepare
from monitor.subscribers.vault import PUBLIC_FILE, Vault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_what_was_sealed_with_the_public_key_opens_with_the_private_one(folder: Path) -> None:
    held = create(folder)
    sealed = Vault.load(folder).seal({"to": "Ірына@пошта.test", "n": 1})
    assert held.open(sealed) == {"to": "Ірына@пошта.test", "n": 1}


def test_equal_values_never_look_equal(folder: Path) -> None:
    held = create(folder)
    assert held.seal({"a": 1}) != held.seal({"a": 1})


def test_the_length_of_a_row_says_nothing_about_what_is_in_it(folder: Path) -> None:
    held = create(folder)
    assert len({len(held.seal({"query": "x" * n})) for n in range(1, 400, 7)}) == 1


def test_another_key_opens_nothing(folder: Path, tmp_path: Path) -> None:
    sealed = create(folder).seal({"a": 1})
    with pytest.raises(KeysMissing, match="another key"):
        create(tmp_path / "others").open(sealed)


def test_p04_the_public_key_opens_nothing(folder: Path) -> None:
    create(folder)
    vault = Vault.load(folder)
    assert not [name for name in dir(vault) if "open" in name or "decrypt" in name]
    with pytest.raises(TypeError):
        vault._box.decrypt(vault.seal({"a": 1}))


def test_look_ups_meet_in_any_case_and_never_across_purposes(folder: Path) -> None:
    held = create(folder)
    assert held.look_up("Iryna@Mail.test ", "subscriber") == held.look_up("iryna@mail.test", "subscriber")
    assert held.look_up("iryna@mail.test", "subscriber") != held.look_up("iryna@mail.test", "suppression")
    assert held.look_up("https://Hook.test/A", "x") != held.look_up("https://hook.test/a", "x")


def test_look_ups_of_another_installation_differ(folder: Path, tmp_path: Path) -> None:
    assert create(folder).look_up("a@b.test", "x") != create(tmp_path / "other").look_up("a@b.test", "x")


def test_p16_files_are_0600_in_a_0700_folder_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        create(folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()} == {0o600}


def test_p16_a_key_that_others_may_read_is_refused(folder: Path) -> None:
    create(folder)
    (folder / KEY_FILE).chmod(0o640)
    with pytest.raises(KeysMissing, match="chmod 600"):
        load(folder)
    (folder / KEY_FILE).chmod(0o600)
    folder.chmod(0o755)
    with pytest.raises(KeysMissing, match="chmod 700"):
        load(folder)


def test_a_key_is_never_overwritten(folder: Path) -> None:
    create(folder)
    before = (folder / KEY_FILE).read_bytes()
    with pytest.raises(KeysMissing, match="never overwritten"):
        create(folder)
    assert (folder / KEY_FILE).read_bytes() == before


def test_a_passphrase_is_needed_where_one_was_given(folder: Path) -> None:
    sealed = create(folder, "correct horse").seal({"a": 1})
    assert keys.is_protected(folder)
    with pytest.raises(KeysMissing, match="MONITOR_PASSPHRASE"):
        load(folder)
    with pytest.raises(KeysMissing, match="does not open"):
        load(folder, "wrong horse")
    held = load(folder, "correct horse")
    assert held.protected
    assert held.open(sealed) == {"a": 1}


def test_a_damaged_key_file_is_named(folder: Path) -> None:
    create(folder)
    (folder / KEY_FILE).write_text("{}")
    with pytest.raises(KeysMissing, match="no key file"):
        load(folder)


def test_p08_a_state_that_was_sealed_refuses_to_start_without_its_key(folder: Path, state: Path) -> None:
    prepare(folder, state)
    (folder / KEY_FILE).rename(folder / "elsewhere")
    with pytest.raises(KeysMissing, match="bring the key back"):
        prepare(folder, state)
    assert not (folder / KEY_FILE).exists()


def test_p08_a_state_that_was_sealed_refuses_another_key(folder: Path, state: Path, tmp_path: Path) -> None:
    prepare(folder, state)
    create(tmp_path / "others")
    with pytest.raises(KeysMissing, match="nothing was changed"):
        prepare(tmp_path / "others", state)


def test_the_web_finds_the_public_key_beside_the_database_and_nothing_else(folder: Path, state: Path) -> None:
    held = prepare(folder, state)
    assert held.open(Vault.load(state / "private").seal({"a": 1})) == {"a": 1}
    assert [f.name for f in (state / "private").iterdir()] == [PUBLIC_FILE]


def test_the_keys_never_lie_in_the_state_folder(state: Path) -> None:
    with pytest.raises(KeysMissing, match="must not lie in the state folder"):
        folder_for(Config.model_validate({"keys": {"folder": str(state / "keys")}}), state)
    assert folder_for(Config(), state) == state.with_name("state-keys")


def test_a_key_does_not_show_itself(folder: Path) -> None:
    held = create(folder)
    assert repr(held) == "Keys(…)"


def test_without_a_public_key_the_vault_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="start the sender once"):
        Vault.load(tmp_path)
    (tmp_path / PUBLIC_FILE).write_bytes(b"short")
    with pytest.raises(KeysMissing, match="no public key"):
        Vault.load(tmp_path)


def test_p05_whoever_takes_the_web_over_can_add_and_unsubscribe_and_open_nothing(state: Path, tmp_path: Path) -> None:
    """With the files of the web process: the public key seals, a known token leaves, no sealed row opens."""
    private = open_private(state)
    held = prepare(tmp_path / "elsewhere", state)
    leave = requests.new_token()
    look_up, sealed = held.look_up("a@mail.test", "subscriber"), held.seal({"to": "a@mail.test"})
    row = SubscriberRow("s1", look_up, "active", "web", sealed, requests.hash_of(leave), "2026-11")
    subscribers.add(private, row)
    web = Vault.load(state / "private")
    requests.append(private, web, {"kind": "sign-up"}, datetime(2026, 11, 16, tzinfo=UTC))
    assert requests.mark_left(private, leave, datetime(2026, 11, 16, tzinfo=UTC))
    for secret in (web.public_key, hashlib.sha256(web.public_key).digest()):
        assert not Keys(secret, bytes(32)).can_open(row.sealed)
    assert Keys(web.public_key, bytes(32)).look_up("a@mail.test", "subscriber") != row.look_up
    content = b"".join(f.read_bytes() for f in (state / "private").iterdir())
    assert held._private.encode() not in content and held._look_up_key not in content
