"""Servers on loopback for tests: one that answers by a script and remembers, one that scores manners, one that is vile.

All of them are real sockets in threads of this process; `with` starts and ends them.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Answer:
    """What a server says to one request."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. `at` is the test's clock, `began` and `ended` the machine's."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    at: datetime
    began: float
    ended: float = 0.0

    def get(self, name: str) -> str | None:
        """A header verbatim, None where absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Script = Answer | Callable[[Asked], Answer]


@dataclass
class WebServer:
    """Answers each path by its script: one answer after the other, the last one for ever."""

    scripts: dict[str, list[Script]] = field(default_factory=dict)
    clock: Clock = lambda: datetime.now(UTC)
    host: str = "127.0.0.1"
    port: int = 0  # any
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._server = _Threading((self.host, self.port), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self._server.server_address[1]}"

    def says(self, path: str, *scripts: Script) -> str:
        """Script a path; gives its address."""
        self.scripts[path] = list(scripts)
        return self.url + path

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            scripts = self.scripts.get(asked.path) or [Answer(404)]
            script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        return script if isinstance(script, Answer) else script(asked)

    def note(self, asked: Asked, answer: Answer) -> None:
        with self._lock:
            self.asked.append(asked)


@dataclass
class EtiquetteServer(WebServer):
    """Scores whoever asks it, by the published rules for feed readers: `faults` stays empty for a good one.

    `interval` is the shortest time between two requests that the reader was configured with.
    """

    interval: timedelta = timedelta(minutes=60)
    faults: list[str] = field(default_factory=list)
    _last: dict[str, tuple[Asked, Answer]] = field(default_factory=dict)
    _given: dict[str, tuple[str, str]] = field(default_factory=dict)
    _unasked: dict[str, datetime] = field(default_factory=dict)

    def note(self, asked: Asked, answer: Answer) -> None:
        super().note(asked, answer)
        self._score_request(asked)
        if asked.path in self._last:
            before, said = self._last[asked.path]
            self._score_pace(asked, before, said)
        self._score_validators(asked)
        self._score_crowding(asked)
        self._last[asked.path] = (asked, answer)
        if answer.status == 200:
            self._given[asked.path] = (answer.get("ETag"), answer.get("Last-Modified"))
        elif answer.status == 304:
            etag, modified = self._given.get(asked.path, ("", ""))
            self._given[asked.path] = (answer.get("ETag") or etag, answer.get("Last-Modified") or modified)

    def _fault(self, asked: Asked, text: str) -> None:
        self.faults.append(f"{asked.at:%d %H:%M:%S} {asked.path}: {text}")

    def _score_request(self, asked: Asked) -> None:
        agent = asked.get("User-Agent") or ""
        if asked.method != "GET":
            self._fault(asked, f"asked with {asked.method}")
        if "/" not in agent or "+http" not in agent:
            self._fault(asked, f"does not say who it is: {agent!r}")
        if "gzip" not in (asked.get("Accept-Encoding") or ""):
            self._fault(asked, "does not take gzip")
        for name in ("Cookie", "Referer"):
            if asked.get(name) is not None:
                self._fault(asked, f"sent a {name}")

    def _score_pace(self, asked: Asked, before: Asked, said: Answer) -> None:
        if said.status == 410:
            self._fault(asked, "asked again after 410")
        earliest = before.at + max(self.interval, _asked_to_wait(said, before.at))
        if asked.at < earliest:
            self._fault(asked, f"came {earliest - asked.at} too early")

    def _score_validators(self, asked: Asked) -> None:
        sent = (asked.get("If-None-Match"), asked.get("If-Modified-Since"))
        given = tuple(value or None for value in self._given.get(asked.path, ("", "")))
        if sent == given:
            return
        last = self._unasked.get(asked.path)
        if sent == (None, None) and (last is None or asked.at - last >= timedelta(days=7)):
            self._unasked[asked.path] = asked.at  # one unconditional request a week is a sensible escape
            return
        self._fault(asked, f"sent {sent}, was given {given}")

    def _score_crowding(self, asked: Asked) -> None:
        others = [one for one in self.asked[-20:] if one is not asked]
        if any(one.began < asked.ended and asked.began < one.ended for one in others):
            self._fault(asked, "two requests at once")


def _asked_to_wait(answer: Answer, at: datetime) -> timedelta:
    """What the answer asks for by itself, up to a day (Retry-After: a week)."""
    retry = answer.get("Retry-After")
    if answer.status in (429, 503) and retry:
        wait = timedelta(seconds=int(retry)) if retry.isdigit() else parsedate_to_datetime(retry) - at
        return min(wait, timedelta(days=7))
    control = answer.get("Cache-Control")
    if answer.status in (200, 304) and control.startswith("max-age="):
        return min(timedelta(seconds=int(control[8:])), timedelta(days=1))
    return timedelta(0)


class _Threading(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512


def _handler(server: WebServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            began, at = time.monotonic(), server.clock()
            asked = Asked(self.command, self.path, tuple(self.headers.items()), at, began)
            answer = server.answer(asked)
            server.note(Asked(asked.method, asked.path, asked.headers, at, began, time.monotonic()), answer)
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.get("Content-Length") == "" and answer.get("Transfer-Encoding") == "":
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_HEAD = do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    return Handler


class HostileServer:
    """Hands every connection to a function that may do with it what it likes; errors of a gone client are ignored."""

    def __init__(
        self, behave: Callable[[socket.socket], None], *, host: str = "127.0.0.1", silent: bool = False
    ) -> None:
        self._behave, self._silent = behave, silent
        self._listener = socket.create_server((host, 0))
        self.connections = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    @property
    def url(self) -> str:
        return "http://{}:{}/".format(*self._listener.getsockname()[:2])

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                if not self._silent:
                    connection.recv(65536)
                self._behave(connection)
            except OSError:
                pass


def drip(pieces: Iterable[bytes], every: float = 0.2) -> Callable[[socket.socket], None]:
    """A behaviour: send one piece after the other with a pause between."""

    def behave(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(every)

    return behave


def pour(head: bytes, piece: bytes, times: int = 1 << 20) -> Callable[[socket.socket], None]:
    """A behaviour: send a head and then the same piece over and over, as fast as it goes."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(times):
            connection.sendall(piece)

    return behave
