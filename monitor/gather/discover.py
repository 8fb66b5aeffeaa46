"""Which feed does a site have? For `monitor source add URL`: it asks a few addresses and shows what it got.

The page's own `<link rel="alternate">` first, then the addresses that common systems use. It decides nothing: the
operator does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import urljoin

from monitor.errors import AddressRefused, NoAnswer
from monitor.gather.egress import Door, Response
from monitor.gather.encodings import decode
from monitor.gather.parse_pool import ParseFailed, ParsePool
from monitor.gather.parsed import web_link
from monitor.model import Article, Source

COMMON = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/news/rss", "/ru/rss/")
MOST = 6
_LINK = re.compile(r"<link\b[^>]{1,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed. `problem` says why it is none; `newest` are its first entries where it is one."""

    url: str
    title: str = ""
    entries: int = 0
    newest: tuple[Article, ...] = ()
    validators: bool = False  # whether it can be asked cheaply
    problem: str = ""


def find_feed(door: Door, url: str, *, now: datetime, pool: ParsePool, proxy: str = "") -> list[Candidate]:
    """What is at `url`, or what its page points to: usable feeds first, then what was tried and why it is no feed."""
    found: list[Candidate] = []
    first, answer = _ask(door, url, now, pool, proxy)
    found.append(first)
    if not first.problem or answer is None:
        return found
    for address in _addresses(answer):
        if len(found) > MOST:
            break
        if all(address != one.url for one in found):
            found.append(_ask(door, address, now, pool, proxy)[0])
    return sorted(found, key=lambda one: bool(one.problem))


def _addresses(page: Response) -> Iterator[str]:
    named = list(_named(page))
    yield from named
    if not named:
        yield from (urljoin(page.url, path) for path in COMMON)


def _named(page: Response) -> Iterator[str]:
    """The feeds that a page names in its head."""
    text = decode(page.body[:500_000], page.header("Content-Type"))
    for link in _LINK.findall(text):
        said = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(link)}
        href = web_link(said.get("href"), page.url)
        if href and "alternate" in said.get("rel", "").lower() and said.get("type", "").lower() in _TYPES:
            yield href


def _ask(door: Door, url: str, now: datetime, pool: ParsePool, proxy: str) -> tuple[Candidate, Response | None]:
    try:
        answer = door.get(url, proxy=proxy)
        if answer.status != 200:
            return Candidate(url, problem=f"it answers HTTP {answer.status}"), None
        parsed = pool.feed(answer.body, answer.header("Content-Type"), answer.url, Source(url, url), now=now)
    except (NoAnswer, AddressRefused, ParseFailed) as trouble:
        return Candidate(url, problem=str(trouble)), None
    if parsed.problem:
        return Candidate(url, problem=parsed.problem), answer
    cheap = bool(answer.header("ETag") or answer.header("Last-Modified"))
    entries = len(parsed.articles) or len(parsed.children)
    return Candidate(url, parsed.title, entries, parsed.articles[:3], cheap), answer
