"""Where the passphrase of a protected key comes from, and how it reaches a sender that forgot it.

It is asked for once, when the sender starts: the environment (from which it is taken away at once), a systemd
credential named `passphrase`, or the keyboard. After `lock` none of these is asked again: only `unlock` brings it, by
a pipe in the key folder, so that it never lies on a disk.
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import os
import stat
import sys
from pathlib import Path

VARIABLE = "MONITOR_PASSPHRASE"
CREDENTIAL = "passphrase"
PIPE = "passphrase.pipe"
_LONGEST = 1024


def given(*, ask: bool = False) -> str | None:
    """The passphrase as this process was given it; with `ask`, somebody at the keyboard may type it."""
    word = os.environ.pop(VARIABLE, None)
    if word:
        return word
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if folder:
        with contextlib.suppress(OSError):
            return (Path(folder) / CREDENTIAL).read_text(encoding="utf-8").rstrip("\n")
    if ask and sys.stdin.isatty():
        return getpass.getpass("Passphrase of the key (not shown): ") or None
    return None


class Hatch:
    """The sender's end of the pipe: opened when the key was forgotten, closed when it is back."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PIPE
        self._end: int | None = None

    def taken(self) -> str | None:
        """What `hand_over` put in, or None; never waits."""
        if self._end is None:
            self._end = _open_pipe(self._path)
        with contextlib.suppress(BlockingIOError):
            return os.read(self._end, _LONGEST).decode("utf-8", "replace") or None
        return None

    def close(self) -> None:
        if self._end is not None:
            os.close(self._end)
            self._end = None
        self._path.unlink(missing_ok=True)


def hand_over(folder: Path, word: str) -> bool:
    """Give the passphrase to the sender that waits for it; False where none does."""
    try:
        end = os.open(folder / PIPE, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as trouble:
        if trouble.errno in (errno.ENOENT, errno.ENXIO):
            return False
        raise
    try:
        if not stat.S_ISFIFO(os.fstat(end).st_mode):
            return False
        os.write(end, word.encode()[:_LONGEST])
    finally:
        os.close(end)
    return True


def _open_pipe(path: Path) -> int:
    path.unlink(missing_ok=True)
    os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
