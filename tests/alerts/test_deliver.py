"""Draining the outbox against real servers on loopback: nothing lost, nothing twice, silence after leaving."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from monitor.alerts import bundles, deliver
from monitor.alerts.channels import Channel, open_channels
from monitor.alerts.deliver import Counts
from monitor.alerts.standing import Standing
from monitor.config import Config
from monitor.model import Address, Message
from monitor.store import Database, outbox, row, rows, sqlite3, subscribers, switches, write
from monitor.subscribers import desk, safety
from monitor.subscribers.keys import Keys
from monitor.subscribers.requests import mark_left
from tests import press
from tests.hook_server import HookServer
from tests.mail_server import CLOSE, HANG, MailServer
from tests.readers import add, reader, wants

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Office:
    """Everything `drain` needs, with a clock that stands still until it is moved."""

    def __init__(
        self, archive: Database, private: Database, keys: Keys, server: MailServer, now: datetime, **smtp: object
    ) -> None:
        self.archive, self.private, self.keys, self.server, self.now = archive, private, keys, server, now
        settings = {"host": server.host, "port": server.port, "security": "none", "per_minute": 60_000, **smtp}
        self.config = Config.model_validate(
            {
                "delivery": {"smtp": settings, "operator": "operator@mail.test"},
                "network": {"allow": ["127.0.0.0/8"]},
                "web": {"base_url": "https://notes.test"},
            }
        )
        self.channels: dict[str, Channel] = open_channels(self.config, archive_folder(archive))
        self.standing = Standing(keys)

    def clock(self) -> datetime:
        return self.now

    def news(self, count: int = 1) -> None:
        """New stories that everybody waits for, matched and bundled."""
        for _ in range(count):
            press.covered(self.archive, self.now, press.story(self.archive, self.now))
        bundles.match(self.archive, self.private, self.standing, self.now)
        bundles.bundle(self.private, self.standing, self.now, timedelta())

    def drain(self, stop: threading.Event | None = None) -> Counts:
        return deliver.drain(self.archive, self.private, self.keys, self.channels, self.config, self.clock, stop)

    def states(self) -> dict[str, int]:
        found = rows(self.private, "SELECT state, count(*) AS n FROM deliveries GROUP BY state")
        return {r["state"]: r["n"] for r in found}


def archive_folder(archive: Database) -> object:
    from pathlib import Path

    return Path(rows(archive, "PRAGMA database_list")[0]["file"]).parent


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture
def office(archive: Database, private: Database, keys: Keys, server: MailServer, now: datetime) -> Iterator[Office]:
    made = Office(archive, private, keys, server, now)
    yield made
    for channel in made.channels.values():
        channel.close()


# ----------------------------------------------------------------------------------------------------- what is sent


def test_a_mail_carries_the_story_and_its_way_out(office: Office) -> None:
    who = reader(discretion="open")
    add(office.private, office.keys, office.now, who)
    office.news()
    assert str(office.drain()) == "1 sent, 0 to be tried again, 0 given up"
    (mail,) = office.server.mails
    headers = dict(mail.headers())
    assert headers["List-Unsubscribe"] == f"<https://notes.test/u/{who.leave}>"
    assert press.TITLE in mail.text
    assert "https://notes.test/n/" in mail.text


def test_every_reader_gets_a_mail_of_their_own(office: Office) -> None:
    people = [reader(f"r{n}@mail.test") for n in range(25)]
    for who in people:
        add(office.private, office.keys, office.now, who)
    office.news()
    assert office.drain().sent == 25
    assert sorted(m.recipients for m in office.server.mails) == sorted((who.to,) for who in people)
    for who in people:
        (mail,) = office.server.to(who.to)
        assert who.leave in mail.text
        assert not any(other.leave in mail.raw.decode() for other in people if other is not who)
    assert len({dict(m.headers())["Message-ID"] for m in office.server.mails}) == 25


def test_receipts_and_counters_are_written_with_sent(office: Office) -> None:
    add(office.private, office.keys, office.now)
    office.news(2)
    office.drain()
    assert row(office.private, "SELECT count(*) AS n FROM receipts")["n"] == 2
    assert tuple(row(office.private, "SELECT kind, channel, result, count FROM counters")) == (
        "alert",
        "email",
        "sent",
        1,
    )


def test_what_is_said_is_as_things_stand_when_it_is_sent(office: Office) -> None:
    add(office.private, office.keys, office.now, reader(discretion="open"))
    uid = press.story(office.archive, office.now)
    press.covered(office.archive, office.now, uid, outlet="The first")
    bundles.match(office.archive, office.private, office.standing, office.now)
    bundles.bundle(office.private, office.standing, office.now, timedelta())
    press.covered(office.archive, office.now, uid, outlet="The second")
    office.drain()
    assert "The second" in office.server.mails[0].text


def test_a_reader_in_belarusian_is_written_to_in_belarusian(office: Office) -> None:
    add(office.private, office.keys, office.now, reader(language="be", discretion="open"))
    office.news()
    office.drain()
    assert "Хто" in office.server.mails[0].text


def test_an_alert_that_goes_out_late_says_so(office: Office) -> None:
    add(office.private, office.keys, office.now, reader(discretion="open"))
    office.news()
    office.now += 8 * HOUR
    office.drain()
    assert "Late" in office.server.mails[0].text


def test_alerts_go_before_confirmations(office: Office) -> None:
    office = office
    for n in range(12):
        who = add(office.private, office.keys, office.now, reader(f"p{n}@mail.test"), state="pending")
        sealed = office.keys.seal({"token": "t" * 40, "not_me": "n" * 40})
        outbox.add_delivery(
            office.private, outbox.NewDelivery(f"confirm{n}", who, "confirm", office.now, sealed=sealed), office.now
        )
    add(office.private, office.keys, office.now)
    office.now += MINUTE
    office.news()
    office.drain()
    order = [m.recipients[0] for m in office.server.mails]
    assert order.index("reader@mail.test") < 4
    assert len(order) == 13


# ------------------------------------------------------------------------------------------------- leaving, locking


def test_m23_after_leaving_nothing_is_sent_not_even_what_was_queued(office: Office) -> None:
    who = reader()
    add(office.private, office.keys, office.now, who)
    for _ in range(50):
        office.news()
    assert mark_left(office.private, who.leave, office.now)
    assert office.drain().sent == 0
    assert office.server.mails == []
    desk.work_off_leavers(office.private, office.keys)
    assert row(office.private, "SELECT count(*) AS n FROM deliveries")["n"] == 0


def test_m23_leaving_in_the_middle_of_a_round_stops_the_rest(office: Office, keys: Keys) -> None:
    who = reader()
    add(office.private, office.keys, office.now, who)
    for _ in range(20):
        office.news()
    office.server.fail("data", lambda _: mark_left(office.private, who.leave, office.now) and None, times=None)
    real = office.channels["email"]

    class LeavesOnFirst:
        name = "email"

        def send(self, address: Address, message: Message, *rest: object) -> str:
            answer = real.send(address, message, *rest)  # type: ignore[arg-type]
            left.set()
            gone.wait(5)
            return answer

        def close(self) -> None:
            real.close()

    left, gone = threading.Event(), threading.Event()
    office.server.mend()
    office.channels["email"] = LeavesOnFirst()
    round_ = threading.Thread(target=run_in_thread, args=[office])
    round_.start()
    assert left.wait(10)
    mark_left(office.private, who.leave, office.now)
    gone.set()
    round_.join(20)
    assert len(office.server.mails) == 1


def run_in_thread(office: Office, stop: threading.Event | None = None) -> None:
    """A thread has connections of its own."""
    from monitor.store.archive_schema import open_archive
    from monitor.store.private_schema import open_private

    state = archive_folder(office.archive)
    deliver.drain(
        open_archive(state),
        open_private(state),
        office.keys,
        office.channels,
        office.config,
        office.clock,  # type: ignore[arg-type]
        stop,
    )


def test_m16_leaving_and_erasing_cause_no_mail(office: Office) -> None:
    who = reader()
    ident = add(office.private, office.keys, office.now, who)
    mark_left(office.private, who.leave, office.now)
    desk.work_off_leavers(office.private, office.keys)
    desk.erase(office.private, ident)
    assert office.drain().sent == 0
    assert office.server.mails == []


def test_nothing_is_sent_while_locked_and_everything_after(office: Office) -> None:
    add(office.private, office.keys, office.now)
    office.news()
    safety.lock(office.private, office.now)
    assert office.drain().sent == 0
    safety.unlock(office.private)
    assert office.drain().sent == 1


def test_locking_in_the_middle_of_a_round_stops_it(office: Office) -> None:
    for n in range(40):
        add(office.private, office.keys, office.now, reader(f"r{n}@mail.test"))
    office.news()
    office.server.fail("data", lambda _: time.sleep(0.05), times=None)
    done: list[Counts] = []
    round_ = threading.Thread(target=lambda: done.append(run_in_thread(office)))  # type: ignore[func-returns-value]
    round_.start()
    while len(office.server.mails) < 4:
        time.sleep(0.01)
    safety.lock(office.private, office.now)
    round_.join(20)
    assert len(office.server.mails) < 20
    assert office.states()["due"] == 40 - len(office.server.mails)


# ----------------------------------------------------------------------------------------------------- when it fails


def test_a_refused_mailbox_is_switched_off_and_the_operator_told_without_its_address(office: Office) -> None:
    from monitor.subscribers import configured

    configured.sync_config(office.private, office.keys, office.config, office.now)
    who = add(office.private, office.keys, office.now)
    add(office.private, office.keys, office.now, reader("fine@mail.test"))
    office.news(2)
    office.server.fail("rcpt", lambda line: "550 5.1.1 no such user" if "reader@" in line else None)
    office.drain()
    found = subscribers.by_id(office.private, who)
    assert found and found.state == "disabled"
    assert len(office.server.to("fine@mail.test")) == 1
    (notice,) = office.server.to("operator@mail.test")
    assert who in notice.text
    assert "reader@mail.test" not in notice.raw.decode()


def test_m08_greylisting_delays_and_sends_once(office: Office) -> None:
    add(office.private, office.keys, office.now)
    office.news()
    office.server.fail("rcpt", "451 4.7.1 come back later", times=1)
    assert office.drain().retried == 1
    assert office.drain().sent == 0
    office.now += 10 * MINUTE
    assert office.drain().sent == 1
    assert office.drain().sent == 0
    assert len(office.server.mails) == 1


def test_a_retry_keeps_its_message_id(office: Office) -> None:
    add(office.private, office.keys, office.now)
    office.news()
    office.server.fail("stored", CLOSE, times=1)
    office.drain()
    office.now += 30 * MINUTE
    office.drain()
    first, second = office.server.mails
    assert dict(first.headers())["Message-ID"] == dict(second.headers())["Message-ID"]


def test_m06_a_mail_server_that_is_down_pauses_the_channel_and_costs_no_attempt(office: Office) -> None:
    for n in range(30):
        add(office.private, office.keys, office.now, reader(f"r{n}@mail.test"))
    office.news()
    office.server.fail("mail", "530 5.7.0 authentication required")
    office.drain()
    connections = office.server.connections
    assert connections <= 8
    assert office.states() == {"due": 30}
    assert office.drain().sent == 0
    assert office.server.connections == connections
    assert set(switches.switches(office.private)) == {"paused email"}
    assert row(office.private, "SELECT max(attempts) AS n FROM deliveries")["n"] == 0
    office.server.mend()
    office.now += 2 * MINUTE
    assert office.drain().sent == 30
    assert switches.switches(office.private) == {}


def test_after_a_hard_kill_only_what_was_in_hand_waits_for_its_lease(office: Office) -> None:
    for n in range(12):
        add(office.private, office.keys, office.now, reader(f"r{n}@mail.test"))
    office.news()
    with write(office.private):  # what a killed process leaves behind: four claimed, nothing noted
        for due in outbox.due(office.private, office.now, 4):
            assert outbox.claim(office.private, due, office.now, office.now + 15 * MINUTE)
    assert office.drain().sent == 8
    assert office.drain().sent == 0
    office.now += 16 * MINUTE
    assert office.drain().sent == 4
    assert len(office.server.mails) == 12


def test_c08_an_orderly_end_finishes_what_is_in_hand_and_nothing_goes_twice(office: Office) -> None:
    for n in range(60):
        add(office.private, office.keys, office.now, reader(f"r{n}@mail.test"))
    office.news()
    office.server.fail("data", lambda _: time.sleep(0.02), times=None)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    first = office.drain(stop)
    assert time.monotonic() - began < 9
    assert 0 < first.sent < 60
    assert first.sent == len(office.server.mails)
    second = office.drain()
    assert first.sent + second.sent == 60
    assert len({m.recipients for m in office.server.mails}) == len(office.server.mails) == 60


def test_an_orderly_end_does_not_wait_for_a_server_that_hangs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "LAST_WAIT", timedelta(seconds=1))
    add(office.private, office.keys, office.now)
    office.news()
    office.server.fail("stored", HANG)
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    began = time.monotonic()
    office.drain(stop)
    assert time.monotonic() - began < 4
    assert office.drain().sent == 0  # leased: no second copy for a while


def test_given_up_can_be_sent_after_all_with_its_first_id(office: Office) -> None:
    add(office.private, office.keys, office.now)
    office.news()
    office.server.fail("rcpt", "554 5.6.0 not this message", times=1)
    assert office.drain().given_up == 1
    (listed,) = deliver.list_deliveries(office.private, "given-up")
    assert "554" in listed.reason or listed.reason
    assert deliver.retry_delivery(office.private, listed.id, office.now)
    assert office.drain().sent == 1
    assert listed.id in dict(office.server.mails[0].headers())["Message-ID"]
    assert not deliver.retry_delivery(office.private, listed.id, office.now)


def test_a_mistake_in_wording_one_message_does_not_stop_the_others(office: Office) -> None:
    odd = add(office.private, office.keys, office.now, reader("odd@mail.test"))
    add(office.private, office.keys, office.now, reader("fine@mail.test"))
    office.news()
    with write(office.private):
        office.private.conn.execute("UPDATE deliveries SET kind = 'nonsense' WHERE subscriber_id = ?", (odd,))
    counts = office.drain()
    assert (counts.sent, counts.retried) == (1, 1)


# ------------------------------------------------------------------------------------------------------------- hooks


def test_a_webhook_gets_a_signed_call_and_a_retry_has_the_same_id(office: Office) -> None:
    with HookServer() as hooks:
        add(office.private, office.keys, office.now, reader(hooks.url, "webhook"))
        hooks.answer(500, times=1)
        office.news()
        assert office.drain().retried == 1
        office.now += MINUTE
        assert office.drain().sent == 1
        first, second = hooks.calls
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
        assert first.json["timestamp"] == second.json["timestamp"]


def test_h06_an_endpoint_that_is_gone_gets_nothing_more(office: Office) -> None:
    with HookServer() as hooks:
        who = add(office.private, office.keys, office.now, reader(hooks.url, "webhook"))
        hooks.answer(410, times=None)
        office.news()
        office.news()
        office.drain()
        office.now += HOUR
        office.news()
        office.drain()
        assert len(hooks.calls) == 1
        found = subscribers.by_id(office.private, who)
        assert found and found.state == "disabled"


def test_h08_an_endpoint_that_fails_for_five_days_is_switched_off(office: Office) -> None:
    with HookServer() as hooks:
        who = add(office.private, office.keys, office.now, reader(hooks.url, "webhook"))
        hooks.answer(500, times=None)
        for _ in range(30):
            office.news()
            office.drain()
            office.now += 6 * HOUR
        found = subscribers.by_id(office.private, who)
        assert found and found.state == "disabled"


def test_m07_a_mail_that_is_in_hand_is_nobody_elses_for_longer_than_the_dot_may_take(office: Office) -> None:
    """Whoever starts after a hard kill finds it leased; it is due later, with the id it always had."""
    add(office.private, office.keys, office.now)
    office.news()
    answered = threading.Event()
    office.server.fail("stored", lambda line: CLOSE if answered.wait(20) else None)
    round_ = threading.Thread(target=run_in_thread, args=[office])
    round_.start()
    while not office.server.mails:
        time.sleep(0.02)
    early, later = (outbox.due(office.private, office.now + timedelta(minutes=m), 9) for m in (11, 60))
    answered.set()
    round_.join(30)
    assert early == []
    (mail,), (leased,) = office.server.mails, later
    assert leased.id in dict(mail.headers())["Message-ID"]


def test_h13_hooks_that_hang_do_not_hold_up_the_others(office: Office) -> None:
    with HookServer() as hooks:
        hanging = [f"{hooks.url}/hang{n}" for n in range(20)]
        for url in hanging:
            add(office.private, office.keys, office.now, reader(url, "webhook"))
            add(office.private, office.keys, office.now, reader(url.replace("hang", "well"), "webhook"))
        for n in range(10):
            add(office.private, office.keys, office.now, reader(f"r{n}@mail.test"))
        hooks.answer(200, wait=3.0, times=None, path="/hook/hang")
        office.news()
        began = time.monotonic()
        round_ = threading.Thread(target=run_in_thread, args=[office])
        round_.start()
        while len(office.server.mails) < 10 or sum("well" in call.path for call in list(hooks.calls)) < 20:
            assert time.monotonic() - began < 2.5
            time.sleep(0.02)
        round_.join(30)
        assert len(hooks.calls) == 40


def test_one_receiver_gets_one_message_at_a_time(office: Office) -> None:
    with HookServer() as hooks:
        add(office.private, office.keys, office.now, reader(hooks.url, "webhook"), wants())
        hooks.answer(200, wait=0.2, times=None)
        for _ in range(3):
            office.news()
        office.drain()
        times = [call.at for call in hooks.calls]
        assert len(times) == 3
        assert all(later - earlier >= 0.19 for earlier, later in pairwise(times))


def test_what_waits_for_somebody_who_is_paused_holds_up_nobody(office: Office) -> None:
    paused = [add(office.private, office.keys, office.now, reader(f"p{n}@mail.test")) for n in range(10)]
    for _ in range(45):
        office.news()
    for ident in paused:
        desk.pause(office.private, ident)
    add(office.private, office.keys, office.now)
    office.now += MINUTE
    office.news()
    assert office.drain().sent == 1
    desk.pause(office.private, paused[0], resume=True)
    assert office.drain().sent == 45


def test_what_waits_behind_one_slow_channel_is_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "AHEAD", 5)
    with HookServer() as hooks:
        add(office.private, office.keys, office.now, reader(hooks.url, "webhook"))
        hooks.answer(200, wait=1.0, times=None)
        for _ in range(12):
            office.news()
        office.now += MINUTE
        add(office.private, office.keys, office.now)
        office.news()
        stop = threading.Event()
        round_ = threading.Thread(target=run_in_thread, args=[office, stop])
        round_.start()
        began = time.monotonic()
        while not office.server.mails:
            time.sleep(0.05)
            office.now += timedelta(seconds=1)
            assert time.monotonic() - began < 8
        stop.set()
        round_.join(20)


def test_c04_while_nothing_can_be_noted_nothing_is_begun_and_nothing_doubled(office: Office) -> None:
    for n in range(12):
        add(office.private, office.keys, office.now, reader(f"r{n}@mail.test"))
    office.news()
    real, broken = outbox.sent, threading.Event()

    def fails(*args: object) -> None:
        if not broken.is_set():
            broken.set()
            raise sqlite3.OperationalError("database or disk is full")
        real(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "sent", fails)
        assert office.drain().sent == 12
    assert len(office.server.mails) == 12
    assert office.states() == {"sent": 12}
    assert row(office.private, "SELECT count(*) AS n FROM receipts")["n"] == 12
    assert row(office.private, "SELECT count FROM counters")["count"] == 12
