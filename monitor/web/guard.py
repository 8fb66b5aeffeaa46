"""What every request passes and every answer carries: the hosts we answer to, and the headers that keep a page inert.

The Host header is only ever compared with the configured names; no link is built from it. A request for another
host, with two hosts, or with something that is no host name gets 400 before any page sees it.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config import WebConfig

log = logging.getLogger(__name__)

LOCAL = ("localhost", "127.0.0.1", "[::1]")

_HOST = re.compile(r"([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?", re.IGNORECASE)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}


_WRONG_HOST = PlainTextResponse(
    "This server does not answer to that name. Its names are web.base_url, web.onion and web.mirrors.\n", 400
)
_FAILED = PlainTextResponse("Something went wrong here.\n", 500)


class Hosts:
    """The host names we answer to, each with the origin that links in its feeds begin with."""

    def __init__(self, config: WebConfig) -> None:
        self.base = config.base_url.rstrip("/")
        self._origins = dict.fromkeys(LOCAL, self.base)
        others = [address for address in (*config.mirrors, config.onion) if address]
        self._origins |= {_name(address): _with_scheme(address) for address in others}
        self._origins[_name(self.base)] = self.base
        self.onion = _with_scheme(config.onion) if config.onion else ""

    def origin(self, host: str) -> str:
        """`https://name` for a Host header we answer to, '' for any other."""
        found = _HOST.fullmatch(host)
        return self._origins.get(found[1].lower(), "") if found else ""

    def is_local(self, host: str) -> bool:
        """Whether the request was addressed to this machine itself (a scraper on it, an operator's tunnel)."""
        found = _HOST.fullmatch(host)
        return bool(found) and found is not None and found[1].lower() in LOCAL


class Guard:
    """ASGI middleware around everything, errors included."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        named = Headers(scope=scope).getlist("host")
        origin = self.hosts.origin(named[0]) if len(named) == 1 else ""
        answer = self._answering(send, origin)
        if not origin or not scope["path"].startswith("/"):
            await _WRONG_HOST(scope, receive, answer)
            return
        scope["origin"] = origin
        await self._run(scope, receive, answer)

    async def _run(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        try:
            await self.app(scope, receive, answer)
        except Exception as trouble:
            # Without the exception's own words: they may quote a search term or a token.
            frames = "".join(traceback.format_tb(trouble.__traceback__))
            log.error("a page failed with %s\n%s", type(trouble).__name__, frames)
            if not answer.started:
                await _FAILED(scope, receive, answer)

    def _answering(self, send: Send, origin: str) -> _Answer:
        headers = dict(HEADERS)
        if origin.startswith("https:"):
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if self.hosts.onion and origin and origin != self.hosts.onion:
            headers["Onion-Location"] = self.hosts.onion
        return _Answer(send, headers.items())


class _Answer:
    """`send`, with our headers on the first message."""

    def __init__(self, send: Send, headers: Iterable[tuple[str, str]]) -> None:
        self.send = send
        self.headers = headers
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            given = MutableHeaders(scope=message)
            for name, value in self.headers:
                given[name] = value
        await self.send(message)


def is_ours(headers: Headers, hosts: Hosts) -> bool:
    """Whether a POST was sent by one of our own pages.

    Browsers that say where a request comes from (Sec-Fetch-Site) are believed; our no-referrer policy makes them send
    `Origin: null` even from our own forms. Without that header the Origin must be one of ours.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(headers.get("origin", ""))
    return origin.scheme in ("http", "https") and bool(hosts.origin(origin.netloc))


def _name(address: str) -> str:
    host = urlsplit(_with_scheme(address)).hostname or ""
    return f"[{host}]" if ":" in host else host


def _with_scheme(address: str) -> str:
    if "://" in address:
        return address.rstrip("/")
    return f"{'http' if address.endswith('.onion') else 'https'}://{address.rstrip('/')}"
