"""Why something came, or did not: one sentence for a link or a name, from the reader's own settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.store import Database
from monitor.store.subscribers import SubscriberRow, add
from monitor.store.tokens import TokenRow, add_token
from monitor.subscribers.requests import copy_for, hash_of, new_token
from monitor.web.words import words

from .newsroom import Newsroom

OURS = {"sec-fetch-site": "same-origin"}
TITLE = "President pardons nine people"
URL = "https://outlet1.example/1"

Held = dict[str, Any]


def wish(query: str, certainty: str = "") -> dict[str, Any]:
    return {"name": query, "query": query, "instant": True, "certainty": certainty}


@pytest.fixture
def told(newsroom: Newsroom) -> Newsroom:
    """One article that was news, one that was not, and one about somebody in a hint."""
    newsroom.person("zhuk-alena", "Alena Zhuk")
    event = newsroom.event("e7k2mq", state="hint")
    for uid, filed, more in (("story1", None, {}), ("story2", None, {"data": {"silent": "baseline"}}),
                             ("story3", event, {"event": "e7k2mq"})):  # fmt: skip
        article = newsroom.article(newsroom.story(uid, event=filed), TITLE, sentences=["Nine people were pardoned."])
        newsroom.fact(f"story:{uid}", "coverage", story=uid, article_id=article, **more)
    newsroom.mention(3, "zhuk-alena")
    return newsroom


def ask(site: TestClient, private: Database, now: datetime, what: str, **held: Any) -> str:
    """The sentence for somebody whose settings are `held`."""
    token = new_token()
    add(private, SubscriberRow("s1", b"look-up", "active", "web", b"sealed", hash_of(new_token()), "2026-11"))
    blob = copy_for(token, {"state": "active", "settings": {}, "subscriptions": [wish("pardon*")]} | held)
    add_token(private, TokenRow(hash_of(token), "manage", "s1", now + timedelta(minutes=15), False, blob))
    page = site.post(f"/m/{token}", data={"do": "why", "what": what}, headers=OURS)
    assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
    said = [key for key in WHYS if words("en")(f"why.{key}") in page.text]
    assert len(said) == 1, "one sentence"
    return said[0]


WHYS = ("told", "waiting", "paused", "unsure", "before", "silent", "unwanted", "unknown")


@pytest.mark.parametrize(
    ("what", "held", "because"),
    [
        (URL, {"told": ["story:story1"]}, "told"),
        ("http://127.0.0.1:8000/n/art1", {"told": ["story:story1"]}, "told"),
        ("http://127.0.0.1:8000/story/story1", {"waiting": ["story:story1"]}, "waiting"),
        ("https://outlet3.example/3", {"told": ["event:e7k2mq:named:zhuk-alena"]}, "told"),
        (URL, {"state": "paused"}, "paused"),
        (URL, {}, "before"),
        (URL, {"subscriptions": [wish("border")]}, "unwanted"),
        ("https://outlet2.example/2", {}, "silent"),
        ("Alena Zhuk", {"subscriptions": [wish("pardon*", "corroborated")]}, "unsure"),
        ("zhuk", {"told": ["event:e7k2mq:named:zhuk-alena"]}, "told"),
        ("http://127.0.0.1:8000/person/zhuk-alena", {}, "before"),
        ("https://outlet1.example/nothing", {}, "unknown"),
        ("http://127.0.0.1:8000/n/nothing", {}, "unknown"),
        ("Nobody Whoever", {}, "unknown"),
        ("", {}, "unknown"),
        ("https://[", {}, "unknown"),
        ("http://" + "x" * 5000, {}, "unknown"),
    ],
)
def test_it_is_said_in_one_sentence(
    site: TestClient, private: Database, now: datetime, told: Newsroom, what: str, held: Held, because: str
) -> None:
    assert ask(site, private, now, what, **held) == because
