"""What the operator is told by mail: trouble of a whole channel, readers that were switched off. Each topic once a day.

Notices name random ids, channels and reasons, never an address.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from monitor.store import Database, outbox, subscribers
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
