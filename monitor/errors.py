"""Broken promises, as one small tree. Expected trouble is a value (`model.Outcome`), not an exception.

Every error carries its subject, so that whoever reads the message knows what to look at. No error message
may contain an address, a hook URL, a query or a followed name: messages end up in logs.
"""

from __future__ import annotations

from datetime import timedelta


class MonitorError(Exception):
    """Anything this program raises on purpose."""


class ConfigError(MonitorError):
    """config.yaml cannot be used; the message lists every mistake with its path and what to write instead."""


class QueryError(MonitorError):
    """A query cannot be understood. `position` is a 0-based offset into the query text."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


class AddressRefused(MonitorError):
    """An outward connection would reach an address that is not public."""


class NoAnswer(MonitorError):
    """A server gave no complete answer that can be used; the message is a sentence for the source's page.

    `answered` is set where something came back, only not what it should be.
    """

    def __init__(self, reason: str, *, answered: bool = False, http_status: int = 0) -> None:
        super().__init__(reason)
        self.answered = answered
        self.http_status = http_status


class KeysMissing(MonitorError):
    """The private key cannot be opened: missing, wrong, locked or not readable."""


class StateInUse(MonitorError):
    """Another process of the same kind already works on this state folder."""


class PortTaken(MonitorError):
    """The port that the website should listen on cannot be had."""


class DatabaseTrouble(MonitorError):
    """A database file is damaged, or newer than this program."""


class InsaneResult(MonitorError):
    """A spider's output cannot be right: nothing where there is always something, or fields that make no sense."""


class DeliveryError(MonitorError):
    """A channel did not take a message. Never contains the address."""


class TryLater(DeliveryError):
    """The receiver may take it later. `after` is the least waiting time it asked for, if any.

    `everyone` is set where the trouble is the whole channel's (mail server down), not this receiver's.
    """

    def __init__(self, reason: str, after: timedelta | None = None, *, everyone: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.everyone = everyone


class Undeliverable(DeliveryError):
    """The receiver will never take this message. `gone` is set where it will never take any other either."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone


class Unplain(DeliveryError):
    """The receiver could not read this form of the message: send it once more as plain short text."""
