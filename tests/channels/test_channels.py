"""Channels are found by listing their folder, and each has a fixture that says what it sends."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from monitor.alerts import channels
from monitor.alerts.channels import open_channels
from monitor.alerts.compose import compose
from monitor.config import Config
from monitor.model import DeliveryKind
from tests import golden
from tests.alert_samples import bundle

FOLDER = Path(__file__).parent


def test_every_module_of_the_folder_is_a_channel() -> None:
    assert channels.names() == ("email", "slack", "webhook")


def test_all_of_them_open_without_any_setting(state: Path) -> None:
    opened = open_channels(Config(), state)
    assert {name: channel.name for name, channel in opened.items()} == {n: n for n in channels.names()}
    for channel in opened.values():
        channel.close()


@pytest.mark.parametrize("name", channels.names())
def test_a_channel_sends_what_its_fixture_says(name: str) -> None:
    """A new channel is two files: its module and `tests/channels/<name>.json`, written with GOLDEN=write."""
    said = {
        discretion: asdict(compose(bundle(DeliveryKind.ALERT, "en", discretion), name))
        for discretion in ("open", "discreet", "pointer")
    }
    golden.check(FOLDER / f"{name}.json", json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def test_no_fixture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(channels.names())
