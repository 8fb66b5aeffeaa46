"""When a source is asked again: one row a rule."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.gather.headers import http_date
from monitor.gather.pacing import (
    Manners,
    Memory,
    Plan,
    conditions,
    plan,
    same_site,
    was_unasked,
)
from monitor.model import Kind, Source, Status, Validators, Visit

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
H, M, D = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
SOURCE = Source("Nasha Niva", "https://nashaniva.com/rss", interval=H)
GIVEN = Validators('W/"a b;c"', "Wed, 01 Jan 2020 00:00:00 GMT", "aa")
KNOWN = Memory(
    validators=GIVEN,
    validators_since=NOW - D,
    status=Status.UNCHANGED,
    status_since=NOW - 9 * D,
    first_success_at=NOW - 30 * D,
    last_success_at=NOW - H,
    previous_success_at=NOW - 2 * H,
    last_new_at=NOW - D,
)


def visit(status: Status = Status.NEW, **facts: object) -> Visit:
    usual = {Status.NEW: 200, Status.UNCHANGED: 304, Status.SLOW_DOWN: 429, Status.REFUSED: 403, Status.MISSING: 404}
    given = {"validators": GIVEN} if status in (Status.NEW, Status.UNCHANGED) else {}
    return Visit(**{"status": status, "at": NOW, "http_status": usual.get(status, 0), **given, **facts})  # type: ignore[arg-type]


def wait(memory: Memory = KNOWN, source: Source = SOURCE, *, busy: bool = False, **facts: object) -> timedelta:
    status = facts.pop("status", Status.NEW)
    assert isinstance(status, Status)
    return plan(source, memory, visit(status, **facts), busy=busy).due_at - NOW


# ------------------------------------------------------------------------------------------------- what answers ask for

HEADERS = [
    ({}, H),
    # Cache-Control
    ({"cache_control": "max-age=7200"}, 2 * H),
    ({"cache_control": "public, max-age=7200, must-revalidate"}, 2 * H),
    ({"cache_control": "Max-Age=7200"}, 2 * H),
    ({"cache_control": 'max-age="7200"'}, 2 * H),
    ({"cache_control": "max-age = 7200"}, 2 * H),
    ({"cache_control": "max-age=600"}, H),
    ({"cache_control": "max-age=0"}, H),
    ({"cache_control": "max-age=31536000"}, D),
    ({"cache_control": "max-age=99999999999999999999"}, H),
    ({"cache_control": "max-age=-1"}, H),
    ({"cache_control": "max-age=xyz"}, H),
    ({"cache_control": "s-maxage=86400"}, H),
    ({"cache_control": "no-cache, max-age=6000"}, H),
    ({"cache_control": "no-store, max-age=6000"}, H),
    ({"cache_control": "max-age=60, max-age=7200"}, 2 * H),
    # Age
    ({"cache_control": "max-age=7200", "age": "1800"}, 1.5 * H),
    ({"cache_control": "max-age=7200", "age": "7200"}, H),
    ({"cache_control": "max-age=7200", "age": "rubbish"}, 2 * H),
    ({"cache_control": "max-age=7200", "age": "-5"}, 2 * H),
    # Expires
    ({"expires": "Mon, 16 Nov 2026 11:30:00 GMT"}, 2.5 * H),
    ({"expires": "Mon, 16 Nov 2026 11:30:00 GMT", "date": "Mon, 16 Nov 2026 08:30:00 GMT"}, 3 * H),
    ({"expires": "Mon, 16 Nov 2026 11:30:00"}, 2.5 * H),
    ({"expires": "Mon, 16 Nov 2026 14:30:00 +0300"}, 2.5 * H),
    ({"expires": "Fri, 01 Jan 2099 00:00:00 GMT"}, D),
    ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, H),
    ({"expires": "0"}, H),
    ({"expires": "-1"}, H),
    ({"expires": "soon"}, H),
    ({"expires": "Mon, 16 Nov 2026 19:00:00 GMT", "cache_control": "max-age=7200"}, 2 * H),
    ({"expires": "Mon, 16 Nov 2026 19:00:00 GMT", "cache_control": "no-cache"}, H),
    # <ttl>
    ({"ttl_minutes": 180}, 3 * H),
    ({"ttl_minutes": 15}, H),
    ({"ttl_minutes": 100_000}, D),
    ({"ttl_minutes": 180, "cache_control": "no-cache"}, 3 * H),
    ({"ttl_minutes": 180, "cache_control": "max-age=7200"}, 3 * H),
]


@pytest.mark.parametrize(("facts", "expected"), HEADERS)
def test_e08_e09_e10_an_answers_own_wishes_are_a_lower_bound(facts: dict[str, object], expected: timedelta) -> None:
    assert wait(**facts) == expected


@pytest.mark.parametrize(("facts", "expected"), [row for row in HEADERS if "ttl_minutes" not in row[0]])
def test_e08_a_304_has_wishes_of_its_own(facts: dict[str, object], expected: timedelta) -> None:
    assert wait(status=Status.UNCHANGED, **facts) == expected


def test_e20_the_feeds_own_ttl_holds_through_304s() -> None:
    memory = plan(SOURCE, KNOWN, visit(ttl_minutes=300)).memory
    assert memory.manners == Manners(ttl_minutes=300)
    assert wait(memory, status=Status.UNCHANGED) == 5 * H
    assert wait(plan(SOURCE, memory, visit()).memory) == H  # a body without one cancels it


SLOW = [
    ("5400", 1.5 * H),
    ("60", H),
    (" 5400 ", 1.5 * H),
    ("Mon, 16 Nov 2026 12:00:00 GMT", 3 * H),
    ("Mon, 16 Nov 2026 12:00:00", 3 * H),
    ("Mon, 16 Nov 2026 13:00:00 +0100", 3 * H),
    ("Monday, 16-Nov-26 12:00:00 GMT", 3 * H),
    ("Mon, 16 Nov 2026 09:10:00 GMT", H),
    ("5184000", 7 * D),
    ("Fri, 15 Jan 2027 09:00:00 GMT", 7 * D),
    ("", 2 * H),
    ("0", 2 * H),
    ("-5", 2 * H),
    ("xyz", 2 * H),
    ("1.5", 2 * H),
    ("Sun, 15 Nov 2026 12:00:00 GMT", 2 * H),
    ("Mon, 99 Nov 2026 12:00:00 GMT", 2 * H),
]


@pytest.mark.parametrize("http_status", [429, 503])
@pytest.mark.parametrize(("retry_after", "expected"), SLOW)
def test_e11_retry_after_is_obeyed_or_replaced(retry_after: str, expected: timedelta, http_status: int) -> None:
    assert wait(status=Status.SLOW_DOWN, retry_after=retry_after, http_status=http_status) == expected


def test_e11_retry_after_counts_from_the_servers_own_clock() -> None:
    facts = {"retry_after": "Mon, 16 Nov 2026 15:00:00 GMT", "date": "Mon, 16 Nov 2026 13:00:00 GMT"}
    assert wait(status=Status.SLOW_DOWN, **facts) == 2 * H


def waits(status: Status, times: int, source: Source = SOURCE, **facts: object) -> list[timedelta]:
    """The gaps after the first, second … visit in a row that ends like this."""
    memory, moment, found = KNOWN, NOW, []
    for _ in range(times):
        decided = plan(source, memory, replace(visit(status, **facts), at=moment))
        found.append(decided.due_at - moment)
        memory, moment = decided.memory, decided.due_at
    return found


def test_e12_a_bare_429_backs_off_further_each_time() -> None:
    gaps = waits(Status.SLOW_DOWN, 8)
    assert gaps[:4] == [2 * H, 4 * H, 8 * H, 16 * H]
    assert gaps[-1] == D


@pytest.mark.parametrize("status", [Status.REFUSED, Status.MISSING])
def test_e21_refusals_back_off_to_a_day_and_are_never_given_up(status: Status) -> None:
    gaps = waits(status, 60)
    assert gaps[:3] == [2 * H, 4 * H, 8 * H] and set(gaps[5:]) == {D}


def test_e21_broken_answers_back_off_to_a_day() -> None:
    gaps = waits(Status.BROKEN, 40, http_status=500)
    assert gaps[:3] == [H, 2 * H, 4 * H] and set(gaps[6:]) == {D}


def test_an_unreachable_source_is_tried_hourly_for_two_days_because_the_fault_may_be_ours() -> None:
    fast = replace(SOURCE, interval=10 * M)
    gaps = waits(Status.UNREACHABLE, 70, fast)
    assert gaps[:4] == [10 * M, 20 * M, 40 * M, H]
    assert gaps[30] == H and gaps[-1] == D


def test_a_source_slower_than_the_cap_keeps_its_interval() -> None:
    slow = replace(SOURCE, interval=2 * D)
    assert waits(Status.UNREACHABLE, 1, slow) == [2 * D]
    assert plan(slow, KNOWN, visit(cache_control="max-age=60")).due_at == NOW + 2 * D


def test_e19_410_ends_the_asking_and_the_operator_is_told() -> None:
    decided = plan(SOURCE, KNOWN, visit(Status.GONE, http_status=410))
    assert decided.due_at - NOW > 300 * D and decided.memory.status is Status.GONE
    assert "gone for good" in decided.alarm


def test_success_ends_a_back_off() -> None:
    failing = plan(SOURCE, KNOWN, visit(Status.MISSING)).memory
    assert failing.failures == 1
    mended = plan(SOURCE, failing, visit())
    assert mended.memory.failures == 0 and mended.due_at == NOW + H


# ----------------------------------------------------------------------------------------------- hours to be left alone


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ((10,), (), datetime(2026, 11, 16, 11, tzinfo=UTC)),
        ((10, 11, 12), (), datetime(2026, 11, 16, 13, tzinfo=UTC)),
        ((9, 11), (), datetime(2026, 11, 16, 10, tzinfo=UTC)),
        (tuple(range(10, 24)), (), datetime(2026, 11, 17, 0, tzinfo=UTC)),
        ((), ("monday",), datetime(2026, 11, 17, 0, tzinfo=UTC)),
        ((0, 1), ("monday",), datetime(2026, 11, 17, 2, tzinfo=UTC)),
        ((), ("tuesday",), datetime(2026, 11, 16, 10, tzinfo=UTC)),
        ((), ("monday", "tuesday", "wednesday", "thursday"), datetime(2026, 11, 18, 10, tzinfo=UTC)),
    ],
)
def test_skip_hours_and_days_move_a_visit_forward_by_two_days_at_most(
    hours: tuple[int, ...], days: tuple[str, ...], expected: datetime
) -> None:
    decided = plan(SOURCE, KNOWN, visit(skip_hours=hours, skip_days=days))
    assert decided.due_at == expected
    later = plan(SOURCE, decided.memory, visit(Status.UNCHANGED))
    assert later.due_at == expected  # remembered, though a 304 has no body


# ----------------------------------------------------------------------------------------------------------- our wishes


def test_an_open_event_shortens_our_interval_but_not_their_headers() -> None:
    assert wait(busy=True) == 20 * M
    assert wait(source=replace(SOURCE, interval=10 * M), busy=True) == 5 * M
    assert wait(busy=True, cache_control="max-age=7200") == 2 * H
    assert wait(busy=True, ttl_minutes=90) == 1.5 * H
    assert wait(busy=True, status=Status.SLOW_DOWN, retry_after="5400") == 1.5 * H
    assert wait(busy=True, status=Status.SLOW_DOWN) == 2 * H
    assert wait(busy=True, status=Status.MISSING) == 2 * H


@pytest.mark.parametrize(("quiet", "expected"), [(1, H), (3.5, 2 * H), (8, 4 * H), (15, 6 * H), (300, 6 * H)])
def test_e22_a_feed_that_seldom_changes_is_asked_more_seldom(quiet: float, expected: timedelta) -> None:
    memory = replace(KNOWN, last_new_at=NOW - quiet * D, unchanged=5)
    assert wait(memory, status=Status.UNCHANGED) == expected
    assert wait(memory, status=Status.UNCHANGED, busy=True) == 20 * M


def test_e06_a_feed_without_validators_is_asked_hourly_at_most_and_more_seldom_when_nothing_comes() -> None:
    fast = replace(SOURCE, interval=10 * M)
    bare = Validators(body_hash="aa")
    memory, gaps = replace(KNOWN, validators=Validators()), []
    for _ in range(7):
        decided = plan(fast, memory, visit(Status.UNCHANGED, http_status=200, validators=bare))
        memory = decided.memory
        gaps.append(decided.due_at - NOW)
    assert gaps == [2 * H, 4 * H, 8 * H, 16 * H, D, D, D]
    assert plan(fast, memory, visit(validators=replace(bare, body_hash="bb"))).due_at == NOW + H


def test_chance_only_makes_a_visit_later_and_not_beyond_a_day() -> None:
    assert plan(SOURCE, KNOWN, visit(), roll=0.5).due_at == NOW + 63 * M
    assert plan(SOURCE, KNOWN, visit(cache_control="max-age=86400"), roll=0.9).due_at == NOW + D


@pytest.mark.parametrize("kind", [Kind.SITE, Kind.TELEGRAM])
def test_a_page_that_never_has_validators_is_asked_at_its_own_interval(kind: Kind) -> None:
    quiet = replace(KNOWN, validators=Validators(), unchanged=9)
    page = replace(SOURCE, kind=kind)
    bare = visit(Status.UNCHANGED, http_status=200, validators=Validators(body_hash="aa"))
    assert plan(page, quiet, bare).due_at == NOW + SOURCE.interval


def test_a_due_time_is_a_whole_second_and_never_early() -> None:
    moment = NOW + timedelta(milliseconds=1)
    due = plan(SOURCE, KNOWN, replace(visit(cache_control="max-age=7200"), at=moment)).due_at
    assert due == NOW + 2 * H + timedelta(seconds=1)


# ----------------------------------------------------------------------------------------------------------- validators


def test_e04_e06_every_200_replaces_the_whole_set() -> None:
    new = Validators("xyz", "", "bb")
    assert plan(SOURCE, KNOWN, visit(validators=new)).memory.validators == new
    none = Validators("", "", "bb")
    assert plan(SOURCE, KNOWN, visit(validators=none)).memory.validators == none


def test_e04_the_same_body_with_other_validators_still_replaces_them() -> None:
    new = Validators('"new"', "", GIVEN.body_hash)
    decided = plan(SOURCE, KNOWN, visit(Status.UNCHANGED, http_status=200, validators=new))
    assert decided.memory.validators == new and decided.memory.validators_since == NOW


def test_e05_a_304_may_bring_validators_of_its_own() -> None:
    new = replace(GIVEN, etag='"other"')
    decided = plan(SOURCE, KNOWN, visit(Status.UNCHANGED, validators=new))
    assert decided.memory.validators == new and decided.memory.validators_since == KNOWN.validators_since


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.NEW, Status.UNCHANGED)])
def test_e13_no_failure_costs_the_validators(status: Status) -> None:
    decided = plan(SOURCE, KNOWN, visit(status))
    assert decided.memory.validators == GIVEN
    assert conditions(decided.memory, decided.due_at) == GIVEN


def test_a_body_that_is_not_to_be_trusted_keeps_the_old_set() -> None:
    assert plan(SOURCE, KNOWN, visit(validators=None)).memory.validators == GIVEN


def test_e01_the_first_request_is_unconditional() -> None:
    assert conditions(Memory(), NOW) == Validators()
    assert not was_unasked(Memory(), NOW)


def test_e07_an_eternal_304_is_tested_once_a_week_with_a_request_without_conditions() -> None:
    memory, moment, unasked = replace(KNOWN, validators_since=NOW), NOW, []
    while moment < NOW + 30 * D:
        if was_unasked(memory, moment):
            unasked.append(moment)
        decided = plan(SOURCE, memory, replace(visit(Status.UNCHANGED), at=moment))
        memory, moment = decided.memory, decided.due_at
    assert len(unasked) == 3
    assert all(later - earlier >= 7 * D for earlier, later in itertools.pairwise(unasked))


def test_the_weekly_test_is_over_even_if_it_fails() -> None:
    memory = replace(KNOWN, validators_since=NOW - 8 * D, unchanged=99)
    assert conditions(memory, NOW) == Validators()
    after = plan(SOURCE, memory, visit(Status.BROKEN)).memory
    assert conditions(after, NOW + D) == GIVEN


# ---------------------------------------------------------------------------------------------------------------- moves


def moves(target: str, *, hours: int, times: int, memory: Memory = KNOWN) -> Plan:
    decided = Plan(NOW, memory)
    for n in range(times):
        at = NOW + n * hours * H
        decided = plan(SOURCE, decided.memory, replace(visit(moved_to=target), at=at))
    return decided


def test_e16_a_permanent_move_is_believed_after_three_answers_over_a_day() -> None:
    target = "https://www.nashaniva.com/feed"
    for hours, times in ((12, 2), (1, 20), (23, 2)):
        assert moves(target, hours=hours, times=times).memory.address == ""
    decided = moves(target, hours=12, times=3)
    assert decided.memory.address == target
    assert target in decided.note and decided.alarm


def test_e18_a_move_to_another_domain_is_the_operators_to_believe() -> None:
    decided = moves("https://nashaniva.example/rss", hours=12, times=5)
    assert decided.memory.address == ""
    assert "another domain" in decided.alarm and "nashaniva.example" in decided.note


def test_an_answer_from_the_old_address_begins_the_count_anew() -> None:
    target = "https://www.nashaniva.com/feed"
    stayed = plan(SOURCE, moves(target, hours=12, times=2).memory, visit())
    assert stayed.memory.moved_seen == 0
    assert moves("https://www.nashaniva.com/other", hours=1, times=1, memory=stayed.memory).memory.moved_seen == 1


def test_a_new_home_that_stays_silent_is_left_for_the_old_one() -> None:
    memory = replace(KNOWN, address="https://www.nashaniva.com/feed")
    for n in range(5):
        memory = plan(SOURCE, memory, visit(Status.MISSING)).memory
        assert bool(memory.address) == (n < 4)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://news.zerkalo.io/rss", "https://zerkalo.io/rss", True),
        ("http://spring96.org./be", "https://spring96.org/be", True),
        ("https://a.gov.by/", "https://b.gov.by/", False),
        ("https://a.github.io/feed", "https://b.github.io/feed", False),
        ("https://zerkalo.io/", "https://zerkalo.example/", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2/b", True),
        ("http://localhost/a", "http://elsewhere/b", False),
        ("", "", False),
    ],
)
def test_the_same_site_is_the_same_registrable_domain(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


# ------------------------------------------------------------------------------------------------- what is remembered


def test_the_first_success_is_remembered_and_so_are_the_last_two() -> None:
    first = plan(SOURCE, Memory(), visit()).memory
    assert (first.first_success_at, first.last_success_at, first.previous_success_at) == (NOW, NOW, None)
    second = plan(SOURCE, first, replace(visit(Status.UNCHANGED), at=NOW + H)).memory
    assert (second.first_success_at, second.last_success_at, second.previous_success_at) == (NOW, NOW + H, NOW)
    assert second.last_new_at == NOW


def test_a_failed_first_visit_is_no_first_success() -> None:
    assert plan(SOURCE, Memory(), visit(Status.BROKEN)).memory.first_success_at is None


def test_a_state_lasts_from_its_first_visit() -> None:
    memory = plan(SOURCE, KNOWN, visit()).memory
    assert memory.status_since == KNOWN.status_since  # new and unchanged are one state: it works
    broken = plan(SOURCE, memory, visit(Status.BROKEN)).memory
    again = plan(SOURCE, broken, replace(visit(Status.BROKEN), at=NOW + D)).memory
    assert again.status_since == NOW and again.failures == 2


@pytest.mark.parametrize("status", list(Status))
def test_every_state_ends_as_a_sentence(status: Status) -> None:
    decided = plan(SOURCE, KNOWN, visit(status, note="a reason", http_status=500))
    assert "a reason" in decided.note and "HTTP 500" in decided.note


def test_a_refusal_is_told_to_the_operator_once() -> None:
    first = plan(SOURCE, KNOWN, visit(Status.REFUSED))
    assert "HTTP 403" in first.alarm
    assert plan(SOURCE, first.memory, visit(Status.REFUSED)).alarm == ""


@pytest.mark.parametrize("text", ["", "0", "x", "Mon, 16 Nov 99999 09:00:00 GMT", "Mon, 31 Feb 2026 09:00:00 GMT"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert http_date(text) is None
