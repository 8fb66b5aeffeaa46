"""What the operator is told by mail: trouble of a whole channel, readers that were switched off. Each topic once a day.

Notices name random ids, channels and reasons, never an address.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from monitor.store import Database, alarms, matches, outbox, subscribers, write
from monitor.store.outbox import NewDelivery
from monitor.subscribers.vault import Vault


def notify(private: Database, vault: Vault, topic: str, text: str, now: datetime) -> bool:
    """Write a notice for the operator; False where none is configured, or this topic was told today."""
    operators = subscribers.everybody(private, "notices")
    if not operators:
        return False
    day = f"{now.date().isoformat()} {topic}"
    new = NewDelivery(secrets.token_hex(16), operators[0].id, "notice", now, (), day, vault.seal({"text": text}))
    return outbox.add_delivery(private, new, now)


def from_archive(archive: Database, private: Database, vault: Vault, now: datetime) -> int:
    """Tell the operator what `gather` left for them and which facts wait for a human. Returns how many notices."""
    told = 0
    for name, found in (("alarms", alarms.after), ("held", alarms.held_after)):
        seen = matches.mark(private, name) or 0
        for alarm in found(archive, seen):
            with write(private):
                told += notify(private, vault, f"{name} {alarm.subject}", f"{alarm.subject}: {alarm.text}", now)
                matches.set_mark(private, name, alarm.id)
    return told
