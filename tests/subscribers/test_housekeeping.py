"""What is forgotten, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from monitor import clock
from monitor.store import Database, outbox, row, rows, tokens, write
from monitor.store.outbox import NewDelivery
from monitor.subscribers.housekeeping import tidy
from monitor.subscribers.keys import Keys
from tests import press
from tests.readers import add

DAY = timedelta(days=1)


def deliver(private: Database, who: str, ident: str, now: datetime, *, sent: bool = True) -> None:
    with write(private):
        outbox.add_delivery(private, NewDelivery(ident, who, "alert", now), now)
        private.conn.execute(
            "INSERT INTO matches (subscriber_id, fact_key, fact_id, reasons, instant, at, delivery_id)"
            " VALUES (?, ?, 1, '[]', 1, ?, ?)",
            (who, f"story:{ident}", clock.to_text(now), ident),
        )
        if sent:
            outbox.sent(private, ident, now)
            outbox.count(private, now, "alert", "email", "sent")
        else:
            outbox.give_up(private, ident, now, "no")


def left(private: Database, table: str) -> int:
    found = row(private, f"SELECT count(*) AS n FROM {table}")
    return int(found["n"]) if found else 0


def test_p13_a_delivery_is_a_number_after_seven_days(
    archive: Database, private: Database, keys: Keys, now: datetime, state: Path
) -> None:
    who = add(private, keys, now)
    deliver(private, who, "delivery-one", now)
    tidy(archive, private, now + 6 * DAY)
    assert left(private, "deliveries") == 1
    tidy(archive, private, now + 7 * DAY + timedelta(minutes=1))
    assert (left(private, "deliveries"), left(private, "matches")) == (0, 0)
    assert left(private, "receipts") == 1
    assert tuple(rows(private, "SELECT * FROM counters")[0]) == ("2026-11-16", "alert", "email", "sent", 1)
    files = b"".join(f.read_bytes() for f in (state / "private").iterdir())
    assert b"delivery-one" not in files.replace(b"story:delivery-one", b"")


def test_what_was_given_up_can_be_sent_after_all_for_thirty_days(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    deliver(private, add(private, keys, now), "d", now, sent=False)
    tidy(archive, private, now + 29 * DAY)
    assert left(private, "deliveries") == 1
    tidy(archive, private, now + 31 * DAY)
    assert left(private, "deliveries") == 0


def test_what_is_still_due_is_never_forgotten(archive: Database, private: Database, keys: Keys, now: datetime) -> None:
    who = add(private, keys, now)
    outbox.add_delivery(private, NewDelivery("d", who, "alert", now), now)
    tidy(archive, private, now + 400 * DAY)
    assert left(private, "deliveries") == 1


def test_receipts_live_until_their_event_was_quiet_for_180_days(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    who = add(private, keys, now)
    press.event(archive, now, "e1")
    with write(private):
        for key in ("event:e1:announced", "story:old"):
            private.conn.execute(
                "INSERT INTO receipts (subscriber_id, fact_key, at) VALUES (?, ?, ?)", (who, key, clock.to_text(now))
            )
    press.fact(archive, now + 100 * DAY, "event:e1:named:p1", "named")
    tidy(archive, private, now + 179 * DAY)
    assert left(private, "receipts") == 2
    tidy(archive, private, now + 181 * DAY)
    assert [r["fact_key"] for r in rows(private, "SELECT fact_key FROM receipts")] == ["event:e1:announced"]
    tidy(archive, private, now + 281 * DAY)
    assert left(private, "receipts") == 0


def test_suppressions_end(archive: Database, private: Database, now: datetime) -> None:
    tokens.suppress(private, b"hash", "not me", now + 400 * DAY)
    tidy(archive, private, now + 399 * DAY)
    assert left(private, "suppressions") == 1
    tidy(archive, private, now + 401 * DAY)
    assert left(private, "suppressions") == 0
