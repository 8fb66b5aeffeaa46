"""The synthetic item: through every room to its mailbox, seen by nobody else, missed when it does not come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor import probe
from monitor.alerts import arrival
from monitor.config import Config
from monitor.gather.collect import pool
from monitor.gatherer import Gatherer
from monitor.ingest import Ingester
from monitor.sender import Sender
from monitor.store import Database, facts, health, matches, outbox, row, rows, subscribers
from monitor.store.private_schema import open_private
from monitor.web.app import create_app
from tests.mail_server import MailServer

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVERYTHING = "zzprobeitem OR item"


class Line:
    """Both clocks on one state folder, the clock in our hand."""

    def __init__(self, state: Path, **delivery: object) -> None:
        alerts = [{"name": "all", "keywords": EVERYTHING, "to": "reader@mail.test"}]
        self.config = Config.model_validate({"alerts": alerts, "delivery": delivery})
        self.state, self.now = state, NOW
        self.gather = Gatherer(self.config, state, lambda: self.now)

    def make(self) -> None:
        self.now += HOUR
        self.gather._probe()

    def send(self) -> None:
        self.now += MINUTE
        sender = Sender(self.config, self.state, self.state.with_name("keys"), lambda: self.now)
        sender.once()
        sender.arrival()

    def health(self) -> dict[str, object]:
        app = create_app(self.config, self.state, now=lambda: self.now)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            found: dict[str, object] = client.get("/health").json()
            found["metrics"] = client.get("/metrics").text
        return found


@pytest.fixture
def line(state: Path) -> Line:
    return Line(state)


def mails(state: Path) -> list[str]:
    return [path.read_text() for path in (state / "mail" / "new").glob("*")] if (state / "mail").exists() else []


def test_it_goes_from_a_feed_to_its_mailbox_and_to_nobody_else(line: Line, archive: Database) -> None:
    line.make()
    assert facts.last_probe(archive) is not None
    line.send()
    private = open_private(line.state)
    assert matches.mark(private, "probe made") == int((NOW + HOUR).timestamp())
    assert matches.mark(private, "probe arrived") == int((NOW + HOUR + MINUTE).timestamp())
    assert len(subscribers.everybody(private, "config")) == 1
    assert mails(line.state) == [], "it was taken out of its mailbox; a reader who waits for everything got nothing"
    assert rows(private, "SELECT id FROM deliveries") == [], "nothing is left of it"
    assert rows(private, "SELECT subscriber_id FROM receipts") == []
    found = line.health()
    assert found["status"] == "ok"
    assert "monitor_test_item_took_seconds 60.0" in str(found["metrics"])


def test_nothing_of_it_is_in_the_archive_or_its_counts(line: Line, archive: Database) -> None:
    before = health.totals(archive)
    line.make()
    assert health.totals(archive) == before == {"articles": 0, "stories": 0, "events": 0, "facts": 0}
    for table in ("articles", "stories", "features", "mentions", "claims", "captures", "sources"):
        assert row(archive, f"SELECT count(*) AS n FROM {table}")["n"] == 0  # type: ignore[index]
    with TestClient(create_app(line.config, line.state, now=lambda: line.now), base_url="http://127.0.0.1") as client:
        for page in ("/", "/feed.atom", "/sources", "/api/stories"):
            assert "zzprobeitem" not in client.get(page).text
        assert "test-item.invalid" not in client.get("/search?q=zzprobeitem").text


def test_it_is_made_once_an_hour_and_the_first_waits_for_its_turn(line: Line, archive: Database) -> None:
    line.gather._probe()
    assert facts.last_probe(archive) is None
    line.make()
    first = facts.last_probe(archive)
    line.now += 59 * MINUTE
    line.gather._probe()
    assert facts.last_probe(archive) == first
    line.now += MINUTE
    line.gather._probe()
    second = facts.last_probe(archive)
    assert first and second and second.id > first.id
    assert facts.by_ids(archive, [first.id]) == [], "items are nothing to remember"


def test_health_says_when_it_does_not_arrive_and_when_it_does_again(line: Line) -> None:
    line.make()
    line.now += 11 * MINUTE
    found = line.health()
    assert found["status"] == "degraded"
    assert found["reasons"] == ["the test item of 10:00 UTC has not arrived in its mailbox"]
    assert "monitor_test_item_overdue 1.0" in str(found["metrics"])
    line.send()
    assert line.health()["status"] == "ok"


def test_health_says_when_none_is_made_any_more(line: Line) -> None:
    line.make()
    line.send()
    line.now += HOUR + 10 * MINUTE
    assert line.health()["reasons"] == ["no test item was made since 10:00 UTC"]


def test_a_mail_server_that_refuses_it_is_noticed_and_the_next_item_is_the_only_one_to_come(state: Path) -> None:
    server = MailServer()
    server.stop()
    smtp = {"host": server.host, "port": server.port, "security": "none"}
    line = Line(state, smtp=smtp, probe={"to": "test-item@mail.test"})
    line.make()
    line.send()
    line.now += 10 * MINUTE
    assert line.health()["status"] == "degraded"
    private = open_private(state)
    assert len(rows(private, "SELECT id FROM deliveries WHERE day = 'probe'")) == 1
    line.make()
    line.make()
    line.send()
    assert len(rows(private, "SELECT id FROM deliveries WHERE day = 'probe'")) == 1, "they do not pile up"


def test_with_a_mail_server_it_has_arrived_when_that_took_it(state: Path) -> None:
    server = MailServer()
    try:
        smtp = {"host": server.host, "port": server.port, "security": "none"}
        line = Line(state, smtp=smtp, probe={"to": "test-item@mail.test"})
        line.make()
        line.send()
        assert [m.recipients for m in server.mails] == [("test-item@mail.test",)]
        assert matches.mark(open_private(state), "probe arrived")
    finally:
        server.stop()


def test_a_test_mailbox_on_this_machine_is_looked_into(state: Path, tmp_path: Path) -> None:
    box = tmp_path / "box"
    (box / "new").mkdir(parents=True)
    server = MailServer()
    try:
        smtp = {"host": server.host, "port": server.port, "security": "none"}
        line = Line(state, smtp=smtp, probe={"to": "test-item@mail.test", "maildir": str(box)})
        line.make()
        line.send()
        private = open_private(state)
        assert matches.mark(private, "probe arrived") is None, "the server took it, the mailbox has nothing"
        (box / "new" / "1.local").write_bytes(f"Message-ID: {server.mails[0].message['Message-ID']}\n\n".encode())
        assert arrival.look(private, line.config, state, line.now)
        assert list((box / "new").iterdir()) == []
    finally:
        server.stop()


def test_without_a_mailbox_behind_a_mail_server_there_is_no_item(state: Path, archive: Database) -> None:
    line = Line(state, smtp={"host": "127.0.0.1", "port": 1, "security": "none"})
    line.make()
    assert facts.last_probe(archive) is None
    line_private = open_private(state)
    assert subscribers.everybody(line_private, "probe") == []
    assert outbox.counts(line_private) == {"waiting": 0}


def test_where_it_gets_stuck_is_said(archive: Database) -> None:
    ingester = Ingester(archive, Config())
    probe.make(archive, ingester, pool(), NOW)
    ingester.ingest = lambda *a, **k: []  # type: ignore[method-assign,assignment]
    with pytest.raises(IndexError):
        probe.make(archive, ingester, pool(), NOW + HOUR)
    last = facts.last_probe(archive)
    assert last and last.at == NOW, "what failed left nothing behind"
    assert "stuck" in probe.tell(lambda: (_ for _ in ()).throw(probe.NotRead("the parser made 0 articles of it")))
