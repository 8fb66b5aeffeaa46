"""Sealing: what goes in can only be read by whoever holds the private key (`keys`), and that is `send` alone.

A libsodium sealed box per value, so the web can put things away without being able to look at anything. Values are
padded before they are sealed: the length of a row says nothing about the length of a query or an address.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nacl.public import PublicKey, SealedBox

from monitor.errors import KeysMissing

PUBLIC_FILE = "seal.pub"

#: A sealed row is a multiple of this long (plus 48 bytes of box): most settings fit into one block.
BLOCK = 512


class Vault:
    """The slot in the lid: `seal` and nothing else."""

    def __init__(self, public_key: bytes) -> None:
        self.public_key = public_key
        self._box = SealedBox(PublicKey(public_key))

    @classmethod
    def load(cls, folder: Path) -> Vault:
        """The vault whose public key lies in `folder`. Raises KeysMissing where there is none."""
        try:
            return cls((folder / PUBLIC_FILE).read_bytes())
        except FileNotFoundError:
            raise KeysMissing(
                f"{folder / PUBLIC_FILE} does not exist: start the sender once, it makes the keys"
            ) from None
        except (OSError, ValueError, TypeError) as trouble:
            raise KeysMissing(f"{folder / PUBLIC_FILE} is no public key: {trouble}") from None

    def seal(self, value: dict[str, Any]) -> bytes:
        """`value` as padded JSON in a sealed box; equal values never give equal boxes."""
        return self._box.encrypt(pack(value))


def pack(value: dict[str, Any]) -> bytes:
    """JSON, filled up with spaces (which JSON ignores) to whole blocks."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return plain.ljust(-(-len(plain) // BLOCK) * BLOCK)


def unpack(plain: bytes) -> dict[str, Any]:
    """The inverse of `pack`."""
    value: dict[str, Any] = json.loads(plain)
    return value
