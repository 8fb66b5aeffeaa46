"""All three processes under one roof, for whoever has no service manager: start, watch, restart, end together."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time

from monitor.commands.session import Session, say, some
from monitor.process import stop_on_signals

log = logging.getLogger(__name__)

PROCESSES = ("web", "send", "gather")
#: A process that lived this long had a life of its own; one that died sooner waits longer before the next try.
SETTLED = 60.0
LONGEST_WAIT = 60.0
#: Ctrl-C ends everything within ten seconds; the last one is for the kernel.
PATIENCE = 9.0


class Together:
    """The parent of web, send and gather."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, float] = {}
        self.wait = dict.fromkeys(PROCESSES, 1.0)

    def run(self) -> int:
        """Keep them running until a signal ends it. Returns the exit code."""
        stop = stop_on_signals()
        self._greet()
        for process in PROCESSES:
            self._start(process)
        while not stop.wait(0.5):
            for process in PROCESSES:
                code = self.children[process].poll()
                if code in (2, 3):  # wrong configuration, state in use: trying again would not help
                    self._end()
                    return code
                if code is not None:
                    self._restart(process, code, stop)
        self._end()
        return 0

    def _greet(self) -> None:
        config = self.session.config
        enabled = sum(s.enabled for s in config.all_sources())
        alerts = some(len(config.alerts), "alert")
        say(f"Release monitor: {some(enabled, 'source')}, {alerts}, state in {self.session.state}/")
        say(f"Look at  http://{config.web.bind}:{config.web.port}  (Ctrl-C ends it)")
        if not config.delivery.smtp.host:
            say(
                f"No mail server is configured: mails are laid into {self.session.state}/mail and nothing leaves this"
                " machine. Set delivery.smtp in config.local.yaml when you are ready."
            )

    def _start(self, process: str) -> None:
        more = ["--progress"] if process == "gather" else []
        command = [sys.executable, "-m", "monitor", *self.session.arguments(), process, *more]
        # A session of their own: Ctrl-C reaches the parent only, which ends them in order.
        self.children[process] = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, start_new_session=True, env=self._environment(process)
        )
        self.started[process] = time.monotonic()

    def _environment(self, process: str) -> dict[str, str]:
        """Passphrase, password and hook addresses are for `send` alone."""
        kept = dict(os.environ)
        if process != "send":
            for name in self.session.config.secret_variables():
                kept.pop(name, None)
        return kept

    def _restart(self, process: str, code: int, stop: threading.Event) -> None:
        if time.monotonic() - self.started[process] > SETTLED:
            self.wait[process] = 1.0
        log.error("%s ended with code %s; starting it again in %.0f s", process, code, self.wait[process])
        if not stop.wait(self.wait[process]):
            self._start(process)
        self.wait[process] = min(self.wait[process] * 2, LONGEST_WAIT)

    def _end(self) -> None:
        for child in self.children.values():
            child.terminate()
        until = time.monotonic() + PATIENCE
        for process, child in self.children.items():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("%s did not end in time", process)
                child.kill()
                child.wait()
