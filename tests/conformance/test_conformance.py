"""Invented feeds with every wart that captured ones had, through the whole program in one go."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conformance.__main__ import Run, conform, samples
from tests.gather.feed_samples import rss, stories

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def entries(*parts: str) -> bytes:
    return rss(f"<item>{part}</item>" for part in parts)


TITLE, LINK, DATE = "<title>A bridge</title>", "<link>https://a.example/1</link>", "<pubDate>yesterday</pubDate>"
WARTS = {
    "missing-guid.xml": entries(TITLE + LINK, "<title>Another</title><link>https://a.example/2</link>"),
    "no-date.xml": entries(TITLE + LINK + DATE),
    "no-link.xml": entries(TITLE, "<title>Another</title>", "<description>Only words</description>"),
    "no-title.xml": entries(f"<description>Only words</description>{LINK}"),
    "one-link-for-all.xml": entries(TITLE + LINK, f"<title>Another</title>{LINK}"),
    "one-guid-for-all.xml": entries(TITLE + LINK + "<guid>1</guid>", "<title>B</title><guid>1</guid>"),
    "relative-link.xml": entries(f"{TITLE}<link>/1</link>", "<title>B</title><link>?p=2</link>"),
    "no-web-link.xml": entries(f"{TITLE}<link>javascript:alert(1)</link>", "<title>B</title><link>urn:x:1</link>"),
    "bom.xml": codecs.BOM_UTF8 + stories(1, 2),
    "leading-space.xml": b"\n \t " + stories(1, 2),
    "cut.xml": stories(1, 2, 3)[:-150],
    "not-wellformed.xml": stories(1, 2).replace(b"Summary of", b"Summary <b>&nbsp; & of"),
    "cdata.xml": entries(f"{LINK}<title><![CDATA[A <i>bridge</i> & more]]></title>"),
    "windows-1251.xml": rss(["<item><title>Мост адкрыты</title></item>"], encoding="windows-1251"),
    "says-utf-8.xml": rss(["<item><title>Мост адкрыты ў горадзе</title></item>"]).decode().encode("windows-1251"),
    "utf-16.xml": stories(1).decode().replace('"utf-8"', '"utf-16"').encode("utf-16"),
    "duplicate.xml": stories(1, 1, 2),
    "empty.xml": rss([]),
    "nothing.xml": b"",
    "page.html": b"<!doctype html><title>A page</title>" + b" " * 99,
    "feed.json": b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"content_text": "Words of it"}, {}]}',
    "atom.xml": b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>An entry</title><updated/></entry></feed>',
    "named.xml": b"<!-- Header:  Content-type: text/xml; charset=koi8-r -->" + stories(1),
}


def test_every_wart_is_visited_and_read_the_same_way_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, body in WARTS.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "index.csv").write_text("file,entries\nduplicate.xml,3\nbom.xml,2\n")
    assert conform(samples([tmp_path]), AT, 100) == []
    said = capsys.readouterr().out
    assert "visits: 2 broken, 21 new" in said and "duplicate.xml: 2 entries, 3 promised" in said
    assert "nothing.xml: it answers, but" in said and "page.html: it answers, but" in said and "bom" not in said


def test_a_program_that_hangs_or_crashes_is_reported(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("sources: []")
    assert "did not end" in Run(tmp_path, config, seconds=0.01).once(AT)
    config.write_text("sources: 7")
    assert "exit code 2" in Run(tmp_path, config, seconds=60).once(AT)
