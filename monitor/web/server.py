"""Serve the website until told to stop. Signals belong to whoever calls: this only watches an event."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from monitor import clock
from monitor.config import Config
from monitor.errors import PortTaken
from monitor.web.app import create_app

log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """uvicorn that stops on an event instead of taking the process's signals for itself."""

    def __init__(self, config: uvicorn.Config, stop: threading.Event) -> None:
        super().__init__(config)
        self._stop = stop

    async def on_tick(self, counter: int) -> bool:
        return self._stop.is_set() or await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(bind: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken where it cannot be had, with what to do."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        return socket.create_server((bind, port), family=family, backlog=512)
    except OSError as trouble:
        why = "another program listens there" if trouble.errno == errno.EADDRINUSE else os.strerror(trouble.errno or 0)
        raise PortTaken(
            f"port {port} on {bind} cannot be had: {why}. Stop that program, or choose another port: PORT={port + 1}"
        ) from None


def serve(config: Config, state: Path, stop: threading.Event, *, now: clock.Clock = clock.now) -> None:
    """Answer on `web.bind`:`web.port` until `stop` is set; then at most 5 s for answers under way.

    Raises PortTaken.
    """
    settings = uvicorn.Config(
        create_app(config, state, now=now),
        host=config.web.bind,
        port=config.web.port,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        backlog=512,
    )
    with listen(config.web.bind, config.web.port) as listener:
        log.info("the website answers on %s port %s", config.web.bind, config.web.port)
        _Server(settings, stop).run(sockets=[listener])
