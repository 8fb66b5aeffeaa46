"""What the tests of this folder share."""

from __future__ import annotations

import pytest

from monitor.store import Database
from tests.store.newsroom import Newsroom


@pytest.fixture
def room(archive: Database) -> Newsroom:
    return Newsroom(archive)
