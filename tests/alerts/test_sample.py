"""One marked sample, and a digest before it is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from monitor.alerts.channels import open_channels
from monitor.alerts.sample import preview_digest, send_sample
from monitor.config import Config
from monitor.errors import DeliveryError, MonitorError
from monitor.ingest import Ingester
from monitor.model import Article
from monitor.store import Database, outbox
from monitor.subscribers.configured import sync_config
from monitor.subscribers.keys import Keys
from tests import press
from tests.mail_server import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def config_for(server: MailServer) -> Config:
    return Config.model_validate(
        {
            "delivery": {"smtp": {"host": server.host, "port": server.port, "security": "none"}},
            "alerts": [{"name": "releases", "keywords": "prisoners", "to": "reader@mail.test", "when": "daily 08:00"}],
        }
    )


def take_in(archive: Database, config: Config, now: datetime) -> None:
    """An article through the real ingest, so that search finds it."""
    article = Article("https://outlet.example/1", press.TITLE, press.TEXT, published=now)
    Ingester(archive, config).ingest(archive, [article], now=now)


def test_a_sample_is_marked_and_shows_the_newest_story(
    archive: Database, private: Database, keys: Keys, state: Path, now: datetime, server: MailServer
) -> None:
    config = config_for(server)
    sync_config(private, keys, config, now)
    take_in(archive, config, now)
    answer = send_sample(archive, private, keys, open_channels(config, state), config, "releases", now)
    assert answer.startswith("250")
    (mail,) = server.mails
    assert mail.message["Subject"].startswith("Test: ")
    assert press.TITLE in mail.text
    (row,) = outbox.listed(private)
    assert (row.kind, row.state) == ("test", "sent")


def test_a_sample_without_any_story_still_says_that_everything_works(
    archive: Database, private: Database, keys: Keys, state: Path, now: datetime, server: MailServer
) -> None:
    config = config_for(server)
    sync_config(private, keys, config, now)
    send_sample(archive, private, keys, open_channels(config, state), config, "releases", now)
    assert "This is a test" in server.mails[0].text


def test_a_sample_that_is_not_taken_says_why_without_the_address(
    archive: Database, private: Database, keys: Keys, state: Path, now: datetime, server: MailServer
) -> None:
    config = config_for(server)
    sync_config(private, keys, config, now)
    server.fail("rcpt", "550 5.1.1 <reader@mail.test> unknown")
    with pytest.raises(DeliveryError) as trouble:
        send_sample(archive, private, keys, open_channels(config, state), config, "releases", now)
    assert "reader@" not in str(trouble.value)


def test_there_is_no_sample_of_an_alert_that_is_not_there(
    archive: Database, private: Database, keys: Keys, state: Path, now: datetime, server: MailServer
) -> None:
    config = config_for(server)
    with pytest.raises(MonitorError, match="no such alert"):
        send_sample(archive, private, keys, open_channels(config, state), config, "other", now)
    with pytest.raises(MonitorError, match="no such alert"):
        preview_digest(config, archive, "other", now)


def test_a_digest_can_be_read_before_it_is_due(archive: Database, now: datetime, server: MailServer) -> None:
    config = config_for(server)
    assert "Nothing new" in preview_digest(config, archive, "releases", now)
    take_in(archive, config, now)
    assert press.TITLE in preview_digest(config, archive, "releases", now)
    assert server.mails == []
