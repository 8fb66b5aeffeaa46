"""Feeds of every kind become articles; what is no feed becomes a sentence."""

from __future__ import annotations

import gzip
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.gather.feeds import parse
from monitor.gather.parsed import MOST, Parsed
from monitor.model import Source
from tests.gather.feed_samples import item, rss, stories

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed"
SOURCE = Source("Invented News", URL)


def read(body: bytes | str, content_type: str = "application/rss+xml", source: Source = SOURCE) -> Parsed:
    return parse(body.encode() if isinstance(body, str) else body, content_type, URL, source, now=NOW)


# -------------------------------------------------------------------------------------------------------------- kinds

RSS_1 = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/">
 <title>t</title><link>https://news.example/</link></channel><item rdf:about="https://news.example/1"><title>One</title>
 <link>https://news.example/1</link><dc:date>2026-11-20T10:00:00Z</dc:date><description>Words</description></item></rdf:RDF>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="be"><title>t</title><entry><id>urn:1</id>
 <title type="html">&lt;b&gt;One&lt;/b&gt;</title><link rel="self" href="https://news.example/1.atom"/>
 <link rel="alternate" href="/1"/><published>2026-11-20T10:00:00Z</published><updated>2026-11-21T10:00:00Z</updated>
 <author><name>A. Writer</name></author><summary>Short.</summary>
 <content type="html">&lt;p&gt;A much longer body.&lt;/p&gt;</content></entry></feed>"""
RSS_091 = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
 <rss version="0.91"><channel><title>t</title><item><title>One</title><link>https://news.example/1</link>
 <description>Words</description></item></channel></rss>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "t",
        "language": "be-BY",
        "items": [
            {
                "id": 7,
                "url": "/1",
                "title": "One",
                "content_html": "<p>A body</p>",
                "summary": "Short.",
                "date_published": "2026-11-20T10:00:00Z",
                "date_modified": "2026-11-21T10:00:00Z",
                "authors": [{"name": "A"}, {"name": "B"}],
            }
        ],
    }
)


@pytest.mark.parametrize("feed", [RSS_1, ATOM, RSS_091, JSON_FEED, stories(1).decode().replace("Story 1", "One")])
def test_every_kind_of_feed_gives_articles(feed: str) -> None:
    (article,) = read(feed).articles
    assert article.title == "One" and article.url.startswith("https://news.example/1")
    assert article.guid and article.source == "Invented News"


def test_an_atom_entry_keeps_what_it_says() -> None:
    (article,) = read(ATOM).articles
    assert article.url == "https://news.example/1" and article.guid == "urn:1"
    assert article.text == "A much longer body." and article.summary == "Short."
    assert article.author == "A. Writer" and article.language == "be"
    assert article.published == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert article.edited == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_a_json_item_keeps_what_it_says() -> None:
    (article,) = read(JSON_FEED).articles
    assert (article.guid, article.url, article.text) == ("7", "https://news.example/1", "A body")
    assert (article.author, article.language, article.summary) == ("A, B", "be", "Short.")
    assert article.edited == datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/png", "", "application/octet-stream", "text/xml; charset=x"]
)
def test_f10_a_feed_is_read_whatever_its_type_says(content_type: str) -> None:
    assert len(read(stories(1, 2), content_type).articles) == 2


def test_whole_bodies_of_yandex_feeds_are_the_text() -> None:
    full = "<yandex:full-text>The whole of it, at length.</yandex:full-text>"
    body = rss([item(1).replace("</item>", f"{full}</item>")]).replace(
        b"<rss ", b'<rss xmlns:yandex="http://news.yandex.ru" '
    )
    assert read(body).articles[0].text == "The whole of it, at length."


def test_a_description_that_is_all_there_is_is_a_summary() -> None:
    (article,) = read(stories(1)).articles
    assert article.text == "" and article.summary == "Summary of story 1."


# ----------------------------------------------------------------------------------------------------------- not feeds


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "0 bytes"),
        (b"short answer", "12 bytes"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "a picture or a file"),
        (
            b"<!DOCTYPE html><html><head><title>Sign in &mdash; News</title></head><body>..</body></html>",
            "Sign in — News",
        ),
        (b"\n\n <HTML><body>" + b"x" * 100, "a web page"),
        (b'{"error": "not found", "code": 404, "message": "there is nothing here at all"}', "JSON came"),
        (b'{"items": [' + b" " * 100, "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b'["a list", "of words", "that is no feed"]' + b" " * 50, "JSON came"),
        (b"just some words that go on for a while, in no particular format at all " * 2, "not a feed"),
        (
            b'<?xml version="1.0"?><opml version="2.0"><body><outline text="a list of feeds"/></body></opml>',
            "not a feed",
        ),
    ],
)
def test_f10_what_is_no_feed_is_said_so(body: bytes, says: str) -> None:
    parsed = read(body)
    assert says in parsed.problem and not parsed.articles


def test_a_feed_inside_an_empty_page_is_still_a_feed() -> None:
    wrapped = f"<!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body>{ATOM}</body></html>"
    assert len(read(wrapped).articles) == 1


def test_a_feed_without_entries_is_a_feed() -> None:
    parsed = read(rss([]))
    assert parsed.problem == "" and parsed.articles == () and parsed.title == "Invented News"


# ------------------------------------------------------------------------------------------------------------ hostile

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><rss version='2.0'><channel><title>t</title><item><title>&lol9;</title><link>https://news.example/1</link></item>"
    "</channel></rss>"
)
QUADRATIC = (
    '<!DOCTYPE r [<!ENTITY a "'
    + "a" * 50_000
    + '">]><rss version="2.0"><channel><item><title>'
    + "&a;" * 5_000
    + "</title></item></channel></rss>"
)
EXTERNAL = (
    '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % b SYSTEM "http://127.0.0.1:9/x"> %b;]>'
    '<rss version="2.0"><channel><item><title>&a;</title><link>https://news.example/1</link></item></channel></rss>'
)


@pytest.mark.parametrize("feed", [LAUGHS, QUADRATIC, EXTERNAL])
def test_f08_entities_of_a_feeds_own_reach_nobody(feed: str) -> None:
    began = time.process_time()
    parsed = read(feed)
    assert time.process_time() - began < 10
    assert "entities of its own" in parsed.problem and parsed.articles == ()


def test_f08_bytes_that_name_a_file_do_not_open_it(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 100 + ".xml")
    path.write_bytes(stories(1))
    assert read(str(path).encode()).problem


@pytest.mark.parametrize(
    "feed",
    [
        pytest.param(rss(item(n, guid="same", link="https://news.example/") for n in range(50_000)), id="50k items"),
        pytest.param(rss([item(1, title="x" * 5_000_000)]), id="5 MB title"),
        pytest.param(rss([item(1, date="9" * 100_000)]), id="long date"),
        pytest.param(rss([item(1, date="Mon, " * 50_000)]), id="hostile date"),
        pytest.param(rss([item(1, text="&lt;!--" * 100_000)]), id="comments"),
        pytest.param(rss([item(1)], head="<x " + "a='b' " * 100_000 + "/>"), id="attributes"),
    ],
)
def test_f09_huge_feeds_are_bounded(feed: bytes) -> None:
    began = time.process_time()
    parsed = read(feed)
    assert time.process_time() - began < 10
    assert len(parsed.articles) <= MOST
    assert all(len(a.title) <= 1000 and len(a.summary) <= 20_000 for a in parsed.articles)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://x/", "https://", ""]
)
def test_x02_links_that_do_not_lead_to_the_web_are_dropped(link: str) -> None:
    (article,) = read(rss([item(1).replace("https://news.example/1.html", link)])).articles
    assert article.url.startswith("https://news.example/feed?entry=")


def test_x01_titles_are_text_whatever_they_hold() -> None:
    (article,) = read(
        rss([item(1, title="&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;Bold&lt;/b&gt; words")])
    ).articles
    assert article.title == "Bold words"


# ------------------------------------------------------------------------------------------------------ cut and broken


def test_f11_a_feed_cut_in_half_gives_what_was_whole_and_says_that_it_was_cut() -> None:
    whole = stories(1, 2, 3, 4)
    parsed = read(whole[: whole.index(b"Story 4")])
    assert parsed.cut and [a.title for a in parsed.articles] == ["Story 1", "Story 2", "Story 3"]
    assert not read(whole).cut


def test_entities_that_nobody_declared_do_not_spoil_a_feed() -> None:
    parsed = read(rss([item(1, title="One&nbsp;two"), item(2)]))
    assert len(parsed.articles) == 2 and not parsed.cut


# ------------------------------------------------------------------------------------------------------------ identity


def test_identity_does_not_depend_on_place_or_neighbours() -> None:
    first = {a.title: (a.guid, a.url) for a in read(stories(1, 2, 3)).articles}
    later = {a.title: (a.guid, a.url) for a in read(stories(9, 3, 1)).articles}
    assert first["Story 1"] == later["Story 1"] and first["Story 3"] == later["Story 3"]


def test_without_a_guid_the_link_is_the_identity() -> None:
    bare = stories(1).replace(b"<guid isPermaLink='false'>id-1</guid>", b"")
    assert read(bare).articles[0].guid == "https://news.example/1.html"


def test_without_guid_and_link_the_words_are() -> None:
    bare = "<rss version='2.0'><channel><item><title>A</title></item><item><title>B</title></item></channel></rss>"
    articles = read(bare).articles
    assert len({a.guid for a in articles}) == 2 and len({a.url for a in articles}) == 2
    assert read(bare).articles == articles


def test_one_guid_for_everything_is_no_identity() -> None:
    articles = read(rss(item(n, guid="same") for n in range(3))).articles
    assert [a.guid for a in articles] == [f"https://news.example/{n}.html" for n in range(3)]


def test_entries_that_share_a_link_get_addresses_of_their_own() -> None:
    articles = read(rss(item(n, link="https://news.example/") for n in range(3))).articles
    assert len({a.url for a in articles}) == 3
    assert all(a.url.startswith("https://news.example/?entry=") for a in articles)


def test_the_same_entry_twice_is_one_article() -> None:
    assert len(read(stories(1, 1, 1)).articles) == 1


def test_the_language_is_the_feeds_or_the_sources_only_one() -> None:
    assert read(stories(1)).articles[0].language == "be"
    silent = stories(1).replace(b"<language>be</language>", b"")
    assert read(silent, source=Source("x", URL, languages=("ru",))).articles[0].language == "ru"
    assert read(silent, source=Source("x", URL, languages=("ru", "be"))).articles[0].language == ""


# ------------------------------------------------------------------------------------------------------------ manners


def test_a_feeds_own_wishes_are_read() -> None:
    head = (
        "<ttl>45</ttl><skipHours><hour>3</hour><hour>24</hour></skipHours>"
        "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
    )
    parsed = read(stories(1, head=head))
    assert (parsed.ttl_minutes, parsed.skip_hours, parsed.skip_days) == (45, (0, 3), ("saturday", "sunday"))


def test_wishes_to_be_left_alone_for_ever_are_not_believed() -> None:
    head = "<ttl>soon</ttl><skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(24)) + "</skipHours>"
    parsed = read(stories(1, head=head))
    assert (parsed.ttl_minutes, parsed.skip_hours) == (0, ())


# ----------------------------------------------------------------------------------------------------------- encodings


def test_f10_a_mislabelled_feed_has_no_mojibake() -> None:
    body = rss([item(1, title="Вольга выйшла на волю")], encoding="windows-1251".replace("windows-1251", "utf-8"))
    mislabelled = body.decode().encode("cp1251")
    assert read(mislabelled).articles[0].title == "Вольга выйшла на волю"


def test_a_sources_encoding_is_final() -> None:
    body = rss([item(1, title="Ąžuolas")]).decode().encode("cp1257")
    assert read(body, source=Source("x", URL, encoding="cp1257")).articles[0].title == "Ąžuolas"


# -------------------------------------------------------------------------------------------------- feeds from outside


@pytest.mark.skipif("MONITOR_FEEDS" not in os.environ, reason="MONITOR_FEEDS names folders of captured feeds")
def test_captured_feeds_are_all_read_or_refused_with_a_sentence() -> None:
    """Folders separated by colons. Every entry has an identity, an address, and a date or an explicit None."""
    files = [f for folder in os.environ["MONITOR_FEEDS"].split(":") for f in Path(folder).rglob("*") if f.is_file()]
    assert files
    for path in files:
        body = path.read_bytes()
        began = time.process_time()
        parsed = read(body)
        assert time.process_time() - began < 10, path
        assert parsed == read(body), path
        assert (
            len({a.guid for a in parsed.articles}) == len(parsed.articles) == len({a.url for a in parsed.articles})
        ), path
        for article in parsed.articles:
            assert article.guid and article.url.lower().startswith("http") and "\x00" not in article.title, path
            assert article.published is None or article.published.tzinfo is UTC, path


# ------------------------------------------------------------------------------------------------------------ packages


def test_a_file_that_is_compressed_without_saying_so_is_unpacked() -> None:
    assert len(read(gzip.compress(stories(1, 2)), "application/x-gzip").articles) == 2


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (gzip.compress(stories(1), mtime=0)[:-20], "broke off"),
        (b"\x1f\x8b\x08" + b"x" * 99, "compressed wrongly"),
        (gzip.compress(b" " * 21_000_000, mtime=0), "unpacks to more than"),
    ],
)
def test_a_compressed_file_that_is_broken_or_too_long_is_refused(body: bytes, says: str) -> None:
    assert says in read(body).problem


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "utf-16", "utf-16-le", "utf-16-be"])
def test_wide_letters_are_read_with_and_without_a_mark(encoding: str) -> None:
    body = stories(1).decode().replace('encoding="utf-8"', f'encoding="{encoding}"').replace("Story", "Ўсе навіны")
    assert read(body.encode(encoding)).articles[0].title == "Ўсе навіны 1"
