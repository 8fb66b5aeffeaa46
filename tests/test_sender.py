"""The sender as a whole: from facts in archive.db to mails in a mailbox."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.config import Config
from monitor.sender import Sender
from monitor.store import Database
from tests import press
from tests.mail_server import MailServer


def config_for(server: MailServer, **more: object) -> Config:
    return Config.model_validate(
        {
            "delivery": {
                "smtp": {"host": server.host, "port": server.port, "security": "none", "per_minute": 60_000},
            },
            "alerts": [{"name": "releases", "keywords": "prisoners, палітвязні", "to": "reader@mail.test"}],
            **more,
        }
    )


def test_a_fact_becomes_a_mail(archive: Database, state: Path, now: datetime) -> None:
    with MailServer() as server:
        sender = Sender(config_for(server), state, state.with_name("keys"), lambda: now)
        uid = press.story(archive, now)
        for number in range(12):
            press.covered(archive, now, uid, outlet=f"Outlet {number}")
        assert sender.once().sent == 1
        assert sender.once().sent == 0
        (mail,) = server.mails
    assert mail.recipients == ("reader@mail.test",)
    assert "prisoners" in mail.text
