"""What a parsing child does: read a task, answer it, wait for the next. Started by `parse_pool`, never by hand.

It cannot write a file, start a process or grow beyond `MEMORY`; its CPU time is limited anew for each task, and when it
exceeds it the kernel ends it. What it answers is JSON.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import sys
from dataclasses import fields
from datetime import datetime
from typing import Any, BinaryIO

from monitor import clock
from monitor.gather.feeds import parse
from monitor.gather.parsed import SIZES
from monitor.model import Source

MEMORY = 512 * 1024 * 1024


def _serve(stdin: BinaryIO, stdout: BinaryIO, cpu_seconds: int) -> None:
    while sizes := stdin.read(SIZES.size):
        head, length = SIZES.unpack(sizes)
        asked, body = json.loads(stdin.read(head)), stdin.read(length)
        _allow_cpu(cpu_seconds)
        try:
            answer = _answer(asked, body)
        except Exception as trouble:  # reported to the parent, which has a log; here nothing can be written
            answer = {"trouble": repr(trouble)[:500]}
        data = json.dumps(answer, default=_plain, ensure_ascii=False).encode("utf-8", "replace")
        stdout.write(SIZES.pack(len(data), 0) + data)
        stdout.flush()


def _answer(asked: dict[str, Any], body: bytes) -> dict[str, Any]:
    if asked["task"] == "robots":
        from protego import Protego

        rules = Protego.parse(body.decode("utf-8", "replace"))
        delay = rules.crawl_delay(asked["agent"]) or 0.0
        return {"allowed": [rules.can_fetch(url, asked["agent"]) for url in asked["urls"]], "delay": delay}
    said = asked["source"]
    source = Source(said["name"], said["url"], encoding=said["encoding"], languages=tuple(said["languages"]))
    now = clock.from_text(asked["now"])
    if asked["task"] == "page":
        from monitor.gather.pages import extract  # 50 MB and half a second, which children that read feeds never need

        return _shallow(
            extract(body, asked["url"], now=now, content_type=asked["content_type"], encoding=source.encoding)
        )
    parsed = parse(body, asked["content_type"], asked["url"], source, now=now)
    return {**_shallow(parsed), "articles": [_shallow(article) for article in parsed.articles]}


def _shallow(thing: Any) -> dict[str, Any]:
    """The fields as they are; `asdict` would copy every one of them deeply."""
    return {one.name: getattr(thing, one.name) for one in fields(thing)}


def _plain(value: object) -> str:
    assert isinstance(value, datetime)
    return clock.to_text(value)


def _allow_cpu(seconds: int) -> None:
    """The limit counts the whole life of a process, so it is set anew from what was used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit()
    _serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
