"""Weeks of polling, in the eyes of a server that scores its readers: no early request, no invented validator."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from monitor import clock, store
from monitor.config import Config
from monitor.gather.collect import collect, sync_sources
from monitor.model import Article, Source
from monitor.store import Database
from monitor.store.archive_schema import open_archive
from tests.gather.feed_samples import stories
from tests.servers import Answer, Asked, EtiquetteServer


class Weeks:
    """A clock that jumps from one due time to the next."""

    def __init__(self, archive: Database, now: datetime, server: EtiquetteServer) -> None:
        self.archive, self.now, self.server = archive, now, server
        server.clock = lambda: self.now
        self.config = Config()

    def watch(self, **scripts: object) -> None:
        sources = [{"name": name, "url": f"{self.server.url}/{name}", "interval": "60 min"} for name in scripts]
        network = {"allow": ["127.0.0.0/8"], "spacing": 0, "total": 5}
        self.config = Config.model_validate({"network": network, "sources": sources})
        for name, script in scripts.items():
            self.server.scripts[f"/{name}"] = list(script) if isinstance(script, list) else [script]  # type: ignore[list-item]

    def round(self) -> None:
        sync_sources(self.archive, self.config, self.now)
        collect(self.archive, self.config, now=lambda: self.now, ingest=_take, stop=threading.Event())

    def live(self, span: timedelta) -> None:
        """Rounds whenever something is due, each as if the program had just been started."""
        end = self.now + span
        while self.now < end:
            self.round()
            due = store.row(self.archive, "SELECT min(due_at) AS due FROM sources WHERE enabled AND status <> 'gone'")[
                "due"
            ]
            self.now = max(clock.from_text(due), self.now + timedelta(seconds=1)) if due else end


def _take(articles: Sequence[Article], source: Source, baseline: bool) -> int:
    return len(articles)


@pytest.fixture
def weeks(archive: Database, now: datetime) -> Iterator[Weeks]:
    with EtiquetteServer() as server:
        yield Weeks(archive, now, server)


def good(body: bytes = stories(1), **headers: str) -> Answer:
    return Answer(body=body, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def conditional(etag: str = '"1"', body: bytes = stories(1), **headers: str) -> object:
    """A server that knows what 304 is for."""

    def answer(asked: Asked) -> Answer:
        if asked.get("If-None-Match") == etag:
            return Answer(304, headers=tuple((n.replace("_", "-"), v) for n, v in headers.items()))
        return good(body, ETag=etag, **headers)

    return answer


@pytest.mark.slow
def test_e25_a_month_without_a_fault(weeks: Weeks) -> None:
    chance = random.Random(7)
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

    weeks.watch(
        steady=conditional(),
        fresh_for_hours=conditional(Cache_Control="max-age=20000"),
        fresh_for_a_year=conditional(Cache_Control="max-age=31536000"),
        changing=changing,
        moody=moody,
        bare=good(),
        unquoted=conditional("xyz"),
        gone=[good(ETag='"1"'), Answer(410)],
        broken=Answer(500),
        late_validators=[good(ETag='"1"'), good(stories(1, 2)), conditional()],
    )
    weeks.live(timedelta(days=30))
    assert weeks.server.faults == []
    asked = weeks.server.paths()
    assert asked.count("/gone") == 2
    assert asked.count("/fresh_for_a_year") <= 31
    assert asked.count("/broken") <= 40
    assert asked.count("/steady") <= asked.count("/changing") / 2.5  # nothing new for a month
    assert asked.count("/bare") <= 40


def test_e20_a_feed_that_asks_for_quiet_hours_is_left_alone_in_them(weeks: Weeks) -> None:
    hours = "".join(f"<hour>{h}</hour>" for h in range(6))
    head = f"<skipHours>{hours}</skipHours><skipDays><day>Sunday</day></skipDays>"
    weeks.watch(quiet=conditional(body=stories(1, head=head)))
    weeks.live(timedelta(days=14))
    later = weeks.server.asked[1:]
    assert later and weeks.server.faults == []
    assert all(asked.at.hour >= 6 and asked.at.weekday() != 6 for asked in later)


def test_e14_a_hundred_restarts_within_an_interval_ask_nobody_twice(weeks: Weeks, state: Path) -> None:
    weeks.watch(**{f"feed{n}": conditional() for n in range(5)})
    weeks.round()
    for _ in range(100):
        weeks.now += timedelta(seconds=30)
        store.close_all()
        weeks.archive = open_archive(state)
        weeks.round()
    assert len(weeks.server.asked) == 5 and weeks.server.faults == []


def test_e15_many_feeds_of_one_host_are_asked_one_after_the_other(weeks: Weeks) -> None:
    weeks.watch(**{f"feed{n}": conditional() for n in range(15)})
    weeks.config = weeks.config.model_copy(
        update={"network": weeks.config.network.model_copy(update={"spacing": timedelta(seconds=0.1)})}
    )
    weeks.round()
    began = sorted(asked.began for asked in weeks.server.asked)
    assert len(began) == 15 and weeks.server.faults == []
    assert began[-1] - began[0] >= 14 * 0.1


def test_the_scorer_sees_what_is_wrong(weeks: Weeks) -> None:
    """The judge must be able to condemn."""
    server = weeks.server
    at = weeks.now

    def ask(seconds: float, method: str = "GET", **headers: str) -> None:
        sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        server.note(Asked(method, "/x", sent, at + timedelta(seconds=seconds), seconds, seconds + 1), good(ETag='"1"'))

    ask(0, "HEAD", User_Agent="x", Cookie="a=b")
    ask(60, If_None_Match='"other"')
    told = " ".join(server.faults)
    for fault in ("HEAD", "who it is", "gzip", "Cookie", "too early", "was given"):
        assert fault in told
