"""An article's page: title, body, date, author. Pure, no network.

Order of trust: JSON-LD, then OpenGraph and meta, then what the page looks like (trafilatura). Body only: menus, lists
of other headlines, "read also" boxes and comments never count as the article's text, because a keyword in somebody
else's headline would raise an alert about the wrong article.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import trafilatura
from lxml import etree, html

from monitor.gather.dates import parse_date
from monitor.gather.encodings import decode
from monitor.gather.furniture import remove_furniture
from monitor.gather.parsed import Page
from monitor.gather.plain import one_line, plain

ARTICLE_TYPES = (
    "Article",
    "NewsArticle",
    "BlogPosting",
    "ReportageNewsArticle",
    "LiveBlogPosting",
    "AnalysisNewsArticle",
)


ENOUGH = 200  # characters: less around a heading is a by-line


def extract(body: bytes, url: str, *, now: datetime, content_type: str = "", encoding: str = "") -> Page:
    """Read one page. `now` bounds the dates that are believed. Never raises for anything a server may send."""
    tree = _tree(decode(body, content_type, encoding))
    if tree is None:
        return Page()
    data, meta = _structured(tree), _meta(tree)
    title = one_line(_text(data, "headline") or meta.get("og:title", "") or _heading(tree))
    return Page(
        title=title,
        published=_published(tree, data, meta, now),
        author=one_line(_author(data) or meta.get("author", ""), 200),
        language=_language(tree, data),
        canonical=_canonical(tree, meta, url),
        description=one_line(meta.get("og:description", "") or meta.get("description", "")),
        text=_body(tree, url, data, title),  # last, because it takes the tree apart
    )


def _tree(text: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return tree if isinstance(tree, html.HtmlElement) else None


def _body(tree: html.HtmlElement, url: str, data: dict[str, Any], title: str) -> str:
    """The article's own words. Changes the tree."""
    said = plain(_text(data, "articleBody"))
    heading = one_line(_heading(tree))
    remove_furniture(tree)
    fallback = _around_heading(tree)
    found = plain(
        trafilatura.extract(
            tree, url=url, fast=True, include_comments=False, include_tables=False, favor_precision=True
        )
        or ""
    )
    text = found or fallback
    for line in (title, heading):
        text = text.removeprefix(f"{line}\n")
    return said if len(said) >= max(0.8 * len(text), 1) else text


def _around_heading(tree: html.HtmlElement) -> str:
    """The text of the smallest box around the heading that says something: for pages without a single paragraph."""
    heading = tree.find(".//h1")
    box = heading.getparent() if heading is not None else None
    while box is not None and box.tag not in ("body", "html"):
        text = plain(etree.tostring(box, encoding="unicode", with_tail=False))
        if len(text) > ENOUGH:
            return text
        box = box.getparent()
    return ""


# ---------------------------------------------------------------------------------------------------- what it declares


def _structured(tree: html.HtmlElement) -> dict[str, Any]:
    """The first JSON-LD object that describes an article."""
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(data):
            types = thing.get("@type")
            if any(t in ARTICLE_TYPES for t in (types if isinstance(types, list) else [types])):
                return thing
    return {}


def _things(data: Any) -> Iterator[dict[str, Any]]:
    """Objects at the top, in a list, or in a @graph: deeper ones describe other articles."""
    if isinstance(data, dict):
        yield data
        yield from _things(data.get("@graph"))
    elif isinstance(data, list):
        yield from (thing for thing in data if isinstance(thing, dict))


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _author(data: dict[str, Any]) -> str:
    people = data.get("author")
    names = [p.get("name") if isinstance(p, dict) else p for p in (people if isinstance(people, list) else [people])]
    return ", ".join(name for name in names if isinstance(name, str))


def _meta(tree: html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iterfind(".//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        found.setdefault(name.lower(), element.get("content") or "")
    return found


def _published(tree: html.HtmlElement, data: dict[str, Any], meta: dict[str, str], now: datetime) -> datetime | None:
    times = (e.get("datetime") or "" for e in tree.iterfind(".//time[@datetime]"))
    names = ("article:published_time", "datepublished", "dc.date.issued", "dc.date", "pubdate", "date")
    said = (_text(data, "datePublished"), *(meta.get(name, "") for name in names), *times)
    return next((moment for text in said if text and (moment := parse_date(text, now))), None)


def _heading(tree: html.HtmlElement) -> str:
    heading = tree.find(".//h1")
    if heading is None:
        heading = tree.find(".//title")
    return heading.text_content() if heading is not None else ""


def _language(tree: html.HtmlElement, data: dict[str, Any]) -> str:
    said = _text(data, "inLanguage") or tree.get("lang") or ""
    return said[:2].lower() if said[:2].isalpha() else ""


def _canonical(tree: html.HtmlElement, meta: dict[str, str], url: str) -> str:
    link = tree.find(".//link[@rel='canonical']")
    target = (link.get("href") if link is not None else "") or meta.get("og:url", "")
    try:
        target = urljoin(url, target)
        return target if urlsplit(target).scheme in ("http", "https") else ""
    except ValueError:
        return ""
