"""Content-Encoding undone piece by piece. It refuses nested codings, those nobody asked for, and to go beyond a cap."""

from __future__ import annotations

import zlib
from typing import Any

from monitor.errors import NoAnswer

PIECE = 64 * 1024
GZIP = b"\x1f\x8b\x08"


def unpacked(body: bytes, limit: int) -> bytes:
    """A whole gzip file. Raises NoAnswer where it is broken or longer than `limit` bytes."""
    unpacker = Unpacker("gzip", limit)
    unpacker.feed(body)
    return unpacker.finish()


class Unpacker:
    """Content-Encoding undone piece by piece, never beyond `limit` bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise NoAnswer("it compresses its answer in a way nobody asked for", answered=True)
        self._limit, self._length, self._pieces = limit, 0, list[bytes]()
        self._inflate: Any = zlib.decompressobj(47) if encoding not in ("", "identity") else None
        self._may_be_raw = encoding == "deflate"  # some servers leave out the zlib wrapper
        self._begun = False

    def feed(self, piece: bytes) -> None:
        if self._inflate is None:
            self._keep(piece)
            return
        while piece:
            if self._inflate.eof:
                if not piece.strip(b"\0"):
                    return  # padding after the last member
                self._inflate = zlib.decompressobj(47)  # a gzip body may have several members
            self._keep(self._inflated(piece))
            piece = self._inflate.unconsumed_tail or self._inflate.unused_data

    def finish(self) -> bytes:
        if self._begun and not self._inflate.eof:
            raise NoAnswer("its answer broke off", answered=True)
        return b"".join(self._pieces)

    def _inflated(self, piece: bytes) -> bytes:
        try:
            plain: bytes = self._inflate.decompress(piece, PIECE)
        except zlib.error:
            if self._begun or not self._may_be_raw:
                raise NoAnswer("its answer is compressed wrongly", answered=True) from None
            self._inflate, self._may_be_raw = zlib.decompressobj(-15), False
            return self._inflated(piece)
        self._begun = True
        return plain

    def _keep(self, plain: bytes) -> None:
        self._length += len(plain)
        if self._length > self._limit:
            raise NoAnswer(f"its answer unpacks to more than {self._limit:,} bytes", answered=True)
        self._pieces.append(plain)
