"""Webhooks as Standard Webhooks describes them, and what every answer means."""

from __future__ import annotations

import base64
import json
import logging
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
import standardwebhooks
import trustme
from hypothesis import given
from hypothesis import strategies as st

from monitor import guard
from monitor.alerts.channels import Envelope
from monitor.alerts.channels._post import Pauses, Poster, retry_after
from monitor.alerts.channels.webhook import Webhook, sign
from monitor.errors import TryLater, Undeliverable
from monitor.model import Address, HookCall, Mail
from tests.gather.test_addresses import PRIVATE, SPELLED
from tests.hook_server import HookServer
from tests.servers import Answer, HostileServer, WebServer, pour

SECRET = "whsec_" + base64.b64encode(b"a secret of 32 bytes, or thereby").decode()
OLD = "whsec_" + base64.b64encode(b"the one that was there before it").decode()
CALL = HookCall("monitor.alert", {"entries": [{"title": "Вызвалены"}]}, "2026-11-16T08:59:00Z")
LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture
def hooks() -> Iterator[HookServer]:
    with HookServer() as running:
        yield running


@pytest.fixture
def channel() -> Webhook:
    return Webhook(Poster(LOOPBACK))


def send(channel: Webhook, url: str, now: datetime, delivery: str = "d1", **envelope: bool) -> str:
    return channel.send(Address("webhook", url, SECRET), CALL, delivery, now, Envelope(**envelope))


class TestSignature:
    def test_h02_the_published_vector(self) -> None:
        secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
        said = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @given(
        st.binary(min_size=24, max_size=64), st.text("abcdef0123456789", min_size=1), st.integers(0, 2**32), st.text()
    )
    def test_it_is_the_reference_librarys(self, key: bytes, delivery: str, moment: int, text: str) -> None:
        secret = "whsec_" + base64.b64encode(key).decode()
        body = json.dumps(text, ensure_ascii=True)
        theirs = standardwebhooks.Webhook(secret).sign(delivery, datetime.fromtimestamp(moment, UTC), body)
        assert sign(secret, delivery, moment, body.encode()) == theirs

    def test_h01_a_receiver_can_verify_what_arrives(self, hooks: HookServer, channel: Webhook) -> None:
        now = datetime.now(UTC)
        assert send(channel, hooks.url, now) == "204"
        (call,) = hooks.calls
        assert standardwebhooks.Webhook(SECRET).verify(call.body, call.headers) == {
            "type": "monitor.alert",
            "timestamp": "2026-11-16T08:59:00Z",
            "data": {"entries": [{"title": "Вызвалены"}]},
        }
        assert call.headers["webhook-id"] == "d1"
        assert abs(int(call.headers["webhook-timestamp"]) - now.timestamp()) < 5
        assert call.headers["content-type"].startswith("application/json")

    def test_h09_during_a_change_both_secrets_sign(self, hooks: HookServer, channel: Webhook, now: datetime) -> None:
        now = datetime.now(UTC)
        channel.send(Address("webhook", hooks.url, SECRET, OLD), CALL, "d1", now, Envelope())
        send(channel, hooks.url, now)
        both, one = (call.headers["webhook-signature"] for call in hooks.calls)
        assert len(both.split(" ")) == 2 and len(one.split(" ")) == 1
        for secret in (SECRET, OLD):
            standardwebhooks.Webhook(secret).verify(hooks.calls[0].body, hooks.calls[0].headers)

    @pytest.mark.parametrize("secret", ["", "whsec_not base64!", "whsec_ж"])
    def test_without_a_secret_nothing_is_sent(
        self, hooks: HookServer, channel: Webhook, now: datetime, secret: str
    ) -> None:
        with pytest.raises(Undeliverable):
            channel.send(Address("webhook", hooks.url, secret), CALL, "d1", now, Envelope())
        assert hooks.calls == []


class TestAnswers:
    def test_h03_the_id_stays_and_time_and_signature_are_the_attempts(
        self, hooks: HookServer, channel: Webhook, now: datetime
    ) -> None:
        hooks.answer(500, times=3)
        for attempt in range(3):
            with pytest.raises(TryLater):
                send(channel, hooks.url, now + timedelta(seconds=attempt))
        send(channel, hooks.url, now + timedelta(seconds=3))
        headers = [call.headers for call in hooks.calls]
        assert {h["webhook-id"] for h in headers} == {"d1"}
        assert len({h["webhook-timestamp"] for h in headers}) == len({h["webhook-signature"] for h in headers}) == 4
        assert len({call.body for call in hooks.calls}) == 1

    @pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
    def test_any_2xx_is_success(self, hooks: HookServer, channel: Webhook, now: datetime, status: int) -> None:
        hooks.answer(status)
        assert send(channel, hooks.url, now) == str(status)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_s05_a_redirect_is_a_failure_and_not_followed(
        self, hooks: HookServer, channel: Webhook, now: datetime, status: int
    ) -> None:
        with HookServer() as canary:
            hooks.answer(status, headers=(("Location", canary.url),))
            with pytest.raises(TryLater):
                send(channel, hooks.url, now)
            assert canary.calls == []

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 418, 429, 500, 501, 502, 503, 504])
    def test_any_other_status_is_tried_again(
        self, hooks: HookServer, channel: Webhook, now: datetime, status: int
    ) -> None:
        hooks.answer(status)
        with pytest.raises(TryLater) as trouble:
            send(channel, hooks.url, now)
        assert not trouble.value.everyone

    def test_h06_410_is_goodbye(self, hooks: HookServer, channel: Webhook, now: datetime) -> None:
        hooks.answer(410)
        with pytest.raises(Undeliverable) as trouble:
            send(channel, hooks.url, now)
        assert trouble.value.gone

    @pytest.mark.parametrize("status", [429, 503])
    def test_h07_a_receiver_that_asks_for_a_pause_gets_it_and_no_other_waits(
        self, hooks: HookServer, channel: Webhook, now: datetime, status: int
    ) -> None:
        hooks.answer(status, headers=(("Retry-After", "900"),))
        with pytest.raises(TryLater) as trouble:
            send(channel, hooks.url, now)
        assert trouble.value.after == timedelta(seconds=900)
        with pytest.raises(TryLater) as again:
            send(channel, hooks.url, now, "d2")
        assert again.value.after is not None and again.value.after > timedelta(seconds=890)
        assert len(hooks.calls) == 1
        send(channel, hooks.url + "/other", now)

    def test_h04_a_closed_connection_is_tried_again(self, hooks: HookServer, channel: Webhook, now: datetime) -> None:
        hooks.answer(drop=True)
        with pytest.raises(TryLater):
            send(channel, hooks.url, now)
        send(channel, hooks.url, now)
        assert [call.headers["webhook-id"] for call in hooks.calls] == ["d1", "d1"]

    def test_h11_a_confirmation_gets_to_see_the_challenge(
        self, hooks: HookServer, channel: Webhook, now: datetime
    ) -> None:
        hooks.answer(200, lambda call: call.json["data"]["challenge"].encode())
        call = HookCall("monitor.confirm", {"challenge": "kx82-77"})
        assert channel.send(Address("webhook", hooks.url, SECRET), call, "d1", now, Envelope()) == "200 kx82-77"

    def test_s08_what_a_readers_receiver_says_is_shown_to_nobody(
        self, hooks: HookServer, channel: Webhook, now: datetime
    ) -> None:
        hooks.answer(200, b"internal details", times=None)
        assert send(channel, hooks.url, now) == "200"
        assert send(channel, hooks.url, now, operator=True) == "200 internal details"

    def test_a_webhook_takes_only_calls(self, channel: Webhook, now: datetime) -> None:
        with pytest.raises(TypeError):
            channel.send(Address("webhook", "https://x.example", SECRET), Mail("s", "t"), "d1", now, Envelope())


class TestSlowAndLarge:
    def test_s09_a_slow_answer_is_given_up(self, hooks: HookServer, now: datetime) -> None:
        hooks.answer(200, wait=5.0)
        started = time.monotonic()
        with pytest.raises(TryLater):
            send(Webhook(Poster(LOOPBACK, seconds=0.5)), hooks.url, now)
        assert time.monotonic() - started < 2

    @pytest.mark.slow
    def test_a_receiver_may_think_for_longer_than_a_feed(
        self, hooks: HookServer, channel: Webhook, now: datetime
    ) -> None:
        hooks.answer(200, wait=11.0)
        assert send(channel, hooks.url, now) == "200"

    def test_s09_an_answer_in_drips_is_given_up(self, hooks: HookServer, now: datetime) -> None:
        hooks.answer(200, b"x" * 100, drip=0.2)
        started = time.monotonic()
        with pytest.raises(TryLater):
            send(Webhook(Poster(LOOPBACK, seconds=0.7)), hooks.url, now)
        assert time.monotonic() - started < 2

    def test_s09_of_a_large_answer_the_beginning_is_read(
        self, hooks: HookServer, channel: Webhook, now: datetime
    ) -> None:
        hooks.answer(200, b"x" * 20_000_000)
        assert send(channel, hooks.url, now) == "200"

    def test_s09_an_endless_answer_is_not_read_to_its_end(self, now: datetime) -> None:
        with HostileServer(pour(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)) as server:
            assert send(Webhook(Poster(LOOPBACK, seconds=2)), server.url, now) == "200"

    def test_s09_a_compressed_answer_is_not_unpacked(self, hooks: HookServer, channel: Webhook, now: datetime) -> None:
        hooks.answer(200, b"\x1f\x8b not gzip at all", headers=(("Content-Encoding", "gzip"),))
        assert send(channel, hooks.url, now) == "200"
        assert hooks.calls[0].headers["accept-encoding"] == "identity"


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.1/hook",
            "https://2130706433/hook",
            "https://0x7f000001/hook",
            "https://127.1/hook",
            "https://[::1]/hook",
            "https://[::ffff:7f00:1]/hook",
            "https://169.254.169.254/latest",
            "https://10.0.0.1/hook",
            "https://localhost/hook",
            "https://user:pw@127.0.0.1/",
            "http://93.184.216.34/hook",
            "http://0x5db8d822/hook",
            "file:///etc/passwd",
            "gopher://x.example/",
            "json://127.0.0.1",
            "not an address",
            "",
        ],
    )
    def test_s01_s10_h12_a_readers_hook_is_https_to_a_public_address(self, now: datetime, url: str) -> None:
        with pytest.raises(Undeliverable) as trouble:
            send(Webhook(Poster()), url, now)
        assert "127" not in str(trouble.value) and "hook" not in str(trouble.value)

    def test_h12_plain_http_is_for_opened_ranges_only(self, hooks: HookServer, channel: Webhook, now: datetime) -> None:
        send(channel, hooks.url, now)
        send(channel, hooks.url.replace("127.0.0.1", "localhost"), now)
        for closed in (Webhook(Poster()), Webhook(Poster(("10.0.0.0/8",)))):
            for operator in (False, True):
                for host in ("127.0.0.1", "localhost", "127.1"):
                    with pytest.raises(Undeliverable):
                        send(closed, hooks.url.replace("127.0.0.1", host), now, operator=operator)

    @pytest.mark.parametrize("operator", [False, True])
    def test_h12_plain_http_to_a_public_name_is_refused_when_it_is_looked_up(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch, operator: bool
    ) -> None:
        monkeypatch.setattr(guard, "look_up", lambda host, port: ["93.184.216.34"])
        with pytest.raises(Undeliverable):
            send(Webhook(Poster(LOOPBACK, seconds=0.5)), "http://hook.example/", now, operator=operator)

    def test_s01_a_readers_hook_whose_name_leads_inside_is_never_connected_to(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guard, "look_up", lambda host, port: ["127.0.0.1"])
        with HostileServer(lambda connection: None, silent=True) as canary:
            url = canary.url.replace("http://127.0.0.1", "https://hook.example")
            with pytest.raises(Undeliverable):
                send(Webhook(Poster(("192.0.2.0/24",))), url, now)
            assert canary.connections == 0

    def test_s01_s02_no_special_address_is_a_readers_hook_by_number_spelling_or_name(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_up = [""]
        monkeypatch.setattr(guard, "look_up", lambda host, port: [looked_up[0]])
        channel = Webhook(Poster(seconds=0.5))
        refused = 0
        for address in [*PRIVATE, *SPELLED]:
            looked_up[0] = address if address in PRIVATE else "127.0.0.1"
            for host in (f"[{address}]" if ":" in address else address, "hook.example"):
                with pytest.raises(Undeliverable):
                    send(channel, f"https://{host}/hook", now)
                refused += 1
        assert refused >= 150

    def test_s04_a_hook_whose_name_changes_its_mind_is_called_only_where_it_may_be(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = cycle([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.2", "127.0.0.1"]])
        monkeypatch.setattr(guard, "look_up", lambda host, port: next(answers))
        with WebServer(host="127.0.0.2") as good:
            port = int(good.url.rpartition(":")[2])
            good.says("/hook", Answer(body=b"ok"))
            channel, taken = Webhook(Poster(("127.0.0.2/32",))), []
            with WebServer(port=port) as canary:  # at 127.0.0.1, behind the very same port
                for _ in range(999):
                    try:
                        taken.append(send(channel, f"http://hook.example:{port}/hook", now) != "")
                    except Undeliverable:
                        taken.append(False)
                assert canary.asked == []
        assert taken == [True, False, False] * 333

    def test_an_operators_hook_may_be_anywhere_over_https(self, now: datetime) -> None:
        authority = trustme.CA()
        with HookServer(certificate(authority)) as hooks:
            with pytest.raises(Undeliverable):
                send(Webhook(Poster()), hooks.url, now)
            with pytest.raises(TryLater, match="certificate"):
                send(Webhook(Poster()), hooks.url, now, operator=True)

    @pytest.mark.parametrize("name", ["127.0.0.1", "other.test"])
    def test_h12_an_unknown_certificate_is_refused(self, now: datetime, channel: Webhook, name: str) -> None:
        with HookServer(certificate(trustme.CA(), name)) as hooks:
            with pytest.raises(TryLater, match="certificate is not valid"):
                send(channel, hooks.url, now)
            assert hooks.calls == []

    def test_s07_proxies_of_the_environment_are_ignored(
        self, hooks: HookServer, channel: Webhook, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with HookServer() as canary:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
                monkeypatch.setenv(name, canary.url)
            send(channel, hooks.url, now)
            assert canary.calls == []
        assert len(hooks.calls) == 1

    def test_k07_no_log_and_no_error_shows_an_address(
        self, hooks: HookServer, channel: Webhook, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        url = hooks.url + "/cnry-7f3a?key=cnry-7f3a"
        hooks.answer(drop=True)
        for _ in range(2):
            try:
                send(channel, url, now)
            except TryLater as trouble:
                assert "cnry" not in f"{trouble!r} {trouble.__cause__!r}"
                assert trouble.__suppress_context__
        hooks.stop()
        with pytest.raises(TryLater) as gone:
            send(channel, url, now)
        assert "cnry" not in str(gone.value)
        assert "cnry" not in caplog.text

    def test_k07_a_receiver_that_sends_no_proper_headers_does_not_bring_its_address_into_the_log(
        self, hooks: HookServer, channel: Webhook, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        hooks.answer(200, headers=(("no header", "x"),))
        assert send(channel, hooks.url + "/cnry-7f3a?key=cnry-7f3a", now) == "200"
        assert "cnry" not in caplog.text


def certificate(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("value", "after"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("Mon, 16 Nov 2026 09:10:00 GMT", 600),
        ("Mon, 16 Nov 2026 09:10:00", 600),
        ("Mon, 16 Nov 2026 10:10:00 +0100", 600),
        ("Mon, 16 Nov 2026 08:00:00 GMT", 0),
        ("99999999999999999999", 10**8),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_a_wish_to_wait_is_read_in_all_its_forms(now: datetime, value: str, after: int | None) -> None:
    assert retry_after(value, now) == (None if after is None else timedelta(seconds=after))


def test_pauses_end_and_those_who_wait_queue_up() -> None:
    moment = [0.0]
    pauses = Pauses(1.0, lambda: moment[0])
    pauses.hold("x", timedelta(seconds=30))
    pauses.hold("x", timedelta(seconds=5))
    assert [pauses.left("x") for _ in range(3)] == [timedelta(seconds=31 + n) for n in range(3)]
    assert pauses.left("y") is None
    moment[0] = 30.0
    assert pauses.left("x") is None
