"""Real parts for every test: SQLite files in a fresh state folder, the clock as a plain value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.store import Database
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from monitor.subscribers.keys import Keys, prepare


@pytest.fixture
def now() -> datetime:
    """A quiet Monday morning."""
    return datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    yield folder
    store.close_all()


@pytest.fixture
def archive(state: Path) -> Database:
    return open_archive(state)


@pytest.fixture
def private(state: Path) -> Database:
    return open_private(state)


@pytest.fixture
def keys(state: Path, private: Database) -> Keys:
    """The keys of `state`, in their folder beside it."""
    return prepare(state.with_name("keys"), state)
