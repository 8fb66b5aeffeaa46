"""What every site shares: which links are articles, how far a visit goes, what cannot be right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.http import HtmlResponse

import spiders
from monitor.errors import ConfigError
from monitor.gather.crawl.replay import Answer, Replayed, replay
from monitor.model import Kind, Source
from spiders import ArticleSpider, plain, until_old
from tests.spiders.loopback_site import listing, page

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOST = "https://spring96.org"
TEXT = "Пра гэта паведамілі праваабаронцы і сваякі.\nПадрабязнасці ўдакладняюцца, іх дададуць пазней."


def visit(pages: dict[str, str], known: Iterable[str] = (), **more: Any) -> tuple[Replayed, list[str]]:
    """What a visit to spring96 brings from these pages, and which pages were asked for."""
    asked: list[str] = []
    source = Source("Viasna", f"{HOST}/be/news", Kind.SITE, spider="spring96", languages=("be",), **more)

    def fetch(url: str) -> Answer:
        asked.append(url)
        return (200, {}, pages[url].encode()) if url in pages else (404, {}, b"")

    return replay(source, NOW, fetch, sorted(known)), asked


def site(*numbers: int, older: str = "", place: str = "/be/news") -> dict[str, str]:
    """A listing of articles by number, and their pages."""
    links = {f"{HOST}/be/news/{n}": f"Навіна нумар {n} пра суд" for n in numbers}
    return {f"{HOST}{place}": listing(links, older), **{url: page(text, TEXT) for url, text in links.items()}}


def spider(address: str = f"{HOST}/be/news", **more: Any) -> ArticleSpider:
    source = Source("Viasna", address, Kind.SITE, **{"spider": "spring96", "languages": ("be",), **more})
    return spiders.find(source)(source=source, now=NOW)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{HOST}/be/news/117653", True),
        ("http://spring96.org/be/news/117653/", True),
        ("https://spring96.org./be/news/117653", True),
        ("https://www.SPRING96.org/be/news/117653", True),
        ("https://awsedrftg.cfd/be/news/117653", True),  # a listed mirror
        (f"{HOST}/ru/news/117653", False),  # another source's edition
        (f"{HOST}/be/news", False),
        (f"{HOST}/be/news/tag/117", False),
        (f"{HOST}/be/news/117653/print", False),
        ("https://spring96.org.example/be/news/117653", False),  # a look-alike
        ("https://prisoners.spring96.org/be/news/117653", False),
        ("mailto:x@spring96.org", False),
        ("javascript:void(0)", False),
    ],
)
def test_an_article_is_told_by_host_and_path(url: str, expected: bool) -> None:
    assert spider(mirrors=("awsedrftg.cfd",)).is_article(url) is expected


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("pozirk", "https://site.example/ru/news/125090/", True),
        ("pozirk", "https://site.example/ru/news/tag/sud/", False),
        ("belta", "https://site.example/society/view/proekt-po-prodvizheniju-753673-2025/", True),
        ("belta", "https://site.example/society/view/-26086-2024/", True),
        ("belta", "https://site.example/photonews/view/snezhnaja-zima-55-2026", False),
        ("belta", "https://site.example/all_news/page/2", False),
        ("president_gov_by", "https://site.example/ru/events/pozdravlenie-s-dnem-znanij", True),
        ("president_gov_by", "https://site.example/ru/events/trips", False),
        ("president_gov_by", "https://site.example/ru/events/page-2", False),
    ],
)
def test_the_address_patterns_of_the_sites(name: str, url: str, expected: bool) -> None:
    assert spider("https://site.example/ru/x", spider=name, languages=("ru",)).is_article(url) is expected


def test_a_link_is_followed_once_and_keeps_its_longest_words() -> None:
    html = (
        "<a href='/be/news/5#comments'>12</a><a href=' /be/news/5?utm_source=x '>Палітвязень <b>на волі</b></a>"
        "<a href='/be/news/4'>Другая</a>"
    )
    response = HtmlResponse(f"{HOST}/be/news", body=html.encode())
    links = spider().links(response)
    assert links == {f"{HOST}/be/news/5": "Палітвязень на волі", f"{HOST}/be/news/4": "Другая"}


def test_a_redesign_that_keeps_the_addresses_changes_nothing() -> None:
    before, _ = visit(site(3, 2))
    pages = site(3, 2)
    for url, html in pages.items():
        html = re.sub(r"<(/?)(ul|li|article)\b", r"<\1div", html).replace("<div>", "<div class='x-7f3'><span></span>")
        pages[url] = html
    after, _ = visit(pages)
    assert [item["title"] for item in after.items] == [item["title"] for item in before.items]
    assert [item["text"] for item in after.items] == [item["text"] for item in before.items]


def test_only_new_articles_are_fetched_newest_first() -> None:
    replayed, asked = visit(site(5, 4, 3, 2, 1), known={f"{HOST}/be/news/{n}" for n in (3, 2, 1)})
    assert [item["url"] for item in replayed.items] == [f"{HOST}/be/news/5", f"{HOST}/be/news/4"]
    assert asked == [f"{HOST}/be/news", f"{HOST}/be/news/5", f"{HOST}/be/news/4"]


def test_behind_many_known_articles_in_a_row_nothing_is_looked_for() -> None:
    known = {str(n) for n in range(100, 110)}
    links = ["new", "pinned", *sorted(known), "ancient"]
    assert list(until_old(links, known | {"pinned"}, 10)) == ["new"]


def test_a_pinned_block_of_known_articles_does_not_end_the_search() -> None:
    known = {f"pinned {n}" for n in range(9)}
    assert list(until_old([*sorted(known), "new", "newer"], known, 10)) == ["new", "newer"]


def test_one_visit_fetches_no_more_than_its_share() -> None:
    replayed, asked = visit(site(*range(40, 0, -1)))
    assert len(replayed.items) == ArticleSpider.most
    assert len(asked) == ArticleSpider.most + 1


def test_when_all_of_a_listing_is_new_older_pages_are_read_up_to_the_limits() -> None:
    pages = {
        **site(9, 8, older="/be/news?page=2"),
        **site(7, 6, older="/be/news?page=3", place="/be/news?page=2"),
        **site(5, 4, older="/be/news?page=4", place="/be/news?page=3"),
        **site(3, 2, place="/be/news?page=4"),
    }
    replayed, asked = visit(pages)
    assert len(replayed.items) == 6
    assert f"{HOST}/be/news?page=3" in asked
    assert f"{HOST}/be/news?page=4" not in asked


def test_when_the_archive_knows_one_of_a_listing_older_pages_are_not_asked_for() -> None:
    pages = {**site(9, 8, older="/be/news?page=2"), **site(7, place="/be/news?page=2")}
    _, asked = visit(pages, known={f"{HOST}/be/news/8"})
    assert f"{HOST}/be/news?page=2" not in asked


def test_an_older_page_that_is_missing_or_empty_is_a_remark_and_no_failure() -> None:
    replayed, _ = visit(site(9, older="/be/news?page=2"))
    assert replayed.trouble == ""
    assert replayed.remarks == ["a page could not be read (HTTP 404)"]
    replayed, _ = visit({**site(9, older="/be/news?page=2"), f"{HOST}/be/news?page=2": "<html></html>"})
    assert (replayed.trouble, list(replayed.remarks)) == ("", [])


def test_zero_articles_where_there_are_always_some_is_a_failure() -> None:
    replayed, _ = visit({f"{HOST}/be/news": "<html><body>Maintenance</body></html>"})
    assert "articles in the listing: 0 found" in replayed.trouble


def test_fewer_articles_than_the_operator_believes_is_a_failure() -> None:
    replayed, _ = visit(site(2, 1), least=3)
    assert "2 found" in replayed.trouble
    assert replayed.items == []


def test_the_words_of_the_link_stand_in_for_a_title_the_page_lacks() -> None:
    pages = site(1) | {f"{HOST}/be/news/1": f"<html><body><p>{TEXT}</p></body></html>"}
    replayed, _ = visit(pages)
    assert [item["title"] for item in replayed.items] == ["Навіна нумар 1 пра суд"]


def test_pages_without_any_title_are_not_passed_on() -> None:
    links = {f"{HOST}/be/news/{n}": "" for n in (2, 1)}
    empty = dict.fromkeys(links, "<html><body></body></html>")
    replayed, _ = visit({f"{HOST}/be/news": listing(links), **empty})
    assert replayed.items == []
    assert replayed.trouble == "titles: none on 2 article pages"


def test_some_pages_without_title_are_a_remark() -> None:
    links = {f"{HOST}/be/news/{n}": "" for n in (2, 1)}
    pages = {f"{HOST}/be/news/2": page("Навіна пра волю", TEXT), f"{HOST}/be/news/1": "<html></html>"}
    replayed, _ = visit({f"{HOST}/be/news": listing(links), **pages})
    assert (replayed.trouble, list(replayed.remarks)) == ("", ["1 of 2 article pages have no title"])


def test_the_language_is_that_of_the_address() -> None:
    assert spider(languages=("be", "ru")).language(f"{HOST}/ru/news/1") == "ru"
    assert spider("https://belta.by/x", spider="belta", languages=("ru",)).language("https://belta.by/y") == "ru"
    assert spider("https://belta.by/x", spider="belta", languages=("ru", "be")).language("https://belta.by/y") == ""


def test_an_encoding_the_operator_knows_is_used() -> None:
    links = {f"{HOST}/be/news/1": "Навіна"}
    html = page("Навіна пра волю", TEXT).replace("utf-8", "nonsense").encode("cp1251")
    pages: dict[str, bytes] = {f"{HOST}/be/news": listing(links).encode(), f"{HOST}/be/news/1": html}
    source = Source("V", f"{HOST}/be/news", Kind.SITE, spider="spring96", languages=("be",), encoding="windows-1251")
    replayed = replay(source, NOW, lambda url: (200, {}, pages[url]))
    assert [item["title"] for item in replayed.items] == ["Навіна пра волю"]


@pytest.mark.parametrize(("kind", "spider_name"), [(Kind.SITE, ""), (Kind.SITE, "nobody"), (Kind.SITE, "__init__")])
def test_a_spider_that_does_not_exist_is_a_mistake_in_the_configuration(kind: Kind, spider_name: str) -> None:
    with pytest.raises(ConfigError, match="there is no spider called"):
        spiders.find(Source("x", HOST, kind, spider=spider_name))


def test_channels_and_lists_have_one_spider_for_all() -> None:
    assert spiders.find(Source("x", HOST, Kind.TELEGRAM)).__module__ == "spiders.telegram"
    assert spiders.find(Source("x", HOST, Kind.PRISONER_LIST)).__module__ == "spiders.prisoner_list"


def test_an_address_loses_query_and_fragment() -> None:
    assert plain("https://a.example/x/?utm=1#top") == "https://a.example/x/"
