"""Readers for tests of the sending side: how they are reached and what they want."""

from __future__ import annotations

from datetime import datetime

from monitor.store import Database
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Reader, Subscription
from monitor.subscribers.requests import new_token


def reader(to: str = "reader@mail.test", channel: str = "email", **more: object) -> Reader:
    return Reader(channel, to, new_token(), **more)  # type: ignore[arg-type]


def wants(query: str = "prisoners", name: str = "an alert", **more: object) -> Subscription:
    return Subscription(name, query, **more)  # type: ignore[arg-type]


def add(
    private: Database,
    keys: Keys,
    now: datetime,
    who: Reader | None = None,
    *wanted: Subscription,
    origin: str = "operator",
    state: str = "active",
) -> str:
    """Somebody on the list, with one alert for "prisoners" unless it says otherwise; returns their id."""
    return desk.add(private, keys, who or reader(), wanted or [wants()], now, origin=origin, state=state)
