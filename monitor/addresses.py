"""Which addresses are public: the rule of the guard, pure.

An address passes if it lies in the public unicast space (all of IPv4, `2000::/3` of IPv6) and in none of the ranges
that IANA reserves for something else. `ipaddress.is_global` is not that test: it lets NAT64, 6to4 and multicast
through. Refused by their spelling alone: other schemes than http and https, credentials, odd ports, and characters
that two parsers may read differently.
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import socket
import unicodedata
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from monitor.errors import AddressRefused, ConfigError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Allow = tuple[Network, ...]

PORTS = frozenset({80, 443, 8080, 8443})

# IANA IPv4 and IPv6 Special-Purpose Address Registries, plus multicast, deprecated relay anycast (RFC 7526)
# and the metadata address one large cloud took from public space.
SPECIAL: Allow = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
UNICAST6 = ipaddress.IPv6Network("2000::/3")  # everything outside is refused by construction


def networks(ranges: Iterable[str]) -> Allow:
    """CIDR ranges as config.yaml names them. Raises ConfigError for anything else."""
    try:
        return tuple(ipaddress.ip_network(text) for text in ranges)
    except ValueError as trouble:
        raise ConfigError(f"network.allow: {trouble}; write a range such as 10.1.0.0/16") from None


def check_address(ip: str, allow: Allow = ()) -> None:
    """Raises AddressRefused unless `ip` (in canonical spelling) is public or in one of the `allow` ranges."""
    if not is_allowed(ip, allow) and not _is_public(ip):
        raise AddressRefused(f"{ip} is not a public address")


def check_url(url: str, allow: Allow = ()) -> SplitResult:
    """The parts of an address that may be asked, judged by its spelling alone (names are judged when dialled).

    Raises AddressRefused for another scheme, credentials, characters that parsers disagree on, odd ports and
    non-public literals in any spelling (`127.1`, `0x7f000001`, `①②⑦.⓪.⓪.①`).
    """
    if any(letter <= " " or letter in "\x7f\\" for letter in url):
        raise AddressRefused("an address has no spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused("this is not an address") from None
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(f"{parts.scheme or 'no scheme'}: only http and https are asked")
    if not host or "@" in parts.netloc or "%" in parts.netloc:
        raise AddressRefused("an address names a host, and no user, password or escape")
    literal = spelled_address(host)
    if literal:
        check_address(literal, allow)
    if port and (literal or not allow):  # a name may stand for an address in an opened range: judged when dialled
        check_port(port, literal, allow)
    return parts


def check_port(port: int, ip: str, allow: Allow) -> None:
    """Raises AddressRefused unless the port serves the web, or the address lies in an opened range."""
    if port not in PORTS and not is_allowed(ip, allow):
        raise AddressRefused(f"port {port} is not one that serves the web")


def spelled_address(host: str) -> str:
    """The address that `host` spells in the way of inet_aton or RFC 4291, or ''. `localhost` spells one (RFC 6761)."""
    plain = unicodedata.normalize("NFKC", host).replace("。", ".").rstrip(".").lower()
    if plain == "localhost" or plain.endswith(".localhost"):
        return "127.0.0.1"
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(plain))
    try:
        return socket.inet_ntoa(socket.inet_aton(plain))
    except (OSError, UnicodeError):
        return ""


def is_allowed(ip: str, allow: Allow) -> bool:
    """Whether the operator opened this address."""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(ip)
        return any(address in network for network in allow)
    return False


@functools.lru_cache(maxsize=4096)
def _is_public(ip: str) -> bool:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address not in UNICAST6 or address.scope_id):
        return False
    return not any(address in network for network in SPECIAL)
