"""Opening: the private key and the look-up key. Only `send` and the operator's own commands import this.

Both keys lie in one file of mode 0600 in a folder of mode 0700 outside the state folder, so that a copy of the state
folder is worthless. A passphrase (Argon2id, secretbox) makes a copy of both worthless. Nothing here ever overwrites a
key: a state folder that was sealed with another key is refused, because a new key would make its readers unreachable.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import stat
from pathlib import Path
from typing import Any

from nacl import pwhash, secret, utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from monitor.config import Config
from monitor.errors import KeysMissing
from monitor.subscribers.vault import PUBLIC_FILE, Vault, unpack

KEY_FILE = "send.key"


class Keys:
    """The private key, which opens what the vault sealed, and the look-up key, which finds an address again."""

    def __init__(self, private_key: bytes, look_up_key: bytes, *, protected: bool = False) -> None:
        self._private = PrivateKey(private_key)
        self._look_up_key = look_up_key
        self._box = SealedBox(self._private)
        self.protected = protected  # by a passphrase, so that `lock` can mean to forget
        self.vault = Vault(bytes(self._private.public_key))

    def __repr__(self) -> str:
        return "Keys(…)"

    def open(self, sealed: bytes) -> dict[str, Any]:
        """What was sealed. Raises KeysMissing where it was sealed for another key, or damaged."""
        try:
            return unpack(self._box.decrypt(sealed))
        except CryptoError:
            raise KeysMissing("a row cannot be opened: it was sealed for another key, or it is damaged") from None

    def can_open(self, sealed: bytes) -> bool:
        """Whether it was sealed for these keys."""
        try:
            self._box.decrypt(sealed)
        except CryptoError:
            return False
        return True

    def seal(self, value: dict[str, Any]) -> bytes:
        """The same as the vault's `seal`: whoever can open can seal."""
        return self.vault.seal(value)

    def look_up(self, address: str, purpose: str) -> bytes:
        """A keyed hash of an address (32 bytes): equal spellings meet within one `purpose`, and never across two.

        Without the key nothing can be guessed from it, which an unkeyed hash of something as short as an address
        does not give.
        """
        key = hmac.digest(self._look_up_key, b"release-monitor/" + purpose.encode(), hashlib.sha256)
        return hmac.digest(key, canonical(address).encode(), hashlib.sha256)


def canonical(address: str) -> str:
    """One spelling of an e-mail address: case does not tell two readers apart. A hook's URL stays as it is."""
    address = address.strip()
    return address if "://" in address else address.casefold()


def folder_for(config: Config, state: Path) -> Path:
    """Where the keys lie: as configured, else beside the state folder. Raises KeysMissing for a place inside it."""
    folder = Path(config.keys.folder) if config.keys.folder else state.with_name(f"{state.name}-keys")
    if folder.resolve().is_relative_to(state.resolve()):
        raise KeysMissing("the keys must not lie in the state folder: whoever copied one would have the other")
    return folder


def prepare(folder: Path, state: Path, passphrase: str | None = None) -> Keys:
    """The keys of a state folder, made on its first start; the public one is laid beside private.db for the web.

    Raises KeysMissing where the folder's keys are not those the state was sealed with, or are gone.
    """
    beside = state / "private" / PUBLIC_FILE
    if (folder / f"{KEY_FILE}.next").exists():
        raise KeysMissing("a change of keys was cut short: run `monitor subscriber rotate-key` once more")
    if beside.exists() and not (folder / KEY_FILE).exists():
        raise KeysMissing(
            f"this state folder was sealed with a key that is not in {folder}: bring the key back, or move "
            f"{beside.parent} away to start with an empty list"
        )
    keys = load(folder, passphrase) if (folder / KEY_FILE).exists() else create(folder, passphrase)
    if not beside.exists():
        beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(beside, keys.vault.public_key)
    elif beside.read_bytes() != keys.vault.public_key:
        raise KeysMissing(f"the key in {folder} is not the one this state folder was sealed with: nothing was changed")
    return keys


def create(folder: Path, passphrase: str | None = None) -> Keys:
    """New keys in `folder` (made 0700, files 0600). Raises KeysMissing where there are keys already."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_loose(folder)
    private, look_up = bytes(PrivateKey.generate()), utils.random(32)
    try:
        write_new(folder / KEY_FILE, wrap(private + look_up, passphrase))
    except FileExistsError:
        raise KeysMissing(f"{folder} already holds a key, which is never overwritten") from None
    (folder / PUBLIC_FILE).unlink(missing_ok=True)  # left behind by a first start that was cut short
    keys = Keys(private, look_up, protected=bool(passphrase))
    write_new(folder / PUBLIC_FILE, keys.vault.public_key)
    return keys


def load(folder: Path, passphrase: str | None = None, *, name: str = KEY_FILE) -> Keys:
    """The keys in `folder`. Raises KeysMissing: not there, readable by others, wrong or missing passphrase."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as trouble:
        raise KeysMissing(f"{path} cannot be read: {trouble.strerror}") from None
    refuse_loose(folder)
    refuse_loose(path)
    both, protected = _unwrap(content, passphrase, path)
    return Keys(both[:32], both[32:], protected=protected)


def is_protected(folder: Path) -> bool:
    """Whether the key in `folder` needs a passphrase; no for what is no key file, which `load` refuses."""
    try:
        return "salt" in json.loads((folder / KEY_FILE).read_bytes())
    except (OSError, ValueError, TypeError):
        return False


def present(folder: Path) -> bool:
    """Whether the key file is still there: a running sender stops when it was taken away."""
    return (folder / KEY_FILE).exists()


def refuse_loose(path: Path) -> None:
    """Raise KeysMissing where anybody but the owner may read `path`, or somebody else owns it."""
    found = path.stat()
    if stat.S_IMODE(found.st_mode) & 0o077:
        remedy = f"chmod {'700' if path.is_dir() else '600'} {path}"
        raise KeysMissing(f"{path} may be read by others, so it is not used; mend it with: {remedy}")
    if found.st_uid not in (os.geteuid(), 0):
        raise KeysMissing(f"{path} belongs to another user, so it is not used")


def wrap(both: bytes, passphrase: str | None) -> bytes:
    """The content of a key file: both keys, in a box where there is a passphrase."""
    if not passphrase:
        return json.dumps({"version": 1, "keys": _text(both)}).encode()
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    box = secret.SecretBox(_stretch(passphrase, salt)).encrypt(both)
    return json.dumps({"version": 1, "salt": _text(salt), "box": _text(bytes(box))}).encode()


def _unwrap(content: bytes, passphrase: str | None, path: Path) -> tuple[bytes, bool]:
    try:
        held = json.loads(content)
        if "keys" in held:
            return base64.b64decode(held["keys"]), False
        salt, box = base64.b64decode(held["salt"]), base64.b64decode(held["box"])
        if not passphrase:
            raise KeysMissing(
                f"{path} is protected: give its passphrase at the keyboard, as a systemd credential, or in "
                "MONITOR_PASSPHRASE"
            )
        return secret.SecretBox(_stretch(passphrase, salt)).decrypt(box), True
    except CryptoError:
        raise KeysMissing(f"the passphrase does not open {path}") from None
    except (ValueError, KeyError, TypeError):
        raise KeysMissing(f"{path} is no key file") from None


def _stretch(passphrase: str, salt: bytes) -> bytes:
    """Argon2id at libsodium's moderate setting: 256 MB and about a second, once at the start."""
    return pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE,
        passphrase.encode(),
        salt,
        opslimit=pwhash.argon2id.OPSLIMIT_MODERATE,
        memlimit=pwhash.argon2id.MEMLIMIT_MODERATE,
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def write_new(path: Path, content: bytes) -> None:
    """A new file of mode 0600, whole and on disk before it has its name. Raises FileExistsError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
        os.link(draft, path)
    finally:
        os.close(handle)
        draft.unlink()
