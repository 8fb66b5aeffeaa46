"""Whole rounds against real servers and a real archive: what is asked, what arrives, what is remembered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import clock, store
from monitor.config import Config
from monitor.gather import collect
from monitor.gather.collect import Report, sync_sources
from monitor.model import Article, Outcome, Source, Status
from monitor.store import Database
from tests.gather.feed_samples import article_page, stories
from tests.servers import Answer, Asked, HostileServer, WebServer

H = timedelta(hours=1)
FRESH = (("ETag", '"1"'),)


@dataclass
class Desk:
    """A monitor without its reading part: what reached it, and its clock."""

    archive: Database
    now: datetime
    network: dict[str, Any] = field(default_factory=dict)
    sources: list[dict[str, Any]] = field(default_factory=list)
    taken: list[tuple[str, bool]] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    ingest: Callable[[Sequence[Article], Source, bool], int] | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def watch(self, url: str, **facts: Any) -> None:
        self.sources.append({"name": facts.pop("name", url), "url": url, **facts})

    @property
    def config(self) -> Config:
        network = {"allow": ("127.0.0.0/8",), "spacing": 0, "total": 2, **self.network}
        return Config.model_validate({"network": network, "sources": self.sources})

    def round(self, **facts: Any) -> Report:
        sync_sources(self.archive, self.config, self.now)
        return collect.collect(
            self.archive, self.config, now=lambda: self.now, ingest=self.ingest or self._take, stop=self.stop, **facts
        )

    def _take(self, articles: Sequence[Article], source: Source, baseline: bool) -> int:
        self.articles += articles
        self.taken += [(a.title, baseline) for a in articles]
        return len(articles)

    def row(self, name: str | None = None) -> Any:
        where = "WHERE name = ?" if name else "WHERE ? IS NULL"
        return store.row(self.archive, f"SELECT * FROM sources {where}", name)

    def due_in(self) -> timedelta:
        return clock.from_text(self.row()["due_at"]) - self.now

    def later(self, span: timedelta = 25 * H) -> None:
        self.now += span


@pytest.fixture
def desk(archive: Database, now: datetime) -> Desk:
    return Desk(archive, now)


def titles(desk: Desk) -> list[str]:
    return [title for title, _ in desk.taken]


# ------------------------------------------------------------------------------------------------------- what arrives


def test_a_first_visit_is_a_baseline_and_the_second_brings_only_what_is_new(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1, 2)), Answer(body=stories(1, 2, 3))))
        assert desk.round().new == 2
        desk.later()
        report = desk.round()
    assert desk.taken == [("Story 1", True), ("Story 2", True), ("Story 3", False)]
    assert (report.new, report.articles, report.visits[Status.NEW]) == (1, 3, 1)


def test_a_repaired_source_is_no_baseline_again(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1)), Answer(500), Answer(body=stories(1, 2))))
        for _ in range(3):
            desk.round()
            desk.later()
    assert desk.taken == [("Story 1", True), ("Story 2", False)]


def test_a_failed_first_visit_leaves_the_baseline_for_the_next(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(500), Answer(body=stories(1))))
        desk.round()
        desk.later()
        desk.round()
    assert desk.taken == [("Story 1", True)]


def test_other_words_in_a_known_entry_arrive_too(desk: Desk) -> None:
    with WebServer() as server:
        reworded = stories(1).replace(b"Summary of story 1.", b"Other words.")
        desk.watch(server.says("/feed", Answer(body=stories(1)), Answer(body=reworded)))
        desk.round()
        desk.later()
        desk.round()
    assert [a.summary for a in desk.articles] == ["Summary of story 1.", "Other words."]


def test_a_source_that_is_suddenly_empty_is_a_failure_and_not_silence(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1), headers=FRESH), Answer(body=stories())))
        desk.round()
        desk.later()
        assert desk.round().visits == {Status.BROKEN: 1}
    assert "always something in it" in desk.row()["note"] and desk.row()["etag"] == '"1"'


def test_f11_an_article_that_ingest_cannot_stand_does_not_take_the_others_along(desk: Desk) -> None:
    got: list[str] = []

    def ingest(articles: Sequence[Article], source: Source, baseline: bool) -> int:
        if any(a.title == "Story 2" for a in articles):
            raise RuntimeError("poison")
        got.extend(a.title for a in articles)
        return len(articles)

    desk.ingest = ingest
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1, 2, 3), headers=FRESH)))
        desk.round()
    assert got == ["Story 1", "Story 3"]
    assert desk.row()["etag"] == "" and "could not be taken in" in desk.row()["note"]  # so that it comes again


def test_trouble_in_the_archive_is_not_swallowed(desk: Desk) -> None:
    def ingest(articles: Sequence[Article], source: Source, baseline: bool) -> int:
        raise store.sqlite3.OperationalError("disk full")

    desk.ingest = ingest
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1), headers=FRESH)))
        with pytest.raises(store.sqlite3.OperationalError):
            desk.round()
    assert desk.row()["etag"] == ""


def test_f11_validators_are_saved_after_the_articles(desk: Desk) -> None:
    etags: list[str] = []

    def ingest(articles: Sequence[Article], source: Source, baseline: bool) -> int:
        etags.append(desk.row()["etag"])
        return len(articles)

    desk.ingest = ingest
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1), headers=FRESH)))
        desk.round()
    assert etags == [""] and desk.row()["etag"] == '"1"'


def test_f11_a_feed_that_was_cut_is_asked_for_as_a_whole_again(desk: Desk) -> None:
    whole = stories(1, 2)
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=whole[: whole.index(b"Story 2")], headers=FRESH)))
        desk.round()
        server.says("/feed", Answer(body=whole, headers=FRESH))
        desk.later()
        desk.round()
        assert [asked.get("If-None-Match") for asked in server.asked] == [None, None]
    assert titles(desk) == ["Story 1", "Story 2"]


# ------------------------------------------------------------------------------------------------------ when and whom


def test_only_what_is_due_is_visited_and_names_are_visited_anyway(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/a", Answer(304)), name="a")
        desk.watch(server.says("/b", Answer(304)), name="b")
        assert sum(desk.round().visits.values()) == 2
        assert sum(desk.round().visits.values()) == 0
        assert sum(desk.round(names=["b"]).visits.values()) == 1
        assert sorted(server.paths()) == ["/a", "/b", "/b"]


def test_e14_a_visit_claims_its_source_for_longer_than_it_can_last(desk: Desk) -> None:
    seen: list[timedelta] = []

    def ingest(articles: Sequence[Article], source: Source, baseline: bool) -> int:
        seen.append(desk.due_in())
        return 0

    desk.ingest = ingest
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1))), interval="2h")
        desk.round()
    assert seen == [2 * H]  # a kill here costs no poll that is too early


def test_an_open_event_brings_us_back_sooner(desk: Desk) -> None:
    moment = clock.to_text(desk.now)
    with store.write(desk.archive) as db:
        db.conn.execute(
            "INSERT INTO events (slug, kind, state, first_seen_at, last_seen_at) VALUES ('e1', 'pardon', 'hint', ?, ?)",
            (moment, moment),
        )
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1), headers=FRESH)))
        desk.round()
    assert desk.due_in() <= timedelta(minutes=22)


def test_a_removed_source_is_switched_off_and_comes_back_as_it_was(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1), headers=FRESH)))
        desk.round()
        watched, desk.sources = desk.sources, []
        desk.later()
        assert not desk.round().visits and desk.row()["enabled"] == 0
        desk.sources = watched
        desk.round()
        assert server.asked[-1].get("If-None-Match") == '"1"'


def test_a_new_address_is_asked_at_once_and_without_conditions(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/old", Answer(body=stories(1), headers=FRESH)), name="x")
        desk.round()
        desk.sources = [{"name": "x", "url": server.says("/new", Answer(body=stories(1, 2)))}]
        desk.round()
        assert server.asked[-1].get("If-None-Match") is None
    assert desk.taken == [("Story 1", True), ("Story 2", False)]


def test_a_permanent_move_is_followed_after_a_day(desk: Desk) -> None:
    with WebServer() as server:
        to = Answer(301, headers=(("Location", "/new"),))
        desk.watch(server.says("/old", to))
        server.says("/new", Answer(body=stories(1), headers=FRESH))
        reports = []
        for _ in range(4):
            reports.append(desk.round())
            desk.later(13 * H)
        assert server.paths().count("/old") == 3 and server.paths()[-1] == "/new"
    assert "moved to" in next(iter(reports[2].alarms.values()))


def test_e19_410_is_for_ever_whatever_is_configured(desk: Desk) -> None:
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(410)))
        for _ in range(3):
            desk.round()
            desk.later(400 * 24 * H)
        assert len(server.asked) == 1


# ---------------------------------------------------------------------------------------------------------- bad company


def test_f05_sources_that_never_answer_do_not_delay_a_good_one(desk: Desk) -> None:
    desk.network = {"hosts_at_once": 2, "total": 20}
    arrived: list[float] = []
    began = time.monotonic()

    def ingest(articles: Sequence[Article], source: Source, baseline: bool) -> int:
        arrived.append(time.monotonic() - began)
        desk.stop.set()
        return len(articles)

    desk.ingest = ingest
    pits = [HostileServer(lambda connection: time.sleep(60)) for _ in range(4)]
    with WebServer() as server:
        for n, pit in enumerate(pits):
            desk.watch(pit.__enter__().url, name=f"pit {n}")
        desk.watch(server.says("/feed", Answer(body=stories(1))), name="good")
        desk.round()
    for pit in pits:
        pit.__exit__(None, None, None)
    assert len(arrived) == 1 and arrived[0] < 12


def test_f10_every_kind_of_bad_source_ends_as_a_sentence_and_the_good_one_is_read(desk: Desk) -> None:
    with WebServer() as server, HostileServer(lambda connection: connection.sendall(b"\x00" * 100)) as noise:
        desk.watch(noise.url, name="noise")
        desk.watch("http://10.0.0.1/feed", name="private")
        desk.watch(server.says("/html", Answer(body=b"<html><title>Log in</title>" + b" " * 99)), name="login")
        desk.watch(server.says("/loop", Answer(302, headers=(("Location", "/loop"),))), name="loop")
        desk.watch(server.says("/bomb", Answer(body=b"<rss><channel><item><title>" + b"<b>" * 30_000)), name="bomb")
        desk.watch(server.says("/good", Answer(body=stories(1))), name="good")
        report = desk.round()
    assert titles(desk) == ["Story 1"]
    assert set(report.failed) == {"noise", "private", "login", "loop", "bomb"}
    assert "not a public address" in report.failed["private"] and "Log in" in report.failed["login"]
    assert "breaks off" in report.failed["bomb"]


def test_stopping_gives_back_what_was_not_begun_and_finishes_quickly(desk: Desk) -> None:
    desk.network = {"hosts_at_once": 1}
    with WebServer() as server:

        def answer(asked: Asked) -> Answer:
            desk.stop.set()
            return Answer(body=stories(1), headers=FRESH)

        for n in range(5):
            desk.watch(server.says(f"/{n}", answer), name=str(n))
        began = time.monotonic()
        desk.round()
        assert time.monotonic() - began < 8
        asked = len(server.asked)
    due = [r["due_at"] for r in store.rows(desk.archive, "SELECT due_at FROM sources")]
    assert asked == 1 and due.count(clock.to_text(desk.now)) == 4


def test_progress_is_told_of_every_visit(desk: Desk) -> None:
    seen: list[Outcome] = []
    with WebServer() as server:
        desk.watch(server.says("/a", Answer(body=stories(1))), name="a")
        desk.watch(server.says("/b", Answer(404)), name="b")
        desk.round(progress=seen.append)
    assert {o.source: o.visit.status for o in seen} == {"a": Status.NEW, "b": Status.MISSING}
    rows = store.rows(desk.archive, "SELECT status, entries, new FROM fetches ORDER BY status")
    assert [tuple(r) for r in rows] == [("missing", 0, 0), ("new", 1, 1)]


# ------------------------------------------------------------------------------------------------------------ full text


def teasing(server: WebServer, *numbers: int) -> Answer:
    return Answer(body=stories(*numbers).replace(b"https://news.example", server.url.encode()))


def test_pages_are_read_for_new_articles_only(desk: Desk) -> None:
    with WebServer() as server:
        for n in (1, 2):
            server.says(f"/{n}.html", Answer(body=article_page(f"Story {n}"), headers=(("Content-Type", "text/html"),)))
        desk.watch(server.says("/feed", teasing(server, 1), teasing(server, 1, 2)), full_text=True)
        desk.round()
        desk.later()
        desk.round()
        paths = server.paths()
    assert paths.count("/1.html") == paths.count("/2.html") == 1 and paths.count("/robots.txt") <= 2
    assert all(a.text.startswith("The monitor of an invented town") for a in desk.articles)


def test_e23_a_page_that_robots_may_not_read_leaves_the_teaser(desk: Desk) -> None:
    with WebServer() as server:
        server.says("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /1.html\n"))
        server.says("/1.html", Answer(body=article_page("Story 1")))
        desk.watch(server.says("/feed", teasing(server, 1)), full_text=True)
        desk.round()
        assert "/1.html" not in server.paths()
    assert desk.articles[0].text == "" and desk.articles[0].summary


def test_e23_robots_files_outlive_a_restart(desk: Desk) -> None:
    with WebServer() as server:
        for n in (1, 2):
            server.says(f"/{n}.html", Answer(body=article_page(f"Story {n}")))
        server.says("/robots.txt", Answer(body=b"User-agent: *\nAllow: /\n"))
        desk.watch(server.says("/feed", teasing(server, 1), teasing(server, 1, 2)), full_text=True)
        desk.round()
        desk.later(2 * H)
        desk.round()
        assert server.paths().count("/robots.txt") == 1


@pytest.mark.parametrize(("status", "reads"), [(404, True), (403, True), (500, False), (429, False)])
def test_e23_no_robots_file_allows_all_and_a_server_in_trouble_nothing(desk: Desk, status: int, reads: bool) -> None:
    with WebServer() as server:
        server.says("/robots.txt", Answer(status))
        server.says("/1.html", Answer(body=article_page("Story 1")))
        desk.watch(server.says("/feed", teasing(server, 1)), full_text=True)
        desk.round()
        assert ("/1.html" in server.paths()) is reads


def test_a_changed_title_whose_page_fails_does_not_replace_what_was_read(desk: Desk) -> None:
    with WebServer() as server:
        server.says("/1.html", Answer(body=article_page("Story 1")), Answer(500))
        changed = teasing(server, 1)
        changed = Answer(body=changed.body.replace(b"<title>Story 1<", b"<title>Story 1!<"))
        desk.watch(server.says("/feed", teasing(server, 1), changed), full_text=True)
        desk.round()
        desk.later()
        desk.round()
    assert titles(desk) == ["Story 1"]


def test_a_sitemap_without_titles_gets_them_from_its_pages(desk: Desk) -> None:
    with WebServer() as server:
        server.says("/1.html", Answer(body=article_page("From the page")))
        entry = f"<url><loc>{server.url}/1.html</loc><lastmod>{desk.now:%Y-%m-%d}</lastmod></url>"
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entry}</urlset>'.encode()
        index = (
            '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
            f"<loc>{server.says('/child.xml', Answer(body=sitemap))}</loc></sitemap></sitemapindex>"
        )
        desk.watch(server.says("/sitemap.xml", Answer(body=index.encode())), kind="sitemap")
        desk.round()
    assert titles(desk) == ["From the page — Invented News"] or titles(desk) == ["From the page"]


def test_the_state_of_a_source_survives_its_row(desk: Desk, state: Path) -> None:
    with WebServer() as server:
        desk.watch(server.says("/feed", Answer(body=stories(1, head="<ttl>300</ttl>"), headers=FRESH), Answer(304)))
        desk.round()
        desk.later(6 * H)
        desk.round()
    assert 5 * H <= desk.due_in() <= 5.5 * H  # the feed's own <ttl>, remembered through a 304


def test_a_feed_that_falls_due_during_a_long_round_joins_it(desk: Desk) -> None:
    desk.network = {"total": 12}
    with WebServer() as server, HostileServer(lambda connection: time.sleep(60)) as pit:
        desk.watch(server.says("/feed", Answer(body=stories(1))), name="good")
        desk.round()
        desk.watch(pit.url, name="pit")

        def progress(outcome: Outcome) -> None:
            if outcome.source == "good":
                desk.stop.set()

        due_soon = clock.from_text(desk.row("good")["due_at"]) - timedelta(seconds=1)
        desk.now = due_soon
        threading.Timer(1.0, desk.later, [timedelta(seconds=2)]).start()
        began = time.monotonic()
        desk.round(progress=progress, meanwhile=True)
    assert len(server.asked) == 2
    assert time.monotonic() - began < 11
