"""One article, many addresses; two articles, never one."""

from __future__ import annotations

import pytest

from monitor.model import Kind, Source
from monitor.reading.identity import Outlets, identify

MIRRORED = Source(
    name="Paper",
    url="https://paper.example/rss",
    outlet="Paper",
    mirrors=("paper-read0.example", "*.cdn.example"),
    path_id=r"(?:^|/|[?&]i=)(\d{4,})",
)
PLAIN = Source(name="Other", url="https://www.other.example/feed", outlet="Other")


@pytest.mark.parametrize(
    "url",
    [
        "https://paper.example/be/377450",
        "http://paper.example./be/377450/",
        "https://paper-read0.example/be/377450.html?utm_source=x",
        "https://a1b2.cdn.example/be/377450",
        "https://paper.example/be/amp/377450#top",
    ],
)
def test_a_mirror_an_amp_page_and_a_tracked_link_are_the_same_article(url: str) -> None:
    source = Outlets([MIRRORED, PLAIN]).of(url)
    assert source is MIRRORED
    assert identify(url, source).key == "Paper|377450|be"


def test_language_editions_share_the_item_and_differ_in_the_edition() -> None:
    latin = identify("https://paper.example/be_latn/377450", MIRRORED)
    russian = identify("https://paper.example/?c=amp&i=377450&lang=ru", MIRRORED)
    assert (latin.item, latin.edition) == ("377450", "be_latn")
    assert (russian.item, russian.edition) == ("377450", "ru")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://other.example/a/b", "https://www.other.example/a/b/"),
        ("https://other.example/a/b", "http://other.example/a/b?fbclid=1&utm_medium=rss"),
        ("https://other.example/a/b/amp/", "https://amp.other.example/a/b"),
        ("https://other.example/a/b.amp", "https://other.example/a/b"),
        ("https://other.example/%D0%B0", "https://other.example/а"),
        ("https://other.example/story?id=5&utm_source=x", "https://other.example/story?id=5"),
    ],
)
def test_without_a_path_id_only_the_dress_is_taken_off(one: str, other: str) -> None:
    assert identify(one, PLAIN).key == identify(other, PLAIN).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://other.example/story?id=5", "https://other.example/story?id=6"),
        ("https://other.example/ru/5000", "https://other.example/be/5000"),
        ("https://other.example/a", "https://third.example/a"),
    ],
)
def test_what_may_be_two_articles_stays_two(one: str, other: str) -> None:
    outlets = Outlets([PLAIN])
    assert identify(one, outlets.of(one)).key != identify(other, outlets.of(other)).key


def test_a_host_that_merely_looks_like_a_mirror_is_not_one() -> None:
    assert Outlets([MIRRORED]).of("https://paper-mirror.example/be/377450") is None
    assert Outlets([MIRRORED]).of("https://evilpaper.example/be/377450") is None


def test_a_telegram_post_has_one_address_with_and_without_the_preview() -> None:
    channel = Source(name="c", url="https://t.me/s/viasna96", kind=Kind.TELEGRAM, outlet="Viasna")
    outlets = Outlets([channel])
    assert outlets.of("https://t.me/Viasna96/123") is channel
    assert outlets.of("https://t.me/other/123") is None
    assert identify("https://t.me/s/viasna96/123", channel).key == identify("https://t.me/viasna96/123", channel).key
