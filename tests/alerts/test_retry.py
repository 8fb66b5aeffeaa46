"""When a delivery is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.retry import lease, next_attempt

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MIDDLE = 0.5  # the roll that changes nothing
LADDERS = {
    "webhook": ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"],
    "email": ["5m", "15m", "60m", *["4h"] * 24],
    "slack": ["5s", "5m", "30m", "2h", "5h", "10h", "14h"],
}
STEPS = [(channel, number, pause) for channel, pauses in LADDERS.items() for number, pause in enumerate(pauses, 1)]


def span(text: str) -> timedelta:
    return timedelta(seconds=int(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]])


@pytest.mark.parametrize(("channel", "attempts", "pause"), STEPS)
def test_h05_the_pause_follows_the_published_ladder(channel: str, attempts: int, pause: str) -> None:
    assert next_attempt(channel, attempts, NOW, NOW, None, MIDDLE) == NOW + span(pause)


@pytest.mark.parametrize("channel", LADDERS)
def test_h05_after_the_last_step_it_is_given_up(channel: str) -> None:
    assert next_attempt(channel, len(LADDERS[channel]) + 1, NOW, NOW, None, MIDDLE) is None


def test_h05_a_webhook_gets_ten_attempts_in_three_days_and_a_little() -> None:
    assert sum((span(pause) for pause in LADDERS["webhook"]), timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_mail_is_given_up_after_four_days_however_few_the_attempts() -> None:
    created = NOW - timedelta(days=4)
    assert next_attempt("email", 3, created, NOW, None, MIDDLE) is None
    assert next_attempt("email", 3, created + timedelta(minutes=1), NOW, None, MIDDLE) is not None


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_dice_move_an_attempt_by_a_fifth_at_most(attempts: int, roll: float) -> None:
    pause = span(LADDERS["webhook"][attempts - 1])
    at = next_attempt("webhook", attempts, NOW, NOW, None, roll)
    assert at is not None
    assert pause * 0.8 <= at - NOW <= pause * 1.2 + timedelta(microseconds=1)


@given(st.sampled_from(sorted(LADDERS)), st.integers(1, 7), st.floats(0, 1, exclude_max=True), st.integers(0, 86400))
def test_h07_nothing_is_sent_before_the_receiver_is_ready(channel: str, attempts: int, roll: float, asked: int) -> None:
    at = next_attempt(channel, attempts, NOW, NOW, timedelta(seconds=asked), roll)
    assert at is not None and at >= NOW + timedelta(seconds=asked)


@pytest.mark.parametrize("channel", LADDERS)
def test_a_wish_for_more_than_a_day_is_not_granted(channel: str) -> None:
    at = next_attempt(channel, 1, NOW, NOW, timedelta(days=60), MIDDLE)
    assert at == NOW + timedelta(days=1)


def test_k04_messages_that_slack_put_off_keep_their_order() -> None:
    """What Slack asks for is taken as it is: no ladder and no dice that would shuffle twenty waiting messages."""
    waits = [timedelta(seconds=30 + n) for n in range(20)]
    moments = [next_attempt("slack", 1 + n % 3, NOW, NOW, w, (n * 7 % 10) / 10) for n, w in enumerate(waits)]
    assert moments == [NOW + wait for wait in waits]


def test_an_unknown_channel_is_treated_as_a_webhook() -> None:
    assert next_attempt("pigeon", 1, NOW, NOW, None, MIDDLE) == NOW + timedelta(seconds=5)
    assert lease("pigeon") == timedelta(seconds=60)


def test_m07_leases_outlast_the_work() -> None:
    assert lease("email") > timedelta(minutes=10, seconds=30)  # the answer to the final dot
    assert lease("webhook") >= timedelta(seconds=60)
    assert lease("slack") > timedelta(seconds=60)
