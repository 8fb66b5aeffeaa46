"""Which feed does a site have? Asked politely, shown with what it gave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.gather.discover import COMMON, MOST, find_feed
from monitor.gather.egress import Door
from monitor.gather.parse_pool import ParsePool
from tests.gather.feed_samples import stories
from tests.servers import Answer, WebServer

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    with ParsePool(1) as pool:
        yield pool


def front(*links: str) -> Answer:
    return Answer(
        body=f"<html><head><title>Front</title>{''.join(links)}</head><body>{' ' * 99}</body></html>".encode()
    )


def test_a_feed_is_its_own_answer(door: Door, pool: ParsePool) -> None:
    with WebServer() as server:
        url = server.says("/feed", Answer(body=stories(1, 2), headers=(("ETag", '"1"'),)))
        (found,) = find_feed(door, url, now=NOW, pool=pool)
    assert (found.url, found.title, found.entries, found.validators, found.problem) == (
        url,
        "Invented News",
        2,
        True,
        "",
    )
    assert found.newest[0].title == "Story 1"


def test_a_page_names_its_feeds(door: Door, pool: ParsePool) -> None:
    links = (
        "<link rel='alternate' type='application/rss+xml' title='All &amp; everything' href='/all.xml?a=1&amp;b=2'>",
        '<LINK HREF="/atom" TYPE="application/atom+xml" REL="alternate">',
        '<link rel="stylesheet" href="/style.css"><link rel="alternate" hreflang="ru" href="/ru">',
    )
    with WebServer() as server:
        server.says("/all.xml?a=1&b=2", Answer(body=stories(1)))
        found = find_feed(door, server.says("/", front(*links)), now=NOW, pool=pool)
        assert server.paths() == ["/", "/all.xml?a=1&b=2", "/atom"]
    assert [one.problem for one in found] == ["", "a web page came instead of a feed: “Front”", "it answers HTTP 404"]


def test_common_addresses_are_tried_where_a_page_names_none(door: Door, pool: ParsePool) -> None:
    with WebServer() as server:
        server.says("/rss.xml", Answer(body=stories(1)))
        found = find_feed(door, server.says("/", front()), now=NOW, pool=pool)
        assert found[0].url.endswith("/rss.xml") and not found[0].problem
        assert len(server.asked) <= MOST + 1 and set(server.paths()) <= {"/", *COMMON}


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "http://10.0.0.1/feed", "http://[bad"])
def test_links_out_of_bounds_are_not_followed(door: Door, pool: ParsePool, href: str) -> None:
    link = f'<link rel="alternate" type="application/rss+xml" href="{href}">'
    with WebServer() as server:
        found = find_feed(door, server.says("/", front(link)), now=NOW, pool=pool)
        assert set(server.paths()) <= {"/", *COMMON}
    assert all(one.problem for one in found)


def test_nobody_at_home_is_one_candidate_with_a_reason(door: Door, pool: ParsePool) -> None:
    with WebServer() as server:
        url = server.url
    (found,) = find_feed(door, f"{url}/feed", now=NOW, pool=pool)
    assert "refused the connection" in found.problem
