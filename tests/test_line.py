"""Odd feeds through the whole line, from a server's answer to a mailbox: who is told what, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest

from monitor.config import Config
from monitor.gatherer import Gatherer
from monitor.sender import Sender
from tests.mail_server import MailServer
from tests.servers import Answer, WebServer

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = ("lamp", "orchard", "bridge", "violin", "harbour", "glacier", "kettle", "meadow", "compass", "lantern")


class Line:
    """A feed, both clocks and a mail server; `visit` publishes items and lets everything run once."""

    def __init__(self, state: Path, paper: WebServer, post: MailServer) -> None:
        self.state, self.paper, self.post, self.now = state, paper, post, START
        self.config = Config.model_validate({
            "alerts": [{"name": "all", "keywords": "prisoners", "to": "reader@mail.test"}],
            "sources": [{"name": "Paper", "url": f"{paper.url}/feed", "languages": ["en"], "interval": "10 min"}],
            "network": {"allow": ["127.0.0.0/8"], "spacing": 0, "respect_robots": False},
            "delivery": {"smtp": {"host": post.host, "port": post.port, "security": "none", "per_minute": 60_000}},
        })  # fmt: skip

    def visit(self, *items: str, after: timedelta = 25 * HOUR) -> list[str]:
        """The mails that came of it."""
        self.now += after
        before, asked = len(self.post.mails), len(self.paper.asked)
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>P</title>{"".join(items)}</channel></rss>'
        self.paper.says("/feed", Answer(200, body.encode(), (("Content-Type", "application/rss+xml"),)))
        Gatherer(self.config, self.state, lambda: self.now).once()
        assert len(self.paper.asked) > asked, "the feed was due"
        Sender(self.config, self.state, self.state.with_name("keys"), lambda: self.now).once()
        return [mail.text for mail in self.post.mails[before:]]

    def item(self, number: int, *, link: str = "", guid: str = "", dated: datetime | None = None) -> str:
        """One story of its own: no two numbers share their words."""
        word = WORDS[number % len(WORDS)] + "abcdefghij"[number // len(WORDS) % 10] * 3
        text = (
            f"The {word} of the prisoners {word}s. {word.capitalize()} and {word}ing, said {word}son near {word}ville."
        )
        link = link or f"{self.paper.url}/n/{number}"
        date = f"<pubDate>{format_datetime(dated)}</pubDate>" if dated else ""
        return (
            f"<item><title>A {word} for prisoners of {word}ville</title><link>{escape(link)}</link>"
            f"<guid>{escape(guid or link)}</guid>{date}<description>{text}</description></item>"
        )


@pytest.fixture
def line(state: Path) -> Iterator[Line]:
    post = MailServer()
    with WebServer() as paper:
        yield Line(state, paper, post)
    post.stop()


def test_f12_new_guids_on_every_poll_are_no_news(line: Line) -> None:
    line.visit(line.item(0, dated=START))
    assert len(line.visit(line.item(1, guid="a", dated=line.now + 25 * HOUR))) == 1
    for poll in ("b", "c"):
        assert line.visit(line.item(1, guid=poll, dated=line.now + 25 * HOUR)) == [], "however fresh it says it is"
    moved = line.item(1, guid="d", link=f"{line.paper.url}/other/99", dated=line.now + 25 * HOUR)
    assert line.visit(moved) == [], "nor is the same text under a new address"


def test_f13_four_hundred_old_items_alert_nobody(line: Line) -> None:
    assert line.visit(*(line.item(n, dated=START - n * DAY) for n in range(40))) == []
    old = [line.item(n, dated=START - 30 * DAY) for n in range(41, 81)]
    assert line.visit(*old) == [], "nor do old ones that appear later"
    assert len(line.visit(line.item(90, dated=line.now + 25 * HOUR))) == 1, "and what is new is told"


@pytest.mark.parametrize(
    "dated",
    [datetime(2099, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), None, START + 4 * DAY],
    ids=["2099", "1970", "no date", "clock three days ahead"],
)
def test_f14_a_senseless_date_is_one_alert_and_hides_nothing_that_follows(line: Line, dated: datetime | None) -> None:
    first = line.item(1, dated=dated)
    line.visit(line.item(0, dated=START))
    assert len(line.visit(first)) == 1
    assert line.visit(first) == []
    now = line.now + 25 * HOUR
    assert len(line.visit(first, line.item(2, dated=now))) == 1


def test_d04_after_three_days_down_each_item_is_told_once_and_marked_late(line: Line) -> None:
    line.visit(line.item(0, dated=START))
    missed = line.item(1, dated=line.now + 10 * HOUR)
    (mail,) = line.visit(missed, after=3 * DAY)
    assert "Late:" in mail
    assert line.visit(missed) == []
