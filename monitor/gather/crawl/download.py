"""Scrapy's way out, replaced by the one door in: address guard, deadlines, byte caps and turns at hosts apply.

Redirects, decompression, proxies and certificates are the door's business; Scrapy's own handlers and middlewares for
them are off. Robots files are read once for all spiders of a child, as RFC 9309 wants them read.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from functools import partial
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import HtmlResponse

from monitor.errors import NoAnswer
from monitor.gather import egress


TOO_MANY = 429


class Downloads:
    """What the spiders of one child share: the door, the threads that wait at it, and what robots files said."""

    def __init__(self, door: egress.Door, threads: Executor) -> None:
        self.door = door
        self._threads = threads
        self._robots: dict[str, asyncio.Future[egress.Response]] = {}
        self._silent: dict[str, NoAnswer] = {}
        self._left_alone: dict[str, egress.Response] = {}

    async def get(self, request: Request, proxy: str) -> egress.Response:
        """The answer to a request. Raises NoAnswer, AddressRefused."""
        parts = urlsplit(request.url)
        if parts.netloc in self._silent:  # asked for its robots file and silent: one long wait is enough
            raise self._silent[parts.netloc]
        if parts.netloc in self._left_alone:  # its "too many requests" is its answer to all of us, for this visit
            return self._left_alone[parts.netloc]
        if parts.path != "/robots.txt":
            answer = await self._fetch(request, proxy)
            if answer.status == TOO_MANY:
                self._left_alone[parts.netloc] = answer
            return answer
        if request.url not in self._robots:
            self._robots[request.url] = asyncio.ensure_future(self._fetch(request, proxy))
        try:
            return rules(await asyncio.shield(self._robots[request.url]))
        except NoAnswer as trouble:
            if not trouble.answered:
                self._silent[parts.netloc] = trouble
            raise

    async def _fetch(self, request: Request, proxy: str) -> egress.Response:
        ask = partial(
            self.door.get,
            request.url,
            headers=[("Accept", "text/html,application/xhtml+xml,text/csv;q=0.9,*/*;q=0.1")],
            proxy=proxy,
            max_bytes=request.meta.get("max_bytes"),
        )
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


def rules(answer: egress.Response) -> egress.Response:
    """A robots file as RFC 9309 §2.3.1 means it: none (4xx) allows all, a server in trouble allows nothing."""
    if answer.status >= 500 or answer.status == TOO_MANY:
        return egress.Response(200, answer.url, answer.headers, b"User-agent: *\nDisallow: /\n")
    if answer.status >= 400:
        return egress.Response(200, answer.url, answer.headers)
    return answer
