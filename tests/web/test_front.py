from __future__ import annotations

from starlette.testclient import TestClient

from .newsroom import Newsroom


def test_an_empty_archive_explains_its_silence(site: TestClient) -> None:
    page = site.get("/")
    assert page.status_code == 200
    assert "There is no story about a release yet." in page.text


def test_the_newest_story_comes_first(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.article(newsroom.story("old", seen=newsroom.ago(hours=5)), "Older headline")
    newsroom.article(newsroom.story("new"), "Newer headline")
    text = site.get("/").text
    assert text.index("Newer headline") < text.index("Older headline")


def test_a_story_without_a_release_is_listed_below(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.article(newsroom.story("s"), "A bridge was opened", relevant=0)
    text = site.get("/").text
    assert "Everything else that came in" in text and "A bridge was opened" in text
