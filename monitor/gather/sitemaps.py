"""Sitemaps: news sitemaps have titles and dates, plain ones only addresses whose pages say the rest.

Read with lxml without network, entities or DTDs. It refuses more than `MOST` entries, the newest come first.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lxml import etree

from monitor.gather.dates import parse_date
from monitor.gather.parsed import MOST, Parsed, two_letters, web_link
from monitor.gather.plain import one_line
from monitor.model import Article

RECENT = timedelta(days=7)
CHILDREN = 3
_NEVER = datetime.min.replace(tzinfo=UTC)


def parse_sitemap(text: str, url: str, now: datetime) -> Parsed:
    """A urlset's articles of the last week, or the most recent children of an index."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        return Parsed(problem="a broken sitemap came")
    cut = not text.rstrip().endswith(">") or not text.rstrip().endswith(f"{_name(root)}>")
    if _name(root) == "sitemapindex":
        return Parsed(children=_children(root, url, now), cut=cut)
    entries = [_address(element, url, now) for element in root if _name(element) == "url"]
    recent = [e for e in entries if e.url and (e.published is None or now - e.published <= RECENT)]
    recent.sort(key=lambda e: e.published or _NEVER, reverse=True)
    return Parsed(articles=tuple(recent[:MOST]), cut=cut)


def _children(root: etree._Element, url: str, now: datetime) -> tuple[str, ...]:
    """The children changed last; among those without a date the last named ones."""
    found = []
    for place, element in enumerate(root):
        said = _said(element)
        link = web_link(said.get("loc"), url)
        if link:
            found.append(
                (parse_date(said.get("lastmod", ""), now) or _NEVER, "news" in urlsplit(link).path, place, link)
            )
    return tuple(link for *_, link in sorted(found, reverse=True)[:CHILDREN])


def _address(element: etree._Element, url: str, now: datetime) -> Article:
    said = _said(element)
    link = web_link(said.get("loc"), url)
    published = parse_date(said.get("publication_date", ""), now) or parse_date(said.get("lastmod", ""), now)
    return Article(
        url=link,
        title=one_line(said.get("title", "")),
        published=published,
        guid=link,
        language=two_letters(said.get("language")),
    )


def _said(element: etree._Element) -> dict[str, str]:
    """Local name → text of everything within; the first of a name counts (an image has a `loc` and `title` too)."""
    found: dict[str, str] = {}
    for inner in element.iter():
        if isinstance(inner.tag, str) and "image" not in inner.tag and "video" not in inner.tag:
            found.setdefault(_name(inner), (inner.text or "").strip())
    return found


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
