"""Where the play's messages arrive: a mail server, Slack and a webhook, all real and all on loopback."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Arrivals:
    """Everything that arrived, in order; `take` empties it."""

    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    slack: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[dict[str, Any]] = field(default_factory=list)


class Receivers:
    """The three receivers; `with` them, so that they end."""

    def __init__(self) -> None:
        self.arrived = Arrivals()
        self._smtp = _Smtp(("127.0.0.1", 0), _SmtpTalk)
        self._smtp.arrived = self.arrived
        self._slack = ThreadingHTTPServer(("127.0.0.1", 0), _taker(self.arrived.slack, b"ok"))
        self._hook = ThreadingHTTPServer(("127.0.0.1", 0), _taker(self.arrived.hooks, b""))

    @property
    def smtp_port(self) -> int:
        return int(self._smtp.server_address[1])

    @property
    def slack_port(self) -> int:
        return int(self._slack.server_address[1])

    @property
    def hook_port(self) -> int:
        return int(self._hook.server_address[1])

    def take(self) -> Arrivals:
        """What arrived since the last call."""
        fresh = Arrivals(self.arrived.mails[:], self.arrived.slack[:], self.arrived.hooks[:])
        for taken in (self.arrived.mails, self.arrived.slack, self.arrived.hooks):
            taken.clear()
        return fresh

    def __enter__(self) -> Receivers:
        for server in (self._smtp, self._slack, self._hook):
            threading.Thread(target=server.serve_forever, args=[0.1], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._smtp, self._slack, self._hook):
            server.shutdown()
            server.server_close()


class _Smtp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    arrived: Arrivals


class _SmtpTalk(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a well-behaved sender needs."""

    def handle(self) -> None:
        assert isinstance(self.server, _Smtp)
        recipient = ""
        self._say("220 demo")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self._say("354 go on")
                self.server.arrived.mails.append((recipient, self._message()))
                self._say("250 kept")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            elif verb == b"EHLO":
                self._say("250-demo\r\n250 8BITMIME")
            else:
                if verb == b"RCPT":
                    recipient = line.decode(errors="replace").partition("<")[2].partition(">")[0]
                self._say("250 ok")

    def _message(self) -> EmailMessage:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


def _taker(taken: list[dict[str, Any]], answer: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0)))))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Silent: the play tells what happens."""

    return Handler
