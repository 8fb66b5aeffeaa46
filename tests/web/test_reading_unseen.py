"""Reading everything without signing up, under every name of the site, and without leaving a mark in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.store import Database
from monitor.web.app import create_app

from . import gazette
from .newsroom import Newsroom

NAMES = {
    "https://watch.example": {},
    "http://abcdefghijklmnop.onion": {},
    "https://mirror.example.net": {},
}


@pytest.fixture(params=list(NAMES))
def reader(request: pytest.FixtureRequest, state: Path, archive: Database, now: datetime) -> Iterator[TestClient]:
    """A browser without cookies at each of the site's names."""
    gazette.fill(Newsroom(archive, now))
    config = Config(
        web={
            "base_url": "https://watch.example",
            "onion": "abcdefghijklmnop.onion",
            "mirrors": ["https://mirror.example.net"],
        }
    )
    with TestClient(create_app(config, state, now=lambda: now), base_url=request.param) as client:
        client.headers["accept-language"] = "en"
        yield client


def test_p11_the_whole_archive_and_its_feeds_are_open_to_everybody_without_a_cookie(reader: TestClient) -> None:
    front = html.fromstring(reader.get("/").text)
    links = {link for link in front.xpath("//main//a/@href") if link.startswith(("/story/", "/event/"))}
    assert len(links) >= 3
    for path in (
        *links,
        "/search?q=pardoned",
        "/people",
        "/timeline",
        "/feed.atom",
        "/feed.json",
        "/feed.atom?q=pardoned",
    ):
        answer = reader.get(path)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
        assert "<script" not in answer.text
    assert "safest" in reader.get("/about").text
    assert not reader.cookies


def test_p11_no_link_leads_from_one_name_of_the_site_to_another(reader: TestClient) -> None:
    """Whoever came by the onion address stays there: relative links in pages, their own origin in feeds."""
    page = html.fromstring(reader.get("/").text)
    own = [a for a in page.xpath("//a/@href | //link/@href | //img/@src | //form/@action") if "example/" not in a]
    assert not [a for a in own if "watch.example" in a or "mirror.example" in a or ".onion" in a]
    feed = reader.get("/feed.atom").text
    others = [name for name in NAMES if name != str(reader.base_url).rstrip("/")]
    assert str(reader.base_url).rstrip("/") in feed
    assert not [name for name in others if f'href="{name}' in feed]


@pytest.mark.parametrize(
    "typed", ['"', "*", "NEAR(", "col:x", "x" * 10_000, "a\0b", "%", "Ω≈ç√", "((((", "AND OR NOT", "'; --"]
)
def test_w16_nothing_that_is_typed_into_a_search_is_an_error_of_ours(reader: TestClient, typed: str) -> None:
    for path in ("/search", "/feed.atom", "/feed.json", "/api/search"):
        assert reader.get(path, params={"q": typed}).status_code in (200, 400)
