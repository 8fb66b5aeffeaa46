"""The address guard: no connection of ours ends anywhere but at a public address (`monitor.addresses` says which).

The check happens when a socket is about to be connected and the checked address itself is dialled, so no second look-up
can change the answer; all answers to a look-up must be public, or none is used. It refuses the environment's proxies
and `.netrc`, cookies, redirects by itself, and to wait longer than the whole exchange may take, whatever trickles in.
Only `network.allow` in config.yaml opens ranges, for an intranet or a test.
"""

from __future__ import annotations

import contextlib
import functools
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.contrib.socks import SOCKSConnection, SOCKSHTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family

from monitor.addresses import Allow, check_address, check_port, check_url, networks, spelled_address
from monitor.errors import AddressRefused

__all__ = ["Allow", "check_address", "check_url", "guarded_session", "look_up", "networks", "time_limit", "tls_context"]

Resolver = Callable[[str, int], list[str]]

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 10.0  # between two reads


def guarded_session(
    allow: Allow = (),
    *,
    proxy: str = "",
    context: ssl.SSLContext | None = None,
    resolve: Resolver | None = None,
) -> requests.Session:
    """A requests session that dials checked addresses only and follows no redirect by itself.

    With `proxy` (an operator's `http://` or `socks5h://` address) the proxy looks names up, so only spellings can be
    checked. Wrap its use in `time_limit`. `context` replaces the shared TLS context; `resolve` the name look-up.
    """
    session = _Session()
    session.trust_env = False
    session.proxies = {"http": proxy, "https": proxy} if proxy else {}
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    for prefix in ("http://", "https://"):
        session.mount(prefix, _Adapter(allow, context or tls_context(), resolve or look_up))
    return session


@contextlib.contextmanager
def time_limit(seconds: float, silence: float = SILENCE_SECONDS) -> Iterator[None]:
    """Everything guarded sockets of this thread do inside ends after `seconds`, drip by drip or in one wait.

    `silence` is the longest wait between two reads, in seconds: a receiver may need longer to answer than a feed.
    """
    token, wait = _ends_at.set(min(time.monotonic() + seconds, _ends_at.get())), _silence.set(silence)
    try:
        yield
    finally:
        _ends_at.reset(token)
        _silence.reset(wait)


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The one TLS context of this process: loading the certificates anew costs 30 ms of CPU for every host."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.sslsocket_class = _TimedTLSSocket
    return context


def look_up(host: str, port: int) -> list[str]:
    """Every address of a name, in the system's order of preference. Raises OSError."""
    found = socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


# ------------------------------------------------------------------------------------------------------------ sockets

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))
_silence: ContextVar[float] = ContextVar("silence", default=SILENCE_SECONDS)


def _left(at_most: float) -> float:
    left = _ends_at.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError("out of time")
    return min(left, at_most)


class _TimedSocket(socket.socket):
    """Every wait is bounded by the limit of the whole exchange, so a byte now and then does not hold us."""

    def recv_into(self, *args: Any) -> int:
        self.settimeout(_left(_silence.get()))
        return super().recv_into(*args)

    def sendall(self, *args: Any) -> None:
        self.settimeout(_left(_silence.get()))
        super().sendall(*args)


class _TimedTLSSocket(ssl.SSLSocket):
    def recv_into(self, *args: Any) -> int:
        self.settimeout(_left(_silence.get()))
        return super().recv_into(*args)

    def sendall(self, *args: Any) -> None:
        self.settimeout(_left(_silence.get()))
        super().sendall(*args)


def dial(host: str, port: int, allow: Allow, resolve: Resolver) -> socket.socket:
    """A connection to the first address of `host` that answers, after all of them passed the guard.

    Raises AddressRefused, TimeoutError, socket.gaierror (no such name) or OSError (nothing answers).
    """
    literal = spelled_address(host)
    addresses = [literal] if literal else _resolve_in_time(resolve, host.rstrip("."), port)
    for address in addresses:
        check_address(address, allow)
        check_port(port, address, allow)
    trouble: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for address in addresses:
        try:
            return _connect(address, port)
        except OSError as refusal:
            trouble = refusal
    raise trouble


def _connect(address: str, port: int) -> socket.socket:
    connection = _TimedSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(_left(CONNECT_SECONDS))
        connection.connect((address, port))
        if connection.getpeername()[0] != address:
            raise AddressRefused(f"dialled {address}, reached another")
        connection.settimeout(_left(SILENCE_SECONDS))  # the TLS handshake's limit
    except BaseException:
        connection.close()
        raise
    return connection


def _resolve_in_time(resolve: Resolver, host: str, port: int) -> list[str]:
    """`resolve` in a thread of its own, because a look-up cannot be interrupted."""
    answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolve(host, port))
        except Exception as trouble:  # handed to the thread that waits
            answer.put(trouble)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        found = answer.get(timeout=_left(SILENCE_SECONDS))
    except queue.Empty:
        raise socket.gaierror(socket.EAI_AGAIN, "the name server does not answer") from None
    if isinstance(found, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
    if isinstance(found, Exception):
        raise found
    return found


# ------------------------------------------------------------------------------------------- the pieces requests needs


class _Dials:
    """Puts `dial` in the place where urllib3 would resolve and connect by itself."""

    allow: Allow = ()
    resolve: Resolver = staticmethod(look_up)

    def _new_conn(self: Any) -> socket.socket:
        try:
            return dial(self._dns_host, self.port, self.allow, self.resolve)
        except socket.gaierror as trouble:
            raise NameResolutionError(self.host, self, trouble) from trouble
        except TimeoutError as trouble:
            raise ConnectTimeoutError(self, f"no connection to {self.host} in time") from trouble
        except OSError as trouble:
            raise NewConnectionError(self, str(trouble)) from trouble


class _ThroughProxy:
    """A proxied connection keeps the time limit: its socket becomes one of ours."""

    def _new_conn(self: Any) -> socket.socket:
        self.timeout = _left(CONNECT_SECONDS)
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        timed = _TimedSocket(sock.family, sock.type, sock.proto, fileno=sock.detach())
        timed.settimeout(_left(SILENCE_SECONDS))
        return timed


def _pools(plain: type, secure: type, mixin: type, **fixed: Any) -> dict[str, type]:
    """Connection pools by scheme whose connections are `plain` and `secure` with `mixin` in front."""
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": type("Plain", (mixin, plain), dict(fixed))}),
        "https": type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": type("Secure", (mixin, secure), dict(fixed))}),
    }


class _Adapter(HTTPAdapter):
    def __init__(self, allow: Allow, context: ssl.SSLContext, resolve: Resolver) -> None:
        self._allow, self._context, self._resolve = allow, context, resolve
        context.sslsocket_class = _TimedTLSSocket
        super().__init__(pool_connections=64, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(
            HTTPConnection, HTTPSConnection, _Dials, allow=self._allow, resolve=staticmethod(self._resolve)
        )

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        if not known:
            socks = proxy.startswith("socks")
            plain, secure = (SOCKSConnection, SOCKSHTTPSConnection) if socks else (HTTPConnection, HTTPSConnection)
            manager.pool_classes_by_scheme = _pools(plain, secure, _ThroughProxy)
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The shared context holds the certificates: naming a file here would load it again for each host."""
        conn.cert_reqs, conn.ca_certs, conn.ca_cert_dir = "CERT_REQUIRED", None, None


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed here: requests would read the whole of its body first, however long."""
        return
