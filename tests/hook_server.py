"""Receivers on loopback: a webhook endpoint that answers as scripted, and a Slack that knows Slack's rules.

with HookServer() as hooks:
    hooks.answer(500, times=3)
    hooks.url  # http://127.0.0.1:…/hook
"""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes | Callable[[Call], bytes] = b""
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0  # before answering
    drop: bool = False  # close without an answer
    drip: float = 0.0  # seconds between two bytes of the body


class HookServer:
    """Answers `default` unless `answer` said otherwise; everything that arrives is in `calls`."""

    default = Reply(204)

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.calls: list[Call] = []
        self._script: list[list[Any]] = []
        self._lock = threading.Lock()
        self._http = _Listener(("127.0.0.1", 0), _handler(self))
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.host, self.port = "127.0.0.1", self._http.server_address[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> HookServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.stop()

    def answer(
        self,
        status: int = 200,
        body: bytes | str | Callable[[Call], bytes] = b"",
        *,
        times: int | None = 1,
        path: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        wait: float = 0.0,
        drop: bool = False,
        drip: float = 0.0,
    ) -> None:
        """Answer so to the next `times` requests (None: to all) whose path begins with `path`."""
        reply = Reply(status, body.encode() if isinstance(body, str) else body, headers, wait, drop, drip)
        with self._lock:
            self._script.append([path, times, reply])

    def reply(self, call: Call) -> Reply:
        with self._lock:
            for step in self._script:
                if call.path.startswith(step[0]) and step[1] != 0:
                    if step[1] is not None:
                        step[1] -= 1
                    return step[2]  # type: ignore[no-any-return]
        return self.default

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class SlackServer(HookServer):
    """Refuses what Slack refuses; `url` is an incoming webhook, `host` and `port` are what `slack_host` is set to."""

    default = Reply(200, b"ok")

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.url = self.url.replace("/hook", "/services/T0000/B0000/notasecretatall")
        self.slack_host = f"127.0.0.1:{self.port}"

    def reply(self, call: Call) -> Reply:
        scripted = super().reply(call)
        if scripted is not self.default:
            return scripted
        trouble = slack_trouble(call.json)
        return Reply(400, trouble.encode()) if trouble else self.default


def slack_trouble(post: Any) -> str:
    """The error string Slack would answer to this payload, or ''."""
    blocks = post.get("blocks", [])
    if not post.get("text") and not blocks:
        return "no_text"
    if len(blocks) > 50:
        return "invalid_blocks"
    if sum(len(o["text"]) for o in text_objects(blocks)) > 13_200:
        return "msg_blocks_too_long"
    return next((t for b in blocks if (t := _block_trouble(b))), "")


def text_objects(value: Any) -> Iterator[dict[str, str]]:
    """Every text object in some blocks."""
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn"):
            yield value
        for part in value.values():
            yield from text_objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from text_objects(part)


def slack_reads(post: Any) -> tuple[list[str], list[str]]:
    """(mentions, link addresses) that Slack would make of a payload: only `mrkdwn` texts are read for mark-up."""
    marked = [o["text"] for o in text_objects(post.get("blocks", [])) if o["type"] == "mrkdwn"]
    marked.append(post["text"])  # controls are read here even where formatting is off
    controls = [c for text in marked for c in re.findall(r"<([^<>]*)>", text)]
    return [c for c in controls if c[:1] in "!@#"], [c.partition("|")[0] for c in controls if c[:1] not in "!@#"]


def _block_trouble(block: dict[str, Any]) -> str:
    limits = {"header": 150, "section": 3000, "context": 3000}
    if block["type"] == "context" and len(block["elements"]) > 10:
        return "invalid_blocks"
    for text in text_objects(block):
        if not text["text"] or len(text["text"]) > limits[block["type"]]:
            return "invalid_blocks"
        if block["type"] == "header" and text["type"] != "plain_text":
            return "invalid_blocks"
    return ""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about."""


def _handler(server: HookServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                return  # whoever called was killed in the middle: nothing was received
            call = Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            server.calls.append(call)
            reply = server.reply(call)
            time.sleep(reply.wait)
            if not reply.drop:
                self._answer(reply, reply.body(call) if callable(reply.body) else reply.body)

        def _answer(self, reply: Reply, body: bytes) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            step = 1 if reply.drip else len(body) or 1
            for at in range(0, len(body), step):
                self.wfile.write(body[at : at + step])
                self.wfile.flush()
                time.sleep(reply.drip)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler
