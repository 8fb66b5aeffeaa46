"""One feed: a conditional request, then its entries as Articles.

RSS 0.9x/1.0/2.0 and Atom through feedparser (as bytes in a BytesIO: it would open a file that bytes name; without its
sanitiser, which is quadratic, because all HTML becomes plain text here anyway), JSON Feed by a reader of our own,
sitemaps by `sitemaps`. It refuses what is not a feed whatever it calls itself, entries made of declared entities, more
than `MOST` entries, links that are not http or https, and dates that make no sense. Every entry leaves with a
stable `guid` and an address of its own.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode, urlsplit

import feedparser
from feedparser.datetimes import _date_handlers

from monitor.errors import NoAnswer
from monitor.gather.dates import parse_date
from monitor.gather.encodings import decode
from monitor.gather.jsonfeed import parse_json_feed
from monitor.gather.parsed import MOST, Parsed, two_letters, web_link
from monitor.gather.plain import one_line, plain
from monitor.gather.sitemaps import parse_sitemap
from monitor.gather.unpack import GZIP, unpacked
from monitor.model import Article, Source

#: Dates are read by `dates`: what feedparser makes of them nobody looks at, and it costs a tenth of the parsing.
_date_handlers.clear()

WHOLE = 20_000_000  # bytes: a compressed file (sitemap.xml.gz) unpacks to no more
TINY = 60  # bytes: shorter than the shortest feed; one outlet answered 200 with 11 bytes for weeks
_TYPE = {"content-type": "application/xml; charset=utf-8"}
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|RDF|channel)\s*>\s*(?:<!--.*?-->\s*)*$", re.IGNORECASE | re.DOTALL)
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_HALF = re.compile(
    r"&#(?:x(d[89a-f][0-9a-f]{2})|(55(?:29[6-9]|[3-9]\d\d)|56\d{3}|57(?:[0-2]\d\d|3[0-3]\d|34[0-3])));", re.I
)
_NESTED = re.compile(r"<!ENTITY[^>]{0,200}&\w+;", re.IGNORECASE)  # entities made of entities: a bomb
_OWN_ENTITIES = "the feed defines entities of its own and is broken; nothing in it is believed"


def parse(body: bytes, content_type: str, url: str, source: Source, *, now: datetime) -> Parsed:
    """Read a feed of any kind. Never raises for anything a server may send; runs in a limited child."""
    if body.startswith(GZIP):
        try:
            body = unpacked(body, WHOLE)
        except NoAnswer as trouble:
            return Parsed(problem=str(trouble))
    if len(body) < TINY:
        return Parsed(problem=f"an answer of {len(body)} bytes came instead of a feed")
    if _is_binary(body):
        return Parsed(problem="a picture or a file came instead of a feed")
    text = decode(body, content_type, source.encoding, source.languages).lstrip("\ufeff\x00 \t\r\n")
    match _kind(text):
        case "json":
            parsed = parse_json_feed(text, url, now)
        case "sitemap":
            parsed = parse_sitemap(text, url, now)
        case "html":
            return Parsed(problem=f"a web page came instead of a feed{_quoted_title(text)}")
        case _:
            parsed = _xml_feed(text, url, now)
    return replace(parsed, articles=_distinct(parsed.articles, url, source))


def _is_binary(body: bytes) -> bool:
    return body[:4] in (b"\x89PNG", b"GIF8", b"%PDF", b"PK\x03\x04") or body[:3] == b"\xff\xd8\xff"


def _kind(text: str) -> str:
    start = re.sub(r"<\?.*?\?>|<!--.*?-->", "", text[:4096], flags=re.DOTALL).lstrip().lower()
    if start.startswith(("{", "[")):
        return "json"
    wrapped = re.search(r"<(rss|feed|rdf:rdf)[\s>]", start)  # some servers put a feed into an empty page
    if re.match(r"(<!doctype html|<html|<head|<body)", start) and not wrapped:
        return "html"
    return "sitemap" if re.match(r"<(\w+:)?(urlset|sitemapindex)\b", start) else "xml"


def _quoted_title(text: str) -> str:
    found = re.search(r"<title[^>]*>(.{1,300}?)</title>", text[:20_000], re.IGNORECASE | re.DOTALL)
    return f": “{one_line(found[1], 80)}”" if found else ""


# ------------------------------------------------------------------------------------------------------- RSS and Atom


def _xml_feed(text: str, url: str, now: datetime) -> Parsed:
    if _NESTED.search(text):
        return Parsed(problem=_OWN_ENTITIES)
    feed = feedparser.parse(
        io.BytesIO(_whole_letters(_shortened(text)).encode("utf-8", "replace")),
        response_headers=_TYPE,  # without content-location: resolving links by itself costs it as much as parsing
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not feed.get("version") and not feed.entries:
        return Parsed(problem="what came is not a feed")
    if feed.bozo and _ENTITY.search(text):
        return Parsed(problem=_OWN_ENTITIES)
    cut = not _END.search(text[-2000:])
    entries = feed.entries
    if cut and feed.bozo:
        entries = entries[:-1]  # the last one may be half an entry
        if not entries:
            return Parsed(problem="the feed breaks off before its first entry ends")
    head = feed.feed
    language = two_letters(head.get("language", ""))
    return Parsed(
        articles=tuple(_entry(entry, url, language, now) for entry in entries[:MOST]),
        ttl_minutes=_number(head.get("ttl")),
        skip_hours=_hours(text),
        skip_days=_days(text),
        title=one_line(head.get("title", "")),
        cut=cut and bool(feed.bozo),
    )


def _shortened(text: str) -> str:
    """The feed with its first `MOST` entries: parsing costs time by length, and nobody needs the fifty-thousandth."""
    ends = [found.end() for found in _ENTRY_END.finditer(text)]
    return text[: ends[MOST - 1]] + text[ends[-1] :] if len(ends) > MOST else text


def _whole_letters(text: str) -> str:
    """`&#55357;&#56832;` is one emoji to whoever wrote it, and two halves that no parser can bear."""
    if not _HALF.search(text):
        return text
    halves = _HALF.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2])), text)
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _entry(entry: dict[str, Any], base: str, language: str, now: datetime) -> Article:
    contents = [c.get("value", "") for c in entry.get("content", ())]
    # yandex:full-text and turbo:content: whole bodies, common among Belarusian and Russian outlets
    body = max([*contents, entry.get("yandex_full-text", ""), entry.get("turbo_content", "")], key=len)
    summary = plain(entry.get("summary", ""), 20_000)
    text = plain(body)
    return Article(
        url=web_link(entry.get("link"), base),
        title=one_line(entry.get("title", "")),
        text=text if len(text) > len(summary) else "",
        summary=summary,
        published=_date(entry, ("published", "created", "updated"), now),
        edited=_date(entry, ("updated",), now),
        language=two_letters(entry.get("language", "")) or language,
        author=one_line(entry.get("author", ""), 200),
        guid=str(entry.get("id", ""))[:1000],
    )


def _date(entry: dict[str, Any], names: tuple[str, ...], now: datetime) -> datetime | None:
    texts = (dict.get(entry, name) for name in names)  # its own get would take `published` for a missing `updated`
    return next((moment for text in texts if text and (moment := parse_date(text, now))), None)


def _hours(text: str) -> tuple[int, ...]:
    """Hours in <skipHours>; 24 is midnight in RSS 0.91. feedparser does not keep the list."""
    found = re.search(r"<skipHours>(.*?)</skipHours>", text, re.DOTALL | re.IGNORECASE)
    hours = (
        {int(h) % 24 for h in re.findall(r"<hour>\s*(\d{1,2})\s*</hour>", found[1], re.IGNORECASE)} if found else set()
    )
    return tuple(sorted(hours)) if len(hours) < 24 else ()


def _days(text: str) -> tuple[str, ...]:
    found = re.search(r"<skipDays>(.*?)</skipDays>", text, re.DOTALL | re.IGNORECASE)
    days = {d.lower() for d in re.findall(r"<day>\s*(\w+)\s*</day>", found[1], re.IGNORECASE)} if found else set()
    return tuple(sorted(days)) if len(days) < 7 else ()


# ----------------------------------------------------------------------------------------------------- every entry


def _distinct(articles: tuple[Article, ...], url: str, source: Source) -> tuple[Article, ...]:
    """One article per identity, each with a guid and an address of its own.

    An entry without a link, or with one that others of the feed share, gets the feed's address with a name for it.
    """
    declared = source.languages[0] if len(source.languages) == 1 else ""
    shared = {url} | {link for link, count in Counter(a.url for a in articles).items() if count > 1}
    guids = Counter(a.guid for a in articles)
    found: dict[str, Article] = {}
    for article in articles:
        if not (article.title or article.text or article.summary or article.url):
            continue
        usable = article.guid and (guids[article.guid] == 1 or not article.url or article.url in shared)
        guid = article.guid if usable else article.url if article.url not in shared else ""
        guid = guid or f"text:{_hash(article.title, str(article.published), article.summary[:500])}"
        own = article.url and not _names_no_article(article.url, shared)
        link = article.url if own else _named(article.url or url, guid)
        language = article.language or declared
        found.setdefault(guid, replace(article, guid=guid, url=link, source=source.name, language=language))
    return tuple(found.values())


def _names_no_article(link: str, shared: set[str]) -> bool:
    parts = urlsplit(link)
    return link in shared or (parts.path in ("", "/") and not parts.query)


def _named(url: str, guid: str) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode({"entry": _hash(guid)}))))
    return parts._replace(query=query, fragment="").geturl()


def _hash(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _number(text: object) -> int:
    return int(str(text)) if re.fullmatch(r"\d{1,7}", str(text or "").strip()) else 0
