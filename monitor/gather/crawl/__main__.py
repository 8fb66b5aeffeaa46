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
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from monitor.errors import InsaneResult, MonitorError
from monitor.gather.crawl import wire
from monitor.gather.crawl.download import Downloads
from monitor.gather.crawl.harvest import Harvest
from monitor.gather.crawl.settings import settings
from monitor.gather.egress import Door
from monitor.model import Source
from spiders import find

log = logging.getLogger("monitor.gather.crawl")

MEMORY_BYTES = 1 << 30  # of address space; a large visit reserved 380 MB and touched 180
CPU_SECONDS = 120
STACK_BYTES = 1 << 20  # of each thread that waits at the door


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
