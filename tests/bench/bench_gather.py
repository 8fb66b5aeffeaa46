"""Feeds a second, unchanged and changed, beside a bare loop, newsboat and rss2email in the same run.

    python tests/bench/bench_gather.py [feeds]

The server is another process on many loopback addresses; a changed feed has 30 entries, 22 KB, one of them new. Our own
figures include everything: the guard, the pauses' bookkeeping, limited children, the archive with its syncs, and (with
`--ingest`) reading and filing the articles.

feeds/s is by the clock on the wall, which other processes stop; "on 2 cores" is what the processor time allows where
nothing else runs: two cores for all processes together, one for the process that asks.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import requests

from monitor.config import Config
from monitor.gather.collect import Report, collect, pool, sync_sources
from monitor.model import Article, Source
from monitor.store.archive_schema import open_archive

HOSTS = 100
ENTRIES = 30
WORDS = "Some words that stand for a summary of what was reported, long enough to be like a real one. " * 6
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def feed(number: int, version: int) -> bytes:
    """30 entries, the newest being `version`."""
    items = "".join(
        f"<item><title>Feed {number} reports story {n}</title><link>https://n{number}.example/{n}.html</link>"
        f"<guid isPermaLink='false'>{number}-{n}</guid><pubDate>Mon, 16 Nov 2026 08:{n % 60:02}:00 +0000</pubDate>"
        f"<description>{WORDS}</description></item>"
        for n in range(version + ENTRIES, version, -1)
    )
    head = f"<title>Feed {number}</title><link>https://n{number}.example/</link><language>en</language>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


async def _serve(ports: Any, changing: Any) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            number, version = int(request.split(b" ", 2)[1].strip(b"/")), changing.value
            etag = f'"{version}"'.encode()
            if b"If-None-Match: " + etag in request:
                writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\nConnection: close\r\n\r\n")
            else:
                body = feed(number, version)
                head = f"ETag: {etag.decode()}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(b"HTTP/1.1 200 OK\r\n" + head.encode() + body)
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(answer, [f"127.0.1.{n}" for n in range(1, HOSTS + 1)], 8090, backlog=512)
    ports.put(8090)
    async with server:
        await server.serve_forever()


def serve(ports: Any, changing: Any) -> None:
    asyncio.run(_serve(ports, changing))


def urls(count: int) -> list[str]:
    return [f"http://127.0.1.{n % HOSTS + 1}:8090/{n}" for n in range(count)]


def ours(count: int, changing: Any, full: bool) -> None:
    network = {"allow": ["127.0.0.0/8"], "spacing": 0}
    config = Config.model_validate({"network": network, "sources": [{"name": u, "url": u} for u in urls(count)]})
    with tempfile.TemporaryDirectory() as folder:
        archive = open_archive(Path(folder))
        sync_sources(archive, config, NOW)
        ingest = _whole_ingest(archive, config) if full else _count
        moment = NOW

        def go() -> Report:
            return collect(archive, config, now=lambda: moment, ingest=ingest, stop=threading.Event())

        for name, changes in (("first visit", 0), ("unchanged", 0), ("one new entry of 30", 1)):
            with changing.get_lock():
                changing.value += changes
            report = measure(f"release-monitor, {name}{' + ingest' if full else ''}", count, go)
            assert sum(report.visits.values()) == count and not report.failed, report
            moment += timedelta(days=1)
        pool().close()


def _count(articles: Sequence[Article], source: Source, baseline: bool) -> int:
    return len(articles)


def _whole_ingest(archive: Any, config: Config) -> Callable[[Sequence[Article], Source, bool], int]:
    from monitor.ingest import Ingester

    ingester = Ingester(archive, config)

    def ingest(articles: Sequence[Article], source: Source, baseline: bool) -> int:
        taken = ingester.ingest(archive, articles, source=source, baseline=baseline, now=NOW)
        return sum(one.new for one in taken)

    return ingest


def bare(count: int) -> None:
    """What a weekend script does: no guard, no limits, no archive."""
    etags: dict[str, str] = {}

    def visit(url: str, conditional: bool) -> int:
        headers = {"If-None-Match": etags[url]} if conditional else {}
        answer = requests.get(url, headers=headers, timeout=10)
        etags[url] = answer.headers["ETag"]
        return len(feedparser.parse(answer.content).entries) if answer.status_code == 200 else 0

    for name, conditional in (("everything", False), ("unchanged", True)):
        with ThreadPoolExecutor(32) as threads:

            def go(threads: ThreadPoolExecutor = threads, conditional: bool = conditional) -> list[int]:
                return list(threads.map(lambda url: visit(url, conditional), urls(count)))

            measure(f"bare requests + feedparser, {name}", count, go)


def newsboat(count: int, changing: Any) -> None:
    """Where it is installed: a feed reader in C++ and Rust, 32 threads, its own SQLite cache, no alerts."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "urls").write_text("\n".join(urls(count)) + "\n")
        (at / "config").write_text("reload-threads 32\nauto-reload no\n")
        command = ["newsboat", "-q", "-u", f"{at}/urls", "-c", f"{at}/cache.db", "-C", f"{at}/config", "-x", "reload"]
        _others("newsboat", command, count, changing)


def rss2email(count: int, changing: Any) -> None:
    """Where it is installed: feeds one after the other, mails composed and not sent."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        feeds = "".join(f"\n[feed.f{n}]\nurl = {url}\n" for n, url in enumerate(urls(count)))
        (at / "config").write_text(f"[DEFAULT]\nto = reader@bench.test\nfrom = bench@bench.test\n{feeds}")
        command = ["r2e", "-c", f"{at}/config", "-d", f"{at}/data.json", "run", "--no-send"]
        _others("rss2email", command, count, changing)


def _others(name: str, command: list[str], count: int, changing: Any) -> None:
    if shutil.which(command[0]) is None:
        print(f"{name}: not installed")
        return
    for what, changes in (("first visit", 0), ("unchanged", 0), ("one new entry of 30", 1)):
        with changing.get_lock():
            changing.value += changes
        began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, check=False)
        wall, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        failed = f"   exit code {done.returncode}" if done.returncode else ""
        print(f"{f'{name}, {what}':<52} {count / wall:7.0f} feeds/s   {cpu / count * 1000:6.2f} ms CPU a feed{failed}")


def measure(name: str, count: int, go: Callable[[], Any]) -> Any:
    began, used, own = time.perf_counter(), _cpu(), time.process_time()
    result = go()
    wall, cpu, own = time.perf_counter() - began, _cpu() - used, time.process_time() - own
    possible = min(2 * count / cpu, count / own)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name:<52} {count / wall:7.0f} feeds/s   {cpu / count * 1000:6.2f} ms CPU a feed"
        f" ({own / count * 1000:.2f} asking)   {possible:4.0f} feeds/s on 2 cores   peak {memory} MB"
    )
    return result


def _cpu() -> float:
    """Seconds of CPU used by us and by the children that parse."""
    return time.process_time() + sum(_cpu_of(child._process.pid) for child in pool()._idle)


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    count = numbers[0] if numbers else 400
    ports: Any = multiprocessing.Queue()
    changing = multiprocessing.Value("i", 0)
    server = multiprocessing.Process(target=serve, args=(ports, changing), daemon=True)
    server.start()
    ports.get(timeout=20)
    try:
        ours(count, changing, "--ingest" in sys.argv)
        bare(count)
        newsboat(count, changing)
        rss2email(count, changing)
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
