"""Weeks of polling, in the eyes of a server that scores its readers: no early request, no invented validator."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from monitor import store
from monitor.config import NetworkConfig
from monitor.model import Status
from monitor.store import Database
from monitor.store.archive_schema import open_archive
from tests.gather.feed_samples import stories
from tests.gather.weeks import A_LITTLE, Weeks, conditional, good, moods
from tests.servers import Answer, Asked, EtiquetteServer, WebServer


@pytest.fixture
def weeks(archive: Database, now: datetime) -> Iterator[Weeks]:
    with EtiquetteServer() as server:
        yield Weeks(archive, now, server)


@pytest.mark.slow
def test_e25_ten_days_of_many_moods_without_a_fault(weeks: Weeks) -> None:
    weeks.watch(**moods(random.Random(7)))
    weeks.live(timedelta(days=10))  # a month of a hundred feeds: python -m tests.gather.month
    assert weeks.server.faults == []
    asked = weeks.server.paths()
    assert asked.count("/gone") == 2
    assert asked.count("/fresh_for_a_year") <= 11
    assert asked.count("/broken") <= 20
    assert asked.count("/steady") <= asked.count("/changing") / 1.4  # nothing new for days
    assert asked.count("/bare") <= 20


# ------------------------------------------------------------------------------------- the published checks, one by one

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: What chance adds to a wait, at most.
CHANCE = 1.1


def sent(asked: Asked) -> tuple[str | None, str | None]:
    return asked.get("If-None-Match"), asked.get("If-Modified-Since")


def test_e01_the_first_request_says_who_asks_and_nothing_else(weeks: Weeks) -> None:
    weeks.watch(feed=good())
    asked = weeks.poll("feed")
    assert (asked.method, asked.path, sent(asked)) == ("GET", "/feed", (None, None))
    assert asked.get("Cookie") is None and asked.get("Referer") is None
    agent = asked.get("User-Agent") or ""
    assert "/" in agent and "+http" in agent and "gzip" in (asked.get("Accept-Encoding") or "")


@pytest.mark.parametrize(
    ("etag", "modified"),
    [
        ('"a b;c"', "Wed, 01 Jan 2020 00:00:00 GMT"),
        ('W/"x"', ""),
        ("xyz", "some day in May"),
        ('"Ź"'.encode().decode("latin-1"), "1"),
    ],
)
def test_e02_e03_validators_return_byte_for_byte(weeks: Weeks, etag: str, modified: str) -> None:
    weeks.watch(feed=good(**{"ETag": etag, **({"Last-Modified": modified} if modified else {})}))
    weeks.poll("feed")
    assert sent(weeks.poll("feed")) == (etag, modified or None)


def test_e04_the_newest_pair_is_sent_even_where_the_body_is_the_same(weeks: Weeks) -> None:
    pairs = [('"1"', "day 1"), ('"2"', "day 1"), ('"2"', "day 2")]
    weeks.watch(feed=[good(ETag=etag, Last_Modified=modified) for etag, modified in pairs])
    weeks.poll("feed")
    assert [sent(weeks.poll("feed")) for _ in pairs] == pairs


def test_e05_a_304_may_bring_a_new_etag(weeks: Weeks) -> None:
    weeks.watch(feed=[good(ETag='"1"', Last_Modified="day 1"), Answer(304, headers=(("ETag", '"2"'),))])
    weeks.poll("feed")
    weeks.poll("feed")
    assert sent(weeks.poll("feed")) == ('"2"', "day 1")


def test_e06_validators_that_are_gone_are_not_sent_and_such_a_feed_is_asked_ever_more_seldom(weeks: Weeks) -> None:
    weeks.watch(feed=[good(ETag='"1"', Last_Modified="day 1"), good(stories(1, 2))])
    weeks.poll("feed")
    weeks.poll("feed")
    waits = []
    for _ in range(6):
        waits.append(weeks.due("feed"))
        assert sent(weeks.poll("feed")) == (None, None)
    assert waits[0] >= HOUR and all(later >= earlier for earlier, later in pairwise(waits))
    assert waits[-1] == DAY


def test_e07_an_eternal_304_is_questioned_once_a_week(weeks: Weeks) -> None:
    weeks.watch(feed=[good(ETag='"1"'), Answer(304)])
    weeks.live(30 * DAY)
    unasked = [one.at for one in weeks.server.asked[1:] if sent(one) == (None, None)]
    assert len(unasked) <= 4 and weeks.server.faults == []
    assert all(later - earlier >= 7 * DAY for earlier, later in pairwise(unasked))


@pytest.mark.parametrize("age", [0, 600])
def test_e08_max_age_is_waited_for_on_a_200_and_on_a_304(weeks: Weeks, age: int) -> None:
    fresh = {"Cache_Control": "max-age=7200", "Age": str(age)}
    weeks.watch(feed=[good(ETag='"1"', **fresh), Answer(304, headers=(("Cache-Control", "max-age=7200"),))])
    weeks.poll("feed")
    assert timedelta(seconds=7200 - age) <= weeks.due("feed") <= 2 * HOUR * CHANCE
    weeks.poll("feed")
    assert 2 * HOUR <= weeks.due("feed") <= 2 * HOUR * CHANCE


@pytest.mark.parametrize(
    ("headers", "head"),
    [
        ({"Cache_Control": "max-age=31536000"}, ""),
        ({"Expires": "Thu, 01 Jan 2099 00:00:00 GMT"}, ""),
        ({}, "<ttl>100000</ttl>"),
    ],
)
def test_e09_what_lasts_for_years_is_asked_again_after_a_day(weeks: Weeks, headers: dict[str, str], head: str) -> None:
    weeks.watch(feed=good(stories(1, head=head), ETag='"1"', **headers))
    weeks.poll("feed")
    assert HOUR <= weeks.due("feed") <= DAY


@pytest.mark.parametrize("control", ["no-cache, max-age=6000", "max-age=xyz", "max-age=-1", "max-age=, no-store", ""])
def test_e10_senseless_freshness_leaves_the_interval(weeks: Weeks, control: str) -> None:
    weeks.watch(feed=good(ETag='"1"', Cache_Control=control))
    weeks.poll("feed")
    assert HOUR <= weeks.due("feed") <= HOUR * CHANCE


def test_e10_of_two_cache_control_lines_the_longer_wait_or_the_interval_holds(weeks: Weeks) -> None:
    two = (("ETag", '"1"'), ("Cache-Control", "public"), ("Cache-Control", "max-age=7200"))
    weeks.watch(feed=Answer(body=stories(1), headers=two))
    weeks.poll("feed")
    assert 2 * HOUR <= weeks.due("feed") <= 2 * HOUR * CHANCE


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [
        (lambda at: "5400", 1.5 * HOUR, 1.5 * HOUR * CHANCE),
        (lambda at: format_datetime(at + 3 * HOUR, usegmt=True), 3 * HOUR, 3 * HOUR * CHANCE),
        (lambda at: f"{at + 3 * HOUR:%a, %d %b %Y %H:%M:%S}", 3 * HOUR, 3 * HOUR * CHANCE),
        (lambda at: f"{at + 4 * HOUR:%a, %d %b %Y %H:%M:%S} +0100", 3 * HOUR, 3 * HOUR * CHANCE),
        (lambda at: format_datetime(at - DAY, usegmt=True), HOUR, DAY),
        (lambda at: "xyz", HOUR, DAY),
        (lambda at: "-5", HOUR, DAY),
        (lambda at: str(60 * 24 * 3600), 7 * DAY, 7 * DAY * CHANCE),
    ],
)
def test_e11_retry_after_is_obeyed_up_to_a_week(
    weeks: Weeks, status: int, wish: Callable[[datetime], str], least: timedelta, most: timedelta
) -> None:
    weeks.watch(feed=lambda asked: Answer(status, headers=(("Retry-After", wish(asked.at)),)))
    weeks.poll("feed")
    assert least <= weeks.due("feed") <= most


def test_e12_a_bare_429_is_answered_by_ever_longer_waits(weeks: Weeks) -> None:
    weeks.watch(feed=Answer(429))
    waits = [weeks.due("feed") for _ in range(3) if weeks.poll("feed")]
    assert waits[0] >= 2 * HOUR and waits[1] >= waits[0] / CHANCE * 2 and waits[2] >= waits[1] / CHANCE * 2


@pytest.mark.parametrize("status", [429, 503, 500, 403, 404])
def test_e13_no_refusal_costs_the_validators(weeks: Weeks, status: int) -> None:
    weeks.watch(feed=[good(ETag='"1"', Last_Modified="day 1"), Answer(status)])
    weeks.poll("feed")
    weeks.poll("feed")
    assert sent(weeks.poll("feed")) == ('"1"', "day 1")


@pytest.mark.parametrize("status", [302, 307])
def test_e17_a_temporary_move_is_asked_for_anew_each_time_with_the_validators(weeks: Weeks, status: int) -> None:
    elsewhere = Answer(status, headers=(("Location", "/target"),))
    weeks.watch(feed=elsewhere)
    weeks.server.says("/target", good(ETag='"1"'), Answer(304))
    targets = [weeks.poll("feed") for _ in range(10)]
    assert weeks.server.paths() == ["/feed", "/target"] * 10
    assert all(one.get("If-None-Match") == '"1"' for one in targets[1:])


@pytest.mark.parametrize("where", ["another domain", "/nothing", "/page"])
def test_e18_a_permanent_move_elsewhere_or_to_nothing_is_not_followed_and_told(weeks: Weeks, where: str) -> None:
    with WebServer(host="127.0.0.2") as other:
        location = other.says("/new", good(ETag='"1"')) if where == "another domain" else where
        weeks.watch(feed=Answer(301, headers=(("Location", location),)))
        weeks.server.says("/page", Answer(body=b"<html><title>Our new site</title>" + b" " * 99))
        told = []
        for _ in range(4):
            weeks.now += 13 * HOUR + (max(weeks.due("feed"), timedelta(0)) if told else timedelta(0))
            report = weeks.round()
            told.append({**report.alarms, **report.failed}.get("feed", ""))
        assert weeks.server.paths().count("/feed") == 4
    assert any("on another domain" in said or "HTTP 404" in said or "web page" in said for said in told)


def test_e19_after_410_nobody_asks_again_and_the_operator_is_told(weeks: Weeks) -> None:
    weeks.watch(feed=Answer(410))
    assert "gone for good" in weeks.round().alarms["feed"]
    weeks.live(400 * DAY)
    assert len(weeks.server.asked) == 1


def test_e21_three_weeks_of_500_are_asked_daily_in_the_end_and_disturb_nobody(weeks: Weeks) -> None:
    weeks.watch(broken=Answer(500), well=conditional())
    weeks.live(20 * DAY)
    moments = [one.at for one in weeks.server.asked if one.path == "/broken"]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps[0] < gaps[3] and max(gaps) <= DAY + A_LITTLE and 20 <= len(moments) <= 32
    assert weeks.server.paths().count("/well") > 60 and weeks.server.faults == []
    found = store.row(weeks.archive, "SELECT status, failures FROM sources WHERE name = 'broken'")
    assert found and (found["status"], found["failures"]) == (Status.BROKEN.value, len(moments))


def test_e22_a_feed_that_never_changes_is_asked_a_quarter_as_often(weeks: Weeks) -> None:
    count = iter(range(10**6))
    weeks.watch(still=conditional(), busy=lambda asked: good(stories(n := next(count)), ETag=f'"{n}"'))
    weeks.round()
    weeks.now += 15 * DAY
    weeks.live(3 * DAY)
    assert 3 <= weeks.server.paths().count("/still") - 1 <= (weeks.server.paths().count("/busy") - 1) / 4


def test_e20_a_feed_that_asks_for_quiet_hours_is_left_alone_in_them(weeks: Weeks) -> None:
    hours = "".join(f"<hour>{h}</hour>" for h in range(6))
    head = f"<skipHours>{hours}</skipHours><skipDays><day>Sunday</day></skipDays>"
    weeks.watch(quiet=conditional(body=stories(1, head=head)))
    weeks.live(timedelta(days=14))
    later = weeks.server.asked[1:]
    assert later and weeks.server.faults == []
    assert all(asked.at.hour >= 6 and asked.at.weekday() != 6 for asked in later)


def test_e14_a_hundred_restarts_within_an_interval_ask_nobody_twice(weeks: Weeks, state: Path) -> None:
    weeks.watch(**{f"feed{n}": conditional() for n in range(50)})
    weeks.round()
    for _ in range(100):
        weeks.now += timedelta(seconds=30)
        store.close_all()
        weeks.archive = open_archive(state)
        weeks.round()
    assert len(weeks.server.asked) == 50 and weeks.server.faults == []


def test_e15_many_feeds_of_one_host_are_asked_one_after_the_other(weeks: Weeks) -> None:
    assert NetworkConfig().spacing == timedelta(seconds=2)  # as shipped; here it is shorter
    weeks.watch(**{f"feed{n}": conditional() for n in range(40)})
    weeks.config = weeks.config.model_copy(
        update={"network": weeks.config.network.model_copy(update={"spacing": timedelta(seconds=0.01)})}
    )
    for round in range(2):  # the second time as a start after three days down
        weeks.round()
        asked = weeks.server.asked[40 * round :]
        began, ended = [one.began for one in asked], [one.ended for one in asked]
        assert len(asked) == 40 and weeks.server.faults == []
        assert all(start - end >= 0.01 for end, start in zip(ended, began[1:], strict=False))
        weeks.now += timedelta(days=3)


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
