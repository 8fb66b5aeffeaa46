"""While one batch of articles is filed, the next is read in a child: the larger half of the work, and it is pure.

The child gets the register and the topics when it starts, then articles, and gives what it prepared of them: JSON and
packed bytes, never pickles. Whatever it does not give (it was killed, it takes too long, it cannot read an article) is
read where it was asked for, so nothing is lost and nothing is different. It is for one long run of articles, and ends
with it, or when none comes for a while: a new child knows no words yet, and learning them is most of what its first
thousand articles cost.
"""

from __future__ import annotations

import json
import logging
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.model import Article, OutletType, Person, Source
from monitor.reading.plain import plain_reading, reading_of
from monitor.reading.prepared import Prepared, Task

log = logging.getLogger(__name__)

WALL_SECONDS = 60.0  # for a batch, the dictionaries of its languages included
IDLE_SECONDS = 60.0  # after so long without an article a child ends
SIZE = struct.Struct("<I")
_FRESH = IDLE_SECONDS / 2  # one that waited longer may just be ending

_ARTICLE = "url", "title", "text", "language"


class ReadAhead:
    """One child, started at once. One thread at a time may use it; a thread of its own speaks with the child."""

    def __init__(self, people: Sequence[Person], topics: Mapping[str, Any]) -> None:
        self.given = 0  # articles that the child read
        self._line = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._child = _Child()
        setup = _framed({"people": [asdict(person) for person in people], "topics": topics})
        self._started = self._line.submit(self._child.set_up, setup)

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(self, *trouble: object) -> None:
        self._child.end()
        self._line.shutdown()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def is_ready(self, seconds: float = 0) -> bool:
        """Whether the child can begin now, or will within so many seconds."""
        done = bool(wait([self._started], seconds).done) and self._started.exception() is None
        return done and self._child.is_fresh()

    def begin(self, tasks: Sequence[Task]) -> Future[Sequence[Prepared | None]]:
        """Have articles read, in order; None for each that the child does not give."""
        return self._line.submit(self._read, tasks)

    def _read(self, tasks: Sequence[Task]) -> Sequence[Prepared | None]:
        if self._child.is_fresh():
            try:
                made = self._child.read(tasks)
                self.given += sum(one is not None for one in made)
                return made
            except (OSError, ValueError, EOFError, TimeoutError) as trouble:
                log.error("the child that reads ahead is gone (%s): reading goes on without it", type(trouble).__name__)
                self._child.end()
        return [None] * len(tasks)


class _Child:
    """One child process and the pipes to it."""

    def __init__(self) -> None:
        self._used = time.monotonic()
        home = Path(__file__).resolve().parents[1]
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-m", "monitor.read_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "PYTHONPATH": str(home),
                "LC_ALL": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the parent, which knows how to end
        )
        assert self._process.stdin and self._process.stdout
        self.pid = self._process.pid
        self._in, self._out = self._process.stdin, self._process.stdout
        os.set_blocking(self._in.fileno(), False)

    def is_fresh(self) -> bool:
        return self._process.poll() is None and time.monotonic() - self._used < _FRESH

    def set_up(self, setup: bytes) -> None:
        """Give it what it needs; it answers with an empty frame when it can begin."""
        ends = time.monotonic() + WALL_SECONDS
        self._write(setup, ends)
        self._read(ends)
        self._used = time.monotonic()

    def read(self, tasks: Sequence[Task]) -> list[Prepared | None]:
        ends = time.monotonic() + WALL_SECONDS
        self._write(_framed([_asked(task) for task in tasks]), ends)
        plain, packed = self._read(ends), self._read(ends)
        self._used = time.monotonic()
        return _prepared(unframed(plain), packed)

    def end(self) -> None:
        """Whatever it is doing is not needed any more."""
        self._process.kill()
        self._process.wait()
        self._in.close()
        self._out.close()

    def _write(self, data: bytes, ends: float) -> None:
        view = memoryview(data)
        while view:
            _wait(self._in.fileno(), select.POLLOUT, ends)
            view = view[os.write(self._in.fileno(), view[: 1 << 20]) :]

    def _read(self, ends: float) -> bytes:
        (size,) = SIZE.unpack(self._exactly(SIZE.size, ends))
        return self._exactly(size, ends)

    def _exactly(self, size: int, ends: float) -> bytes:
        found = bytearray()
        while len(found) < size:
            _wait(self._out.fileno(), select.POLLIN, ends)
            piece = os.read(self._out.fileno(), min(size - len(found), 1 << 20))
            if not piece:
                raise EOFError
            found += piece
        return bytes(found)


def _wait(handle: int, event: int, ends: float) -> None:
    poll = select.poll()
    poll.register(handle, event)
    left = ends - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


# ----------------------------------------------------------------------------------------------------- over the pipe


def _framed(said: Any) -> bytes:
    data = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return SIZE.pack(len(data)) + data


def _asked(task: Task) -> dict[str, Any]:
    article, outlet = task.article, task.outlet
    return {
        **{name: getattr(article, name) for name in _ARTICLE},
        "published": article.published and article.published.isoformat(),
        "at": task.at and task.at.isoformat(),
        "outlet": outlet and {"languages": outlet.languages, "type": outlet.type},
    }


def unframed(data: bytes) -> Any:
    """What a frame of text says."""
    return json.loads(data.decode("utf-8", "surrogatepass"))


def task_of(asked: dict[str, Any]) -> Task:
    """What `begin` was given, as far as reading needs it."""
    published, at, outlet = asked["published"], asked["at"], asked["outlet"]
    source = outlet and Source("", "", type=OutletType(outlet["type"]), languages=tuple(outlet["languages"]))
    article = Article(**{name: asked[name] for name in _ARTICLE}, published=published and _moment(published))
    return Task(article, source, at and _moment(at))


def people_of(listed: Sequence[dict[str, Any]]) -> list[Person]:
    """The register that the child was given."""
    return [Person(**{**person, "aliases": tuple(person["aliases"])}) for person in listed]


def answered(made: Sequence[Prepared | None]) -> bytes:
    """The two frames of an answer: JSON, and all that is packed in one piece."""
    packed = b"".join([part for one in made if one for part in (one.packed, one.fingerprint)])
    return _framed([one and _plain(one) for one in made]) + SIZE.pack(len(packed)) + packed


def _plain(one: Prepared) -> dict[str, Any]:
    sizes = len(one.packed), len(one.fingerprint)
    return {"reading": plain_reading(one.reading), "features": one.features, "search": one.search, "sizes": sizes}


def _prepared(answer: Sequence[dict[str, Any] | None], packed: bytes) -> list[Prepared | None]:
    made: list[Prepared | None] = []
    at = 0
    for plain in answer:
        if plain is None:
            made.append(None)
            continue
        middle, end = at + plain["sizes"][0], at + sum(plain["sizes"])
        title, text = plain["search"]
        reading, features = reading_of(plain["reading"]), tuple(plain["features"])
        made.append(Prepared(reading, packed[at:middle], packed[middle:end], features, (title, text)))
        at = end
    return made


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
