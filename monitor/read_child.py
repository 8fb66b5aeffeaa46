"""What the child does that reads ahead: take articles, say what they say, wait for more. Started by `read_ahead` only.

It has no keys and no database, cannot write a file or start a process, and ends when nothing comes for a while.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

from monitor import languages
from monitor.matching.topics import Topics, load_topics
from monitor.read_ahead import IDLE_SECONDS, SIZE, answered, people_of, task_of, unframed
from monitor.reading.people import Register
from monitor.reading.prepared import Prepared, Task, prepare

MEMORY = 1024 * 1024 * 1024


def _serve(given: int, answers: BinaryIO) -> None:
    setup = _next(given)
    if setup is None:
        return
    register, topics = Register(people_of(setup["people"])), load_topics(setup["topics"])
    _say(answers, SIZE.pack(0))
    while (asked := _next(given)) is not None:
        _say(answers, answered(_read(list(map(task_of, asked)), register, topics)))


def _say(answers: BinaryIO, data: bytes) -> None:
    answers.write(data)
    answers.flush()


def _next(given: int) -> Any:
    """The next frame; None when the parent is gone or nothing comes."""
    if not select.select([given], [], [], IDLE_SECONDS)[0]:
        return None
    size = _exactly(given, SIZE.size)
    return unframed(_exactly(given, *SIZE.unpack(size))) if size else None


def _exactly(given: int, size: int) -> bytes:
    """So many bytes, or none at the end."""
    found = bytearray()
    while len(found) < size:
        piece = os.read(given, min(size - len(found), 1 << 20))
        if not piece:
            return b""
        found += piece
    return bytes(found)


def _read(tasks: Sequence[Task], register: Register, topics: Topics) -> list[Prepared | None]:
    """None for an article that cannot be read: the parent, which has a log, tries it again."""
    try:
        return [*prepare(tasks, register, topics)]
    except Exception:
        return [None] if len(tasks) < 2 else [one for task in tasks for one in _read([task], register, topics)]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    languages.detect("Minsk", "")  # to load its model NumPy writes a temporary file
    _limit()
    _serve(sys.stdin.fileno(), sys.stdout.buffer)
