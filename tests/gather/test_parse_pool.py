"""Children that parse: what they give, what they may not, and what happens when one dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.gather.feeds import parse
from monitor.gather.pages import extract
from monitor.gather.parse_pool import ParseFailed, ParsePool
from monitor.model import Source
from tests.gather.feed_samples import article_page, item, rss, stories

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SOURCE = Source("Invented News", "https://news.example/feed", languages=("be",), encoding="")
URL = SOURCE.url


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    with ParsePool(1, cpu_seconds=1, wall_seconds=60) as pool:
        yield pool


def feed(pool: ParsePool, body: bytes, source: Source = SOURCE) -> object:
    return pool.feed(body, "text/xml", URL, source, now=NOW)


def test_a_child_reads_what_we_would_read(pool: ParsePool) -> None:
    body = stories(1, 2, 3, head="<ttl>7</ttl><skipHours><hour>3</hour></skipHours>")
    assert feed(pool, body) == parse(body, "text/xml", URL, SOURCE, now=NOW)
    assert feed(pool, b"<html>no feed</html>" + b" " * 99) == parse(
        b"<html>no feed</html>" + b" " * 99, "", URL, SOURCE, now=NOW
    )


def test_a_child_reads_pages_too(pool: ParsePool) -> None:
    body = article_page("Загаловак")
    assert pool.page(body, "text/html", URL, SOURCE, now=NOW) == extract(body, URL, now=NOW, content_type="text/html")


def test_the_sources_encoding_reaches_the_child(pool: ParsePool) -> None:
    source = Source("x", URL, encoding="cp1257")
    found = pool.feed(rss([item(1, title="Ąžuolas")]).decode().encode("cp1257"), "", URL, source, now=NOW)
    assert found.articles[0].title == "Ąžuolas"


def test_lone_surrogates_and_odd_letters_come_through(pool: ParsePool) -> None:
    found = pool.feed(rss([item(1, title="😀 &#xD800; &#55357;&#56832; ў")]), "", URL, SOURCE, now=NOW)
    assert found.articles[0].title == "😀 \ufffd 😀 ў"


SLOW = b"<rss><channel><item><title>" + b"<b>" * 400_000


def test_f09_too_much_time_costs_the_child_and_nothing_else(pool: ParsePool) -> None:
    with pytest.raises(ParseFailed, match="too much time or memory"):
        feed(pool, SLOW)
    assert feed(pool, stories(1))


def test_f09_too_much_memory_costs_nothing_but_this_feed() -> None:
    """With time enough, so that it is the memory that ends it."""
    body = b'<?xml version="1.0"?><rss><channel>' + b"<item/>" * 10 + b" " * 150_000_000
    with ParsePool(1, cpu_seconds=60, wall_seconds=60) as patient:
        with pytest.raises(ParseFailed):
            feed(patient, body)
        assert feed(patient, stories(1))


def test_a_child_that_is_killed_is_replaced(pool: ParsePool) -> None:
    feed(pool, stories(1))
    (child,) = pool._idle
    os.kill(child._process.pid, 9)
    child._process.wait()
    with pytest.raises(ParseFailed):
        feed(pool, stories(1))
    assert feed(pool, stories(1))


def test_a_child_has_nothing_of_our_environment(pool: ParsePool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    with ParsePool(1) as fresh:
        feed(fresh, stories(1))
        pid = fresh._idle[0]._process.pid
        process = Path(f"/proc/{pid}")
        names = {line.partition(b"=")[0] for line in (process / "environ").read_bytes().split(b"\0") if line}
        limits = (process / "limits").read_text()
        opened = [str(link.readlink()) for link in (process / "fd").iterdir()]
    assert names == {b"PYTHONPATH", b"LC_ALL", b"PYTHONDONTWRITEBYTECODE"}
    assert "Max file size             0 " in limits and "Max core file size        0 " in limits
    assert "Max address space         536870912" in limits
    assert all(name.startswith("pipe:") or name == "/dev/null" for name in opened)


def test_f05_one_slow_feed_does_not_hold_up_the_others() -> None:
    with ParsePool(1, cpu_seconds=6, wall_seconds=60) as pool:
        feed(pool, stories(1))

        def read_slowly() -> None:
            with pytest.raises(ParseFailed):
                feed(pool, SLOW)

        slow = threading.Thread(target=read_slowly)
        slow.start()
        time.sleep(0.2)
        feed(pool, stories(1))
        assert slow.is_alive()
        slow.join()


def test_robots_rules_are_read_in_a_child(pool: ParsePool) -> None:
    rules = "User-agent: release-monitor\nDisallow: /private\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n"
    urls = ["https://news.example/a", "https://news.example/private/b"]
    assert pool.robots(rules, "release-monitor", urls) == ([True, False], 7.0)
    assert pool.robots("", "release-monitor", urls) == ([True, True], 0.0)


def test_a_closed_pool_leaves_no_child() -> None:
    with ParsePool(2) as pool:
        feed(pool, stories(1))
        process = pool._idle[0]._process
    assert process.wait(5) == 0


def test_the_process_that_asks_loads_nothing_that_parses() -> None:
    """It holds no hostile bytes in a parser, starts faster and stays small."""
    parsers = {"feedparser", "trafilatura", "protego"}
    code = f"import sys, monitor.gatherer; print(sorted({parsers} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
