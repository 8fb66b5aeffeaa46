"""Sitemaps: the news kind, the plain kind, and indexes of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.gather.feeds import parse
from monitor.gather.parsed import Parsed
from monitor.model import Source

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/sitemap.xml"
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?><urlset {XMLNS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/1</loc><image:image><image:loc>https://news.example/1.jpg</image:loc>
<image:title>No</image:title></image:image><news:news><news:publication><news:name>Invented</news:name>
<news:language>ru</news:language></news:publication>
<news:publication_date>2026-11-21T10:00:00+03:00</news:publication_date>
<news:title>One &amp; only</news:title></news:news></url>
<url><loc>/2</loc><lastmod>2026-11-22</lastmod></url>
<url><loc>https://news.example/old</loc><lastmod>2026-10-01</lastmod></url>
<url><loc>javascript:alert(1)</loc><lastmod>2026-11-22</lastmod></url>
<url><loc>https://news.example/undated</loc></url></urlset>"""


def read(text: str) -> Parsed:
    return parse(text.encode(), "application/xml", URL, Source("x", URL), now=NOW)


def test_a_news_sitemap_has_titles_and_dates() -> None:
    first = next(a for a in read(NEWS).articles if a.url.endswith("/1"))
    assert (first.title, first.language) == ("One & only", "ru")
    assert first.published == datetime(2026, 11, 21, 7, tzinfo=UTC)


def test_the_newest_come_first_the_old_are_left_out_and_links_lead_to_the_web() -> None:
    assert [a.url for a in read(NEWS).articles] == [f"https://news.example/{p}" for p in ("2", "1", "undated")]


def test_an_index_names_its_newest_children() -> None:
    children = "".join(
        f"<sitemap><loc>https://news.example/{n}.xml</loc><lastmod>2026-11-{n:02}</lastmod></sitemap>"
        for n in range(1, 21)
    )
    parsed = read(f"<sitemapindex {XMLNS}>{children}</sitemapindex>")
    assert parsed.children == tuple(f"https://news.example/{n}.xml" for n in (20, 19, 18))


def test_without_dates_the_news_and_the_last_of_an_index_count() -> None:
    names = ("pages", "news", "posts-1", "posts-2")
    children = "".join(f"<sitemap><loc>https://news.example/{name}.xml</loc></sitemap>" for name in names)
    parsed = read(f"<sitemapindex {XMLNS}>{children}</sitemapindex>")
    assert len(parsed.children) == 3 and parsed.children[-1].endswith("posts-1.xml")


def test_a_cut_sitemap_is_said_to_be_cut() -> None:
    assert read(NEWS[:-200]).cut and not read(NEWS).cut


@pytest.mark.parametrize(
    "text",
    [
        f"<urlset {XMLNS}>" + "<url><loc>https://news.example/x</loc></url>" * 3,
        f"<urlset {XMLNS}>" + "<url>" * 5000 + "</urlset>",
        f"<!DOCTYPE u [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><urlset {XMLNS}><url><loc>&a;</loc></url></urlset>",
        f"<urlset {XMLNS}>" + " " * 100,
    ],
)
def test_broken_sitemaps_give_what_they_can_and_nothing_of_ours(text: str) -> None:
    parsed = read(text)
    assert all("passwd" not in a.url and "root" not in a.title for a in parsed.articles)
