"""What the operator has to look at reaches the operator, once."""

from __future__ import annotations

from datetime import datetime

from monitor import store
from monitor.model import Fact
from monitor.store import Database, alarms, facts
from monitor.subscribers import notices
from monitor.subscribers.keys import Keys
from tests.readers import add, reader


def test_alarms_and_held_facts_become_one_notice_each(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    add(private, keys, now, reader("operator@mail.test"), origin="notices")
    with store.write(archive):
        alarms.sound(archive, "Paper", "it has moved to another domain: look whether that is really it", now)
        facts.append(archive, [Fact(0, "event:e1:death:x", "state", now, held_for_human=True)])
    assert notices.from_archive(archive, private, keys.vault, now) == 2
    assert notices.from_archive(archive, private, keys.vault, now) == 0
    sealed = store.rows(private, "SELECT sealed FROM deliveries WHERE kind = 'notice' ORDER BY rowid")
    texts = [keys.open(r["sealed"])["text"] for r in sealed]
    assert texts[0].startswith("Paper: it has moved")
    assert "monitor event release event:e1:death:x" in texts[1]


def test_without_an_operator_nothing_is_written(
    archive: Database, private: Database, keys: Keys, now: datetime
) -> None:
    with store.write(archive):
        alarms.sound(archive, "Paper", "it answers 410", now)
    assert notices.from_archive(archive, private, keys.vault, now) == 0
