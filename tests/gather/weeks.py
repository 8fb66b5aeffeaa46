"""Weeks of polling in seconds: a clock that jumps to whatever is due next, and answers of well-behaved servers."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

from monitor import clock, store
from monitor.config import Config
from monitor.gather.collect import Report, collect, sync_sources
from monitor.model import Article, Source
from monitor.store import Database
from tests.gather.feed_samples import stories
from tests.servers import Answer, Asked, EtiquetteServer

A_LITTLE = timedelta(minutes=5)  # between rounds: what is due shortly after another source is visited with it


class Weeks:
    """A clock that jumps from one due time to the next."""

    def __init__(self, archive: Database, now: datetime, server: EtiquetteServer) -> None:
        self.archive, self.now, self.server = archive, now, server
        archive.conn.execute("PRAGMA synchronous=OFF")  # no power fails here, and a month has thousands of transactions
        server.clock = lambda: self.now
        self.config = Config()

    def watch(self, **scripts: object) -> None:
        sources = [{"name": name, "url": f"{self.server.url}/{name}", "interval": "60 min"} for name in scripts]
        network = {"allow": ["127.0.0.0/8"], "spacing": 0, "total": 5}
        self.config = Config.model_validate({"network": network, "sources": sources})
        for name, script in scripts.items():
            self.server.scripts[f"/{name}"] = list(script) if isinstance(script, list) else [script]  # type: ignore[list-item]

    def round(self) -> Report:
        """One visit to everything that is due."""
        sync_sources(self.archive, self.config, self.now)
        return collect(self.archive, self.config, now=lambda: self.now, ingest=_take, stop=threading.Event())

    def due(self, name: str) -> timedelta:
        """How long until a source may be asked again."""
        found = store.row(self.archive, "SELECT due_at FROM sources WHERE name = ?", name)
        assert found is not None
        return clock.from_text(found["due_at"]) - self.now

    def poll(self, name: str) -> Asked:
        """Jump to the moment when a source is due, visit it, and give the (last) request that arrived."""
        self.now += max(self.due(name), timedelta(0)) if self.server.asked else timedelta(0)
        self.round()
        return self.server.asked[-1]

    def live(self, span: timedelta) -> None:
        """Rounds when something is due and a little later, each as if the program had just been started."""
        end = self.now + span
        while self.now < end:
            self.round()
            due = store.row(self.archive, "SELECT min(due_at) AS due FROM sources WHERE enabled AND status <> 'gone'")[
                "due"
            ]
            self.now = max(clock.from_text(due), self.now + A_LITTLE) if due else end


def _take(articles: Sequence[Article], source: Source, baseline: bool) -> int:
    return len(articles)


def good(body: bytes = stories(1), **headers: str) -> Answer:
    return Answer(body=body, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def conditional(etag: str = '"1"', body: bytes = stories(1), **headers: str) -> object:
    """A server that knows what 304 is for."""

    def answer(asked: Asked) -> Answer:
        if asked.get("If-None-Match") == etag:
            return Answer(304, headers=tuple((n.replace("_", "-"), v) for n, v in headers.items()))
        return good(body, ETag=etag, **headers)

    return answer


def moods(chance: random.Random) -> dict[str, object]:
    """Servers of ten kinds, by name: good ones, forgetful, freshly careful, moody, broken, gone."""
    count = iter(range(10**6))

    def changing(asked: Asked) -> Answer:
        n = next(count)
        return good(stories(n, n + 1), ETag=f'W/"{n} b;c"', Last_Modified=f"odd but legal {n}")

    def moody(asked: Asked) -> Answer:
        kind = chance.randrange(8)
        if kind == 0:
            return Answer(429, headers=(("Retry-After", str(chance.randrange(60, 90_000))),))
        if kind == 1:
            return Answer(503, headers=(("Retry-After", format_datetime(asked.at + timedelta(hours=5), usegmt=True)),))
        if kind == 2:
            return Answer(chance.choice((429, 500, 403, 404)))
        if kind == 3 and asked.get("If-None-Match"):
            return Answer(304, headers=(("Cache-Control", "max-age=9000"), ("ETag", f'"{next(count)}"')))
        return changing(asked)

    return {
        "steady": conditional(),
        "fresh_for_hours": conditional(Cache_Control="max-age=20000"),
        "fresh_for_a_year": conditional(Cache_Control="max-age=31536000"),
        "changing": changing,
        "moody": moody,
        "bare": good(),
        "unquoted": conditional("xyz"),
        "gone": [good(ETag='"1"'), Answer(410)],
        "broken": Answer(500),
        "late_validators": [good(ETag='"1"'), good(stories(1, 2)), conditional()],
    }
