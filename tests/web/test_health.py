from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor import clock
from monitor.config import Config
from monitor.store import Database, write
from monitor.web.app import create_app

from .newsroom import Newsroom


def beat(db: Database, process: str, at: datetime) -> None:
    with write(db):
        db.conn.execute("INSERT INTO heartbeats (process, at) VALUES (?, ?)", (process, clock.to_text(at)))


def test_the_web_alone_is_healthy(site: TestClient) -> None:
    answer = site.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("age", "status"), [(10, 200), (90, 200), (91, 503), (3600, 503)])
@pytest.mark.parametrize("process", ["gather", "send"])
def test_an_old_heartbeat_of_either_clock_fails(
    state: Path, archive: Database, private: Database, now: datetime, process: str, age: int, status: int
) -> None:
    beat(archive if process == "gather" else private, process, now - timedelta(seconds=age))
    shown = [now - timedelta(seconds=15)]
    with TestClient(create_app(Config(), state, now=lambda: shown[0]), base_url="http://127.0.0.1") as client:
        assert client.get("/health").status_code == 200  # everything may have been started together
        shown[0] = now
        answer = client.get("/health")
    assert answer.status_code == status
    assert answer.json()["heartbeat_age_seconds"][process] == age


def test_many_failing_sources_degrade_but_do_not_fail(site: TestClient, newsroom: Newsroom) -> None:
    since = newsroom.text(newsroom.ago(hours=2))
    for n in range(3):
        newsroom.source(f"S{n}", failures=5 if n < 2 else 0, status="unreachable", status_since=since)
    answer = site.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["sources"] == {"checked": 3, "quiet": 0, "failing": 2}


def test_the_demos_fast_clock_does_not_make_heartbeats_old(state: Path, archive: Database, now: datetime) -> None:
    beat(archive, "gather", now - timedelta(hours=5))
    with TestClient(create_app(Config(demo=True), state, now=lambda: now), base_url="http://127.0.0.1") as client:
        assert client.get("/health").status_code == 200


def test_metrics_are_read_when_they_are_asked_for(
    site: TestClient, newsroom: Newsroom, private: Database, now: datetime
) -> None:
    newsroom.source("A")
    newsroom.article(newsroom.story("s"), "Headline")
    newsroom.beat(seconds=20)
    figures = site.get("/metrics").text.splitlines()
    assert "monitor_articles 1.0" in figures and 'monitor_sources{condition="well"} 1.0' in figures
    assert 'monitor_heartbeat_age_seconds{process="gather"} 20.0' in figures
    assert "monitor_deliveries_due 0.0" in figures


def test_metrics_are_nobodys_business_outside(state: Path, now: datetime) -> None:
    app = create_app(Config(web={"base_url": "https://news.example"}), state, now=lambda: now)
    with TestClient(app, base_url="https://news.example") as client:
        assert client.get("/metrics").status_code == 404
    with TestClient(app, base_url="http://localhost:8000") as client:
        assert client.get("/metrics").status_code == 200
