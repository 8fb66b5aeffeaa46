"""What a command needs, opened on first use: configuration, clock, databases, keys."""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import clock
from monitor.config import Config, load
from monitor.errors import ConfigError, QueryError
from monitor.process import log_to_stderr, private_folder

if TYPE_CHECKING:
    from monitor.store import Database
    from monitor.subscribers.keys import Keys


class Session:
    """The shared options of one call."""

    def __init__(self, config: Path, state: Path, now: str = "", debug: bool = False) -> None:
        self.config_path, self.state_path, self._now, self.debug = config, state, now, debug
        self._asked: dict[str, str | None] = {}

    @functools.cached_property
    def config(self) -> Config:
        return load(self.config_path)

    @functools.cached_property
    def state(self) -> Path:
        """The state folder, made with mode 0700 where it is missing."""
        try:
            return private_folder(self.state_path)
        except OSError as trouble:
            raise ConfigError(
                f"the state folder {self.state_path} cannot be made or entered ({trouble.strerror}): "
                "name another with --state, or mend its permissions"
            ) from None

    @functools.cached_property
    def clock(self) -> clock.Clock:
        if not self._now:
            return clock.now
        try:
            return clock.starting_at(clock.parse(self._now))
        except ValueError:
            raise ConfigError(f"--now {self._now!r} is not a moment: write one such as 2026-03-19T12:00:00Z") from None

    @functools.cached_property
    def key_folder(self) -> Path:
        """Where the keys lie: outside the state folder, so that a copy of the state is worthless."""
        from monitor.subscribers.keys import folder_for

        return folder_for(self.config, self.state_path)

    @functools.cached_property
    def keys(self) -> Keys:
        """The private key, made on first start. Raises KeysMissing where it cannot be opened."""
        from monitor.subscribers.keys import prepare

        return prepare(self.key_folder, self.state, self.passphrase())

    def passphrase(self) -> str | None:
        """Of a protected key, from wherever it is given; asked for once."""
        from monitor.subscribers import keys, passphrase

        if "passphrase" not in self._asked:
            ask = keys.present(self.key_folder) and keys.is_protected(self.key_folder)
            self._asked["passphrase"] = passphrase.given(ask=ask)
        return self._asked["passphrase"]

    @functools.cached_property
    def archive(self) -> Database:
        """archive.db, brought to the shipped register and history."""
        from monitor.store import shipped
        from monitor.store.archive_schema import open_archive

        db = open_archive(self.state)
        shipped.load(db)
        return db

    @property
    def private(self) -> Database:
        from monitor.store.private_schema import open_private

        return open_private(self.state)

    def log(self, process: str) -> None:
        log_to_stderr(
            process,
            level=logging.DEBUG if self.debug else logging.INFO,
            as_json=os.environ.get("MONITOR_LOG") == "json",
        )

    def arguments(self) -> list[str]:
        """The shared options again, for a child process."""
        more = ["--now", self._now] if self._now else []
        return ["--config", str(self.config_path), "--state", str(self.state_path), *more, *["--debug"] * self.debug]


def warn_of_volume(session: Session, query: str) -> None:
    """Say where a standing query would bring more than anybody reads one by one."""
    from monitor.search import volume

    try:
        found = volume(session.archive, query, now=session.clock())
    except QueryError:
        return  # too long to be tried out
    if found.noisy:
        say(f"This brings about {found.per_day:g} stories a day: better as a digest (daily 08:00 Europe/Vilnius)")


def say(text: str = "") -> None:
    """One line for a person, on stderr."""
    print(text, file=sys.stderr, flush=True)


def some(number: int, noun: str, nouns: str = "") -> str:
    """`1 item`, `2 items`: these words are English only."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def out(data: Any) -> None:
    """One JSON line on stdout."""
    print(json.dumps(data, ensure_ascii=False, default=_plain), flush=True)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in fields(value)}  # `asdict` spoils a Counter
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
