"""What is forgotten, and when: sign-ups that were never confirmed, deliveries, receipts, old tokens, deleted space."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.store import Database, facts, matches, outbox, subscribers, switches, tokens

#: A confirmation token lives for a day, and whoever did not use it is gone a day later.
UNCONFIRMED = timedelta(hours=24)
#: Finished deliveries are counters after this.
FINISHED = timedelta(days=7)
#: What was given up can still be sent after all for so long.
GIVEN_UP = timedelta(days=30)
#: A story or an event that was quiet for so long is not corrected any more.
RECEIPTS = timedelta(days=180)


def tidy(archive: Database, private: Database, now: datetime) -> None:
    """Forget what is due to be forgotten, and cut the log so that it is in no file. Harmless to repeat."""
    for pending in tokens.drop_old_tokens(private, now - UNCONFIRMED):
        subscribers.erase(private, pending)
    tokens.drop_old_suppressions(private, now)
    outbox.forget(private, now - FINISHED, now - GIVEN_UP)
    before = now - RECEIPTS
    quiet = [
        key for key in matches.receipt_keys(private, before) if (facts.quiet_since(archive, key) or before) <= before
    ]
    if quiet:
        matches.forget_receipts(private, quiet)
    switches.empty_wal(private)
