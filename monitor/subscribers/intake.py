"""What readers ask through the web, worked off by `send`: T9, one transaction per request.

The web answered long ago, always with the same words; here it is looked up, decided and, where it causes a mail, the
mail is written in the same transaction.
"""

from __future__ import annotations

from datetime import datetime

from monitor.config import Config
from monitor.store import Database
from monitor.subscribers.keys import Keys


def work_requests(private: Database, keys: Keys, config: Config, now: datetime) -> int:
    """Work off what waits; returns how many requests were seen to."""
    return 0
