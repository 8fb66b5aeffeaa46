"""Pages in, articles out: what every site shares, so that one site is one short file.

A site is a listing and the shape of its article addresses. Everything else is read generically, so a redesign of the
pages breaks nothing for as long as the addresses keep their shape. A module in this folder defines one class called
`Spider`; it is found by listing the folder, there is no register to edit.

Spiders know the nouns that travel and the page reader. They store nothing, decide nothing and do not know each other.
What they yield is plain JSON: an article as a dict of `monitor.model.Article`'s fields, moments as text.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

import scrapy
from scrapy.exceptions import CloseSpider
from scrapy.http import TextResponse
from scrapy.spidermiddlewares.httperror import HttpError

from monitor import clock
from monitor.errors import ConfigError, InsaneResult
from monitor.gather.pages import extract
from monitor.model import Kind, Source

#: Asks the archive which of these addresses it has already.
Known = Callable[[Sequence[str]], Awaitable[set[str]]]

#: Answers that ask us to go away for a while: nothing more is requested in this visit.
SLOW_DOWN = (429, 503)


async def nothing_known(_addresses: Sequence[str]) -> set[str]:
    """The archive of somebody who starts today."""
    return set()


def names() -> tuple[str, ...]:
    """The modules of this folder."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(source: Source) -> type[SourceSpider]:
    """The spider for a source: its own for a site, the one for everybody for the other kinds. Raises ConfigError."""
    own = {Kind.TELEGRAM: "telegram", Kind.PRISONER_LIST: "prisoner_list"}
    name = own.get(source.kind, source.spider)
    if name not in names():
        raise ConfigError(f"there is no spider called {name or '(none given)'}; there are {', '.join(names())}")
    spider: type[SourceSpider] = importlib.import_module(f"spiders.{name}").Spider
    return spider


class SourceSpider(scrapy.Spider):  # type: ignore[misc]
    """One visit to one source.

    `trouble` is what went wrong with the visit as a whole, None where nothing did; `remarks` are sentences for the
    source's page about what went wrong with parts of it.
    """

    def __init__(self, source: Source, now: datetime, known: Known = nothing_known, inbox: Path | None = None) -> None:
        super().__init__(name=source.name)
        self.source = source
        self.now = now
        self.known = known
        self.inbox = inbox
        self.trouble: Exception | None = None
        self.remarks: list[str] = []

    async def start(self) -> AsyncIterator[Any]:
        yield self.ask(self.source.url, self.parse)

    def ask(self, url: str, callback: Callable[..., Any], **options: Any) -> scrapy.Request:
        """A request whose failure is the failure of the visit."""
        return scrapy.Request(url, callback, errback=options.pop("errback", self.failed), **options)

    def failed(self, failure: Any) -> None:
        self.trouble = self.trouble or failure.value

    def missed(self, failure: Any) -> None:
        """One page failed: what it has is still new at the next visit, unless the site wants to be left alone."""
        if isinstance(failure.value, HttpError) and failure.value.response.status in SLOW_DOWN:
            self.trouble = failure.value
            raise CloseSpider("slow-down")
        self.remarks.append(f"a page could not be read ({reason(failure.value)})")

    def closed(self, _reason: str) -> None:
        """The end of the visit: the last chance to say what is wrong with it."""

    def check(self, found: int, what: str) -> None:
        """Zero of what is always there, or fewer than the operator believes, is a failure and not silence.

        Raises InsaneResult.
        """
        if found < max(1, self.source.least):
            raise InsaneResult(f"{what}: {found} found where there are always some; the layout may have changed")


class ArticleSpider(SourceSpider):
    """A site with a listing, newest first, whose article addresses have one shape.

    `article` matches the path of an article. Its group `language`, if it has one, must be a language of the source.
    """

    article: ClassVar[re.Pattern[str]]
    press_on: ClassVar[int] = 10  # known articles in a row after which the rest of a listing is old
    most: ClassVar[int] = 15  # new articles fetched in one visit; the rest is still new at the next one
    pages: ClassVar[int] = 3  # listing pages read when even the oldest entry of one is new
    shortest_title: ClassVar[int] = 8

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listings = self.followed = self.read = 0
        self.odd: list[str] = []

    async def parse(self, response: TextResponse) -> AsyncIterator[Any]:
        """The listing: follow what is new."""
        self.listings += 1
        links = self.links(response)
        if self.listings == 1:
            self.check(len(links), "articles in the listing")
        known = await self.known(list(links))
        fresh = list(until_old(links, known, self.press_on))[: self.most - self.followed]
        self.followed += len(fresh)
        for url in fresh:
            yield self.ask(url, self.parse_article, errback=self.missed, cb_kwargs={"link_text": links[url]})
        if known or self.listings >= self.pages or self.followed >= self.most:
            return
        for older in response.xpath("//a[@rel='next']/@href | //link[@rel='next']/@href").getall()[:1]:
            yield self.ask(response.urljoin(older), self.parse, errback=self.missed)

    def links(self, response: TextResponse) -> dict[str, str]:
        """Address -> longest link text of every article the page links to, in the order of the page."""
        found: dict[str, str] = {}
        for anchor in response.xpath("//a[@href]"):
            url = plain(response.urljoin(anchor.attrib["href"].strip()))
            if self.is_article(url):
                text = " ".join(anchor.xpath("string()").get("").split())
                found[url] = max(found.get(url, ""), text, key=len)
        return found

    def is_article(self, url: str) -> bool:
        parts = urlsplit(url)
        if not self.is_ours(parts.hostname or ""):
            return False
        match = self.article.search(parts.path)
        language = match and match.groupdict().get("language")
        return bool(match) and (not language or not self.source.languages or language in self.source.languages)

    def is_ours(self, host: str) -> bool:
        """Only listed hosts: a look-alike name is cheap."""
        ours = {urlsplit(self.source.url).hostname or "", *self.source.mirrors}
        return bare(host) in {bare(h) for h in ours}

    def parse_article(self, response: TextResponse, link_text: str) -> Iterator[dict[str, Any]]:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        encoding = self.source.encoding
        page = extract(response.body, response.url, now=self.now, content_type=content_type, encoding=encoding)
        title = page.title or link_text
        self.read += 1
        if len(title) < self.shortest_title:
            self.odd.append(response.request.url)
            return
        yield article(
            # the address in the listing, not where it led to: it is what the next visit asks the archive about
            url=response.request.url,
            title=title,
            text=page.text,
            published=page.published,
            author=page.author,
            language=self.language(response.request.url) or page.language,
            source=self.source.name,
        )

    def language(self, url: str) -> str:
        match = self.article.search(urlsplit(url).path)
        declared = match.groupdict().get("language") if match else None
        return declared or (self.source.languages[0] if len(self.source.languages) == 1 else "")

    def closed(self, _reason: str) -> None:
        """If no article has even a title, the pages are not what they were."""
        if self.odd and len(self.odd) == self.read:
            self.trouble = self.trouble or InsaneResult(f"titles: none on {self.read} article pages")
        elif self.odd:
            self.remarks.append(f"{len(self.odd)} of {self.read} article pages have no title")


def article(**fields: Any) -> dict[str, Any]:
    """The plain form of a `monitor.model.Article`: empty fields left out, moments as text."""
    return {
        name: clock.to_text(value) if isinstance(value, datetime) else value for name, value in fields.items() if value
    }


def until_old(links: Iterable[str], known: set[str], press_on: int) -> Iterator[str]:
    """The unknown ones, up to `press_on` known ones in a row: behind those a newest-first listing has nothing new.

    A pinned or a "most read" block is shorter than that, so it does not end the search.
    """
    in_a_row = 0
    for url in links:
        in_a_row = in_a_row + 1 if url in known else 0
        if in_a_row >= press_on:
            return
        if not in_a_row:
            yield url


def plain(url: str) -> str:
    """Without query and fragment: the sites here name an article by its path alone."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def bare(host: str) -> str:
    return host.lower().rstrip(".").removeprefix("www.")


def reason(trouble: BaseException) -> str:
    """A few words for the source's page."""
    if isinstance(trouble, HttpError):
        return f"HTTP {trouble.response.status}"
    return str(trouble) or type(trouble).__name__
