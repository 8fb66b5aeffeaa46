"""One POST to an address that is a secret, and what the receiver said.

Shared by the channels that speak HTTP. No redirect, no cookie, no second attempt, at most 4 KiB of the answer and 30 s
for everything. Plain http only into ranges that `network.allow` names. The address appears in no log and no error.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as SocketTimeout

from monitor import guard
from monitor.addresses import Allow, check_url, networks, spelled_address
from monitor.errors import AddressRefused, TryLater, Undeliverable

# urllib3 writes the path of every request at DEBUG, and whole addresses at WARNING (of a receiver that sends a header
# it cannot read, for one); ours are credentials. Each by its name: a level of "urllib3" alone may be set by others.
for _loud in ("connection", "connectionpool", "util.retry"):
    logging.getLogger(f"urllib3.{_loud}").setLevel(logging.ERROR)

TOTAL_SECONDS = 30.0
ANSWER_BYTES = 4096
_EVERYWHERE = networks(("0.0.0.0/0", "::/0"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `retry_after` is None where the receiver asked for nothing; `body` holds its first 4 KiB."""

    status: int
    retry_after: timedelta | None
    body: str


class Poster:
    """Sessions for the two kinds of addresses: the operator's own (anywhere) and everybody else's (public ones)."""

    def __init__(
        self, allow: Iterable[str] = (), *, user_agent: str = "release-monitor", seconds: float = TOTAL_SECONDS
    ) -> None:
        self._allow = networks(allow)
        self._user_agent = user_agent
        self._seconds = seconds
        self._public = guard.guarded_session(self._allow)
        self._anywhere = guard.guarded_session(_EVERYWHERE)
        self._plain = guard.guarded_session(self._allow, resolve=self._resolve_allowed)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], now: datetime, *, operator: bool) -> Answer:
        """Send `body` once. Raises Undeliverable for an address that must not be asked, TryLater without an answer."""
        try:
            parts = check_url(url, _EVERYWHERE if operator else self._allow)
            if parts.scheme == "http":
                self._check_plain(parts.hostname or "")
            with guard.time_limit(self._seconds, silence=self._seconds):
                return self._exchange(self._session(parts.scheme, operator), url, body, headers, now)
        except AddressRefused:
            raise Undeliverable("the address is not one that may be asked") from None
        except requests.exceptions.SSLError:
            raise TryLater("the receiver's certificate is not valid") from None
        except (TimeoutError, requests.exceptions.Timeout, SocketTimeout):
            raise TryLater("the receiver did not answer in time") from None
        except (OSError, requests.exceptions.RequestException, HTTPError, ValueError):
            raise TryLater("the receiver could not be reached, or broke off") from None

    def close(self) -> None:
        for session in (self._public, self._anywhere, self._plain):
            session.close()

    def _session(self, scheme: str, operator: bool) -> requests.Session:
        if scheme == "http":
            return self._plain
        return self._anywhere if operator else self._public

    def _resolve_allowed(self, host: str, port: int) -> list[str]:
        """Look a name up for plain http: every address must be in a range the operator opened."""
        found = guard.look_up(host, port)
        if not all(_within(ip, self._allow) for ip in found):
            raise AddressRefused("plain http is only for the ranges in network.allow")
        return found

    def _exchange(
        self, session: requests.Session, url: str, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> Answer:
        # `Connection: close`: an idle connection that the receiver just closed looks like a lost answer.
        sent = {"User-Agent": self._user_agent, "Connection": "close", "Accept-Encoding": "identity", **headers}
        with session.post(url, data=body, headers=sent, stream=True, allow_redirects=False) as response:
            asked = retry_after(response.headers.get("Retry-After", ""), now)
            start = response.raw.read(ANSWER_BYTES)
        return Answer(response.status_code, asked, start.decode("utf-8", "replace"))

    def _check_plain(self, host: str) -> None:
        """Plain http to an address instead of a name: it must lie in a range the operator opened."""
        spelled = spelled_address(host)
        if spelled and not _within(spelled, self._allow):
            raise AddressRefused("plain http is only for the ranges in network.allow")


class Pauses:
    """Receivers that asked for quiet. Kept by a keyed hash, so that no address lies about in memory."""

    def __init__(self, spacing: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._spacing = spacing
        self._clock = clock
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._until: dict[bytes, float] = {}
        self._waiting: dict[bytes, int] = {}

    def hold(self, url: str, after: timedelta) -> None:
        """Nothing more to this address before `after` has passed."""
        with self._lock:
            place = self._place(url)
            self._until[place] = max(self._until.get(place, 0.0), self._clock() + after.total_seconds())

    def left(self, url: str) -> timedelta | None:
        """How long to wait before this address may be asked, a `spacing` more for each that asked before; or None."""
        with self._lock:
            place, now = self._place(url), self._clock()
            left = self._until.get(place, 0.0) - now
            if left <= 0:
                self._until.pop(place, None)
                self._waiting.pop(place, None)
                return None
            ahead = self._waiting.get(place, 1)  # whoever met the pause comes first
            self._waiting[place] = ahead + 1
            return timedelta(seconds=left + ahead * self._spacing)

    def _place(self, url: str) -> bytes:
        return hashlib.blake2b(url.encode(), key=self._key, digest_size=16).digest()


def retry_after(value: str, now: datetime) -> timedelta | None:
    """A Retry-After header as a span from `now`: seconds or a date; None where it is neither, zero where it is past."""
    value = value.strip()
    if value.isdecimal() and value.isascii():
        return timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(moment - now, timedelta(0))


def _within(ip: str, allow: Allow) -> bool:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return any(address in network for network in allow)
