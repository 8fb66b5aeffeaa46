"""The only door in: one polite, bounded, guarded GET.

Every exchange has a limit for the whole of it (look-up, handshake, headers, body; `monitor.guard`), a cap on the bytes
before and after decompression, at most `HOPS` redirects, each of them checked anew, and its turn at the host: one
request at a time, `network.spacing` apart. It refuses to go from https to http, to read a compression nobody asked
for or a nested one, and to hand out half a body. It keeps no cookies and no connections, and decides nothing about
what it brings.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from monitor import guard
from monitor.config import NetworkConfig
from monitor.errors import NoAnswer
from monitor.gather.turns import Turns
from monitor.gather.unpack import Unpacker

HOPS = 5
PERMANENT = frozenset({301, 308})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK = 64 * 1024

_Trouble = (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError)


@dataclass(frozen=True, slots=True)
class Response:
    """One complete answer. `body` is decompressed; `wire` counts the bytes that travelled.

    `url` is the address that answered in the end, `chain` the redirects before it as (status, address redirected to),
    `moved_to` that last address where all of them were permanent, else ''.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    wire: int = 0
    ms: int = 0
    chain: tuple[tuple[int, str], ...] = ()

    @property
    def moved_to(self) -> str:
        return self.url if self.chain and all(status in PERMANENT for status, _ in self.chain) else ""

    def header(self, name: str) -> str:
        """A header verbatim, '' where absent."""
        return self.headers.get(name) or ""


class Door:
    """Everything this process asks of the outside world goes through one of these; threads may share it."""

    def __init__(
        self,
        config: NetworkConfig,
        *,
        context: ssl.SSLContext | None = None,
        resolve: guard.Resolver | None = None,
    ) -> None:
        self.config = config
        self.allow = guard.networks(config.allow)
        self.turns = Turns(config.spacing)
        # made here, once: threads that need it first would each make their own, within the time limit of their request
        self._context = context or guard.tls_context()
        self._resolve = resolve
        self._idle: dict[str, deque[requests.Session]] = {}
        self.user_agent = user_agent(config)
        self._agent = {
            "User-Agent": self.user_agent,
            "Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
            "text/html;q=0.8, */*;q=0.1",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }

    def get(
        self,
        url: str,
        *,
        headers: Iterable[tuple[str, str]] = (),
        proxy: str = "",
        deadline: float | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """The complete answer to one GET, whatever its status, after following redirects.

        `deadline` is in seconds of asking, without the waiting for the host's turn (default `network.total`);
        `max_bytes` caps what travels (default `network.max_bytes`). Raises NoAnswer, AddressRefused.
        """
        wanted = {**self._agent, **dict(headers)}
        left = deadline if deadline is not None else self.config.total.total_seconds()
        started, chain = time.monotonic(), list[tuple[int, str]]()
        while True:
            parts = guard.check_url(url, self.allow)
            with self.turns.at(parts.netloc):
                begun = time.monotonic()
                found = self._exchange(url, wanted, proxy, left, max_bytes or self.config.max_bytes)
                left -= time.monotonic() - begun
            target = _target(url, found)
            if not target:
                ms = round((time.monotonic() - started) * 1000)
                return Response(found.status, url, found.headers, found.body, found.wire, ms, tuple(chain))
            chain.append((found.status, target))
            if len(chain) > HOPS:
                raise NoAnswer(f"it redirects more than {HOPS} times", answered=True, http_status=found.status)
            url = target

    def _exchange(self, url: str, headers: Mapping[str, str], proxy: str, seconds: float, max_bytes: int) -> Response:
        """One request, one answer, in at most `seconds`."""
        host = urlsplit(url).hostname or ""
        try:
            with (
                guard.time_limit(seconds),
                self._session(proxy) as session,
                # not `session.get`: its cookies, hooks and redirects, none of which we have, cost a third of a visit
                session.get_adapter(url).send(
                    _request(url, headers),
                    stream=True,
                    timeout=(guard.CONNECT_SECONDS, guard.SILENCE_SECONDS),
                    proxies=session.proxies,
                ) as answer,
            ):
                wants_body = answer.status_code not in REDIRECTS and answer.status_code != 304
                body, wire = self._body(answer, max_bytes) if wants_body else (b"", 0)
                return Response(answer.status_code, url, CaseInsensitiveDict(answer.headers), body, wire)
        except _Trouble as trouble:
            raise NoAnswer(_sentence(trouble, host, seconds), answered=_has_answered(trouble)) from None

    def _body(self, answer: requests.Response, max_bytes: int) -> tuple[bytes, int]:
        decoder = Unpacker(answer.headers.get("Content-Encoding", ""), self.config.max_decoded)
        wire = 0
        while piece := answer.raw.read1(CHUNK, decode_content=False):
            wire += len(piece)
            if wire > max_bytes:
                raise NoAnswer(f"its answer is longer than {max_bytes:,} bytes (network.max_bytes)", answered=True)
            decoder.feed(piece)
        return decoder.finish(), wire

    @contextlib.contextmanager
    def _session(self, proxy: str) -> Iterator[requests.Session]:
        """A session for a proxy ('' for none) that nobody else uses meanwhile: making one costs more than a request."""
        idle = self._idle.setdefault(proxy, deque())
        try:
            session = idle.pop()
        except IndexError:
            session = guard.guarded_session(self.allow, proxy=proxy, context=self._context, resolve=self._resolve)
        try:
            yield session
        finally:
            idle.append(session)


def _request(url: str, headers: Mapping[str, str]) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.prepare(method="GET", url=url, headers=dict(headers))
    return request


def _target(url: str, found: Response) -> str:
    """Where a redirect leads, '' for any other answer. Raises NoAnswer where it may not be followed."""
    location = found.header("Location")
    if found.status not in REDIRECTS or not location:
        return ""
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")  # header bytes are shown as latin-1
    try:
        target = urljoin(url, location.strip()).partition("#")[0]
    except ValueError:
        raise NoAnswer("it redirects to something that is not an address", answered=True) from None
    if url.startswith("https://") and target.startswith("http://"):
        raise NoAnswer("it redirects from https to http", answered=True, http_status=found.status)
    return target


def user_agent(config: NetworkConfig) -> str:
    """Who we say we are, with the operator's contact where there is one."""
    if not config.contact:
        return config.user_agent
    name, bracket, rest = config.user_agent.rpartition(")")
    return f"{name}; {config.contact}{bracket}{rest}" if bracket else f"{config.user_agent} ({config.contact})"


def _has_answered(trouble: BaseException) -> bool:
    return any(isinstance(cause, urllib3.exceptions.IncompleteRead | HTTPException) for cause in _causes(trouble))


def _sentence(trouble: BaseException, host: str, seconds: float) -> str:
    """What happened, for somebody who is no engineer. Looks at causes, because two libraries wrap each other's."""
    chain = _causes(trouble)
    for kinds, sentence in (
        (urllib3.exceptions.NameResolutionError, f"the name {host} is not known, or the name server does not answer"),
        (ConnectionRefusedError, f"{host} refused the connection"),
        (urllib3.exceptions.NewConnectionError, f"there is no way to {host}"),
        (urllib3.exceptions.ConnectTimeoutError, f"{host} did not take the connection in time"),
        (ssl.SSLCertVerificationError, f"the certificate of {host} is not valid"),
        (ssl.SSLError, f"no secure connection to {host} was possible"),
        (TimeoutError, f"{host} did not answer completely within {seconds:.0f} s"),
        (urllib3.exceptions.ReadTimeoutError, f"{host} did not answer completely within {seconds:.0f} s"),
        (urllib3.exceptions.IncompleteRead, "its answer broke off"),
        (urllib3.exceptions.ProxyError, "the proxy does not work"),
        (requests.exceptions.InvalidURL, "this is not an address"),
    ):
        if any(isinstance(cause, kinds) for cause in chain):
            return sentence
    return f"{host} broke off the answer, or gave one that is not HTTP"


def _causes(trouble: BaseException) -> list[BaseException]:
    """The trouble and everything it was made of: `reason` and arguments as urllib3 nests them, and the context."""
    found, waiting = list[BaseException](), [trouble]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.append(one)
        nested = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        waiting += [inner for inner in nested if isinstance(inner, BaseException)]
    return found
