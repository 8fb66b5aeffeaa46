"""The alerts of config.yaml as subscribers: kept in step with the file, sealed like everybody else's."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.config import AlertConfig, Config, parse_when, secret
from monitor.errors import ConfigError, MonitorError
from monitor.matching.query import from_keywords, parse
from monitor.matching.topics import topic_names
from monitor.store import Database, subscribers
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys, canonical
from monitor.subscribers.readers import Reader, Subscription, usual_certainty
from monitor.subscribers.requests import new_token

#: The word of the synthetic item (`monitor.probe.WORD`, which is gather's).
TEST_WORD = "zzprobeitem"


def sync_config(private: Database, keys: Keys, config: Config, now: datetime) -> list[str]:
    """Make the list hold what `alerts:` and `delivery.operator` say. Returns what could not be used, in words.

    Alerts with the same destination are one subscriber. What cannot be resolved now (a variable that is not set)
    leaves an earlier state as it is: a forgotten variable must not erase what waits to be sent.
    """
    troubles: list[str] = []
    topics = topic_names(config.topics)
    destinations: dict[str, list[tuple[AlertConfig, Subscription, Reader]]] = {}
    for alert in config.alerts:
        try:
            reader = _configured(alert, config)
            subscription = _wanted(alert, topics)
            destinations.setdefault(canonical(reader.to), []).append((alert, subscription, reader))
        except MonitorError as trouble:
            troubles.append(f"alert {alert.name!r}: {trouble}")
    seen = set()
    for group in destinations.values():
        reader, clashes = _together([(alert, reader) for alert, _, reader in group])
        troubles += clashes
        seen.add(_settle(private, keys, reader, [s for _, s, _ in group], "config", now))
    if config.delivery.operator:
        operator = Reader("email", config.delivery.operator, new_token(), discretion="open")
        seen.add(_settle(private, keys, operator, [], "notices", now))
    if config.delivery.probe_to and not config.demo:
        box = Reader("email", config.delivery.probe_to, new_token())
        seen.add(_settle(private, keys, box, [Subscription("test item", TEST_WORD)], "probe", now))
    if not troubles:
        _drop_others(private, seen)
    return troubles


def _configured(alert: AlertConfig, config: Config) -> Reader:
    """Where an alert goes. Raises ConfigError for a variable that is not set, or holds no address."""
    hour, zone = parse_when(alert.when)
    channel, to, hook_secret = _destination(alert.to, config)
    return Reader(
        channel,
        to,
        new_token(),
        secret=hook_secret,
        language=alert.language,
        zone=zone or "UTC",
        hour=hour,
        discretion="discreet" if alert.discreet else "open",
        html=alert.html,
        weekly=alert.weekly,
    )


def _destination(to: str, config: Config) -> tuple[str, str, str]:
    if "@" in to:
        return "email", to, ""
    url = secret(to)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError(f"the environment variable {to} does not hold a web address")
    host = urlsplit(
        config.delivery.slack_host if "://" in config.delivery.slack_host else f"//{config.delivery.slack_host}"
    )
    if parts.netloc.casefold() == host.netloc.casefold():
        return "slack", url, ""
    return "webhook", url, os.environ.get(f"{to}_SECRET", "").strip()


def _wanted(alert: AlertConfig, topics: Collection[str]) -> Subscription:
    query = from_keywords(alert.keywords)
    parse(query, topics)
    certainty = alert.certainty or usual_certainty(query)
    return Subscription(alert.name, query, instant=not parse_when(alert.when)[0], certainty=certainty)


def _together(group: Sequence[tuple[AlertConfig, Reader]]) -> tuple[Reader, list[str]]:
    """One reader for all alerts that go to one place: discreet if any of them is, one digest a day."""
    first = group[0][1]
    daily = [reader for _, reader in group if reader.hour]
    troubles = [
        f"alert {alert.name!r}: another alert to the same address has its digest at {daily[0].hour} {daily[0].zone}, "
        "which is used for both"
        for alert, reader in group
        if reader.hour and (reader.hour, reader.zone) != (daily[0].hour, daily[0].zone)
    ]
    discreet = any(reader.discretion == "discreet" for _, reader in group)
    return replace(
        first,
        hour=daily[0].hour if daily else "",
        zone=daily[0].zone if daily else first.zone,
        discretion="discreet" if discreet else "open",
        html=first.html and not discreet,
    ), troubles


def _settle(
    private: Database, keys: Keys, reader: Reader, wanted: Sequence[Subscription], origin: str, now: datetime
) -> str:
    """Add a configured destination, or bring it up to date; its token, its secret and its having left stay."""
    row = subscribers.by_look_up(private, keys.look_up(reader.to, desk.purpose(origin)))
    if row is None:
        return desk.add(private, keys, reader, wanted, now, origin=origin)
    held = desk.open_reader(keys, row)
    fresh = replace(
        reader,
        leave=held.leave,
        secret=reader.secret or held.secret,
        old_secret=held.old_secret,
        old_until=held.old_until,
    )
    if row.state == "left":
        return row.id
    if fresh != held or {s for _, s in desk.open_subscriptions(private, keys, row.id)} != set(wanted):
        desk.edit(private, keys, row.id, fresh if fresh != held else None, wanted)
    return row.id


def _drop_others(private: Database, seen: set[str]) -> None:
    """Destinations that config.yaml no longer names."""
    for origin in ("config", "notices", "probe"):
        for row in subscribers.everybody(private, origin):
            if row.id not in seen:
                desk.erase(private, row.id)
