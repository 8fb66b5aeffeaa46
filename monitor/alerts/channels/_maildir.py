"""Mail that goes nowhere yet: a Maildir under the state folder, for as long as no mail server is configured."""

from __future__ import annotations

import os
from pathlib import Path


class Maildir:
    """Files of mode 0600, each named by its delivery: the same delivery sent twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, delivery: str, data: bytes) -> str:
        """Write one mail, whole or not at all. The answer says where it went."""
        for folder in (self._folder, *(self._folder / name for name in ("tmp", "new", "cur"))):
            folder.mkdir(mode=0o700, exist_ok=True)
        written = self._folder / "tmp" / delivery
        with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._folder / "new" / delivery)
        return f"kept in {self._folder}/new: no mail server is configured, nothing left this machine"
