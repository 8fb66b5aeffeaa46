"""Silence of a source, judged by its own habits: told on change, once, in words, and never a flood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor import cadence, clock
from monitor.cadence import Oddity, Seen
from monitor.config import Config
from monitor.gatherer import Gatherer
from monitor.store import Database, alarms, health, write
from monitor.web.app import create_app
from tests.web.newsroom import Newsroom

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOME = {"paper.test", "zerkalo.io", "spring96.org"}


def moments(gap: timedelta, times: int = 20) -> list[datetime]:
    return [NOW - gap * n for n in range(times)]


def row(**more: object) -> dict[str, object]:
    well = {"enabled": 1, "failures": 0, "status": "new", "status_since": "", "last_success_at": "x", "note": ""}
    return {**well, "moved_to": "", "moved_seen": 0, "oddity": "", **more}


# ------------------------------------------------------------------------------------------------------ decisions


def test_a_rhythm_is_half_as_long_again_as_the_longest_pause() -> None:
    assert cadence.quiet_after(moments(2 * DAY)) == 3 * DAY
    weekends = [NOW - HOUR * n for n in range(10)] + [NOW - 3 * DAY - HOUR * n for n in range(10)]
    assert cadence.quiet_after(weekends) == timedelta(hours=94.5), "who rests on weekends is not quiet on Sunday"
    assert cadence.quiet_after(moments(timedelta(minutes=20))) == cadence.LEAST
    assert cadence.quiet_after(moments(100 * DAY)) == cadence.MOST
    assert cadence.quiet_after(moments(DAY, 7)) is None, "too few to know"


@pytest.mark.parametrize(("usual", "silent", "found"), [
    (None, 2 * DAY, "well"), (None, 4 * DAY, "quiet"),
    (12 * HOUR, 13 * HOUR, "quiet"), (40 * DAY, 30 * DAY, "well"), (40 * DAY, 41 * DAY, "quiet"),
])  # fmt: skip
def test_quiet_is_measured_by_its_own_rhythm(usual: timedelta | None, silent: timedelta, found: str) -> None:
    assert cadence.condition(row(), NOW - silent, usual, NOW) == found


@pytest.mark.parametrize(("more", "found"), [
    ({"enabled": 0}, "off"),
    ({"failures": 1, "status": "unreachable", "status_since": "x"}, "well"),
    ({"failures": 2, "status": "unreachable", "status_since": "x"}, "failing"),
    ({"failures": 2, "status": "refused", "status_since": "x"}, "blocked"),
    ({"last_success_at": None}, "waiting"),
    ({"last_success_at": None, "failures": 1, "status": "unreachable", "status_since": "x"}, "failing"),
    ({"last_success_at": None, "failures": 1, "status": "refused", "status_since": "x"}, "blocked"),
    ({"moved_to": "https://else.test/feed", "moved_seen": 3}, "moved"),
    ({"moved_to": "https://else.test/feed", "moved_seen": 1}, "well"),
    ({"oddity": "language pl"}, "suspicious"),
])  # fmt: skip
def test_every_state_has_its_reason(more: dict[str, object], found: str) -> None:
    assert cadence.condition(row(**more), NOW, None, NOW) == found


def odd(articles: list[Seen], entries: list[int] | None = None) -> Oddity:
    return cadence.oddity(articles, entries or [], ("be",), {"paper.test"}, HOME)


USUAL = [Seen("be", "paper.test")] * 15


def test_a06_another_language_another_domain_and_much_less_are_suspicious() -> None:
    assert odd(USUAL) == Oddity()
    assert odd([Seen("pl", "paper.test")] * 5 + USUAL) == Oddity("language", "pl")
    assert odd([Seen("be", "casino.test")] * 5 + USUAL) == Oddity("domain", "casino.test")
    assert odd([Seen("be", "www.paper.test")] * 5 + USUAL) == Oddity(), "a subdomain is the same house"
    assert odd(USUAL, [2] * 5 + [30] * 12) == Oddity("smaller", "2 / 30")
    assert odd(USUAL, [11] * 5 + [30] * 12) == Oddity()
    assert odd([Seen("pl", "paper.test")] * 3 + USUAL) == Oddity(), "a few foreign articles are no sign"
    assert odd([Seen("pl", "x.test")] * 5) == Oddity(), "nothing to compare with"


@pytest.mark.parametrize("host", ["zerka1o.com", "zerkal0-web.site", "zer-kalo.net", "sprlng96.org", "www.zerkalo.fun"])
def test_a05_a_host_that_only_looks_like_a_known_one_is_found(host: str) -> None:
    assert odd([Seen("be", host), *USUAL]).kind == "look-alike"


@pytest.mark.parametrize("host", ["zerkalo.io", "www.zerkalo.io", "news.zerkalo.io", "other.test", "", "10.0.0.1"])
def test_a05_known_and_unlike_hosts_are_not(host: str) -> None:
    assert cadence.look_alike(host, HOME) == ""


def test_every_change_is_told_once_and_none_that_does_not_last() -> None:
    since = NOW - HOUR
    assert cadence.to_tell("", "failing", since, NOW) == ("", ""), "an hour may be a restart"
    assert cadence.to_tell("", "failing", since, NOW + 5 * HOUR) == ("failing", "begins")
    assert cadence.to_tell("failing", "failing", since, NOW + 99 * HOUR) == ("failing", "")
    assert cadence.to_tell("failing", "well", None, NOW) == ("", "ends")
    assert cadence.to_tell("", "well", None, NOW) == ("", "")
    assert cadence.to_tell("", "blocked", since, NOW) == ("blocked", ""), "the visit itself has told"
    assert cadence.to_tell("blocked", "well", None, NOW) == ("", "ends")
    assert cadence.to_tell("quiet", "suspicious", None, NOW) == ("suspicious", "begins")


# -------------------------------------------------------------------------------------------------- with the real store


@pytest.fixture
def newsroom(archive: Database) -> Newsroom:
    return Newsroom(archive, NOW)


def told(archive: Database) -> list[str]:
    return [alarm.text for alarm in alarms.after(archive, 0)]


def write_articles(newsroom: Newsroom, name: str, gap: timedelta, times: int = 12) -> None:
    story = newsroom.story(f"s-{name}-{newsroom.count}")
    for n in reversed(range(times)):
        newsroom.article(story, f"{name} {n}", source=name, outlet=name, seen=NOW - gap * n, published=NOW - gap * n)


def test_a_source_learns_its_rhythm_and_falls_silent_by_it(archive: Database, state: Path, newsroom: Newsroom) -> None:
    for name, gap in (("Agency", HOUR), ("Quarterly", 20 * DAY)):
        newsroom.source(name)
        write_articles(newsroom, name, gap)
    assert health.learn(archive, NOW) == []
    found = {s.name: s.quiet_after for s in health.sources(archive, NOW)}
    assert found == {"Agency": cadence.LEAST, "Quarterly": 30 * DAY}
    later = NOW + 13 * HOUR
    assert {s.name: s.condition for s in health.sources(archive, later)} == {"Agency": "quiet", "Quarterly": "well"}
    assert health.learn(archive, later) == [
        "Agency has been silent for longer than it ever was (12 hours). Is it still there?"
    ]
    assert health.learn(archive, later + HOUR) == [], "told once"
    newsroom.now = later + HOUR
    write_articles(newsroom, "Agency", timedelta(0), 1)
    with write(archive):
        archive.conn.execute("UPDATE articles SET seen_at = ? WHERE id = (SELECT max(id) FROM articles)",
                             (clock.to_text(later + HOUR),))  # fmt: skip
    assert health.learn(archive, later + HOUR) == ["Agency is well again (it was quiet)."]


def test_many_changes_at_once_are_one_sentence(archive: Database, state: Path, newsroom: Newsroom) -> None:
    since = newsroom.text(NOW - 7 * HOUR)
    for n in range(9):
        newsroom.source(f"S{n}", failures=3, status="unreachable", status_since=since)
    gatherer = Gatherer(Config(), state, lambda: NOW)
    gatherer._learn()
    gatherer._learn()
    assert len(told(archive)) == 1
    assert told(archive)[0].startswith("9 sources changed at once, so the reason may be here")


@pytest.mark.parametrize("language", ["be", "ru", "en"])
def test_the_page_says_each_state_in_a_sentence(
    archive: Database, state: Path, newsroom: Newsroom, language: str
) -> None:
    since = newsroom.text(NOW - DAY)
    newsroom.source("F", failures=3, status="unreachable", status_since=since)
    newsroom.source("B", failures=3, status="refused", status_since=since)
    newsroom.source("M", moved_to="https://else.test/feed", moved_seen=3)
    for kind in ("smaller 2 / 30", "language pl", "domain x.test", "look-alike a.test / b.test"):
        newsroom.source(f"S {kind}", oddity=kind)
    newsroom.source("Q", last_new_at=newsroom.text(NOW - 9 * DAY), quiet_after=86400)
    with TestClient(create_app(Config(), state, now=lambda: NOW), base_url="http://127.0.0.1") as client:
        page = client.get(f"/sources?lang={language}")
        figures = client.get("/metrics").text
    assert page.status_code == 200
    for name in ("suspicious", "failing", "blocked", "moved", "quiet"):
        assert f'id="{name}"' in page.text
    assert "else.test" in page.text and "b.test" in page.text
    assert 'monitor_sources{condition="suspicious"} 4.0' in figures


def test_a_blocked_source_counts_as_silent_in_the_coverage_line_since_when(
    archive: Database, newsroom: Newsroom
) -> None:
    newsroom.source("B", failures=3, status="refused", status_since=newsroom.text(NOW - DAY))
    newsroom.source("W")
    covered = health.coverage(archive, NOW)
    assert (covered.checked, covered.failing) == (2, (("B", NOW - DAY),))
