"""Serve the website until told to stop. Signals belong to whoever calls: this only watches an event."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from monitor import clock
from monitor.config import Config
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


def serve(config: Config, state: Path, stop: threading.Event, *, now: clock.Clock = clock.now) -> None:
    """Answer on `web.bind`:`web.port` until `stop` is set; then at most 5 s for answers under way.

    Raises OSError where the port cannot be had.
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
    family = socket.AF_INET6 if ":" in config.web.bind else socket.AF_INET
    with socket.create_server((config.web.bind, config.web.port), family=family, backlog=512) as listener:
        log.info("the website answers on %s port %s", config.web.bind, config.web.port)
        _Server(settings, stop).run(sockets=[listener])
