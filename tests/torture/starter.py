"""Starts the program many times without reading its modules anew: the same code, forked after the imports.

Orders come as JSON Lines on stdin: `{"argv": […], "environment": {…}, "errors": FILE, "stopped": true}`. The answers
are `{"pid": …}` at once and `{"code": …}` at the end (negative: the signal that killed it). A child that starts
`stopped` waits for SIGCONT, so that a tracer can be at hand before the first call. Everything else is as in
`python -m monitor`, down to the end of the interpreter.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
from datetime import UTC, datetime
from typing import Any

PACKAGES = (
    "alerts",
    "alerts.channels",
    "commands",
    "gather",
    "languages",
    "matching",
    "reading",
    "store",
    "subscribers",
)
NOT_NEEDED = ("__main__", "crawl", "demo", "web")


def warm_up() -> None:
    """Import everything and read one sentence in each language: dictionaries are loaded and shipped names cut once."""
    from monitor.languages import names

    names.parse_name = functools.cache(names.parse_name)
    for name in ("monitor", *(f"monitor.{package}" for package in PACKAGES)):
        for module in pkgutil.iter_modules(importlib.import_module(name).__path__):
            if module.name not in NOT_NEEDED:
                importlib.import_module(f"{name}.{module.name}")
    from monitor.matching.topics import load_topics
    from monitor.model import Article
    from monitor.reading import article
    from monitor.reading.people import Register
    from monitor.store.shipped import shipped_people

    for text in ("Four political prisoners were freed in Minsk.", "Вызвалілі чатырох палітвязняў.", "Освободили его."):
        given = Article("http://mail.test/1", text, text, published=datetime(2026, 11, 1, tzinfo=UTC))
        article.read(given, None, Register(shipped_people()), load_topics())


def main() -> None:
    """Fork for each order; the child runs the command line and ends as the program would."""
    warm_up()
    gc.collect()
    gc.freeze()  # or each child would walk through all dictionaries when its interpreter ends
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.readline():
        order = json.loads(line)
        child = os.fork()
        if not child:
            _become(order)
            from monitor.cli import main as program

            program()
            return
        print(json.dumps({"pid": child}), flush=True)
        print(json.dumps({"code": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}), flush=True)


def _become(order: dict[str, Any]) -> None:
    os.setsid()
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, os.devnull, os.O_WRONLY),
        (2, order["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        handle = os.open(path, flags, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    os.environ.update(order["environment"])
    sys.argv = ["monitor", *order["argv"]]
    if order["stopped"]:
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main()
