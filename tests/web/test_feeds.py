from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path

import feedparser
import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.store import Database
from monitor.web.app import create_app

from . import gazette
from .newsroom import Newsroom


def test_the_atom_feed_has_one_entry_per_story_and_is_understood(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    answer = site.get("/feed.atom?lang=be")
    feed = feedparser.parse(io.BytesIO(answer.content))
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert not feed.bozo and feed.version == "atom10"
    ids = [e.id for e in feed.entries]
    assert len(ids) == len(set(ids)) == 10
    lead = next(e for e in feed.entries if e.id.endswith("story/pardon2345"))
    assert lead.title == "На волю выйшлі 32 палітвязні, сярод іх рэдактарка Алена Жук"
    assert "Справа (грамадская арганізацыя)" in lead.summary


def test_the_json_feed_says_the_same(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    feed = site.get("/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {"id", "url", "title", "content_text", "date_published", "date_modified"} <= feed["items"][0].keys()
    assert [i["id"] for i in feed["items"]] == [
        e.id for e in feedparser.parse(io.BytesIO(site.get("/feed.atom").content)).entries
    ]


def test_an_empty_feed_is_a_feed(site: TestClient) -> None:
    assert feedparser.parse(io.BytesIO(site.get("/feed.atom").content)).version == "atom10"
    assert site.get("/feed.json").json()["items"] == []


def test_any_search_is_a_feed(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    for query, stories in (("pardoned", 1), ("festival OR bridge", 1), ("nothingofthekind", 0)):
        assert len(site.get("/feed.json", params={"q": query}).json()["items"]) == stories


def test_people_stories_events_and_topics_have_feeds_that_their_pages_name(
    site: TestClient, newsroom: Newsroom
) -> None:
    """Fails when a page names a feed that is not there, or one of something else."""
    gazette.fill(newsroom)
    front = html.fromstring(site.get("/").text)
    event = front.xpath("//a[starts-with(@href, '/event/')]/@href")[0]
    for path in ("/person/zhuk-alena", "/story/pardon2345", event):
        page = html.fromstring(site.get(path).text)
        feeds = page.xpath("//link[@rel='alternate'][@type!='']/@href")
        assert len(feeds) == 2 and page.xpath(f"//main//a[@href='{feeds[0]}']")
        items = site.get(feeds[1]).json()["items"]
        read = feedparser.parse(io.BytesIO(site.get(feeds[0]).content))
        assert [i["id"] for i in items] == [e.id for e in read.entries] and items and not read.bozo
    assert site.get("/feed.json", params={"q": "topic:releases"}).status_code == 200


def test_the_feed_of_a_story_has_an_entry_for_each_article_newest_first(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    items = site.get("/feed.json", params={"story": "pardon2345"}).json()["items"]
    dates = [i["date_published"] for i in items]
    assert len({i["id"] for i in items}) == len(items) > 2 and dates == sorted(dates, reverse=True)
    assert {i["url"] for i in items} == {"http://127.0.0.1:8000/story/pardon2345"}
    assert site.get("/feed.atom?story=nothing").status_code == 404


def test_a_feed_of_a_query_that_cannot_be_read_says_where(site: TestClient) -> None:
    answer = site.get("/feed.atom?q=(abc")
    assert answer.status_code == 400 and "at character" in answer.text


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json"])
def test_a_reader_that_has_the_feed_gets_304(site: TestClient, newsroom: Newsroom, path: str) -> None:
    gazette.fill(newsroom)
    tag = site.get(path).headers["etag"]
    again = site.get(path, headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    newsroom.article(newsroom.story("fresh"), "Something new")
    assert site.get(path, headers={"if-none-match": tag}).status_code == 200


def test_links_stay_on_the_name_the_feed_was_asked_under_and_ids_do_not_change(
    state: Path, archive: Database, now: datetime
) -> None:
    names = {"base_url": "https://news.example", "onion": "abc.onion", "mirrors": ["https://mirror.example"]}
    app = create_app(Config(web=names), state, now=lambda: now)
    newsroom = Newsroom(archive, now)
    newsroom.article(newsroom.story("s"), "Headline")
    ids, links = set(), []
    for base in ("https://news.example", "http://abc.onion", "https://mirror.example"):
        with TestClient(app, base_url=base) as client:
            item = client.get("/feed.json").json()["items"][0]
            ids.add(item["id"])
            links.append(item["url"])
    assert ids == {"tag:news.example,2026:story/s"}
    assert links == ["https://news.example/story/s", "http://abc.onion/story/s", "https://mirror.example/story/s"]


def test_the_sources_can_be_taken_along(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.source("A & B", config={"url": "https://a.example/rss?x=1&y=2"})
    newsroom.source("Channel", config={"kind": "telegram"})
    outlines = etree.fromstring(site.get("/opml").content).findall("body/outline")
    assert [(o.get("text"), o.get("xmlUrl")) for o in outlines] == [("A & B", "https://a.example/rss?x=1&y=2")]


def test_the_timeline_can_be_taken_along(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    lines = site.get("/timeline.csv").text.splitlines()
    assert lines[0] == (
        "date,precision,kind,state,official,verified,reported,political,cumulative,named,destinations,event"
    )
    assert lines[1].startswith("2026-11-15,day,pardon,corroborated,32,31,32,,,1,") and lines[1].endswith(",e7k2mq")
    data = json.loads(site.get("/timeline.json").content)
    assert data["releases"][0]["official"] == 32 and data["held"][-1]["count"] == 889
