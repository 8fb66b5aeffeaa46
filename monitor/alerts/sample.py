"""One marked sample to one alert's destination, at once: how an operator learns whether it arrives.

It is a delivery like any other, and leased from its first moment, so that a running sender leaves it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.alerts import retry
from monitor.alerts.attempt import Job, attempt
from monitor.alerts.bundles import new_id
from monitor.alerts.channels import Channel
from monitor.alerts.entries import Editor
from monitor.alerts.wrap import wrap
from monitor.config import Config
from monitor.errors import DeliveryError, MonitorError
from monitor.model import DeliveryKind
from monitor.search import match_since
from monitor.store import Database, outbox, subscribers, write
from monitor.store.outbox import DueRow, NewDelivery
from monitor.store.subscribers import SubscriberRow
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Subscription

#: The sample shows the newest story of these days that the alert would have sent, if there is one.
SHOWN = timedelta(days=90)


class _Alert(NamedTuple):
    row: SubscriberRow
    ident: str
    settings: Subscription


def send_sample(
    archive: Database,
    private: Database,
    keys: Keys,
    channels: Mapping[str, Channel],
    config: Config,
    name: str,
    now: datetime,
) -> str:
    """Send a sample of the alert called `name` (an alert of config.yaml, or a subscriber's id); the receiver's answer.

    Raises MonitorError where there is no such alert, DeliveryError (which holds no address) where it was not taken.
    """
    alert = _find(private, keys, name)
    reader = desk.open_reader(keys, alert.row)
    row = DueRow(new_id(), alert.row.id, DeliveryKind.TEST, 0, now, now, None, alert.row.sealed, alert.row.origin)
    leased = NewDelivery(row.id, row.subscriber, row.kind, now + retry.lease(reader.channel))
    outbox.add_delivery(private, leased, now)
    shown = next(iter(match_since(archive, alert.settings.query, since=now - SHOWN)), None)
    content = Editor(archive, private, keys, config.web.base_url).sample(
        shown.article if shown else 0, alert.ident, reader.language, now
    )
    bundle, envelope = wrap(row, {}, reader, content, config.web.base_url, now)
    done = attempt(Job(row, reader.address(now), bundle, envelope, channels[reader.channel], now))
    with write(private):
        if done.trouble is None:
            outbox.sent(private, row.id, now)
        else:
            outbox.give_up(private, row.id, now, str(done.trouble))
    if done.trouble is not None:
        raise DeliveryError(str(done.trouble))
    return done.answer


def _find(private: Database, keys: Keys, name: str) -> _Alert:
    for row in subscribers.everybody(private):
        for ident, settings in desk.open_subscriptions(private, keys, row.id):
            if row.id == name or (row.origin == "config" and settings.name == name):
                return _Alert(row, ident, settings)
    raise MonitorError("there is no such alert: `alert list` shows them")
