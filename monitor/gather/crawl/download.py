"""Scrapy's way out, replaced by the one door in: address guard, deadlines, byte caps and turns at hosts apply.

Redirects, decompression, proxies and certificates are the door's business; Scrapy's own handlers and middlewares for
them are off. Robots files are read once a day for all spiders, as RFC 9309 wants them read.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import HtmlResponse

from monitor.errors import NoAnswer
from monitor.gather import egress

ACCEPT = "text/html,application/xhtml+xml,text/csv;q=0.9,*/*;q=0.1"
NOTHING = "User-agent: *\nDisallow: /\n"
TOO_MANY = 429


class Downloads:
    """What the spiders of one child share: the door, the threads that wait at it, and what hosts said to all of them.

    `robots` are robots files known from earlier, by site; `keep` is told of new ones. Nothing is asked before `open` is
    set: while many spiders are being made, threads at the door would wait for the interpreter and not for the network.
    """

    def __init__(
        self, door: egress.Door, threads: Executor, robots: Mapping[str, str], keep: Callable[[str, str], None]
    ) -> None:
        self.door = door
        self.open = asyncio.Event()
        self._threads = threads
        self._robots = dict(robots)
        self._keep = keep
        self._lanes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._given_up: dict[str, egress.Response | NoAnswer] = {}

    async def get(self, request: Request, proxy: str) -> egress.Response:
        """The answer to a request. Raises NoAnswer, AddressRefused."""
        await self.open.wait()
        parts = urlsplit(request.url)
        async with self._lanes[parts.netloc]:
            given_up = self._given_up.get(parts.netloc)
            if isinstance(given_up, NoAnswer):
                raise given_up
            if given_up:
                return given_up
            if parts.path == "/robots.txt":
                return await self._rules(request, proxy)
            answer = await self._fetch(request, proxy)
            if answer.status == TOO_MANY:  # meant for all of us, for the rest of this visit
                self._given_up[parts.netloc] = answer
            return answer

    async def _rules(self, request: Request, proxy: str) -> egress.Response:
        """A robots file. Of a host that is silent even to this nothing else is asked: one long wait is enough."""
        site = request.url.removesuffix("/robots.txt")
        if site not in self._robots:
            try:
                answer = await self._fetch(request, proxy)
            except NoAnswer as trouble:
                if not trouble.answered:
                    self._given_up[urlsplit(site).netloc] = trouble
                raise
            self._robots[site] = rules(answer)
            if not in_trouble(answer):  # by tomorrow a server is well again
                self._keep(site, self._robots[site])
        return egress.Response(200, request.url, {}, self._robots[site].encode())

    async def _fetch(self, request: Request, proxy: str) -> egress.Response:
        headers, max_bytes = [("Accept", ACCEPT)], request.meta.get("max_bytes")
        ask = partial(self.door.get, request.url, headers=headers, proxy=proxy, max_bytes=max_bytes)
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


class DoorHandler(BaseDownloadHandler):  # type: ignore[misc]
    """The download handler for http and https; `crawler.downloads` was put there by whoever made the crawler."""

    async def download_request(self, request: Request) -> HtmlResponse:
        answer = await self.crawler.downloads.get(request, self.crawler.spider.source.proxy)
        # Always a page of text: what the spiders read is HTML, or CSV taken from the bytes of the body.
        return HtmlResponse(
            answer.url,
            status=answer.status,
            headers={k: v for k, v in answer.headers.items() if k.lower() in ("content-type", "retry-after")},
            body=answer.body,
            request=request,
        )


def rules(answer: egress.Response) -> str:
    """A robots file as RFC 9309 §2.3.1 means it: none (4xx) allows all, a server in trouble allows nothing."""
    if in_trouble(answer):
        return NOTHING
    return answer.body.decode("utf-8", "replace") if answer.status < 400 else ""


def in_trouble(answer: egress.Response) -> bool:
    return answer.status >= 500 or answer.status == TOO_MANY
