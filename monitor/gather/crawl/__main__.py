"""The child: reads one job, runs its spiders with Scrapy, says one line per source. Holds no secret and no state.

It limits itself before it reads anything, answers to the parent only, and ends when the parent does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from monitor.config import NetworkConfig
from monitor.errors import AddressRefused, InsaneResult, MonitorError, NoAnswer
from monitor.gather.crawl import wire
from monitor.gather.crawl.download import Downloads
from monitor.gather.egress import Door
from monitor.model import Source, Status
from spiders import find

log = logging.getLogger("monitor.gather.crawl")

MEMORY_BYTES = 1 << 30  # of address space; about 130 MB are ever touched
CPU_SECONDS = 120
STACK_BYTES = 1 << 20  # of each thread that waits at the door

#: Of the whole limit, what a spider may take before it is asked to hand over what it has.
SPIDERS_SHARE = 0.8

_HTTP = {401: Status.REFUSED, 403: Status.REFUSED, 451: Status.REFUSED, 404: Status.MISSING, 410: Status.GONE}
_HTTP |= {429: Status.SLOW_DOWN, 503: Status.SLOW_DOWN}


def settings(network: NetworkConfig, user_agent: str, limit_seconds: float) -> dict[str, Any]:
    """Scrapy's settings. Whatever its defaults (2.19) leave open is closed here, even where nothing of ours uses it."""
    ours = "monitor.gather.crawl.download.DoorHandler"
    return {
        "DOWNLOAD_HANDLERS": {"http": ours, "https": ours, "file": None, "data": None, "ftp": None, "s3": None},
        # a server that executes Python, and another one: both on by default
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        # politeness; the door spaces requests per host across all spiders as well
        "ROBOTSTXT_OBEY": network.respect_robots,
        "USER_AGENT": user_agent,
        "ROBOTSTXT_USER_AGENT": user_agent.partition("/")[0],
        "CONCURRENT_REQUESTS": 1,  # of each spider: whatever is under way is still waited for when a spider is closed
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": network.spacing.total_seconds(),
        "DOWNLOAD_DELAY_JITTER": 0,
        "RETRY_ENABLED": False,  # the next visit is the second try; a 429 is never asked twice
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        # the door's business
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TIMEOUT": network.total.total_seconds(),
        "DOWNLOAD_MAXSIZE": network.max_decoded,
        # one visit
        "CLOSESPIDER_TIMEOUT": limit_seconds * SPIDERS_SHARE,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # newest first, as listed
        "MEMUSAGE_ENABLED": False,
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 0,
        "LOG_LEVEL": "WARNING",  # at DEBUG every item is logged with its text
        "LOG_INSTALL_ROOT_HANDLER": False,
    }


class Harvest:
    """What one spider brings, and how its visit went."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.articles: list[dict[str, Any]] = []
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

    def on_item(self, item: dict[str, Any]) -> None:
        if "people" in item:
            self.listing = item
        else:
            self.articles.append(item)

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
            "articles": self.articles,
            **(self.listing or {}),
        }


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


class Parent:
    """The other end of the pipes."""

    def __init__(self, said: BinaryIO, hears: BinaryIO) -> None:
        self._said, self._hears = said, hears
        self._asked: list[asyncio.Future[set[str]]] = []

    def read(self) -> wire.Line:
        line: wire.Line = json.loads(self._said.readline())
        return line

    def say(self, line: wire.Line) -> None:
        self._hears.write(wire.dumps(line))
        self._hears.flush()

    def keep_robots(self, site: str, rules: str) -> None:
        self.say({"robots": site, "rules": rules})

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take answers in a thread. The end of input is the end of the parent, and ours."""

        def take() -> None:
            for raw in self._said:
                line = json.loads(raw)
                loop.call_soon_threadsafe(self._asked[line["answer"]].set_result, set(line["known"]))
            os._exit(1)

        threading.Thread(target=take, daemon=True).start()

    async def known(self, addresses: Sequence[str]) -> set[str]:
        """Which of these the archive has."""
        if not addresses:
            return set()
        answer: asyncio.Future[set[str]] = asyncio.get_running_loop().create_future()
        self._asked.append(answer)
        self.say({"ask": len(self._asked) - 1, "addresses": addresses})
        return await answer


class Crawl:
    """One job from beginning to end."""

    def __init__(self, job: wire.Job, parent: Parent) -> None:
        self.job, self.parent = job, parent
        door = Door(job.network)
        scrapy_settings = settings(job.network, door.user_agent, job.limit_seconds)
        self.process = AsyncCrawlerProcess(scrapy_settings)
        threads = ThreadPoolExecutor(job.network.hosts_at_once)
        self.downloads = Downloads(door, threads, job.robots, parent.keep_robots)
        self._starting = {source.name for source in job.sources}

    def run(self) -> None:
        from twisted.internet import reactor  # only now: AsyncCrawlerProcess has installed the right one

        loop = asyncio.get_event_loop()
        self.parent.listen(loop)
        everything = loop.create_task(self._visit_all())
        everything.add_done_callback(lambda _: reactor.stop())
        self.process.start(stop_after_crawl=False, install_signal_handlers=False)
        everything.result()

    async def _visit_all(self) -> None:
        await asyncio.gather(*(self._visit(source) for source in self.job.sources))

    async def _visit(self, source: Source) -> None:
        harvest, spider = Harvest(source), None
        try:
            crawler = self.process.create_crawler(find(source))
            crawler.downloads = self.downloads
            harvest.listen(crawler)
            crawler.signals.connect(self._keep_to_crawl_delay, signals.robots_parsed)
            crawler.signals.connect(self._started, signals.spider_opened)
            job = self.job
            await self.process.crawl(crawler, source=source, now=job.now, known=self.parent.known, inbox=job.inbox)
            spider = crawler.spider
        except Exception as trouble:
            harvest.trouble = trouble
            if not isinstance(trouble, MonitorError):
                log.exception("the spider for %s could not start", source.name)
            self._has_started(source.name)
        self.parent.say(harvest.line(spider))

    def _started(self, spider: Any) -> None:
        self._has_started(spider.name)

    def _has_started(self, name: str) -> None:
        self._starting.discard(name)
        if not self._starting:
            self.downloads.open.set()

    def _keep_to_crawl_delay(self, robotparser: Any, request: Any) -> None:
        """Scrapy reads Crawl-delay and applies it nowhere."""
        delay = robotparser.crawl_delay(self.process.settings["ROBOTSTXT_USER_AGENT"])
        if delay:
            self.downloads.door.turns.slow_down(request.url.split("/")[2], delay)


def limit_ourselves() -> None:
    """Bounds that hold for whatever a page does to a parser: then this process dies, and nobody else."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.stack_size(STACK_BYTES)


def log_quietly() -> None:
    """Warnings only, and no traceback for what becomes a sentence on the source's page."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s crawl  %(levelname)-7s %(message)s")
    for library in ("scrapy", "twisted", "asyncio"):  # with a handler of our own, Scrapy's LOG_LEVEL is not applied
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger("scrapy.core.scraper").addFilter(_is_surprising)
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)


def _is_surprising(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], InsaneResult))


def main() -> None:
    limit_ourselves()
    # whatever a library prints must not mix with what we say
    hears = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    parent = Parent(sys.stdin.buffer, hears)
    crawl = Crawl(wire.read_job(parent.read()), parent)
    log_quietly()
    crawl.run()
    os._exit(0)  # a thread still waits for the parent's next line; there is nothing to tidy up


if __name__ == "__main__":
    main()
