"""A website over real database files, and a newsroom to fill them with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.store import Database
from monitor.web.app import create_app

from .newsroom import Newsroom


@pytest.fixture
def config() -> Config:
    return Config()


@pytest.fixture
def site(config: Config, state: Path, archive: Database, now: datetime) -> Iterator[TestClient]:
    with TestClient(create_app(config, state, now=lambda: now), base_url="http://127.0.0.1:8000") as client:
        client.headers["accept-language"] = "en"
        yield client


@pytest.fixture
def newsroom(archive: Database, now: datetime) -> Newsroom:
    return Newsroom(archive, now)
