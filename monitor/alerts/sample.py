"""What an alert would send: a digest in words for the operator's eyes, or one marked sample to its destination.

A sample is a delivery like any other, and leased from its first moment, so that a running sender leaves it alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.alerts import retry
from monitor.alerts.attempt import Job, attempt
from monitor.alerts.bundles import new_id
from monitor.alerts.channels import Channel
from monitor.alerts.compose import compose
from monitor.alerts.entries import Editor
from monitor.alerts.wrap import wrap
from monitor.config import Config, parse_when
from monitor.errors import ConfigError, DeliveryError, MonitorError
from monitor.matching.query import from_keywords
from monitor.model import Bundle, DeliveryKind, Mail
from monitor.search import Hit, match_since
from monitor.store import Database, facts, outbox, subscribers, write
from monitor.store.matches import MatchRow
from monitor.store.outbox import DueRow, NewDelivery
from monitor.store.subscribers import SubscriberRow
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Subscription

#: The sample shows the newest story of these days that the alert would have sent, if there is one.
SHOWN = timedelta(days=90)
DAY = timedelta(days=1)


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

    Raises ConfigError where there is no such alert, DeliveryError (which holds no address) where it was not taken.
    """
    alert = _find(private, keys, name)
    reader = desk.open_reader(keys, alert.row)
    row = DueRow(new_id(), alert.row.id, DeliveryKind.TEST, 0, now, now, None, alert.row.sealed, alert.row.origin)
    leased = NewDelivery(row.id, row.subscriber, row.kind, now + retry.lease(reader.channel))
    outbox.add_delivery(private, leased, now)
    shown = match_since(archive, alert.settings.query, since=now - SHOWN)[:1]
    editor = Editor(archive, desk.settings_of(private, keys), config.web.base_url)
    content = editor.content(_as_matches(archive, shown, alert.ident, now), row.kind, reader.language, now)
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


def preview_digest(config: Config, archive: Database, name: str, now: datetime) -> str:
    """The text of the digest that an alert of config.yaml would send now for the day before; nothing is sent.

    Raises ConfigError where there is no such alert.
    """
    alert = next((a for a in config.alerts if a.name == name), None)
    if alert is None:
        raise _no_such_alert()
    settings = Subscription(alert.name, from_keywords(alert.keywords), instant=False)
    hits = match_since(archive, settings.query, since=now - DAY)
    editor = Editor(archive, lambda _: settings, config.web.base_url)
    content = editor.content(_as_matches(archive, hits, "", now), DeliveryKind.DIGEST, alert.language, now)
    bundle = Bundle(
        delivery="",
        kind=DeliveryKind.DIGEST,
        at=now,
        language=alert.language,
        zone=parse_when(alert.when)[1] or "UTC",
        discretion="discreet" if alert.discreet else "open",
        entries=content.entries,
        more=content.more,
        more_url=f"{config.web.base_url.rstrip('/')}/" if content.more else "",
        coverage=content.coverage,
        held=content.held,
    )
    message = compose(bundle, "email")
    return message.text if isinstance(message, Mail) else ""


def _as_matches(archive: Database, hits: Sequence[Hit], reason: str, now: datetime) -> list[MatchRow]:
    """What was found, as if it had just been matched."""
    told = facts.coverage_of(archive, (hit.article for hit in hits))
    return [MatchRow(0, "", fact.key, "", fact.id, (reason,), now) for fact in told]


def _find(private: Database, keys: Keys, name: str) -> _Alert:
    for row in subscribers.everybody(private):
        for ident, settings in desk.open_subscriptions(private, keys, row.id):
            if row.id == name or (row.origin == "config" and settings.name == name):
                return _Alert(row, ident, settings)
    raise _no_such_alert()


def _no_such_alert() -> MonitorError:
    return ConfigError("there is no such alert: `monitor alert list` shows them")
