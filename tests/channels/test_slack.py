"""Slack's answers, its pace, and its silence about the address."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.channels import Envelope, open_channels
from monitor.alerts.channels._post import Poster
from monitor.alerts.channels.slack import Slack, Turns
from monitor.config import Config
from monitor.errors import DeliveryError, TryLater, Undeliverable, Unplain
from monitor.model import Address, Mail, SlackPost
from tests.hook_server import SlackServer

BLOCKS = ({"type": "section", "text": {"type": "plain_text", "text": "Adam Sample is free"}},)
POST = SlackPost("Adam Sample is free", BLOCKS)
PLAIN = SlackPost("Adam Sample is free")


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with SlackServer() as running:
        yield running


@pytest.fixture
def slack(server: SlackServer) -> Slack:
    return Slack(server.slack_host, Poster(("127.0.0.0/8",)), spacing=0.0)


def send(slack: Slack, server: SlackServer, now: datetime, post: SlackPost = POST, delivery: str = "d1") -> str:
    return slack.send(Address("slack", server.url), post, delivery, now, Envelope())


def test_k01_success_is_200_and_ok(slack: Slack, server: SlackServer, now: datetime) -> None:
    assert send(slack, server, now) == "200 ok"


def test_k08_no_link_is_unfolded(slack: Slack, server: SlackServer, now: datetime) -> None:
    send(slack, server, now)
    said = server.calls[0].json
    assert (said["unfurl_links"], said["unfurl_media"], said["mrkdwn"]) == (False, False, False)
    assert said["text"] == "Adam Sample is free" and said["blocks"] == list(BLOCKS)


GONE = [
    (410, "channel_is_archived"),
    (404, "channel_not_found"),
    (404, "no_service"),
    (404, "no_service_id"),
    (404, "no_active_hooks"),
    (403, "action_prohibited"),
    (403, "invalid_token"),
    (403, "team_disabled"),
    (400, "user_not_found"),
    (403, "posting_to_general_channel_denied"),
    (500, "channel_is_archived"),
    (200, "no_service"),
    (410, ""),
    (404, "channel_not_found\n"),
]
UNREADABLE = [
    (400, "invalid_payload"),
    (400, "invalid_blocks"),
    (400, "msg_blocks_too_long"),
    (400, "no_text"),
    (400, "too_many_attachments"),
    (400, "something new"),
    (500, "invalid_payload"),
]
LATER = [(200, ""), (200, "OK, maybe"), (200, "<html>"), (204, ""), (302, "")]
LATER += [(500, "rollup_error"), (500, ""), (502, "x"), (503, "")]


@pytest.mark.parametrize(("status", "body"), GONE)
def test_k02_a_channel_that_is_gone_is_gone(
    slack: Slack, server: SlackServer, now: datetime, status: int, body: str
) -> None:
    server.answer(status, body)
    with pytest.raises(Undeliverable) as trouble:
        send(slack, server, now)
    assert trouble.value.gone


@pytest.mark.parametrize(("status", "body"), UNREADABLE)
def test_k03_a_form_it_cannot_read_is_worth_one_plain_attempt(
    slack: Slack, server: SlackServer, now: datetime, status: int, body: str
) -> None:
    server.answer(status, body, times=2)
    with pytest.raises(Unplain):
        send(slack, server, now)
    with pytest.raises(Undeliverable) as trouble:
        send(slack, server, now, PLAIN)
    assert not trouble.value.gone
    assert "blocks" not in server.calls[1].json


@pytest.mark.parametrize(("status", "body"), LATER)
def test_k01_anything_else_is_tried_again(
    slack: Slack, server: SlackServer, now: datetime, status: int, body: str
) -> None:
    server.answer(status, body)
    with pytest.raises(TryLater):
        send(slack, server, now)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_without_a_known_reason_is_not_repeated_and_not_final(
    slack: Slack, server: SlackServer, now: datetime, status: int
) -> None:
    server.answer(status, "whatever")
    with pytest.raises(Undeliverable) as trouble:
        send(slack, server, now)
    assert not trouble.value.gone


def test_no_answer_is_tried_again(slack: Slack, server: SlackServer, now: datetime) -> None:
    server.answer(drop=True)
    with pytest.raises(TryLater):
        send(slack, server, now)


class TestPace:
    def test_k04_a_pause_holds_this_address_and_no_other_and_keeps_the_order(
        self, slack: Slack, server: SlackServer, now: datetime
    ) -> None:
        slack = Slack(server.slack_host, Poster(("127.0.0.0/8",)), spacing=1.0)
        server.answer(429, "rate_limited", headers=(("Retry-After", "30"),))
        waits = []
        for number in range(20):
            with pytest.raises(TryLater) as trouble:
                send(slack, server, now, delivery=f"d{number}")
            waits.append(trouble.value.after or timedelta())
        assert len(server.calls) == 1
        assert waits[0] == timedelta(seconds=30)
        assert all(wait > timedelta(seconds=29) for wait in waits)
        assert all(b - a > timedelta(seconds=0.9) for a, b in itertools.pairwise(waits))
        other = Address("slack", server.url + "2")
        assert slack.send(other, POST, "d99", now, Envelope()) == "200 ok"

    def test_a_429_without_a_time_is_a_pause_too(self, slack: Slack, server: SlackServer, now: datetime) -> None:
        server.answer(429)
        with pytest.raises(TryLater) as trouble:
            send(slack, server, now)
        assert trouble.value.after == timedelta(seconds=30)

    def test_one_message_a_second_whoever_asks(self, server: SlackServer, now: datetime) -> None:
        slack = Slack(server.slack_host, Poster(("127.0.0.0/8",)), spacing=0.2)
        threads = [threading.Thread(target=send, args=(slack, server, now, POST, f"d{n}")) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        moments = sorted(call.at for call in server.calls)
        assert all(b - a > 0.15 for a, b in itertools.pairwise(moments))

    def test_whoever_would_wait_long_is_put_off(self) -> None:
        turns = Turns(10.0)
        turns.take("x")
        with pytest.raises(TryLater) as trouble:
            turns.take("x")
        assert trouble.value.after is not None
        started = time.monotonic()
        turns.take("y")
        assert time.monotonic() - started < 0.1


class TestSeveralPosts:
    LONG = SlackPost("1", BLOCKS, (SlackPost("2", BLOCKS), SlackPost("3", BLOCKS)))

    def test_they_go_out_in_order(self, slack: Slack, server: SlackServer, now: datetime) -> None:
        send(slack, server, now, self.LONG)
        assert [call.json["text"] for call in server.calls] == ["1", "2", "3"]

    def test_a_second_attempt_continues_where_the_first_stopped(
        self, slack: Slack, server: SlackServer, now: datetime
    ) -> None:
        server.answer(200, "ok")
        server.answer(503)
        with pytest.raises(TryLater):
            send(slack, server, now, self.LONG)
        send(slack, server, now, self.LONG)
        assert [call.json["text"] for call in server.calls] == ["1", "2", "2", "3"]

    def test_another_delivery_begins_at_the_beginning(self, slack: Slack, server: SlackServer, now: datetime) -> None:
        send(slack, server, now, self.LONG, "d1")
        send(slack, server, now, self.LONG, "d2")
        assert len(server.calls) == 6

    def test_what_was_posted_of_long_ago_is_forgotten(
        self, slack: Slack, server: SlackServer, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("monitor.alerts.channels.slack._REMEMBERED", 1)
        for delivery in ("d1", "d2"):
            server.answer(200, "ok")
            server.answer(503)
            with pytest.raises(TryLater):
                send(slack, server, now, self.LONG, delivery)
        send(slack, server, now, self.LONG, "d1")
        assert [call.json["text"] for call in server.calls[4:]] == ["1", "2", "3"]


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "https://hooks.slack.com.evil.example/services/T/B/x",
            "https://hooks.slack.com@evil.example/services/T/B/x",
            "https://evil.example/hooks.slack.com/",
            "https://hooks.slack.com:8443/services/T/B/x",
            "ftp://hooks.slack.com/services",
            "hooks.slack.com/services",
            "https://[::1",
            "json://127.0.0.1",
            "",
        ],
    )
    def test_s10_only_slacks_own_host_is_slack(self, now: datetime, url: str) -> None:
        slack = Slack("hooks.slack.com", Poster())
        with pytest.raises(Undeliverable) as trouble:
            slack.send(Address("slack", url), POST, "d1", now, Envelope())
        assert trouble.value.gone

    def test_plain_http_only_where_the_operator_opened_the_range(self, server: SlackServer, now: datetime) -> None:
        with pytest.raises(Undeliverable):
            send(Slack(server.slack_host, Poster()), server, now)
        assert server.calls == []

    def test_the_host_is_a_setting(self, server: SlackServer, state: Path, now: datetime) -> None:
        for host in (server.slack_host, f"http://{server.slack_host}/"):
            config = Config.model_validate(
                {"delivery": {"slack_host": host}, "network": {"allow": ["127.0.0.0/8"], "user_agent": "me/1"}}
            )
            slack = open_channels(config, state)["slack"]
            assert slack.send(Address("slack", server.url), POST, "d1", now, Envelope()) == "200 ok"
        assert server.calls[0].headers["user-agent"].startswith("me/1")

    def test_k07_it_appears_in_no_log_no_error_and_no_repr(
        self, slack: Slack, server: SlackServer, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for status, body in ((200, "ok"), (404, "no_service"), (400, "invalid_payload"), (500, ""), (429, "")):
            server.answer(status, body)
            try:
                send(slack, server, now)
            except DeliveryError as trouble:
                assert "notasecret" not in f"{trouble!r}{trouble.__cause__!r}"
        assert "notasecret" not in caplog.text
        assert "notasecret" not in repr(Address("slack", server.url)) + repr(slack)


def test_slack_takes_only_posts(slack: Slack, server: SlackServer, now: datetime) -> None:
    with pytest.raises(TypeError):
        slack.send(Address("slack", server.url), Mail("s", "t"), "d1", now, Envelope())
