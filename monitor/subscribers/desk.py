"""The desk: who is on the list, and what they want. For the operator's commands and for `send`; it needs the keys.

Everything that comes in is sealed before it is stored, and nobody can be listed by address without the key and an
explicit wish. Erasing leaves nothing: rows, what hangs on them, and the write-ahead log are gone.
"""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.clock import to_text
from monitor.errors import MonitorError
from monitor.matching.query import parse
from monitor.store import Database, matches, outbox, subscribers, switches, write
from monitor.store.subscribers import SubscriberRow, SubscriptionRow
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Reader, Subscription
from monitor.subscribers.requests import hash_of

log = logging.getLogger(__name__)

#: While a webhook's secret is changed, calls are signed with the old one as well.
OVERLAP = timedelta(hours=24)


class NobodyThere(MonitorError):
    """There is no such subscriber."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscriber as the operator may see it without asking for more: ids and states only."""

    id: str
    state: str
    origin: str
    since: str  # month
    subscriptions: int
    address: str = ""  # only where it was asked for


# ------------------------------------------------------------------------------------------- one subscriber at a time


def add(
    private: Database,
    keys: Keys,
    reader: Reader,
    wanted: Sequence[Subscription],
    now: datetime,
    *,
    origin: str = "operator",
    state: str = "active",
) -> str:
    """Put somebody on the list; returns their random id. Raises MonitorError where the address is there already.

    A webhook without a secret gets one of its own (`secret_of` shows it).
    """
    for subscription in wanted:
        parse(subscription.query)
    if reader.channel == "webhook" and not reader.secret:
        reader = replace(reader, secret=new_hook_secret())
    look_up = keys.look_up(reader.to, purpose(origin))
    row = SubscriberRow(
        new_id(), look_up, state, origin, keys.seal(reader.pack()), hash_of(reader.leave), f"{now:%Y-%m}"
    )
    with write(private):
        if subscribers.by_look_up(private, look_up):
            raise MonitorError("this address is on the list already: use edit")
        subscribers.add(private, row)
        set_subscriptions(private, keys, row.id, wanted, origin)
    return row.id


def edit(
    private: Database,
    keys: Keys,
    subscriber: str,
    reader: Reader | None = None,
    wanted: Sequence[Subscription] | None = None,
    state: str | None = None,
) -> None:
    """Change settings, subscriptions or state; what is None stays. Raises NobodyThere."""
    with write(private):
        row = _row(private, subscriber)
        if reader is not None:
            subscribers.reseal(
                private, subscriber, keys.seal(reader.pack()), keys.look_up(reader.to, purpose(row.origin))
            )
            if not reader.hour:
                matches.make_instant(private, subscriber)
        if wanted is not None:
            set_subscriptions(private, keys, subscriber, wanted, row.origin)
        if state is not None:
            subscribers.set_state(private, subscriber, state)
            if state == "active":
                subscribers.unmark_left(private, row.unsubscribe_hash)


def pause(private: Database, subscriber: str, *, resume: bool = False) -> None:
    """Nothing is matched or sent until they are resumed. Raises NobodyThere."""
    if not subscribers.set_state(private, subscriber, "active" if resume else "paused"):
        raise NobodyThere(f"there is no subscriber {subscriber}")


def erase(private: Database, subscriber: str) -> bool:
    """Leave nothing of somebody, without a word to them. Whether the log could be emptied at once (else soon)."""
    subscribers.erase(private, subscriber)
    return switches.empty_wal(private)


remove = erase


def listing(private: Database, keys: Keys | None = None, *, reveal: bool = False) -> list[Listed]:
    """Everybody; addresses only with the key and where `reveal` asks for them."""
    found = []
    for row in subscribers.everybody(private):
        if row.origin in ("notices", "probe"):
            continue
        address = open_reader(keys, row).to if keys and reveal else ""
        count = len(subscribers.subscriptions_of(private, row.id))
        found.append(Listed(row.id, row.state, row.origin, row.month, count, address))
    return found


def export(private: Database, keys: Keys, subscriber: str) -> dict[str, Any]:
    """Everything that is held about somebody, readable. Raises NobodyThere."""
    row = _row(private, subscriber)
    deliveries = [
        {"id": d.id, "kind": d.kind, "state": d.state, "created": to_text(d.created)}
        for d in outbox.of_subscriber(private, subscriber)
    ]
    return {
        "id": row.id,
        "state": row.state,
        "origin": row.origin,
        "month": row.month,
        "settings": open_reader(keys, row).pack(),
        "subscriptions": [s.pack() for _, s in open_subscriptions(private, keys, subscriber)],
        "waiting": matches.waiting_keys(private, subscriber),
        "told": matches.told_keys(private, subscriber),
        "deliveries": deliveries,
    }


def find(private: Database, keys: Keys, address: str) -> str | None:
    """The id of whoever has this address, None where nobody has."""
    for origin in ("operator", "config"):
        if row := subscribers.by_look_up(private, keys.look_up(address, purpose(origin))):
            return row.id
    return None


def secret_of(private: Database, keys: Keys, subscriber: str) -> str:
    """A webhook's signing secret, for its owner. '' for other channels. Raises NobodyThere."""
    return open_reader(keys, _row(private, subscriber)).secret


def rotate_secret(private: Database, keys: Keys, subscriber: str, now: datetime) -> str:
    """A new signing secret; both are signed with for a day. Raises NobodyThere."""
    reader = open_reader(keys, _row(private, subscriber))
    fresh = replace(reader, secret=new_hook_secret(), old_secret=reader.secret, old_until=to_text(now + OVERLAP))
    subscribers.reseal(private, subscriber, keys.seal(fresh.pack()))
    return fresh.secret


def work_off_leavers(private: Database, keys: Keys) -> int:
    """Whoever used their unsubscribe link is erased; an address from config.yaml only goes silent.

    (It is in config.yaml anyway, and erasing it would let the next start add it again.)
    """
    leavers = subscribers.who_left(private)
    for row in leavers:
        if row.origin in ("config", "notices", "probe"):
            with write(private):
                subscribers.set_state(private, row.id, "left")
                for subscription in subscribers.subscriptions_of(private, row.id):
                    subscribers.remove_subscription(private, subscription.id)
                outbox.forget_subscriber(private, row.id)
        else:
            subscribers.erase(private, row.id)
    if leavers:
        switches.empty_wal(private)
    return len(leavers)


# --------------------------------------------------------------------------------------------------------- opening


def open_reader(keys: Keys, row: SubscriberRow) -> Reader:
    return Reader.unpack(keys.open(row.sealed))


def open_subscriptions(private: Database, keys: Keys, subscriber: str) -> list[tuple[str, Subscription]]:
    """(id, settings) of everything somebody wants to hear."""
    found = subscribers.subscriptions_of(private, subscriber)
    return [(row.id, Subscription.unpack(keys.open(row.sealed))) for row in found]


def settings_of(private: Database, keys: Keys) -> Callable[[str], Subscription | None]:
    """Opens one subscription by its id; None where it has gone."""

    def opened(ident: str) -> Subscription | None:
        sealed = subscribers.sealed_of(private, "subscriptions", ident)
        return Subscription.unpack(keys.open(sealed)) if sealed else None

    return opened


def set_subscriptions(
    private: Database, keys: Keys, subscriber: str, wanted: Iterable[Subscription], origin: str
) -> None:
    """Make somebody's subscriptions these. Those that stay keep their ids: matches that wait refer to them."""
    with write(private):
        held = open_subscriptions(private, keys, subscriber)
        for settings in wanted:
            same = next((h for h in held if h[1] == settings), None) or next(
                (h for h in held if h[1].name == settings.name), None
            )
            if same:
                held.remove(same)
            if same is None or same[1] != settings:
                ident = same[0] if same else new_id()
                row = SubscriptionRow(ident, subscriber, origin, keys.seal(settings.pack()))
                subscribers.put_subscription(private, row)
        for ident, _ in held:
            subscribers.remove_subscription(private, ident)


def new_id() -> str:
    """A random name for a subscriber or a subscription."""
    return secrets.token_hex(8)


def new_hook_secret() -> str:
    """A signing secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def purpose(origin: str) -> str:
    """The operator's own address for notices and a reader with the same address do not know each other."""
    return origin if origin in ("notices", "probe") else "subscriber"


def _row(private: Database, subscriber: str) -> SubscriberRow:
    row = subscribers.by_id(private, subscriber)
    if row is None:
        raise NobodyThere(f"there is no subscriber {subscriber}")
    return row
