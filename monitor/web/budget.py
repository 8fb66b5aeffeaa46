"""How much strangers may ask of this site in an hour: from one network, for one address, and all together.

Networks and addresses are counted as keyed hashes under a key that is made at the start: in memory only, for that hour.
What is refused counts for nothing, and one address that is asked for again and again does not use up what is there for
others: neither keeps anybody else from joining.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from starlette.requests import Request

HOUR = timedelta(hours=1)
NETWORK = 20
EVERYBODY = 2000
#: Further requests for one address are taken like the first ones, but do not count towards EVERYBODY …
ADDRESS = 3
#: … up to so many requests of any kind: a sealed request is a kilobyte.
ALL = 20 * EVERYBODY

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Budget:
    """One hour's counts."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._since: datetime | None = None
        self._networks: Counter[bytes] = Counter()
        self._addresses: Counter[bytes] = Counter()
        self._total = 0
        self._lock = threading.Lock()

    def takes(self, client: str, to: str, now: datetime) -> bool:
        """Whether one more is taken. Clients on this machine (a proxy, an onion service) have no network to count."""
        with self._lock:
            self._begin_anew(now)
            network, address = self._network(client), self._hash(to.strip().casefold())
            used_up = self._total >= EVERYBODY or self._addresses.total() >= ALL
            if used_up or (network and self._networks[network] >= NETWORK):
                return False
            self._total += self._addresses[address] < ADDRESS
            self._networks[network] += 1
            self._addresses[address] += 1
            return True

    def _begin_anew(self, now: datetime) -> None:
        if self._since is None or abs(now - self._since) > HOUR:
            self._since, self._total = now, 0
            self._networks.clear()
            self._addresses.clear()

    def _network(self, client: str) -> bytes:
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return b""
        if address.is_loopback:
            return b""
        return self._hash(str(ipaddress.ip_network(f"{client}/{24 if address.version == 4 else 48}", strict=False)))

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=12).digest()


def client_of(request: Request, proxies: Iterable[Network]) -> str:
    """Where a request comes from. Only a proxy that the operator named is believed, and only its own word.

    Each proxy adds to X-Forwarded-For whom it heard from: the last one that is no proxy of ours is the client, and
    whatever stands before that was written by the client.
    """
    client = request.client.host if request.client else ""
    said = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    while said and _is_among(client, proxies):
        client = said.pop()
    return client


def _is_among(client: str, networks: Iterable[Network]) -> bool:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return False
    return any(address in network for network in networks)
