"""A spider run over pages from anywhere, without Scrapy's engine: the same callbacks, one page at a time.

For fixtures and for trying a spider out. What the engine adds (turns, limits, robots files) is not here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from monitor.errors import InsaneResult
from monitor.model import Source
from spiders import find

#: Status, headers and body of a page.
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Replayed:
    """What a spider made of its pages."""

    items: list[dict[str, Any]]
    trouble: str = ""
    remarks: Sequence[str] = ()

    def plain(self) -> dict[str, Any]:
        """The form of expected.json."""
        said = {"trouble": self.trouble, "remarks": list(self.remarks)}
        return {"items": self.items, **{name: value for name, value in said.items() if value}}


def replay(
    source: Source, now: datetime, fetch: Callable[[str], Answer], known: Sequence[str] = (), inbox: Path | None = None
) -> Replayed:
    """Run the spider of a source; `fetch` gives the page under an address, `known` is what the archive has."""
    return asyncio.run(_replay(source, now, fetch, set(known), inbox))


async def _replay(
    source: Source, now: datetime, fetch: Callable[[str], Answer], known: set[str], inbox: Path | None
) -> Replayed:
    async def archive(addresses: Sequence[str]) -> set[str]:
        return known & set(addresses)

    spider = find(source)(source=source, now=now, known=archive, inbox=inbox)
    items: list[dict[str, Any]] = []
    waiting: deque[Any] = deque([thing async for thing in spider.start()])
    try:
        while waiting:
            thing = waiting.popleft()
            if isinstance(thing, Request):
                waiting.extend(await _ask(thing, fetch))
            else:
                items.append(thing)
    except InsaneResult as trouble:
        spider.trouble = trouble
    except CloseSpider:
        pass  # it left because it was asked to; why is in its trouble
    spider.closed("finished")
    return Replayed(items, str(spider.trouble or ""), spider.remarks)


async def _ask(request: Request, fetch: Callable[[str], Answer]) -> list[Any]:
    """What a callback yields for the page, or an errback for the lack of it."""
    status, headers, body = fetch(request.url)
    response = HtmlResponse(request.url, status=status, headers=headers, body=body, request=request)
    if 200 <= status < 300:
        said = request.callback(response, **request.cb_kwargs)
    else:
        said = request.errback(Failure(HttpError(response, f"HTTP {status}")))
    if hasattr(said, "__aiter__"):
        return [thing async for thing in said]
    return list(said or ())
