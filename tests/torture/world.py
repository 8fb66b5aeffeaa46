"""The world outside the program, on loopback: a newspaper's feed, a mail server, a webhook endpoint and a Slack."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from tests.hook_server import HookServer, SlackServer
from tests.mail_server import MailServer
from tests.servers import Answer, Asked, WebServer

AT_ONCE = ("first@mail.test", "second@mail.test")
MORNING = "morning@mail.test"
HOOK, SLACK = "hook", "slack"
QUERY = "prisoners OR political prisoners"


@dataclass(frozen=True)
class Piece:
    """One article. Each tells of something else, so that each is a story of its own."""

    slug: str
    title: str
    text: str


OLD = (
    Piece("old-choir", "A choir of former prisoners sings in Vilnius", "Forty voices, songs of three villages."),
    Piece("old-bees", "Bees came early this spring", "Bee-keepers near Brest opened the first hives in March."),
)
NEW = (
    Piece("march", "Families of prisoners march in Warsaw", "Two thousand people walked from the castle to the river."),
    Piece("library", "A library for prisoners opens in Hrodna", "Nine shelves of poetry, a lamp and a wooden table."),
    Piece("harvest", "A late harvest of apples", "The growers' union counted a tenth less than a year ago."),
)
LATER = (
    Piece("letters", "Schoolchildren write letters to prisoners", "The post office in Białystok sold out of stamps."),
)
TOLD_NEW = frozenset({"march", "library"})
TOLD_LATER = frozenset({"letters"})


@dataclass(frozen=True)
class Told:
    """One message as it arrived. `id` is the same for the same message; in Slack's place stands what it tells of."""

    to: str
    id: str
    of: frozenset[str]  # slugs
    text: str


class World:
    """`with` it; `publish` fills the feed, `told` says what arrived, `forget` empties the boxes."""

    def __init__(self) -> None:
        self.mail, self.hook, self.slack, self.paper = MailServer(), HookServer(), SlackServer(), WebServer()

    def __enter__(self) -> Self:
        self.paper.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.paper.__exit__(kind, trouble, trace)
        for server in (self.mail, self.hook, self.slack):
            server.stop()

    @property
    def environment(self) -> dict[str, str]:
        """No receiver here speaks TLS, so that the system's certificates need not be read at each start."""
        return {"TORTURE_HOOK": self.hook.url, "TORTURE_SLACK": self.slack.url, "SSL_CERT_FILE": os.devnull}

    def configure(self, folder: Path) -> Path:
        """The operator's configuration for this world."""
        everybody = {"first": AT_ONCE[0], "second": AT_ONCE[1], "hook": "TORTURE_HOOK", "slack": "TORTURE_SLACK"}
        alerts = [{"name": name, "keywords": QUERY, "to": to} for name, to in everybody.items()]
        config = {
            "alerts": [*alerts, {"name": "morning", "keywords": QUERY, "to": MORNING, "when": "daily 08:00 UTC"}],
            "sources": [{"name": "The Paper", "url": f"{self.paper.url}/feed", "languages": ["en"]}],
            "delivery": {
                "smtp": {"host": self.mail.host, "port": self.mail.port, "security": "none", "per_minute": 60_000},
                "slack_host": self.slack.slack_host,
                "operator": "operator@mail.test",
            },
            "network": {"allow": ["127.0.0.0/8"], "spacing": 0, "respect_robots": False},
            "web": {"sign_up": "open"},
        }
        path = folder / "config.yaml"
        path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        return path

    def publish(self, pieces: Iterable[Piece], now: datetime) -> None:
        """The feed holds these from now on, and knows what was asked before."""
        body = _feed(self.paper.url, pieces, now)
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'

        def answer(asked: Asked) -> Answer:
            if asked.get("If-None-Match") == etag:
                return Answer(304, headers=(("ETag", etag),))
            return Answer(200, body, (("Content-Type", "application/rss+xml"), ("ETag", etag)))

        self.paper.says("/feed", answer)

    def forget(self) -> None:
        self.mail.mails.clear()
        self.hook.calls.clear()
        self.slack.calls.clear()
        self.paper.asked.clear()

    def told(self) -> list[Told]:
        """Everything that arrived since it was forgotten."""
        mails = [(m.recipients[0], str(m.message["Message-ID"]), m.text) for m in list(self.mail.mails)]
        hooks = [(HOOK, c.headers["webhook-id"], c.body.decode()) for c in list(self.hook.calls)]
        slack = [(SLACK, "", json.dumps(c.json, ensure_ascii=False)) for c in list(self.slack.calls)]
        told = [Told(to, id, _slugs(text), text) for to, id, text in [*mails, *hooks, *slack]]
        return [replace(t, id=t.id or " ".join(sorted(t.of))) for t in told]


def written(pieces: Iterable[Piece], now: datetime, path: Path) -> Path:
    """The same articles as JSON Lines, for `ingest`."""
    lines = [
        {"url": f"http://paper.test/n/{p.slug}", "title": p.title, "text": p.text, "published": now.isoformat()}
        for p in pieces
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def _slugs(text: str) -> frozenset[str]:
    """What a message tells of, by the headlines in it: a discreet one links to nothing but our own page."""
    words = " ".join(text.split())
    return frozenset(p.slug for p in (*OLD, *NEW, *LATER) if p.title in words)


def _feed(base: str, pieces: Iterable[Piece], now: datetime) -> bytes:
    published = format_datetime(now - timedelta(minutes=5))
    items = "".join(
        f"<item><title>{escape(p.title)}</title><link>{base}/n/{p.slug}</link><guid>{base}/n/{p.slug}</guid>"
        f"<pubDate>{published}</pubDate><description>{escape(p.text)}</description></item>"
        for p in pieces
    )
    head = f"<title>The Paper</title><link>{base}/</link><description>news</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
