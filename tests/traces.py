"""Every form in which somebody would look for an address, a hook or a word in a file."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

SHORTEST = 8  # bytes: what is shorter may stand anywhere
PIECE = 1 << 20


def spellings(canary: str) -> Iterator[bytes]:
    """Plain, reversed, UTF-16, hex, URL, base64 at three offsets, plain hashes; raw, lower and upper case."""
    for text in {canary, canary.lower(), canary.upper()}:
        plain = text.encode()
        yield from (plain, plain[::-1], text.encode("utf-16-le"), text.encode("utf-16-be"))
        yield from (plain.hex().encode(), quote(text).encode(), quote(text, safe="").encode())
        yield ".".join(reversed(text.split("@")[-1].split("."))).encode()
        for offset in range(3):
            inner = base64.b64encode(b"\0" * offset + plain)
            whole = inner[4 if offset else 0 : -4]
            yield from (whole, whole.replace(b"+", b"-").replace(b"/", b"_"))
        for method in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            yield from (method(plain).digest(), method(plain).hexdigest().encode())


@functools.lru_cache(maxsize=1000)
def _forms(canary: str) -> tuple[bytes, ...]:
    return tuple({s for s in spellings(canary) if len(s) >= SHORTEST})


def traces(content: bytes, canaries: list[str]) -> list[str]:
    """The canaries that stand in it in any form.

    One walk through the content finds which beginnings occur at all: looking for each of ten thousand forms by itself
    took five times as long, and on a busy machine longer than a test may take.
    """
    begin, seen = {s[:SHORTEST] for c in canaries for s in _forms(c)}, set[bytes]()
    for at in range(0, len(content), PIECE):
        piece = content[at : at + PIECE + SHORTEST - 1]
        seen |= begin.intersection(piece[n : n + SHORTEST] for n in range(len(piece) - SHORTEST + 1))
    return [c for c in canaries if any(s[:SHORTEST] in seen and s in content for s in _forms(c))]


def files_of(*folders: Path) -> dict[str, bytes]:
    """Name → content of every file below."""
    return {f"{d.name}/{f.relative_to(d)}": f.read_bytes() for d in folders for f in d.rglob("*") if f.is_file()}
