"""Public channel previews: whose words, which of them again, how far back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.http import HtmlResponse

from monitor.gather.crawl.replay import Answer, Replayed, replay
from monitor.model import Kind, Source
from spiders.telegram import LONGEST_TITLE, first_line, moment_of, read_posts

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
CHANNEL = "https://t.me/s/vierasava"


def post(number: int, text: str = "Навіна", age: timedelta = timedelta(hours=1), channel: str = "vierasava") -> str:
    body = f"<div class='tgme_widget_message_text js-message_text' dir='auto'>{text}</div>" if text else ""
    moment = (NOW - age).isoformat()
    return (
        f"<div class='tgme_widget_message js-widget_message' data-post='{channel}/{number}'>{body}"
        f"<span class='tgme_widget_message_meta'><time datetime='{moment}' class='time'></time></span></div>"
    )


def visit(
    pages: dict[str, str],
    known: Iterable[int] = (),
    now: datetime = NOW,
    interval: timedelta = timedelta(minutes=10),
) -> tuple[Replayed, list[str]]:
    """What a visit to the channel brings from these pages, and which pages were asked for."""
    asked: list[str] = []
    source = Source("Channel", CHANNEL, Kind.TELEGRAM, languages=("be",), interval=interval)

    def fetch(url: str) -> Answer:
        asked.append(url)
        return (200, {}, pages[url].encode()) if url in pages else (404, {}, b"")

    return replay(source, now, fetch, [f"https://t.me/vierasava/{n}" for n in known]), asked


def text_of(html: str) -> str:
    (found,) = read_posts(HtmlResponse(CHANNEL, body=f"<html><body>{html}</body></html>".encode()))
    return found.text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("адзін<br/>два<br>тры", "адзін\nдва\nтры"),
        ("адзін<br/><br/><br/><br/>два", "адзін\n\nдва"),
        ("<b>тоўсты</b> і <a href='https://x.example'>спасылка</a>", "тоўсты і спасылка"),
        ("<tg-emoji><i class='emoji'><b>🕊</b></i></tg-emoji> воля", "🕊 воля"),
        ("<blockquote>цытата</blockquote>", "цытата"),
        ("a &lt;b&gt; c &amp; d", "a <b> c & d"),
        ("<script>alert(1)</script>слова", "слова"),
        ("  шмат \n прабелаў  ", "шмат прабелаў"),
    ],
)
def test_a_message_is_its_words_and_line_breaks(html: str, text: str) -> None:
    assert text_of(post(1, html.replace("\n", " "))) == text


def test_a_post_without_words_is_passed_over() -> None:
    replayed, _ = visit({CHANNEL: post(1, "") + post(2)}, known=[1])
    assert [item["guid"] for item in replayed.items] == ["vierasava/2"]


def test_a_post_of_another_channel_on_the_page_is_not_this_channels() -> None:
    replayed, _ = visit({CHANNEL: post(1, channel="somebody_else") + post(2, channel="Vierasava")}, known=[2])
    assert [item["guid"] for item in replayed.items] == ["Vierasava/2"]


def test_a_known_post_is_read_again_for_a_day_and_then_left() -> None:
    html = post(1, age=timedelta(hours=24)) + post(2, age=timedelta(hours=23, minutes=59))
    replayed, _ = visit({CHANNEL: html}, known=[1, 2])
    assert [item["guid"] for item in replayed.items] == ["vierasava/2"]


def test_an_old_post_that_is_new_to_the_archive_is_read() -> None:
    replayed, _ = visit({CHANNEL: post(1, age=timedelta(days=9)) + post(2)}, known=[2])
    assert [item["guid"] for item in replayed.items] == ["vierasava/1", "vierasava/2"]


def test_a_post_without_a_moment_has_none() -> None:
    html = "<div data-post='vierasava/1'><div class='tgme_widget_message_text js-message_text'>Слова</div></div>"
    replayed, _ = visit({CHANNEL: html})
    assert "published" not in replayed.items[0]


def test_after_an_absence_earlier_pages_are_read_until_something_is_known() -> None:
    pages = {
        CHANNEL: post(41) + post(42),
        f"{CHANNEL}?before=41": post(31) + post(32),
        f"{CHANNEL}?before=31": post(21) + post(22),
    }
    replayed, asked = visit(pages, known=[31, 21, 22], now=NOW)
    assert asked == [CHANNEL, f"{CHANNEL}?before=41"]
    assert [item["guid"] for item in replayed.items] == [f"vierasava/{n}" for n in (41, 42, 31, 32)]


def test_no_visit_reads_more_than_fifty_posts_or_so() -> None:
    def of(first: int) -> str:
        return "".join(post(n) for n in range(first, first + 20))

    pages = {f"{CHANNEL}?before={n + 20}": of(n) for n in range(20, 900, 20)} | {CHANNEL: of(900)}
    replayed, asked = visit(pages)
    assert len(asked) == 3
    assert len(replayed.items) == 60


@pytest.mark.parametrize(("minute", "pages_read"), [(5, 2), (15, 1), (55, 1)])
def test_young_posts_of_earlier_pages_are_compared_once_an_hour(minute: int, pages_read: int) -> None:
    now = NOW.replace(minute=minute)
    pages = {CHANNEL: post(41), f"{CHANNEL}?before=41": post(31, age=timedelta(hours=30))}
    _, asked = visit(pages, known=[41, 31], now=now)
    assert len(asked) == pages_read


def test_a_channel_that_is_asked_hourly_compares_them_every_time() -> None:
    pages = {CHANNEL: post(41), f"{CHANNEL}?before=41": post(31, age=timedelta(hours=30))}
    _, asked = visit(pages, known=[41, 31], interval=timedelta(hours=1))
    assert len(asked) == 2


def test_a_channel_without_preview_is_a_failure_and_not_silence() -> None:
    replayed, _ = visit({CHANNEL: "<html><body><div class='tgme_page'>If you have Telegram…</div></body></html>"})
    assert "posts in the channel's preview: 0 found" in replayed.trouble


def test_a_short_first_line_is_the_title() -> None:
    assert first_line("Загаловак\nтэкст") == "Загаловак"


def test_of_a_long_first_line_the_first_sentence_is_the_title() -> None:
    sentence = "Суд у Новых Азёрах перанёс пасяджэнне на 20 лістапада."
    assert first_line(f"{sentence} {'Яшчэ словы. ' * 30}") == sentence


def test_a_first_line_without_sentences_is_cut_at_a_word() -> None:
    title = first_line("слова " * 100)
    assert len(title) <= LONGEST_TITLE + 2
    assert title.endswith("слова …")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-16T12:30:00+03:00", NOW),
        ("2026-11-16T09:30:00", NOW),
        ("", None),
        ("0:41", None),
    ],
)
def test_moments_are_in_utc_or_absent(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment
