"""What sites ask programs not to read (RFC 9309). Applies to article pages; feeds are there to be read by programs.

No file (4xx) allows everything, a server in trouble or silent allows nothing, half a megabyte is read, and a file is
asked for once a day at most.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.errors import AddressRefused, NoAnswer
from monitor.gather.egress import Door
from monitor.gather.parse_pool import ParseFailed, ParsePool

FRESH = timedelta(hours=24)
LONGEST = 500 * 1024
EVERYTHING, NOTHING = "", "User-agent: *\nDisallow: /\n"


class Robots:
    """The robots files of this process. `known` are those kept from earlier; `keep` is told about each new one."""

    def __init__(
        self,
        door: Door,
        pool: ParsePool,
        known: dict[str, tuple[datetime, str]],
        keep: Callable[[str, datetime, str], None],
    ) -> None:
        self._door, self._pool, self._known, self._keep = door, pool, known, keep
        self._lock = threading.Lock()

    def allowed(self, urls: Sequence[str], now: datetime, proxy: str = "") -> set[str]:
        """Those of the addresses that may be read; a Crawl-delay is passed on to the door."""
        if not self._door.config.respect_robots:
            return set(urls)
        by_site: dict[str, list[str]] = {}
        for url in urls:
            parts = urlsplit(url)
            by_site.setdefault(f"{parts.scheme}://{parts.netloc}", []).append(url)
        return {url for site, its in by_site.items() for url in self._allowed(site, its, now, proxy)}

    def _allowed(self, site: str, urls: list[str], now: datetime, proxy: str) -> list[str]:
        try:
            verdicts, delay = self._pool.robots(self._rules(site, now, proxy), self._agent, urls)
        except ParseFailed:
            return []
        if delay:
            self._door.turns.slow_down(urlsplit(site).netloc, delay)
        return [url for url, verdict in zip(urls, verdicts, strict=True) if verdict]

    @property
    def _agent(self) -> str:
        return self._door.user_agent.partition("/")[0]

    def _rules(self, site: str, now: datetime, proxy: str) -> str:
        with self._lock:
            at, rules = self._known.get(site, (None, EVERYTHING))
        if at is not None and now - at < FRESH:
            return rules
        rules = self._ask(site, proxy)
        with self._lock:
            self._known[site] = (now, rules)
        self._keep(site, now, rules)
        return rules

    def _ask(self, site: str, proxy: str) -> str:
        try:
            answer = self._door.get(f"{site}/robots.txt", proxy=proxy, max_bytes=self._door.config.max_bytes)
        except (NoAnswer, AddressRefused):
            return NOTHING
        if answer.status == 200:
            return answer.body[:LONGEST].decode("utf-8", "replace")
        return EVERYTHING if 400 <= answer.status < 500 and answer.status != 429 else NOTHING
