"""The readers in one file that only an offline key opens, so that a dead server does not lose them.

The file says nothing but roughly how many there are. Its key is made and kept on another machine: whoever takes the
server, its backups and this file has nothing. What comes back is who hears what and what they were told; messages that
waited, and who is not to be asked again, do not.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from monitor.errors import KeysMissing
from monitor.store import Database, matches, subscribers, write
from monitor.store.subscribers import SubscriberRow
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys, refuse_loose, write_new
from monitor.subscribers.readers import Reader, Subscription
from monitor.subscribers.requests import hash_of

_MAGIC = b"release-monitor readers 1\n"
#: The file is a multiple of this long.
_BLOCK = 64 * 1024
#: What stands in config.yaml is brought back by config.yaml.
_KEPT = ("operator", "web")


def make_key(file: Path) -> str:
    """A new offline key in `file` (0600, never overwritten); returns its public half, for `keys.offline`."""
    key = PrivateKey.generate()
    try:
        write_new(file, key.encode(HexEncoder) + b"\n")
    except FileExistsError:
        raise KeysMissing(f"{file} exists already, and a key is never overwritten") from None
    return key.public_key.encode(HexEncoder).decode()


def backup(private: Database, keys: Keys, offline: str, file: Path) -> int:
    """Write all readers into `file` (0600), sealed to the offline public key; how many."""
    people = list(_people(private, keys))
    plain = zlib.compress(json.dumps(people, ensure_ascii=False).encode())
    padded = len(plain).to_bytes(8, "big") + plain
    padded = padded.ljust(-(-len(padded) // _BLOCK) * _BLOCK, b"\0")
    box = SealedBox(PublicKey(offline.encode(), HexEncoder)).encrypt(padded)
    part = file.with_name(f"{file.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as out:
        out.write(_MAGIC + box)
        out.flush()
        os.fsync(handle)
    part.replace(file)
    return len(people)


def restore(private: Database, keys: Keys, key_file: Path, file: Path) -> tuple[int, int]:
    """Put the readers of a backup on this list; (how many came, how many were here already).

    Their unsubscribe links keep working, and nobody is told again what they were told. Raises KeysMissing.
    """
    came = here = 0
    for person in _opened(key_file, file):
        with write(private):
            if _put_back(private, keys, person):
                came += 1
            else:
                here += 1
    return came, here


def _people(private: Database, keys: Keys) -> Iterator[dict[str, Any]]:
    for row in subscribers.everybody(private):
        if row.origin in _KEPT and row.state != "pending":
            yield {
                "state": row.state,
                "origin": row.origin,
                "month": row.month,
                "settings": desk.open_reader(keys, row).pack(),
                "subscriptions": [s.pack() for _, s in desk.open_subscriptions(private, keys, row.id)],
                "told": matches.receipts_of(private, row.id),
            }


def _put_back(private: Database, keys: Keys, person: dict[str, Any]) -> bool:
    reader = Reader.unpack(person["settings"])
    look_up = keys.look_up(reader.to, desk.purpose(person["origin"]))
    if subscribers.by_look_up(private, look_up):
        return False
    row = SubscriberRow(
        desk.new_id(), look_up, person["state"], person["origin"], keys.seal(reader.pack()), hash_of(reader.leave),
        person["month"],
    )  # fmt: skip
    subscribers.add(private, row)
    wanted = [Subscription.unpack(s) for s in person["subscriptions"]]
    desk.set_subscriptions(private, keys, row.id, wanted, row.origin)
    matches.put_receipts(private, row.id, [tuple(r) for r in person["told"]])
    return True


def _opened(key_file: Path, file: Path) -> list[dict[str, Any]]:
    refuse_loose(key_file)
    content = file.read_bytes()
    if not content.startswith(_MAGIC):
        raise KeysMissing(f"{file} is no backup of readers")
    try:
        key = PrivateKey(key_file.read_bytes().strip(), HexEncoder)
        padded = SealedBox(key).decrypt(content[len(_MAGIC) :])
    except (CryptoError, ValueError):
        raise KeysMissing(f"{key_file} does not open {file}") from None
    length = int.from_bytes(padded[:8], "big")
    people: list[dict[str, Any]] = json.loads(zlib.decompress(padded[8 : 8 + length]))
    return people
