"""What the operator looks at now and then: what needs looking after, and nobody's address or wish."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import pytest

from monitor.alerts import report as reports
from monitor.alerts.report import report
from monitor.search import Volume
from monitor.store import Database, outbox, subscribers, write
from monitor.store.outbox import NewDelivery
from monitor.subscribers import requests
from monitor.subscribers.keys import Keys
from tests.readers import add, reader, wants
from tests.web import gazette
from tests.web.newsroom import Newsroom


def test_it_counts_readers_by_state_and_the_requests_that_wait(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    for n, state in enumerate(("active", "active", "pending", "paused")):
        add(private, keys, now, reader(f"r{n}@mail.test"), state=state)
    add(private, keys, now, reader("operator@mail.test"), origin="notices")
    requests.append(private, keys.vault, {"kind": "manage-link", "to": "x@mail.test"}, now)
    found = report(archive, private, keys, now)
    assert found.states == {"active": 2, "pending": 1, "paused": 1} and found.requests == 1
    assert list(reports.lines(found))[:2] == ["Readers: 2 active, 1 paused, 1 pending", "Requests that wait: 1"]


def test_wishes_that_bring_too_much_one_by_one_are_named_by_id_and_digests_are_not(
    archive: Database, private: Database, keys: Keys, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a wish for the digest is called noisy, or a quiet one."""
    monkeypatch.setattr("monitor.search._A_DAY", 0)
    gazette.fill(Newsroom(archive, now))
    loud = add(private, keys, now, reader("a@mail.test"), wants("pardoned"))
    add(private, keys, now, reader("b@mail.test"), wants("pardoned", instant=False))
    add(private, keys, now, reader("c@mail.test"), wants("zeppelin"))
    add(private, keys, now, reader("d@mail.test"), wants("pardoned"), state="paused")
    found = report(archive, private, keys, now)
    assert [ident for ident, _ in found.noisy] == [loud]
    assert any(line.startswith(f"Noisy: {loud} would hear ") for line in reports.lines(found))


def test_equal_wishes_are_looked_up_once(
    archive: Database, private: Database, keys: Keys, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def volume(db: Database, query: str, **_: object) -> Volume:
        asked.append(query)
        return Volume(50.0, 1500, True)

    monkeypatch.setattr(reports, "volume", volume)
    for n in range(3):
        add(private, keys, now, reader(f"r{n}@mail.test"), wants("prisoners"))
    assert len(report(archive, private, keys, now).noisy) == 3 and asked == ["prisoners"]


def test_who_cannot_be_reached_and_why_is_told_without_an_address(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    """Fails when an address or a wish gets into the report."""
    off, failing, fine = (
        add(private, keys, now, reader(f"secret{n}@mail.test"), wants("Bialiatski")) for n in range(3)
    )
    subscribers.set_state(private, off, "disabled")
    with write(private):
        subscribers.note_failure(private, failing, now)
        for n in range(2):
            outbox.add_delivery(private, NewDelivery(f"d{n}", fine, "alert", now), now)
            outbox.give_up(private, f"d{n}", now, "the mail server answered 554 to DATA")
    found = report(archive, private, keys, now)
    assert found.switched_off == (off,) and [ident for ident, _ in found.failing] == [failing]
    assert found.given_up == {"the mail server answered 554 to DATA": 2}
    said = "\n".join(reports.lines(found)) + json.dumps(asdict(found))
    assert off in said and failing in said and "secret" not in said and "Bialiatski" not in said


def test_sources_that_are_silent_or_fail_are_told_and_those_that_are_well_are_not(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    room = Newsroom(archive, now)
    room.source("Well")
    room.source("Silent", last_new_at=room.text(room.ago(days=9)))
    room.source("Broken", status="unreachable", failures=6, status_since=room.text(room.ago(days=2)))
    assert dict(report(archive, private, keys, now).sources) == {"Silent": "quiet", "Broken": "failing"}
