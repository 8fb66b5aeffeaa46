"""Where messages go out: one file per channel, found by listing this folder.

A channel takes one message to one address and answers in one of four ways: it returns the receiver's short answer, or
raises `TryLater`, `Undeliverable` or `Unplain`. It never repeats an attempt that the receiver may have accepted, never
decides when to try again, and never writes an address into a log, an answer or an error.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitor.config import Config
from monitor.model import Address, Message


@dataclass(frozen=True, slots=True)
class Envelope:
    """What surrounds a message and is nobody's news.

    `unsubscribe_url` becomes the one-click header of a mail. `list_name` and `sender_name` replace the neutral ones,
    `bounce` the local part of the envelope sender (random, so that no mail server learns the reader from it).
    `operator` says that the address was set by the operator in config.yaml, who may reach into their own network.
    """

    unsubscribe_url: str = ""
    list_name: str = ""
    sender_name: str = ""
    bounce: str = ""
    operator: bool = False


class Channel(Protocol):
    name: str

    def send(self, address: Address, message: Message, delivery: str, now: datetime, extra: Envelope) -> str:
        """Hand one message over; `delivery` is its id for life, the same on every attempt. The receiver's answer."""
        ...

    def close(self) -> None:
        """Give back connections; the channel can be used again."""
        ...


def names() -> tuple[str, ...]:
    """The channels there are: the modules of this folder whose names have no underscore in front."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")))


def open_channels(config: Config, state: Path) -> dict[str, Channel]:
    """Every channel, ready to send. Raises ConfigError where the settings of one cannot work."""
    return {name: importlib.import_module(f"{__name__}.{name}").open_channel(config, state) for name in names()}
