"""What each refusal of a mail server means, at every step, and what is never said without encryption."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import trustme

from monitor.alerts.channels import Envelope, open_channels
from monitor.alerts.channels._session import Patience
from monitor.alerts.channels.email import Email, Submission, connect
from monitor.config import Config, SmtpConfig
from monitor.errors import ConfigError, TryLater, Undeliverable
from monitor.model import Address, HookCall, Mail
from tests.mail_server import CLOSE, HANG, MailServer

SHORT = Patience(turn=5, command=0.4, dot=0.4)
READER = Address("email", "reader@rig.test")
MAIL = Mail("A note", "Text\n")


def channel(server: MailServer, **settings: object) -> Email:
    context = settings.pop("context", None)
    password = str(settings.pop("password", ""))
    fields = {"security": "none", "per_minute": 1_000_000, "sender": "notes@quiet.example", **settings}
    smtp = SmtpConfig.model_validate({"host": server.host, "port": server.port, **fields})
    return Email(smtp, Submission(smtp, password, patience=SHORT, context=context))  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def send(to: Email, now: datetime, delivery: str = "d1", reader: Address = READER) -> str:
    return to.send(reader, MAIL, delivery, now, Envelope())


def test_the_answer_is_the_servers_code(server: MailServer, now: datetime) -> None:
    assert send(channel(server), now) == "250 2.0.0"


FOR_ALL = ("banner", "ehlo", "mail")
TEMPORARY = ["451 4.7.1 later", "451", CLOSE, HANG]


class TestM06:
    @pytest.mark.parametrize("answer", [*TEMPORARY, "554 5.7.1 go away", "535 5.7.8 no"])
    @pytest.mark.parametrize("step", FOR_ALL)
    def test_m06_trouble_before_a_recipient_is_everyones(
        self, server: MailServer, now: datetime, step: str, answer: str
    ) -> None:
        server.fail(step, answer)
        with pytest.raises(TryLater) as trouble:
            send(channel(server), now)
        assert trouble.value.everyone

    @pytest.mark.parametrize("answer", TEMPORARY)
    @pytest.mark.parametrize("step", ["rcpt", "data", "dot"])
    def test_m06_a_temporary_refusal_of_one_is_tried_again_for_that_one(
        self, server: MailServer, now: datetime, step: str, answer: str
    ) -> None:
        server.fail(step, answer)
        with pytest.raises(TryLater) as trouble:
            send(channel(server), now)
        assert not trouble.value.everyone

    @pytest.mark.parametrize("step", ["rcpt", "data", "dot"])
    def test_m06_a_final_refusal_is_that_recipients_only(self, server: MailServer, now: datetime, step: str) -> None:
        server.fail(step, "550 5.7.1 not for you", times=1)
        mails = channel(server)
        with pytest.raises(Undeliverable) as trouble:
            send(mails, now)
        assert not trouble.value.gone
        assert send(mails, now, "d2") == "250 2.0.0"
        assert server.connections == 1

    @pytest.mark.parametrize(
        "answer",
        ["550 5.1.1 no such user", "550 5.1.10 null mx", "550 no such user here", "551 5.1.6 moved", "553 5.1.3 bad"],
    )
    def test_an_address_that_does_not_exist_is_gone(self, server: MailServer, now: datetime, answer: str) -> None:
        server.fail("rcpt", answer)
        with pytest.raises(Undeliverable) as trouble:
            send(channel(server), now)
        assert trouble.value.gone

    def test_a_refused_text_does_not_make_its_reader_gone(self, server: MailServer, now: datetime) -> None:
        server.fail("dot", "550 no spam please")
        with pytest.raises(Undeliverable) as trouble:
            send(channel(server), now)
        assert not trouble.value.gone

    @pytest.mark.parametrize("answer", ["552 5.2.2 mailbox full", "452 4.5.3 too many recipients", "450 greylisted"])
    def test_m08_a_full_mailbox_or_a_grey_list_is_temporary(
        self, server: MailServer, now: datetime, answer: str
    ) -> None:
        server.fail("rcpt", answer)
        with pytest.raises(TryLater) as trouble:
            send(channel(server), now)
        assert not trouble.value.everyone

    @pytest.mark.parametrize("step", ["rcpt", "data", "dot"])
    @pytest.mark.parametrize("answer", ["421 4.7.28 slow down", "550 5.7.26 unauthenticated mail is not accepted"])
    def test_m08_a_refusal_of_the_sender_is_everyones(
        self, server: MailServer, now: datetime, step: str, answer: str
    ) -> None:
        server.fail(step, answer)
        with pytest.raises(TryLater) as trouble:
            send(channel(server), now)
        assert trouble.value.everyone

    @pytest.mark.parametrize("step", ["banner", "ehlo", "mail", "rcpt", "data", "dot"])
    def test_nothing_is_lost_after_the_trouble_is_over(self, server: MailServer, now: datetime, step: str) -> None:
        mails = channel(server)
        server.fail(step, CLOSE, times=1)
        with pytest.raises(TryLater):
            send(mails, now)
        assert send(mails, now) == "250 2.0.0"
        assert len(server.mails) == 1


class TestM07:
    @pytest.mark.parametrize("answer", [CLOSE, HANG])
    def test_m07_no_answer_to_the_dot_is_not_asked_again_for_ten_minutes(
        self, server: MailServer, now: datetime, answer: str
    ) -> None:
        server.fail("stored", answer, times=1)
        mails = channel(server)
        with pytest.raises(TryLater) as trouble:
            send(mails, now)
        assert trouble.value.after is not None and trouble.value.after >= timedelta(minutes=10)
        send(mails, now + timedelta(minutes=15))
        ids = {mail.message["Message-ID"] for mail in server.mails}
        assert (len(server.mails), ids) == (2, {"<d1@quiet.example>"})

    def test_m07_the_dot_has_more_than_ten_minutes(self) -> None:
        assert Patience().dot > 600
        assert Patience().command <= 60


class TestConnections:
    def test_they_are_kept_and_used_again(self, server: MailServer, now: datetime) -> None:
        mails = channel(server)
        for number in range(20):
            send(mails, now, f"d{number}")
        assert (server.connections, len(server.mails)) == (1, 20)

    def test_m24_each_mail_has_one_recipient(self, server: MailServer, now: datetime) -> None:
        mails = channel(server)
        for number in range(5):
            send(mails, now, f"d{number}", Address("email", f"r{number}@rig.test"))
        assert all(len(mail.recipients) == 1 for mail in server.mails)
        assert not any(
            f"r{n}@" in mail.raw.decode()
            for mail in server.mails
            for n in range(5)
            if f"r{n}@" not in mail.recipients[0]
        )

    @pytest.mark.parametrize("answer", [CLOSE, "421 4.4.2 idle for too long"])
    def test_one_that_the_server_closed_meanwhile_is_replaced(
        self, server: MailServer, now: datetime, answer: str
    ) -> None:
        mails = channel(server)
        send(mails, now, "d1")
        server.fail("mail", answer, times=1)
        assert send(mails, now, "d2") == "250 2.0.0"
        assert [m.message["Message-ID"] for m in server.mails] == ["<d1@quiet.example>", "<d2@quiet.example>"]

    def test_no_more_are_open_at_once_than_allowed(self, now: datetime) -> None:
        with MailServer(delay=0.05) as slow:
            mails = channel(slow, connections=3)
            threads = [threading.Thread(target=send, args=(mails, now, f"d{n}")) for n in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(slow.mails) == 12
        assert slow.connections <= 3

    def test_closing_says_goodbye(self, server: MailServer, now: datetime) -> None:
        mails = channel(server)
        send(mails, now)
        mails.close()
        assert server.commands[-1][1].lower() == "quit"

    def test_a_server_that_is_not_there_is_everyones_trouble(self, now: datetime) -> None:
        with MailServer() as gone:
            mails = channel(gone)
        with pytest.raises(TryLater) as trouble:
            send(mails, now)
        assert trouble.value.everyone

    def test_mails_are_spread_over_the_minute(self, server: MailServer, now: datetime) -> None:
        mails = channel(server, per_minute=600)
        started = time.monotonic()
        for number in range(4):
            send(mails, now, f"d{number}")
        assert time.monotonic() - started >= 0.29

    def test_a_mail_whose_turn_is_far_away_is_put_off(self, server: MailServer, now: datetime) -> None:
        mails = channel(server, per_minute=1)
        send(mails, now, "d1")
        with pytest.raises(TryLater) as trouble:
            send(mails, now, "d2")
        assert not trouble.value.everyone
        assert timedelta(seconds=50) < (trouble.value.after or timedelta()) <= timedelta(seconds=60)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def certificate(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


class TestEncryption:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_mail_and_password_travel_encrypted(
        self, authority: trustme.CA, trusting: ssl.SSLContext, now: datetime, security: str
    ) -> None:
        with MailServer(
            tls=certificate(authority), implicit=security == "tls", login=("me", "pass"), careless=True
        ) as server:
            send(channel(server, security=security, context=trusting, user="me", password="pass"), now)
        assert server.mails[0].encrypted
        assert all(
            encrypted for encrypted, line in server.commands if not line.lower().startswith(("ehlo", "starttls"))
        )

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    @pytest.mark.parametrize("kind", ["unknown authority", "another name"])
    def test_m19_a_bad_certificate_gets_nothing(
        self, authority: trustme.CA, trusting: ssl.SSLContext, now: datetime, security: str, kind: str
    ) -> None:
        tls = certificate(trustme.CA()) if kind == "unknown authority" else certificate(authority, "other.test")
        with MailServer(tls=tls, implicit=security == "tls", login=("me", "pass"), careless=True) as server:
            mails = channel(server, security=security, context=trusting, user="me", password="pass")
            with pytest.raises(TryLater) as trouble:
                send(mails, now)
        assert trouble.value.everyone
        assert "certificate" in str(trouble.value)
        assert not any("auth" in line.lower() or "mail" in line.lower() for _, line in server.commands)

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_m19_certificates_are_checked_without_being_asked_to(self, now: datetime, security: str) -> None:
        stranger = MailServer(tls=certificate(trustme.CA()), implicit=security == "tls", login=("me", "pass"))
        with stranger as server, pytest.raises(TryLater, match="certificate"):
            send(channel(server, security=security, user="me", password="pass"), now)
        assert not any("auth" in line.lower() or "mail" in line.lower() for _, line in server.commands)

    def test_m19_without_starttls_nothing_is_sent(self, trusting: ssl.SSLContext, now: datetime) -> None:
        with MailServer(login=("me", "pass"), careless=True) as server, pytest.raises(TryLater) as trouble:
            send(channel(server, security="starttls", context=trusting, user="me", password="pass"), now)
        assert trouble.value.everyone
        assert [line.split()[0].lower() for _, line in server.commands if line] in (["ehlo"], ["ehlo", "quit"])

    @pytest.mark.parametrize("answer", ["454 4.7.0 not now", "502 5.5.1 no", CLOSE, HANG])
    def test_m06_m19_a_refused_starttls_is_everyones_and_nothing_is_said_in_clear(
        self, authority: trustme.CA, trusting: ssl.SSLContext, now: datetime, answer: str
    ) -> None:
        with MailServer(tls=certificate(authority), login=("me", "pass"), careless=True) as server:
            server.fail("starttls", answer)
            with pytest.raises(TryLater) as trouble:
                send(channel(server, security="starttls", context=trusting, user="me", password="pass"), now)
        assert trouble.value.everyone
        assert not any("auth" in line.lower() for _, line in server.commands)

    @pytest.mark.parametrize("answer", ["535 5.7.8 wrong", "454 4.7.0 later", CLOSE, HANG])
    def test_m06_a_refused_login_is_everyones(
        self, authority: trustme.CA, trusting: ssl.SSLContext, now: datetime, answer: str
    ) -> None:
        with MailServer(tls=certificate(authority), login=("me", "pass")) as server:
            server.fail("auth", answer)
            with pytest.raises(TryLater) as trouble:
                send(channel(server, security="starttls", context=trusting, user="me", password="pass"), now)
        assert trouble.value.everyone
        assert "pass" not in str(trouble.value)

    def test_m19_a_password_without_encryption_is_a_mistake_in_the_settings(self, state: object) -> None:
        smtp = {"host": "127.0.0.1", "security": "none", "user": "me", "password": "env:NOTHING"}
        with pytest.raises(ConfigError, match="never sent without TLS"):
            open_channels(Config.model_validate({"delivery": {"smtp": smtp}}), state)  # type: ignore[arg-type]

    def test_a_sender_that_is_no_address_is_a_mistake_in_the_settings(self, state: object) -> None:
        smtp = {"host": "127.0.0.1", "sender": "Notes <notes@x.test>"}
        with pytest.raises(ConfigError, match=r"delivery\.smtp\.sender"):
            open_channels(Config.model_validate({"delivery": {"smtp": smtp}}), state)  # type: ignore[arg-type]


def test_doctor_can_try_the_door(server: MailServer) -> None:
    smtp = SmtpConfig(host=server.host, port=server.port, security="none", sender="notes@quiet.example")
    connect(smtp).quit()
    assert [line.split()[0] for _, line in server.commands] == ["ehlo", "quit"]
    server.fail("ehlo", "554 5.7.1 go away")
    with pytest.raises(TryLater, match=r"554 5\.7\.1"):
        connect(smtp)


def test_no_answer_no_error_and_no_log_names_the_reader(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    """P-03: a server may repeat the address in whatever it says."""
    caplog.set_level(logging.DEBUG)
    reader = Address("email", "cnry-7f3a@rig.test")
    with MailServer() as server:
        for step, answer in (
            ("stored", "250 2.0.0 kept for cnry-7f3a@rig.test"),
            ("rcpt", "550 5.1.1 <cnry-7f3a@rig.test>: unknown"),
            ("dot", "451 cnry-7f3a@rig.test is busy"),
            ("mail", "550 5.1.8 cnry-7f3a"),
        ):
            server.mend()
            server.fail(step, answer)
            try:
                said = send(channel(server), now, reader=reader)
            except (TryLater, Undeliverable) as trouble:
                said = (
                    f"{trouble} {trouble.__cause__} {trouble.__context__ if not trouble.__suppress_context__ else ''}"
                )
            assert "cnry" not in said
    assert "cnry" not in caplog.text
    assert "cnry" not in repr(reader)


def test_mail_takes_only_mails(server: MailServer, now: datetime) -> None:
    with pytest.raises(TypeError):
        channel(server).send(READER, HookCall("x", {}), "d1", now, Envelope())
