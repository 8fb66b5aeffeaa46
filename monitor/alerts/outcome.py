"""T7: what becomes of a delivery after an attempt. Inside a transaction, after the network, before the next claim."""

from __future__ import annotations

import logging
import random
from collections import Counter
from datetime import datetime, timedelta

from monitor.alerts import retry
from monitor.alerts.attempt import Done
from monitor.clock import from_text, to_text
from monitor.errors import TryLater, Undeliverable
from monitor.store import Database, outbox, subscribers, switches
from monitor.subscribers import notices, requests
from monitor.subscribers.vault import Vault

log = logging.getLogger(__name__)

#: An endpoint that has failed for so long without one success is switched off.
FAILING_FOR = timedelta(days=5)
#: After trouble of a whole channel: the pause before a delivery tries again, growing while it lasts.
PAUSES = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 600, 900))

SENT, RETRIED, GIVEN_UP = "sent", "retried", "given-up"


class Outcomes:
    """The outcomes that one transaction notes; `tally` counts them as (kind, channel, result)."""

    def __init__(self, private: Database, vault: Vault, now: datetime) -> None:
        self.private, self.vault, self.now = private, vault, now
        self.tally: Counter[tuple[str, str, str]] = Counter()

    def note(self, done: Done) -> None:
        """Sent, to be tried again, or given up."""
        trouble = done.trouble
        if trouble is None:
            self._sent(done)
        elif isinstance(trouble, TryLater) and trouble.everyone:
            self._pause(done, trouble)
        elif isinstance(trouble, Undeliverable):
            self._give_up(done, str(trouble), disable=trouble.gone)
        else:
            self._later(done, trouble.after if isinstance(trouble, TryLater) else None, str(trouble))

    def count(self) -> None:
        """Write what is left of deliveries when their rows have gone."""
        for (kind, channel, result), times in self.tally.items():
            if result != RETRIED:
                outbox.count(self.private, self.now, kind, channel, result, times)

    def _sent(self, done: Done) -> None:
        outbox.sent(self.private, done.row.id, self.now)
        switches.turn_off(self.private, paused(done.channel))
        self._tally(done, SENT)
        if done.proof:
            requests.append(self.private, self.vault, {"kind": "confirm", "token": done.proof}, self.now)

    def _later(self, done: Done, after: timedelta | None, reason: str) -> None:
        attempts = done.row.attempts + 1
        since = subscribers.note_failure(self.private, done.row.subscriber, self.now)
        roll = random.random()  # noqa: S311
        at = retry.next_attempt(done.channel, attempts, done.row.first_due, self.now, after, roll)
        if at is None:
            self._give_up(done, reason, disable=self.now - since >= FAILING_FOR)
        else:
            outbox.retry(self.private, done.row.id, at, reason)
            self._tally(done, RETRIED)

    def _give_up(self, done: Done, reason: str, *, disable: bool) -> None:
        outbox.give_up(self.private, done.row.id, self.now, reason)
        self._tally(done, GIVEN_UP)
        if disable:
            who = done.row.subscriber
            subscribers.set_state(self.private, who, "disabled")
            outbox.cancel_all(self.private, who, self.now, "the receiver is gone")
            self._notify(f"disabled {who}", f"Subscriber {who} ({done.channel}) was switched off: {reason}.")

    def _pause(self, done: Done, trouble: TryLater) -> None:
        """The channel is down for everybody: this counts as no attempt, and nothing more is begun for a while."""
        name = paused(done.channel)
        times, until = pause_of(switches.switch(self.private, name))
        if until is None or until <= self.now:
            until = self.now + max(PAUSES[min(times, len(PAUSES) - 1)], trouble.after or timedelta())
            switches.turn_on(self.private, name, f"{times + 1} {to_text(until)} {trouble}", self.now)
            if times == 0:
                log.error("%s takes nothing at the moment (%s); next attempt at %s", done.channel, trouble, until)
                self._notify(name, f"Messages by {done.channel} wait: {trouble}. Nothing is lost.")
        outbox.retry(self.private, done.row.id, until, str(trouble), counts=False)
        self._tally(done, RETRIED)

    def _tally(self, done: Done, result: str) -> None:
        self.tally[done.row.kind, done.channel, result] += 1

    def _notify(self, topic: str, text: str) -> None:
        notices.notify(self.private, self.vault, topic, text, self.now)


def paused(channel: str) -> str:
    """The name of the switch that pauses a channel."""
    return f"paused {channel}"


def pause_of(value: str) -> tuple[int, datetime | None]:
    """(how often in a row, until when) of that switch's value; (0, None) where it is off."""
    times, _, rest = value.partition(" ")
    return (int(times), from_text(rest.partition(" ")[0])) if rest else (0, None)
