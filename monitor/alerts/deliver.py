"""Drain what is due: claim (T6) → open → word → send → note the outcome (T7).

One thread does everything that needs the database or a key; the hands only send. A delivery is claimed right before it
is sent, in the transaction that notes the ones before it: nothing is claimed in advance, so a hard kill can only repeat
what was in hand at that moment, with its old id. Whoever left, or a locked list, is seen by that same transaction.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts import retry
from monitor.alerts.attempt import Done, Job, attempt, where
from monitor.alerts.channels import Channel
from monitor.alerts.entries import Editor
from monitor.alerts.hands import Hands
from monitor.alerts.wrap import wrap
from monitor.clock import Clock, from_text, to_text
from monitor.config import Config
from monitor.errors import KeysMissing, TryLater, Undeliverable
from monitor.store import Database, outbox, subscribers, switches, write
from monitor.store.outbox import DeliveryRow, DueRow
from monitor.subscribers import notices, requests
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Reader

log = logging.getLogger(__name__)

#: Receivers that hang must not starve the healthy ones: more hands than there are likely to be hanging hooks.
HANDS = {"webhook": 40, "slack": 8}
#: Rows read ahead; they are claimed one by one, so this only saves reading.
AHEAD = 400
#: Where all of those wait for the hands of one slow channel, ever more are read, to find the others behind them.
FURTHEST = 20_000
#: A fresh look at what is due, so that an alert overtakes what was read before it.
LOOK_AGAIN = timedelta(seconds=2)
#: The longest wait for a hand before looking around again.
TURN_SECONDS = 0.5
#: For how long an orderly end waits for what is in hand.
LAST_WAIT = timedelta(seconds=7)
#: An endpoint that has failed for so long without one success is switched off.
FAILING_FOR = timedelta(days=5)
#: After trouble of a whole channel: the pause before one delivery tries again, growing while it lasts.
PAUSES = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 600, 900))
#: A row whose settings cannot be opened (damaged, another key) is looked at again after this.
UNREADABLE = timedelta(hours=1)
#: What was made for many readers is made anew after this long, so that a long round does not send old states.
FRESH_FOR = timedelta(seconds=60)


@dataclass(slots=True)
class Counts:
    """How a round went."""

    sent: int = 0
    retried: int = 0
    given_up: int = 0

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.retried} to be tried again, {self.given_up} given up"


def drain(
    archive: Database,
    private: Database,
    keys: Keys,
    channels: Mapping[str, Channel],
    config: Config,
    now: Clock,
    stop: threading.Event | None = None,
) -> Counts:
    """Send everything that is due, until nothing is due or `stop` is set; what is in hand then is finished."""
    round_ = Round(archive, private, keys, channels, config, now)
    try:
        return round_.run(stop or threading.Event())
    finally:
        round_.hands.dismiss()


class Round:
    """One go at the outbox."""

    def __init__(
        self,
        archive: Database,
        private: Database,
        keys: Keys,
        channels: Mapping[str, Channel],
        config: Config,
        now: Clock,
    ) -> None:
        self.archive, self.private, self.keys = archive, private, keys
        self.channels, self.config, self.now = channels, config, now
        sizes = {name: HANDS.get(name, config.delivery.smtp.connections) for name in channels}
        self.hands: Hands[Job, Done] = Hands(sizes, attempt)
        self.counts = Counts()
        self._read: dict[str, deque[tuple[DueRow, Reader]]] = {name: deque() for name in channels}
        self._ahead = AHEAD
        self._troubled: set[str] = set()
        self._counted: Counter[tuple[str, str, str]] = Counter()
        self._readers: dict[str, tuple[bytes, Reader]] = {}
        self._read_at: datetime | None = None
        self._in_hand: dict[str, str] = {}  # delivery → subscriber: one message at a time to each
        self._editor, self._editor_at = self._new_editor(), now()

    def run(self, stop: threading.Event) -> Counts:
        """Claim and send until nothing is due; then, or on `stop`, wait for what is in hand."""
        finished: list[Done] = []
        while not stop.is_set():
            self._look()
            claimed = self._turn(finished)
            for row, reader in claimed:
                self._begin(row, reader)
            if not claimed and not self.hands.busy:
                return self.counts
            finished = self.hands.finished(TURN_SECONDS)
        self._finish(finished)
        return self.counts

    def _finish(self, finished: list[Done]) -> None:
        """Nothing new is begun; what is in hand has a few seconds (in turns: a test's clock may stand still)."""
        for _ in range(int(LAST_WAIT.total_seconds() / TURN_SECONDS)):
            self._turn(finished, claim=False)
            if not self.hands.busy:
                return
            finished = self.hands.finished(TURN_SECONDS)
        self._turn(finished, claim=False)
        if self.hands.busy:
            log.warning("%d messages were still in hand at the end; their leases keep them safe", self.hands.busy)

    # ------------------------------------------------------------------------------------------------- T6 and T7

    def _turn(self, finished: list[Done], *, claim: bool = True) -> list[tuple[DueRow, Reader]]:
        """One transaction: note what is finished, take what there are free hands for."""
        claim = claim and any(self.hands.free(name) for name, rows in self._read.items() if rows)
        if not finished and not claim:
            return []
        with write(self.private):
            for done in finished:
                self._note(done)
            self._write_counters()
            claimed = self._claim() if claim else []
        for done in finished:
            self._in_hand.pop(done.row.id, None)
        return claimed

    def _claim(self) -> list[tuple[DueRow, Reader]]:
        if switches.switch(self.private, "locked"):
            for rows in self._read.values():
                rows.clear()
            return []
        now = self.now()
        claimed: list[tuple[DueRow, Reader]] = []
        busy = set(self._in_hand.values())
        for name, rows in self._read.items():
            free, passed = self.hands.free(name), []
            while rows and free:
                row, reader = rows.popleft()
                if row.subscriber in busy:
                    passed.append((row, reader))
                elif outbox.claim(self.private, row, now, now + retry.lease(name)):
                    free -= 1
                    busy.add(row.subscriber)
                    claimed.append((row, reader))
            rows.extendleft(reversed(passed))
        return claimed

    def _note(self, done: Done) -> None:
        now, trouble = self.now(), done.trouble
        if trouble is None:
            outbox.sent(self.private, done.row.id, now)
            if done.channel in self._troubled:
                switches.turn_off(self.private, f"paused {done.channel}")
                self._troubled.discard(done.channel)
            self._count(done, "sent")
            if done.proof:
                request = {"kind": "confirm", "token": done.proof}
                requests.append(self.private, self.keys.vault, request, now)
        elif isinstance(trouble, TryLater) and trouble.everyone:
            self._pause(done, trouble)
        elif isinstance(trouble, Undeliverable):
            self._give_up(done, str(trouble), disable=trouble.gone)
        else:
            self._later(done, trouble.after if isinstance(trouble, TryLater) else None, str(trouble))

    def _later(self, done: Done, after: timedelta | None, reason: str) -> None:
        now, attempts = self.now(), done.row.attempts + 1
        since = subscribers.note_failure(self.private, done.row.subscriber, now)
        at = retry.next_attempt(done.channel, attempts, done.row.first_due, now, after, random.random())  # noqa: S311
        if at is None:
            self._give_up(done, reason, disable=now - since >= FAILING_FOR)
        else:
            outbox.retry(self.private, done.row.id, at, reason)
            self.counts.retried += 1

    def _give_up(self, done: Done, reason: str, *, disable: bool) -> None:
        outbox.give_up(self.private, done.row.id, self.now(), reason)
        self._count(done, "given-up")
        if disable:
            subscribers.set_state(self.private, done.row.subscriber, "disabled")
            outbox.cancel_all(self.private, done.row.subscriber, self.now(), "the receiver is gone")
            text = f"Subscriber {done.row.subscriber} ({done.channel}) was switched off: {reason}."
            self._notify(f"disabled {done.row.subscriber}", text)

    def _pause(self, done: Done, trouble: TryLater) -> None:
        """The channel is down for everybody: nothing is counted as an attempt, nothing more is begun for a while."""
        now, name = self.now(), f"paused {done.channel}"
        times = int(switches.switch(self.private, name).partition(" ")[0] or 0)
        pause = max(PAUSES[min(times, len(PAUSES) - 1)], trouble.after or timedelta())
        switches.turn_on(self.private, name, f"{times + 1} {to_text(now + pause)} {trouble}", now)
        self._troubled.add(done.channel)
        self._read[done.channel].clear()
        outbox.retry(self.private, done.row.id, now + pause, str(trouble), counts=False)
        self.counts.retried += 1
        if times == 0:
            log.error("%s takes nothing at the moment (%s); trying again at %s", done.channel, trouble, now + pause)
            self._notify(f"paused {done.channel}", f"Messages by {done.channel} wait: {trouble}. Nothing is lost.")

    def _count(self, done: Done, result: str) -> None:
        self._counted[done.row.kind, done.channel, result] += 1
        if result == "sent":
            self.counts.sent += 1
        else:
            self.counts.given_up += 1

    def _write_counters(self) -> None:
        for what, times in self._counted.items():
            outbox.count(self.private, self.now(), *what, times)
        self._counted.clear()

    def _notify(self, topic: str, text: str) -> None:
        notices.notify(self.private, self.keys.vault, topic, text, self.now())

    # ------------------------------------------------------------------------------------------- reading, wording

    def _look(self) -> None:
        """Read what is due; what cannot be opened, or goes by a channel that is paused, is put off."""
        now = self.now()
        if self._read_at and any(self._read.values()) and abs(now - self._read_at) < LOOK_AGAIN:
            return
        self._read_at = now
        pauses = {name: until for name in self.channels if (until := self._paused_until(name))}
        self._troubled.update(pauses)
        paused = {name: until for name, until in pauses.items() if until > now}
        put_off: list[tuple[str, datetime, str]] = []
        waiting = sum(len(rows) for rows in self._read.values())
        self._ahead = AHEAD if waiting < self._ahead else min(self._ahead * 2, FURTHEST)
        for rows in self._read.values():
            rows.clear()
        for row in outbox.due(self.private, now, self._ahead):
            reader = self._open(row)
            if reader is None or reader.channel not in self.channels:
                put_off.append((row.id, now + UNREADABLE, "its settings cannot be opened"))
            elif reader.channel in paused:
                put_off.append((row.id, paused[reader.channel], f"{reader.channel} is paused"))
            else:
                self._read[reader.channel].append((row, reader))
        if put_off:
            with write(self.private):
                for delivery, until, reason in put_off:
                    outbox.put_off(self.private, delivery, until, reason)

    def _open(self, row: DueRow) -> Reader | None:
        known = self._readers.get(row.subscriber)
        if known is None or known[0] != row.reader:
            try:
                known = (row.reader, Reader.unpack(self.keys.open(row.reader)))
            except (KeysMissing, TypeError, ValueError) as trouble:
                log.error("delivery %s waits: its reader's settings cannot be opened (%s)", row.id, where(trouble))
                return None
            self._readers[row.subscriber] = known
        return known[1]

    def _paused_until(self, channel: str) -> datetime | None:
        _, _, rest = switches.switch(self.private, f"paused {channel}").partition(" ")
        return from_text(rest.partition(" ")[0]) if rest else None

    def _begin(self, row: DueRow, reader: Reader) -> None:
        """Word a claimed delivery and hand it over. A mistake of ours in wording one must not stop the others."""
        now = self.now()
        if now - self._editor_at > FRESH_FOR:
            self._editor, self._editor_at = self._new_editor(), now
        try:
            content = self._editor.content(row.id, row.kind, reader.language, now)
            held = self.keys.open(row.sealed) if row.sealed else {}
            bundle, envelope = wrap(row, held, reader, content, self.config.web.base_url, now)
        except Exception as trouble:
            log.error("delivery %s cannot be worded: %s", row.id, where(trouble))
            with write(self.private):
                self._later(Done(row, reader.channel), None, "it could not be worded")
            return
        self._in_hand[row.id] = row.subscriber
        channel = self.channels[reader.channel]
        self.hands.take(reader.channel, Job(row, reader.address(now), bundle, envelope, channel, now))

    def _new_editor(self) -> Editor:
        return Editor(self.archive, self.private, self.keys, self.config.web.base_url)


def list_deliveries(private: Database, state: str = "", limit: int = 100) -> list[DeliveryRow]:
    """The newest deliveries for the operator: ids, kinds, states, reasons; never whom they go to."""
    return outbox.listed(private, state, limit)


def retry_delivery(private: Database, delivery: str, now: datetime) -> bool:
    """Send after all what was given up, with its first id. False where there is no such delivery."""
    return outbox.again(private, delivery, now)
