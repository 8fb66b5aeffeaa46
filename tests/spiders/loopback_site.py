"""A site on loopback that serves what it is told, and remembers who asked for what and when.

with Site({"/be/news": listing, "/be/news/1": page}) as site:
    site.url("/be/news")
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Served:
    """One answer. `hang` seconds pass before it."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]  # names in lower case
    at: float = field(default_factory=time.monotonic)


class Site:
    def __init__(self, pages: dict[str, str | bytes | Served], host: str = "127.0.0.1") -> None:
        self.pages = pages
        self.asked: list[Asked] = []
        self._closing = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}))
                page = site.pages.get(self.path, Served("nothing here", 404))
                answer = page if isinstance(page, Served) else Served(page)
                site._closing.wait(answer.hang)
                body = answer.body.encode() if isinstance(answer.body, str) else answer.body
                self.send_response(answer.status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:  # the client has gone
                    pass

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        self.host, self.port = host, self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


def page(title: str, text: str, published: str = "2026-11-16T08:00:00+00:00") -> str:
    """An article's page."""
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title>"
        f"<meta property='article:published_time' content='{published}'></head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def listing(links: dict[str, str], older: str = "") -> str:
    """A page of links: path -> link text."""
    anchors = "".join(f"<li><a href='{path}'>{text}</a></li>" for path, text in links.items())
    further = f"<a rel='next' href='{older}'>older</a>" if older else ""
    return (
        f"<html><head><meta charset='utf-8'><title>News</title></head><body><ul>{anchors}</ul>{further}</body></html>"
    )
