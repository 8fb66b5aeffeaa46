"""What is due? Visit it, hand what is new to `ingest`, then note the visit.

::

    claim_due ─► (a thread a visit: fetch, parse in a child) ─► changed? ─► (a thread: article pages, politely)
                                                                   └──────► ingest ─► plan ─► finish

Only the calling thread touches the database. It decides nothing: when to come again is `pacing`'s, how many at once is
`crowd`'s, what an article means is `ingest`'s.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.config import Config, NetworkConfig
from monitor.gather.egress import Door
from monitor.gather.parse_pool import ParsePool
from monitor.gather.round import Ingest, Report, Round
from monitor.model import Kind, Listing, Outcome, Source
from monitor.store import Database, sources

__all__ = ["Ingest", "Report", "collect", "door", "pool", "sync_sources"]

LEASE = timedelta(minutes=15)  # longer than any visit; a kill in the middle of one costs no second visit too early


def sync_sources(archive: Database, config: Config, now: datetime) -> None:
    """T1: make the sources table say what config.yaml says."""
    sources.sync(archive, config.all_sources(), now)


def collect(
    archive: Database,
    config: Config,
    *,
    now: Callable[[], datetime],
    ingest: Ingest,
    stop: threading.Event,
    names: Collection[str] | None = None,
    progress: Callable[[Outcome], None] | None = None,
    listing: Callable[[Listing, Source], None] | None = None,
    inbox: Path | None = None,
    meanwhile: bool = False,
) -> Report:
    """Visit everything that is due once (or just `names`, due or not) and take in what it brings.

    `ingest` gets articles, their source and whether this is the source's first success (a baseline); it says how many
    were new. `listing` gets published lists; `inbox` is where an operator drops a list as a file. When `stop` is set,
    what was not begun is as due as before, and what was is finished if that takes less than `LAST_SECONDS`. With
    `meanwhile`, feeds that fall due during the round join it: a long crawl makes no feed late.
    """

    def claim(kinds: Collection[Kind]) -> list[sources.Claimed]:
        return sources.claim_due(archive, now(), lambda s: max(LEASE, s.interval), names=names, kinds=kinds)

    claimed = claim(tuple(Kind))
    if not claimed:
        return Report()
    more = partial(claim, (Kind.FEED, Kind.SITEMAP)) if meanwhile and names is None else None
    here = door(config.network), pool()
    return Round(archive, config, *here, now, ingest, stop, progress, listing, inbox, more).run(claimed)


@functools.lru_cache(maxsize=4)
def door(network: NetworkConfig) -> Door:
    """The one door of this process: it remembers from round to round whose turn it is at each host."""
    return Door(network)


@functools.cache
def pool() -> ParsePool:
    """The one pool of this process."""
    return ParsePool()
