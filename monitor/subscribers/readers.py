"""A subscriber and a subscription, opened: in memory only, in `send` only. Their reprs hide what they hold.

This file says what lies in the sealed rows of `subscribers` and `subscriptions`; nothing else reads or writes that.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from monitor import clock
from monitor.model import Address, Discretion

LANGUAGES = ("be", "ru", "en")
#: When somebody without a digest gets the weekly note.
MORNING = "09:00"

#: The certainty words of an event, weakest first; a subscription may wait for one of them.
CERTAINTIES = ("hint", "announced", "named", "corroborated", "confirmed")
#: The query for every release there is.
RELEASES = "topic:releases"


@dataclass(frozen=True, slots=True)
class Reader:
    """How somebody is reached and in what way.

    `hour` is the local time of the digest ("08:00", '' for none) in `zone`; `quiet` a local span in which nothing is
    sent (("22:00", "07:00"), () for none). `leave` is the unsubscribe token. `old_secret` of a webhook is signed with
    as well until `old_until`.
    """

    channel: str
    to: str = field(repr=False)
    leave: str = field(repr=False)
    secret: str = field(default="", repr=False)
    old_secret: str = field(default="", repr=False)
    old_until: str = field(default="", repr=False)
    language: str = field(default="en", repr=False)
    zone: str = field(default="UTC", repr=False)
    hour: str = field(default="", repr=False)
    quiet: tuple[str, ...] = field(default=(), repr=False)
    discretion: Discretion = "discreet"
    html: bool = False
    code_word: str = field(default="", repr=False)
    weekly: bool = True  # a note after a week in which nothing else was sent

    def __post_init__(self) -> None:
        """Raises ValueError for a zone or an hour that would stop everybody's bundles."""
        _zone(self.zone)
        if not all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", hour) for hour in filter(None, (self.hour, *self.quiet))):
            raise ValueError("an hour is written as 08:00")
        if self.language not in LANGUAGES:
            raise ValueError(f"the language of messages is one of {', '.join(LANGUAGES)}")
        if len(self.quiet) not in (0, 2):
            raise ValueError("quiet hours have a beginning and an end")

    def address(self, now: datetime) -> Address:
        """Where a message goes at that moment: the old secret is dropped when its overlap is over."""
        overlap = bool(self.old_until) and clock.from_text(self.old_until) > now
        return Address(self.channel, self.to, self.secret, self.old_secret if overlap else "")

    @property
    def weekly_hour(self) -> str:
        """The local time of the weekly note, '' for none: that of the digest, else a morning hour that is not quiet."""
        if not self.weekly or self.channel == "webhook":  # a program asks /health
            return ""
        if self.hour or not self.quiet:
            return self.hour or MORNING
        start, end = self.quiet
        within = start <= MORNING < end if start <= end else start <= MORNING or end > MORNING
        return end if within else MORNING

    def pack(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def unpack(cls, held: dict[str, Any]) -> Reader:
        """Settings of an older or newer version are read as far as they are known here."""
        known = {name: value for name, value in held.items() if name in cls.__dataclass_fields__}
        return cls(**{**known, "quiet": tuple(known.get("quiet", ()))})


@dataclass(frozen=True, slots=True)
class Subscription:
    """One thing somebody wants to hear: `name` as they call it, `query` in the query language.

    `certainty` is the weakest certainty of an event they want to be told of, '' or `hint` for everything the query
    meets.
    """

    name: str = field(repr=False)
    query: str = field(repr=False)
    instant: bool = True
    certainty: str = ""

    def pack(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def unpack(cls, held: dict[str, Any]) -> Subscription:
        return cls(**{name: value for name, value in held.items() if name in cls.__dataclass_fields__})


def usual_certainty(query: str) -> str:
    """How sure a release must be where nobody said so: whoever asks for releases is told of those that were announced,
    and of hints only if they ask for them; what is asked for in words is told as it is found."""
    return "announced" if query == RELEASES else ""


def is_sure_enough(state: str, certainty: str) -> bool:
    """Whether an event in `state` reaches a subscription that waits for `certainty`."""
    return rank(certainty) <= rank("hint") or rank(state) >= rank(certainty)


def rank(state: str) -> int:
    """How sure a certainty word is; what was corrected or retracted, or is unknown here, is not sure at all."""
    return CERTAINTIES.index(state) if state in CERTAINTIES else -1


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; a path; a folder of zones
        raise ValueError("no such time zone") from None
