"""An article's page: its own words and nobody else's."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from monitor.gather.pages import extract
from monitor.gather.parsed import Page
from tests.gather.page_samples import H1, LAYOUTS, META, NOT_OURS, PARAGRAPHS, SENTENCES, TITLE, headlines, page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/amp/37745.html?utm_source=x"


def read(body: bytes, **facts: str) -> Page:
    return extract(body, URL, now=NOW, **facts)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_body_is_whole_and_holds_no_other_headline(layout: str) -> None:
    text = read(LAYOUTS[layout]).text
    for sentence in SENTENCES:
        assert sentence in text
    assert NOT_OURS not in text
    assert "правы абаронены" not in text and "Галоўная" not in text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_a_page_says_about_itself_is_read(layout: str) -> None:
    found = read(LAYOUTS[layout])
    assert found.title == TITLE and found.language == "be" and found.author == "Я. Пісаў"
    assert found.published == datetime(2026, 11, 16, 5, 30, tzinfo=UTC)
    assert found.canonical == "https://news.example/news/37745.html"
    assert found.description == "Рамонт доўжыўся два гады."


def test_a_short_article_is_not_outweighed_by_its_surroundings() -> None:
    short = "Суд адмяніў прысуд і вызваліў мужчыну ў зале суда, паведаміла яго жонка."
    text = read(page(f"<ul>{headlines(30)}</ul><article>{H1}<p>{short}</p></article><ul>{headlines(30)}</ul>")).text
    assert short in text and NOT_OURS not in text


def test_a_list_in_the_article_stays() -> None:
    names = "".join(f"<li>Імя Прозвішча {n}, асуджаны на {n} гады, вызвалены</li>" for n in range(2, 9))
    text = read(page(f"<article>{H1}{PARAGRAPHS}<ul>{names}</ul></article>")).text
    assert "Імя Прозвішча 5" in text


def test_names_that_are_links_stay_in_their_sentences() -> None:
    sentence = (
        "Сярод вызваленых <a href='/p/1'>Вольга Куркова</a> і <a href='/p/2'>Мікалай Статкевіч</a>, а таксама іншыя."
    )
    text = read(page(f"<article>{H1}{PARAGRAPHS}<p>{sentence}</p></article>")).text
    assert "Вольга Куркова і Мікалай Статкевіч" in text


# --------------------------------------------------------------------------------------------------------- what it says


def linked(data: object) -> bytes:
    script = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    return page(f"<article>{H1}{PARAGRAPHS}</article>", head=f"<title>x</title>{script}")


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Загаловак з даных",
    "datePublished": "2026-11-15T10:00:00Z",
    "author": [{"@type": "Person", "name": "А"}, {"name": "Б"}],
    "inLanguage": "be-BY",
}


@pytest.mark.parametrize(
    "data",
    [
        ARTICLE,
        [{"@type": "Organization", "name": "x"}, ARTICLE],
        {"@graph": [{"@type": "WebPage"}, ARTICLE]},
        {**ARTICLE, "@type": ["NewsArticle", "Article"]},
    ],
)
def test_json_ld_is_believed_first(data: object) -> None:
    found = read(linked(data))
    assert (found.title, found.author, found.language) == ("Загаловак з даных", "А, Б", "be")
    assert found.published == datetime(2026, 11, 15, 10, tzinfo=UTC)


def test_another_articles_json_ld_is_not_ours() -> None:
    found = read(linked({"@type": "ItemList", "itemListElement": [ARTICLE]}))
    assert found.title == TITLE and found.published is None


@pytest.mark.parametrize(
    "script", ["{broken", "[" * 5000, '"text"', "null", '{"@type": {"a": 1}}', '{"@graph": {"a": 1}}']
)
def test_broken_json_ld_is_passed_over(script: str) -> None:
    body = page(f"{H1}{PARAGRAPHS}", head=f'{META}<script type="application/ld+json">{script}</script>')
    assert read(body).title == TITLE


def test_an_article_body_in_the_data_is_the_body() -> None:
    text = " ".join(SENTENCES)
    assert read(linked({**ARTICLE, "articleBody": text})).text == text


def test_a_teaser_in_the_data_is_not_the_body() -> None:
    assert SENTENCES[3] in read(linked({**ARTICLE, "articleBody": SENTENCES[0]})).text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="article:published_time" content="2026-11-16T08:30:00+03:00">', "2026-11-16T05:30"),
        ('<meta itemprop="datePublished" content="2026-11-16">', "2026-11-16T00:00"),
        ('<meta name="pubdate" content="16.11.2026 08:30">', "2026-11-16T08:30"),
        ('<meta name="date" content="2099-01-01">', None),
        ("", None),
    ],
)
def test_dates_are_declared_or_none(head: str, expected: str | None) -> None:
    published = read(page(f"<article>{H1}{PARAGRAPHS}</article>", head=head)).published
    assert (published.strftime("%Y-%m-%dT%H:%M") if published else None) == expected


def test_a_time_element_is_the_last_resort() -> None:
    body = page(f"<article>{H1}<time datetime='2026-11-16T10:00:00Z'>10:00</time>{PARAGRAPHS}</article>", head="")
    assert read(body).published == datetime(2026, 11, 16, 10, tzinfo=UTC)


@pytest.mark.parametrize("href", ["javascript:alert(1)", "http://[bad", "data:text/html,x"])
def test_a_canonical_address_leads_to_the_web_or_nowhere(href: str) -> None:
    assert read(page(PARAGRAPHS, head=f'<link rel="canonical" href="{href}">')).canonical == ""


def test_encodings_are_found_out() -> None:
    body = f"<html><head><meta charset='windows-1251'><title>{TITLE}</title></head><body>{H1}{PARAGRAPHS}</body></html>"
    assert read(body.encode("cp1251", "replace")).title == TITLE
    assert read(body.replace("windows-1251", "utf-8").encode("cp1251", "replace"), encoding="cp1251").title == TITLE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 1000,
        b"%PDF-1.7 " + bytes(range(256)),
        b"<html></html>",
        b"<" * 100_000,
        b"<div>" * 50_000 + b"x",
        b"<p>" + b"<a href=x>y</a>" * 50_000,
        b"<html><body>" + b"<ul>" * 3000 + b"<li>x",
    ],
)
def test_nothing_a_server_sends_makes_it_raise(body: bytes) -> None:
    began = time.process_time()
    assert isinstance(read(body), Page)
    assert time.process_time() - began < 10
