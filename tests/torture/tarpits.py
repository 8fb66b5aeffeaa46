"""Receivers that hang must not slow the others: 1,000 mails and 100 webhooks, of which ten take 30 seconds each.

The real matching, bundling and delivery against a real mail server and real endpoints on loopback. Measured is when
each healthy receiver had its message, counted from the moment it was due.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor import clock
from monitor.alerts import bundles, deliver
from monitor.alerts.channels import open_channels
from monitor.alerts.standing import Standing
from monitor.config import Config
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from monitor.subscribers.keys import prepare
from tests import press
from tests.hook_server import HookServer
from tests.mail_server import MailServer
from tests.readers import add, reader

MAILS, HOOKS, HANGING = 1000, 100, 10
HANGS = 30.0
SOON = 30.0  # seconds: the promise for 95 of 100 healthy receivers


@dataclass(frozen=True)
class Slowness:
    """Seconds until the 95th of 100 healthy receivers had it, and the last; `missing` never did."""

    p95: float
    last: float
    missing: int

    @property
    def bad(self) -> bool:
        return self.p95 > SOON or self.missing > 0

    def __str__(self) -> str:
        sizes = f"{MAILS} mails, {HOOKS} hooks, {HANGING} of them hang {HANGS:.0f} s"
        verdict = "  TOO SLOW" if self.bad else ""
        seen = f"healthy p95 {self.p95:.1f} s, last {self.last:.1f} s, {self.missing} missing"
        return f"tar-pits  {sizes}: {seen}{verdict}"


def measure(
    folder: Path, mails: int = MAILS, hooks: int = HOOKS, hanging: int = HANGING, hangs: float = HANGS
) -> Slowness:
    """One round."""
    state = folder / "state"
    state.mkdir(parents=True)
    with MailServer() as post, HookServer() as endpoints:
        archive, private = open_archive(state), open_private(state)
        keys, now = prepare(folder / "keys", state), clock.now()
        for n in range(mails):
            add(private, keys, now, reader(f"reader{n}@mail.test"))
        for n in range(hooks):
            kind = "hang" if n < hanging else "well"
            add(private, keys, now, reader(f"{endpoints.url}/{kind}{n}", "webhook"))
        endpoints.answer(200, wait=hangs, times=None, path="/hang")
        smtp = {"host": post.host, "port": post.port, "security": "none", "per_minute": 1_000_000}
        config = Config.model_validate({"delivery": {"smtp": smtp}, "network": {"allow": ["127.0.0.0/8"]}})
        standing = Standing(keys)
        press.covered(archive, now, press.story(archive, now))
        bundles.match(archive, private, standing, now)
        bundles.bundle(private, standing, now, timedelta())
        began, over = time.monotonic(), threading.Event()
        arrived: list[float] = []

        def watch() -> None:
            while not over.wait(0.05):
                got = len(post.mails) + sum("/well" in call.path for call in list(endpoints.calls))
                arrived.extend([time.monotonic() - began] * (got - len(arrived)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        deliver.drain(archive, private, keys, open_channels(config, state), config, clock.now)
        time.sleep(0.2)
        over.set()
        watcher.join()
    healthy = mails + hooks - hanging
    enough = arrived[: int(healthy * 0.95)]
    return Slowness(enough[-1] if enough else 0.0, arrived[-1] if arrived else 0.0, healthy - len(arrived))
