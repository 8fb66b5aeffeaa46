"""The page behind a feed's entry, for sources whose feeds only tease: politely, and only for what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.errors import AddressRefused, NoAnswer
from monitor.gather.egress import Door
from monitor.gather.parse_pool import ParseFailed, ParsePool
from monitor.gather.parsed import Page
from monitor.gather.robots import Robots
from monitor.model import Answered, Article, Source

PATIENCE = 3


def read_pages(
    door: Door, pool: ParsePool, robots: Robots, source: Source, articles: Sequence[Article], now: datetime
) -> Iterator[tuple[Article, bool]]:
    """Each article with what its page says, and whether its page could be read; what the feed said otherwise.

    After `PATIENCE` pages in a row that could not be read, the others are left for what they are.
    """
    allowed = robots.allowed([a.url for a in articles], now, source.proxy)
    failed = 0
    for article in articles:
        asks = article.url in allowed and failed < PATIENCE
        answer, page = _page(door, pool, source, article.url, now) if asks else (None, None)
        if answer and page and page.text:
            failed = 0
            yield replace(_merged(article, page), answered=answer), True
        else:
            failed += asks
            yield article, False


def _page(door: Door, pool: ParsePool, source: Source, url: str, now: datetime) -> tuple[Answered | None, Page | None]:
    try:
        answer = door.get(url, proxy=source.proxy)
        kind = answer.header("Content-Type")
        read_from = Answered(answer.url, answer.status, kind, answer.body)
        if answer.status != 200:
            return read_from, None
        return read_from, pool.page(answer.body, kind, answer.url, source, now=now)
    except (NoAnswer, AddressRefused, ParseFailed):
        return None, None


def _merged(article: Article, page: Page) -> Article:
    """The feed knows dates and titles best (they are what the outlet announced), the page has the words."""
    return replace(
        article,
        title=article.title or page.title,
        text=page.text if len(page.text) >= len(article.text) // 2 else article.text,
        summary=article.summary or page.description,
        published=article.published or page.published,
        author=article.author or page.author,
        language=article.language or page.language,
    )
