"""Without a mail server, mails are laid into a folder and the answer says so."""

from __future__ import annotations

import mailbox
from datetime import datetime
from pathlib import Path

import pytest

from monitor.alerts.channels import Channel, Envelope, open_channels
from monitor.config import Config
from monitor.errors import Undeliverable
from monitor.model import Address, Mail

READER = Address("email", "reader@rig.test")


@pytest.fixture
def mails(state: Path) -> Channel:
    return open_channels(Config(), state)["email"]


def test_a_mail_is_kept_and_the_answer_says_that_nothing_left(mails: Channel, state: Path, now: datetime) -> None:
    answer = mails.send(READER, Mail("Нататка", "Тэкст\n"), "d1", now, Envelope())
    assert "nothing left this machine" in answer
    kept = list(mailbox.Maildir(state / "mail", create=False))
    assert [(m["To"], m["Message-ID"]) for m in kept] == [("reader@rig.test", "<d1@localhost>")]


def test_the_same_delivery_twice_is_one_file(mails: Channel, state: Path, now: datetime) -> None:
    for _ in range(2):
        mails.send(READER, Mail("s", "t\n"), "d1", now, Envelope())
    mails.send(READER, Mail("s", "t\n"), "d2", now, Envelope())
    assert sorted(f.name for f in (state / "mail" / "new").iterdir()) == ["d1", "d2"]


def test_nobody_else_can_read_it(mails: Channel, state: Path, now: datetime) -> None:
    mails.send(READER, Mail("s", "t\n"), "d1", now, Envelope())
    assert (state / "mail").stat().st_mode & 0o777 == 0o700
    assert (state / "mail" / "new" / "d1").stat().st_mode & 0o777 == 0o600


def test_what_is_not_an_address_is_refused_here_too(mails: Channel, now: datetime) -> None:
    with pytest.raises(Undeliverable):
        mails.send(Address("email", "a@x.test,b@x.test"), Mail("s", "t\n"), "d1", now, Envelope())
