"""Facts × subscriptions: who is told what, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts import bundles
from monitor.alerts.standing import Standing
from monitor.store import Database, rows
from monitor.subscribers import desk
from monitor.subscribers.keys import Keys, create
from monitor.subscribers.readers import Reader, Subscription
from monitor.subscribers.requests import new_token
from tests import press

MINUTE = timedelta(minutes=1)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return create(tmp_path / "keys")


@pytest.fixture
def standing(keys: Keys) -> Standing:
    return Standing(keys)


def reader(to: str = "reader@mail.test", **more: object) -> Reader:
    return Reader("email", to, new_token(), **more)  # type: ignore[arg-type]


def wants(query: str = "prisoners", **more: object) -> Subscription:
    return Subscription(str(more.pop("name", "an alert")), query, **more)  # type: ignore[arg-type]


def waiting(private: Database) -> list[str]:
    return [r["fact_key"] for r in rows(private, "SELECT fact_key FROM matches WHERE delivery_id IS NULL ORDER BY id")]


def test_twelve_outlets_one_story_one_alert(
    archive: Database, private: Database, keys: Keys, standing: Standing, now: datetime
) -> None:
    desk.add(private, keys, reader(), [wants()], now)
    uid = press.story(archive, now)
    for number in range(12):
        press.covered(archive, now, uid, outlet=f"Outlet {number}")
        bundles.match(archive, private, standing, now)
    assert bundles.bundle(private, standing, now + MINUTE, MINUTE) == 1
    press.covered(archive, now, uid, outlet="The thirteenth")
    assert bundles.match(archive, private, standing, now) == 0
    assert bundles.bundle(private, standing, now + 2 * MINUTE, MINUTE) == 0
