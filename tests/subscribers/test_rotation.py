"""A new key: everything is sealed again and the old key is worthless, also after a rotation that was cut short."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import Config
from monitor.errors import KeysMissing
from monitor.store import Database, outbox, rows, switches, tokens
from monitor.store.outbox import NewDelivery
from monitor.subscribers import desk, intake, requests, rotation
from monitor.subscribers import keys as keyring
from monitor.subscribers.keys import KEY_FILE, Keys
from monitor.subscribers.vault import PUBLIC_FILE, Vault
from tests.readers import add, reader, wants

SEALED = (
    "SELECT sealed FROM subscribers UNION ALL SELECT sealed FROM subscriptions UNION ALL SELECT sealed FROM requests"
    " UNION ALL SELECT sealed FROM deliveries WHERE sealed NOT NULL"
    " UNION ALL SELECT blob FROM tokens WHERE scope = 'confirm' AND blob NOT NULL"
)


@pytest.fixture
def folder(state: Path) -> Path:
    return state.with_name("keys")


@pytest.fixture
def full(private: Database, keys: Keys, state: Path, now: datetime) -> Database:
    """A list with something sealed in every table."""
    ident = add(private, keys, now, reader("a@mail.test"), wants("Kalesnikava"))
    wanted = {"channel": "email", "settings": {}, "subscriptions": [wants().pack()]}
    vault = Vault.load(state / "private")
    requests.append(private, vault, {"kind": "sign-up", "to": "new@mail.test"} | wanted, now)
    intake.work_requests(private, keys, Config(), now)
    requests.append(private, vault, {"kind": "sign-up", "to": "waits@mail.test"} | wanted, now)
    outbox.add_delivery(private, NewDelivery("d" * 32, ident, "notice", now, sealed=keys.seal({"text": "x"})), now)
    tokens.suppress(private, keys.look_up("x@mail.test", "suppression"), "not me", now + timedelta(days=9))
    return private


def sealed(private: Database) -> list[bytes]:
    return [r[0] for r in rows(private, SEALED)]


def test_p08_everything_is_sealed_again_and_the_old_key_is_worthless(
    full: Database, keys: Keys, folder: Path, state: Path, now: datetime
) -> None:
    before, old_key = sealed(full), (folder / KEY_FILE).read_bytes()
    done = rotation.rotate(full, folder, state, None)
    fresh = keyring.load(folder)
    after = sealed(full)
    assert done == (len(before), 1) and len(after) == len(before) >= 6
    assert all(fresh.can_open(s) for s in after) and not any(keys.can_open(s) for s in after)
    assert desk.find(full, fresh, "A@mail.test") and desk.find(full, keys, "a@mail.test") is None
    for file in (*(state / "private").iterdir(), *folder.iterdir()):
        content = file.read_bytes()
        assert not any(s in content for s in before), "no old row is left in any file"
        assert old_key not in content
    assert (
        (folder / PUBLIC_FILE).read_bytes() == (state / "private" / PUBLIC_FILE).read_bytes() == fresh.vault.public_key
    )
    assert keyring.prepare(folder, state).can_open(after[0])
    assert intake.work_requests(full, fresh, Config(), now) == 1, "what waited is worked off with the new key"


def test_p08_a_rotation_that_was_cut_short_is_taken_up_again(
    full: Database, keys: Keys, folder: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise OSError("the light went out")

    with monkeypatch.context() as broken:
        broken.setattr(rotation, "_change_over", power_cut)
        with pytest.raises(OSError, match="light"):
            rotation.rotate(full, folder, state, None)
    with pytest.raises(KeysMissing, match="rotate-key"):
        keyring.prepare(folder, state)
    assert rotation.rotate(full, folder, state, None) == (0, 0)
    fresh = keyring.prepare(folder, state)
    assert all(fresh.can_open(s) for s in sealed(full))


def test_p08_a_rotation_keeps_the_passphrase_and_refuses_a_wrong_one(
    private: Database, state: Path, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "protected"
    held = keyring.prepare(folder, state, "correct horse")
    add(private, held, now)
    with pytest.raises(KeysMissing):
        rotation.rotate(private, folder, state, "wrong horse")
    rotation.rotate(private, folder, state, "correct horse")
    assert keyring.is_protected(folder) and keyring.load(folder, "correct horse").can_open(sealed(private)[0])


def test_the_log_is_emptied_after_a_rotation(full: Database, keys: Keys, folder: Path, state: Path) -> None:
    rotation.rotate(full, folder, state, None)
    assert switches.empty_wal(full)
