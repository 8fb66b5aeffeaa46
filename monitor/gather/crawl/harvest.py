"""What one spider brought, and what its trouble means for the visit."""

from __future__ import annotations

import time
from typing import Any

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from monitor.errors import AddressRefused, MonitorError, NoAnswer
from monitor.gather.crawl import wire
from monitor.model import Source, Status

_HTTP = {401: Status.REFUSED, 403: Status.REFUSED, 451: Status.REFUSED, 404: Status.MISSING, 410: Status.GONE}
_HTTP |= {429: Status.SLOW_DOWN, 503: Status.SLOW_DOWN}


class Harvest:
    """What one spider brings, and how its visit went."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.articles: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self._answer_of: dict[int, int] = {}
        self._responses: list[Response] = []
        self.listing: dict[str, Any] | None = None
        self.trouble: BaseException | None = None
        self.late = False
        self.bytes = self.http_status = 0
        self.started = time.monotonic()

    def listen(self, crawler: Any) -> None:
        for heard, signal in (
            (self.on_item, signals.item_scraped),
            (self.on_error, signals.spider_error),
            (self.on_response, signals.response_received),
            (self.on_closed, signals.spider_closed),
        ):
            crawler.signals.connect(heard, signal)

    def on_item(self, item: dict[str, Any], response: Response | None = None) -> None:
        if "people" in item:
            self.listing = item
        else:
            number = {"answer": self._noted(response)} if response is not None else {}
            self.articles.append({**item, **number})

    def _noted(self, response: Response) -> int:
        """The number of an answer that articles were read from; it travels once, however many they are."""
        if id(response) not in self._answer_of:
            self._answer_of[id(response)] = len(self.answers)
            self._responses.append(response)  # so that no other one gets its id
            self.answers.append(wire.answer(response.url, response.status, _kind(response), response.body))
        return self._answer_of[id(response)]

    def on_error(self, failure: Any) -> None:
        self.trouble = self.trouble or failure.value

    def on_response(self, response: Response) -> None:
        self.bytes += len(response.body)
        if not response.url.endswith("/robots.txt"):
            self.http_status = self.http_status or response.status

    def on_closed(self, reason: str) -> None:
        self.late = reason == "closespider_timeout"

    def line(self, spider: Any = None) -> wire.Line:
        """What the parent is told. `spider` is None where it could not be made."""
        remarks = list(dict.fromkeys(spider.remarks)) if spider else []
        if spider:
            self.trouble = self.trouble or spider.trouble
        if self.late:
            remarks.append("stopped before the end: it took too long")
        brought = self.articles or self.listing
        went: wire.Line = {"status": Status.NEW if brought else Status.UNCHANGED, "http_status": self.http_status}
        if self.trouble:
            went |= judge(self.trouble)
        return {
            "source": self.source.name,
            **went,
            "note": "; ".join(filter(None, [went.get("note", ""), *remarks])),
            "bytes": self.bytes,
            "ms": round((time.monotonic() - self.started) * 1000),
            "answers": self.answers,
            "articles": self.articles,
            **(self.listing or {}),
        }


def _kind(response: Response) -> str:
    return str((response.headers.get("Content-Type") or b"").decode("latin-1"))


def judge(trouble: BaseException) -> dict[str, Any]:
    """Status, HTTP status, Retry-After and a sentence for what went wrong."""
    if isinstance(trouble, HttpError):
        code = trouble.response.status
        after = (trouble.response.headers.get("Retry-After") or b"").decode("latin-1")
        status = _HTTP.get(code, Status.BROKEN)
        return {"status": status, "http_status": code, "retry_after": after, "note": f"it answered HTTP {code}"}
    if isinstance(trouble, NoAnswer):
        status = Status.BROKEN if trouble.answered else Status.UNREACHABLE
        return {"status": status, "http_status": trouble.http_status, "note": str(trouble)}
    if isinstance(trouble, AddressRefused):
        return {"status": Status.UNREACHABLE, "note": str(trouble)}
    if isinstance(trouble, IgnoreRequest):
        return {"status": Status.REFUSED, "note": "its robots.txt asks programs not to read this page"}
    if isinstance(trouble, MonitorError):
        return {"status": Status.BROKEN, "note": str(trouble)}
    return {"status": Status.BROKEN, "note": f"its reader failed ({type(trouble).__name__}); the log has more"}
