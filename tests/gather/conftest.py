"""A door that opens loopback, without pauses, and with little patience."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.config import NetworkConfig
from monitor.gather.egress import Door


@pytest.fixture
def network() -> NetworkConfig:
    return NetworkConfig(allow=("127.0.0.0/8",), spacing=timedelta(0), total=timedelta(seconds=2))


@pytest.fixture
def door(network: NetworkConfig) -> Door:
    return Door(network)
