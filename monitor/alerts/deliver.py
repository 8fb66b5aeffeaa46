"""Drain what is due: claim (T6) → open → word → send → note the outcome (T7).

One thread does everything that needs the database or a key; the hands only send. A delivery is claimed right before it
is sent, in the transaction that notes the ones before it: nothing is claimed in advance, so a hard kill can only repeat
what was in hand at that moment, with its old id. Whoever left, or a locked list, is seen by that same transaction.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts import retry
from monitor.alerts.attempt import Done, Job, attempt, where
from monitor.alerts.channels import Channel
from monitor.alerts.entries import Editor
from monitor.alerts.hands import Hands
from monitor.alerts.outcome import RETRIED, SENT, Outcomes, pause_of, paused
from monitor.alerts.wrap import wrap
from monitor.clock import Clock
from monitor.config import Config
from monitor.errors import KeysMissing, TryLater
from monitor.store import Database, matches, outbox, sqlite3, switches, write
from monitor.store.outbox import DeliveryRow, DueRow
from monitor.subscribers import desk, safety
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
TURN = timedelta(seconds=0.5)
#: Seconds before the next attempt to note outcomes that the database did not take.
PATIENCE = 1.0
#: For how long an orderly end waits for what is in hand.
LAST_WAIT = timedelta(seconds=7)
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

    def add(self, result: str, times: int) -> None:
        if result == SENT:
            self.sent += times
        elif result == RETRIED:
            self.retried += times
        else:
            self.given_up += times

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
        self._unnoted: list[Done] = []
        self._trouble = False
        self._readers: dict[str, tuple[bytes, Reader]] = {}
        self._read_at: datetime | None = None
        self._in_hand: dict[str, str] = {}  # delivery → subscriber: one message at a time to each
        self._editor, self._editor_at = self._new_editor(), now()

    def run(self, stop: threading.Event) -> Counts:
        """Claim and send until nothing is due; then, or on `stop`, wait for what is in hand."""
        while not stop.is_set():
            self._look()
            noted, claimed = self._turn()
            for row, reader in claimed:
                self._begin(row, reader)
            if not noted and not claimed and not self.hands.busy:
                return self.counts
            self._take_in()
            if self._unnoted and self._trouble:
                stop.wait(PATIENCE)
        self._finish()
        return self.counts

    def _finish(self) -> None:
        """Nothing new is begun; what is in hand has a few seconds (in turns: a test's clock may stand still)."""
        for _ in range(int(LAST_WAIT / TURN)):
            self._turn(claim=False)
            if not self.hands.busy and not self._unnoted:
                return
            self._take_in()
        self._turn(claim=False)
        log.warning("%d messages were in hand at the end; their leases keep them safe", self.hands.busy)

    def _take_in(self) -> None:
        self._unnoted += self.hands.finished(TURN.total_seconds())

    # ------------------------------------------------------------------------------------------------- T6 and T7

    def _turn(self, *, claim: bool = True) -> tuple[int, list[tuple[DueRow, Reader]]]:
        """One transaction: note what is finished, take what there are free hands for. (How many noted, what taken.)

        While the database takes nothing (a full disk), outcomes are kept and nothing new is begun: a send that cannot
        be noted would be repeated.
        """
        finished = list(self._unnoted)
        claim = claim and any(self.hands.free(name) for name, rows in self._read.items() if rows)
        if not finished and not claim:
            return 0, []
        outcomes = Outcomes(self.private, self.keys.vault, self.now())
        busy = {who for delivery, who in self._in_hand.items() if delivery not in {done.row.id for done in finished}}
        try:
            with write(self.private):
                for done in finished:
                    outcomes.note(done)
                outcomes.count()
                claimed = self._claim(busy) if claim else []
        except sqlite3.OperationalError as trouble:
            if not self._trouble:
                log.error("private.db cannot be written, so nothing is sent: %s", trouble)
            self._trouble, self._read_at = True, None
            return 0, []
        self._trouble = False
        self._settle(finished, outcomes)
        return len(finished), claimed

    def _settle(self, finished: list[Done], outcomes: Outcomes) -> None:
        del self._unnoted[: len(finished)]
        for done in finished:
            self._in_hand.pop(done.row.id, None)
        for (_, _, result), times in outcomes.tally.items():
            self.counts.add(result, times)

    def _claim(self, busy: set[str]) -> list[tuple[DueRow, Reader]]:
        """As many as there are free hands for; none for a list that is locked or a channel that is paused."""
        now, on = self.now(), switches.switches(self.private)
        claimed: list[tuple[DueRow, Reader]] = []
        for name, rows in self._read.items():
            if safety.LOCKED in on or (paused(name) in on and (pause_of(on[paused(name)][0])[1] or now) > now):
                rows.clear()
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

    # ------------------------------------------------------------------------------------------- reading, wording

    def _look(self) -> None:
        """Read what is due; what cannot be opened, or goes by a channel that is paused, is put off."""
        now = self.now()
        if self._read_at and any(self._read.values()) and abs(now - self._read_at) < LOOK_AGAIN:
            return
        self._read_at = now
        on = switches.switches(self.private)
        pauses = {name: pause_of(on[paused(name)][0])[1] for name in self.channels if paused(name) in on}
        put_off: list[tuple[str, datetime, str]] = []
        waiting = sum(len(rows) for rows in self._read.values())
        self._ahead = AHEAD if waiting < self._ahead else min(self._ahead * 2, FURTHEST)
        for rows in self._read.values():
            rows.clear()
        for row in outbox.due(self.private, now, self._ahead):
            reader = self._open(row)
            if reader is None or reader.channel not in self.channels:
                put_off.append((row.id, now + UNREADABLE, "its settings cannot be opened"))
            elif (until := pauses.get(reader.channel)) and until > now:
                put_off.append((row.id, until, f"{reader.channel} is paused"))
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

    def _begin(self, row: DueRow, reader: Reader) -> None:
        """Word a claimed delivery and hand it over. A mistake of ours in wording one must not stop the others."""
        now = self.now()
        if now - self._editor_at > FRESH_FOR:
            self._editor, self._editor_at = self._new_editor(), now
        try:
            found = matches.of_delivery(self.private, row.id)
            content = self._editor.content(found, row.kind, reader.language, now)
            held = self.keys.open(row.sealed) if row.sealed else {}
            bundle, envelope = wrap(row, held, reader, content, self.config.web.base_url, now)
        except Exception as trouble:
            log.error("delivery %s cannot be worded: %s", row.id, where(trouble))
            self._unnoted.append(Done(row, reader.channel, trouble=TryLater("it could not be worded")))
            return
        self._in_hand[row.id] = row.subscriber
        channel = self.channels[reader.channel]
        self.hands.take(reader.channel, Job(row, reader.address(now), bundle, envelope, channel, now))

    def _new_editor(self) -> Editor:
        return Editor(self.archive, desk.settings_of(self.private, self.keys), self.config.web.base_url)


def list_deliveries(private: Database, state: str = "", limit: int = 100) -> list[DeliveryRow]:
    """The newest deliveries for the operator: ids, kinds, states, reasons; never whom they go to."""
    return outbox.listed(private, state, limit)


def retry_delivery(private: Database, delivery: str, now: datetime) -> bool:
    """Send after all what was given up, with its first id. False where there is no such delivery."""
    return outbox.again(private, delivery, now)
