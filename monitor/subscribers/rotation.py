"""A new key: everything is sealed again, then the old key is destroyed and worthless.

The new key lies beside the old one until the database has changed over, so that a rotation that is cut short can be
taken up again: whichever of the two opens the list is the right one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from nacl import utils
from nacl.public import PrivateKey

from monitor.store import Database, sealed, subscribers, switches
from monitor.subscribers import keys as keyring
from monitor.subscribers.desk import purpose
from monitor.subscribers.keys import KEY_FILE, Keys
from monitor.subscribers.safety import destroy
from monitor.subscribers.vault import PUBLIC_FILE

NEXT = f"{KEY_FILE}.next"


class Rotated(NamedTuple):
    values: int
    suppressions: int


def rotate(private: Database, folder: Path, state: Path, passphrase: str | None) -> Rotated:
    """Change over to a new key with the same passphrase. No sender may run. Raises KeysMissing for a wrong one."""
    held = keyring.load(folder, passphrase)
    fresh = _next(folder, passphrase)
    done = Rotated(0, 0)
    if not _opens(private, fresh):
        done = Rotated(*sealed.reseal_all(private, lambda old: fresh.seal(held.open(old)), _look_ups(fresh)))
    _change_over(folder, state, fresh)
    switches.empty_wal(private)
    return done


def _next(folder: Path, passphrase: str | None) -> Keys:
    """The key to come: made now, or left by a rotation that was cut short."""
    path = folder / NEXT
    if not path.exists():
        both = bytes(PrivateKey.generate()) + utils.random(32)
        keyring.write_new(path, keyring.wrap(both, passphrase))
    return keyring.load(folder, passphrase, name=NEXT)


def _opens(private: Database, keys: Keys) -> bool:
    """Whether the list is sealed for these keys already. (An empty list is nobody's: it is sealed again in no time.)"""
    first = next(iter(subscribers.everybody(private)), None)
    return first is not None and keys.can_open(first.sealed)


def _look_ups(fresh: Keys) -> Callable[[bytes, str], bytes]:
    def look_up(value: bytes, origin: str) -> bytes:
        return fresh.look_up(str(fresh.open(value)["to"]), purpose(origin))

    return look_up


def _change_over(folder: Path, state: Path, fresh: Keys) -> None:
    for place in (folder, state / "private"):
        (place / PUBLIC_FILE).unlink(missing_ok=True)
        keyring.write_new(place / PUBLIC_FILE, fresh.vault.public_key)
    destroy(folder / KEY_FILE)
    (folder / NEXT).rename(folder / KEY_FILE)
