"""What the long-running processes share: one of a kind per state folder, orderly ends, quiet logs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from monitor.errors import StateInUse


@contextlib.contextmanager
def only_one(state: Path, process: str) -> Iterator[None]:
    """Hold `<state>/<process>.lock` for as long as the process lives; the kernel lets go even after a hard kill.

    Raises StateInUse where another process of the kind holds it.
    """
    handle = os.open(state / f"{process}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateInUse(
                f"another `{process}` already works on {state}: stop it first, or use another folder with --state"
            ) from None
        yield
    finally:
        os.close(handle)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set: work in hand is finished, nothing new is begun."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can enter, whatever the umask is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077 and folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)
    return folder


def log_to_stderr(process: str, *, level: int = logging.INFO, as_json: bool = False) -> None:
    """Logs go to stderr, one line each. Libraries that name addresses in their messages are kept to warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(process) if as_json else _Lines(process))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for loud in ("urllib3", "trafilatura", "htmldate", "asyncio", "scrapy", "twisted", "pymorphy3"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every tick that a long round skips


class _Lines(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__(f"%(asctime)s {process:<6} %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S")


class _JsonLines(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "process": self.process,
            "level": record.levelname.lower(),
            "where": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
