"""The invented outlets, served over real HTTP on loopback addresses of their own: feeds, a site, a channel preview.

Every page of an article carries a block of other headlines, as real ones do: none of it may count as its text.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from monitor.clock import Clock
from monitor.model import Person

SCRIPT = Path(__file__).with_name("newsroom.yaml")
FIRST_ADDRESS = 21  # 127.0.0.21 and on: one address an outlet, because politeness is counted by host


@dataclass(frozen=True, slots=True)
class Expected:
    """What a careful program does with an item; newsroom.yaml explains each."""

    opens: str = ""
    joins: str = ""
    silent: bool = False
    told: tuple[str, ...] = ()
    corrects: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """What has to be known of an event at the end, and how often a reader may have heard of it."""

    messages: int
    total: int
    freed: tuple[str, ...]
    held: tuple[str, ...]
    political: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One invented article."""

    at: datetime
    outlet: str
    slug: str
    title: str
    text: str
    trap: str = ""
    expect: Expected = Expected()


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented outlet and the address it answers at."""

    id: str
    name: str
    type: str
    kind: str
    languages: tuple[str, ...]
    base: str

    @property
    def address(self) -> str:
        """What the operator would write into config.yaml."""
        return self.base + {"feed": "/feed", "site": "/be/news/", "telegram": f"/s/{self.id}"}[self.kind]


@dataclass(frozen=True, slots=True)
class Script:
    """The whole play."""

    start: datetime
    end: datetime
    outlets: tuple[Outlet, ...]
    items: tuple[Item, ...]
    people: tuple[Person, ...]
    endings: dict[str, Ending]


def read_script(port: int, path: Path = SCRIPT) -> Script:
    """The play, with the outlets' addresses on `port`."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    start = _moment(data["start"])
    outlets = tuple(
        Outlet(id, o["name"], o["type"], o["kind"], tuple(o["languages"]), f"http://127.0.0.{n}:{port}")
        for n, (id, o) in enumerate(data["outlets"].items(), FIRST_ADDRESS)
    )
    items = tuple(_item(start, i) for i in data["items"])
    people = tuple(Person(**p) for p in data["people"])
    endings = {name: Ending(**_tuples(e)) for name, e in data["expect"].items()}
    return Script(start, _moment(data["end"]), outlets, items, people, endings)


class Newsroom:
    """Serves what was published by `clock`; `with` it, so that every server ends."""

    def __init__(self, script: Script, clock: Clock) -> None:
        self.script, self.clock = script, clock
        self._servers = [_server(self, o) for o in script.outlets]

    def __enter__(self) -> Newsroom:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=[0.1], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def published(self, outlet: Outlet) -> list[Item]:
        """What an outlet has published by now, newest first."""
        now = self.clock()
        return sorted((i for i in self.script.items if i.outlet == outlet.id and i.at <= now), key=lambda i: i.at)[::-1]

    def page(self, outlet: Outlet, path: str) -> tuple[str, str] | None:
        """Content type and body under a path, or None."""
        items = self.published(outlet)
        if path == urlsplit(outlet.address).path:
            return {"feed": _feed, "site": _listing, "telegram": _preview}[outlet.kind](outlet, items)
        for item in items:
            if path in (f"/{item.slug}", f"/{outlet.id}/{item.slug}"):  # a channel's posts stand below its name
                return "text/html; charset=utf-8", _article(outlet, item, items)
        return None


def _server(newsroom: Newsroom, outlet: Outlet) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = newsroom.page(outlet, urlsplit(self.path).path)
            kind, text = found or ("text/plain", "not here")
            body = text.encode()
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if found and self.headers.get("If-None-Match") == tag:
                self._answer(304, kind, b"", tag)
            else:
                self._answer(200 if found else 404, kind, body, tag)

        def _answer(self, status: int, kind: str, body: bytes, tag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """The play tells what happens; the servers stay silent."""

    parts = urlsplit(outlet.base)
    return ThreadingHTTPServer((str(parts.hostname), parts.port or 0), Handler)


def _feed(outlet: Outlet, items: Iterable[Item]) -> tuple[str, str]:
    entries = "".join(
        f"<item><title>{escape(i.title)}</title><link>{outlet.base}/{i.slug}</link>"
        f'<guid isPermaLink="false">{outlet.id}-{i.slug}</guid><pubDate>{format_datetime(i.at)}</pubDate>'
        f"<description>{escape(i.text)}</description></item>"
        for i in items
    )
    return (
        "application/rss+xml; charset=utf-8",
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{escape(outlet.name)}</title>'
        f"<link>{outlet.base}/</link><description>demo</description>{entries}</channel></rss>",
    )


def _listing(outlet: Outlet, items: Iterable[Item]) -> tuple[str, str]:
    links = "".join(f'<li><a href="/{i.slug}">{escape(i.title)}</a></li>' for i in items)
    return (
        "text/html; charset=utf-8",
        f"<!doctype html><title>{escape(outlet.name)}</title><main><ul>{links}</ul></main>",
    )


def _preview(outlet: Outlet, items: Iterable[Item]) -> tuple[str, str]:
    posts = "".join(
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="{outlet.id}/{i.slug}">'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{escape(i.text)}</div>'
        f'<a class="tgme_widget_message_date" href="https://t.me/{outlet.id}/{i.slug}">'
        f'<time datetime="{i.at.isoformat()}" class="time">{i.at:%H:%M}</time></a></div></div>'
        for i in reversed(list(items))
    )
    return "text/html; charset=utf-8", f"<!doctype html><title>{escape(outlet.name)}</title><section>{posts}</section>"


def _article(outlet: Outlet, item: Item, others: Iterable[Item]) -> str:
    headlines = "".join(f'<li><a href="/{o.slug}">{escape(o.title)}</a></li>' for o in others if o != item)
    return (
        f'<!doctype html><html lang="{outlet.languages[0]}"><head>'
        f"<title>{escape(item.title)} — {escape(outlet.name)}</title>"
        f'<meta property="og:title" content="{escape(item.title)}">'
        f'<meta property="article:published_time" content="{item.at.isoformat()}"></head><body>'
        f"<aside><h2>Чытайце таксама</h2><ul>{headlines}</ul></aside>"
        f"<article><h1>{escape(item.title)}</h1><p>{escape(item.text)}</p></article></body></html>"
    )


def _item(start: datetime, i: dict[str, Any]) -> Item:
    expect = Expected(**_tuples(i.get("expect", {})))
    return Item(_on(start, i["at"]), i["in"], i["slug"], i["title"], i["text"], i.get("trap", ""), expect)


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}


def _moment(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _on(start: datetime, text: str) -> datetime:
    """`05-08 08:00` in the year of the play."""
    return datetime.strptime(f"{start.year}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
