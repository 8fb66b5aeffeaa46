"""Did the synthetic item arrive? What `send` notes of it, and what everybody may know: made when, arrived when.

Where its mailbox is a Maildir on this machine (the built-in one, or `delivery.probe.maildir`), it has arrived when it
lies there, and is taken away. Anywhere else it has arrived when the mail server took it. Afterwards nothing is left of
it but two numbers.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.alerts.channels.email import FOLDER
from monitor.config import Config
from monitor.store import Database, matches, outbox, subscribers, write

ORIGIN = "probe"


def look(private: Database, config: Config, state: Path, now: datetime) -> bool:
    """Whether an item has arrived since the last look. What was given up is forgotten, so that the next one may go."""
    arrived = False
    for row in subscribers.everybody(private, ORIGIN):
        for delivery in outbox.of_subscriber(private, row.id):
            made = max((_made(m.key) for m in matches.of_delivery(private, delivery.id)), default=0)
            if delivery.state == "sent" and _has_come(config, state, delivery.id):
                with write(private):
                    matches.set_mark(private, "probe made", made)
                    matches.set_mark(private, "probe arrived", int(now.timestamp()))
                    outbox.forget_subscriber(private, row.id)
                arrived = True
            elif delivery.state in ("given-up", "cancelled") or (delivery.state == "sent" and _is_old(made, now)):
                outbox.forget_subscriber(private, row.id)
    return arrived


def _has_come(config: Config, state: Path, delivery: str) -> bool:
    folder = _maildir(config, state)
    if folder is None:
        return True
    for path in (p for part in ("new", "cur") for p in (folder / part).glob("*")):
        if delivery in path.name or f"<{delivery}@".encode() in path.read_bytes()[:20_000]:
            path.unlink(missing_ok=True)
            return True
    return False


def _maildir(config: Config, state: Path) -> Path | None:
    """The test mailbox, where it is a folder that can be looked into."""
    if config.delivery.probe.maildir:
        return Path(config.delivery.probe.maildir)
    return None if config.delivery.smtp.host else state / FOLDER


def _made(key: str) -> int:
    return int(key.rpartition(":")[2]) if key.startswith("probe:") else 0


def _is_old(made: int, now: datetime) -> bool:
    return now.timestamp() - made > 3600
