"""One round of visits: line up, visit, read, take in, note.

Visits run in the threads of a `crowd` and tell the calling thread what they brought; only that one touches the
database. A visit's validators are written after its articles; what is stopped in the middle comes again as a whole.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from monitor.config import Config
from monitor.gather import memory as columns
from monitor.gather.crowd import Crowd
from monitor.gather.egress import Door
from monitor.gather.entries import CRAWLED, content, digest, identity, needs_page, says_anything
from monitor.gather.fulltext import read_pages
from monitor.gather.pacing import SUCCESS, Memory, plan
from monitor.gather.parse_pool import ParsePool
from monitor.gather.robots import FRESH, Robots
from monitor.gather.visit import fetch
from monitor.model import Article, Listing, Outcome, Source, Status, Visit
from monitor.store import Database, sources, sqlite3

log = logging.getLogger(__name__)

CRAWL_SECONDS = 600.0
LAST_SECONDS = 5.0  # what is under way gets so long when the program stops
EVENT_IS_OPEN = timedelta(hours=48)
BATCH = 50
MORE_EVERY = 3.0  # seconds
PAGES, FIRST_PAGES = 30, 10  # article pages read for one visit, and for a source's first
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Ingest = Callable[[Sequence[Article], Source, bool], int]


@dataclass(slots=True)
class Report:
    """What one round did: visits by status, articles seen and new, what failed and why, what the operator must know."""

    visits: Counter[Status] = field(default_factory=Counter)
    articles: int = 0
    new: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Work:
    """A visit on its way into the archive. `seen` grows as its articles arrive there."""

    claimed: sources.Claimed
    memory: Memory
    outcome: Outcome
    seen: dict[bytes, bytes] = field(default_factory=dict)
    new: int = 0
    lost: int = 0

    @property
    def baseline(self) -> bool:
        return self.memory.first_success_at is None


class Round:
    """One call of `collect`: only the thread that calls `run` touches the database."""

    def __init__(
        self,
        archive: Database,
        config: Config,
        door: Door,
        pool: ParsePool,
        now: Callable[[], datetime],
        ingest: Ingest,
        stop: threading.Event,
        progress: Callable[[Outcome], None] | None,
        listing: Callable[[Listing, Source], None] | None,
        inbox: Path | None,
        more: Callable[[], Sequence[sources.Claimed]] | None = None,
    ) -> None:
        self._archive, self._config, self._now = archive, config, now
        self._ingest, self._stop, self._progress = ingest, stop, progress
        self._listing, self._inbox, self._more = listing, inbox, more
        self._asked = time.monotonic()
        self._door, self._pool = door, pool
        self._crowd = Crowd(config.network.hosts_at_once, self._door.turns.wait_for, self._pool.backlog)
        known_robots = sources.robots(archive, now() - FRESH)
        self._robots_files = {site: rules for site, (_, rules) in known_robots.items()}
        self._robots = Robots(self._door, self._pool, known_robots, self._keep_robots)
        self._busy = sources.is_event_open(archive, now() - EVENT_IS_OPEN)
        self._waiting: dict[int, sources.Claimed] = {}
        self._ended: list[tuple[sources.Finished, Outcome, str]] = []
        self._report = Report()

    def run(self, claimed: Sequence[sources.Claimed]) -> Report:
        self._door.turns.closed.clear()
        self._waiting = {one.id: one for one in claimed}
        self._line_up(claimed)
        try:
            self._listen()
        finally:
            self._door.turns.closed.set()
            self._crowd.close()
            self._flush()
            sources.release(self._archive, self._waiting.values())
        return self._report

    def _line_up(self, claimed: Sequence[sources.Claimed]) -> None:
        crawled = [one for one in claimed if one.source.kind in CRAWLED]
        if crawled:
            known = sources.identities(self._archive, [one.id for one in crawled])
            self._crowd.begin(partial(self._crawl, crawled, known))
        for one in claimed:
            if one.source.kind not in CRAWLED:
                address = one.memory["address"] or one.source.url
                self._crowd.add(urlsplit(address).netloc, partial(self._visit, one))

    def _listen(self) -> None:
        """Until everything is done; after `stop`, until what was begun had its last seconds."""
        ends = float("inf")
        while self._crowd and time.monotonic() < ends:
            if self._stop.is_set() and ends == float("inf"):
                ends = time.monotonic() + LAST_SECONDS
                self._crowd.forget_waiting()
                self._door.turns.closed.set()
            for word in self._crowd.words(0.2):
                word()
                if len(self._ended) >= BATCH:
                    self._flush()
            self._flush()
            self._let_in()

    def _let_in(self) -> None:
        """What fell due meanwhile."""
        if self._more is None or self._stop.is_set() or time.monotonic() - self._asked < MORE_EVERY:
            return
        self._asked = time.monotonic()
        claimed = self._more()
        self._waiting |= {one.id: one for one in claimed}
        self._line_up(claimed)

    # ------------------------------------------------------------------------------------------- in a visit's thread

    def _visit(self, claimed: sources.Claimed) -> None:
        self._waiting.pop(claimed.id, None)
        memory = columns.from_row(claimed.memory)
        try:
            outcome = fetch(self._door, claimed.source, memory, self._now(), self._pool.feed)
        except Exception:
            log.exception("the visit to %s ended in an error of this program", claimed.source.name)
            visit = Visit(Status.BROKEN, self._now(), note="an error of this program; its log says more")
            outcome = Outcome(claimed.source.name, visit)
        if self._door.turns.closed.is_set() and outcome.visit.status is Status.UNREACHABLE:
            self._waiting[claimed.id] = claimed  # it was us who hung up
            return
        self._crowd.tell(partial(self._take_visit, claimed, memory, outcome))

    def _crawl(self, claimed: Sequence[sources.Claimed], known: frozenset[bytes]) -> None:
        from monitor.gather.crawl import crawl

        by_name = {one.source.name: one for one in claimed}
        for one in claimed:
            self._waiting.pop(one.id, None)
        for outcome in crawl(
            [one.source for one in claimed],
            self._config,
            known=lambda url: digest(url) in known,
            limit_seconds=CRAWL_SECONDS,
            stop=self._stop,
            now=self._now,
            inbox=self._inbox,
            robots=self._robots_files,
            keep_robots=lambda site, rules: self._keep_robots(site, self._now(), rules),
        ):
            one = by_name[outcome.source]
            self._crowd.tell(partial(self._take_visit, one, columns.from_row(one.memory), outcome))

    def _fill(self, work: _Work, articles: Sequence[Article], known: Collection[bytes]) -> None:
        """Read the pages, newest first, telling of each at once. When stopped, nothing is told: it all comes again."""
        source = work.claimed.source
        for article, is_read in read_pages(self._door, self._pool, self._robots, source, articles, self._now()):
            if self._door.turns.closed.is_set():
                return
            if is_read or identity(source, article) not in known:
                self._crowd.tell(partial(self._take_in, work, [article]))
            else:  # a teaser must not replace the words that an earlier visit read
                self._crowd.tell(partial(self._pass_over, work, [article]))
        self._crowd.tell(partial(self._end, work))

    def _keep_robots(self, site: str, at: datetime, rules: str) -> None:
        self._crowd.tell(partial(sources.save_robots, self._archive, site, at, rules))

    # ------------------------------------------------------------------------------------------ in the calling thread

    def _take_visit(self, claimed: sources.Claimed, memory: Memory, outcome: Outcome) -> None:
        """What a visit brought: take in what is news, or first have its pages read."""
        work = _Work(claimed, memory, outcome)
        source = claimed.source
        if outcome.listing and self._listing:
            self._listing(outcome.listing, source)
        entries = {identity(source, a): a for a in outcome.articles}
        contents = {key: content(source, a) for key, a in entries.items()}
        news = sources.changed(self._archive, claimed.id, contents)
        fresh = [a for key, a in entries.items() if key in news]
        work.seen = {key: words for key, words in contents.items() if key not in news}
        teasers = [a for a in fresh if needs_page(source, a)]
        self._take_in(work, [a for a in fresh if a not in teasers])
        if not teasers:
            self._end(work)
            return
        teasers.sort(key=lambda a: a.published or _LONG_AGO, reverse=True)
        most = FIRST_PAGES if work.baseline else PAGES
        self._take_in(work, [a for a in teasers[most:] if a.title])
        self._pass_over(work, (a for a in teasers[most:] if not a.title))
        known = [key for key, is_new in news.items() if not is_new]
        self._crowd.begin(partial(self._fill, work, teasers[:most], known))

    def _pass_over(self, work: _Work, articles: Iterable[Article]) -> None:
        source = work.claimed.source
        work.seen.update((identity(source, a), content(source, a)) for a in articles)

    def _take_in(self, work: _Work, articles: Sequence[Article]) -> None:
        """Hand articles to `ingest`. One that it cannot stand must not take the others along."""
        source = work.claimed.source
        self._pass_over(work, (a for a in articles if not says_anything(a)))
        articles = [a for a in articles if says_anything(a)]
        if not articles:
            return
        try:
            work.new += self._ingest(articles, source, work.baseline)
        except sqlite3.Error:
            raise  # the archive is in trouble, not the article
        except Exception:
            if len(articles) > 1:
                for article in articles:
                    self._take_in(work, [article])
                return
            log.exception("an article of %s could not be taken in", source.name)
            work.lost += 1
            return
        self._pass_over(work, articles)

    def _end(self, work: _Work) -> None:
        """Everything that came is in: decide when to come again. It is written with the next few."""
        visit = work.outcome.visit
        if work.lost:
            note = f"{work.lost} of its articles could not be taken in; the log says more"
            visit = replace(visit, validators=None, note=note)
        decided = plan(work.claimed.source, work.memory, visit, busy=self._busy, roll=random.random())  # noqa: S311
        finished = sources.Finished(
            id=work.claimed.id,
            visit=visit,
            memory=columns.to_row(decided.memory),
            due_at=decided.due_at,
            note=decided.note,
            new=work.new,
            entries=len(work.outcome.articles),
            seen=work.seen,
        )
        self._ended.append((finished, work.outcome, decided.alarm))

    def _flush(self) -> None:
        """T4 for every visit that ended since the last time."""
        ended, self._ended = self._ended, []
        if not ended:
            return
        sources.finish(self._archive, [finished for finished, *_ in ended])
        for finished, outcome, alarm in ended:
            self._count(finished, outcome, alarm)
            if self._progress:
                self._progress(outcome)

    def _count(self, finished: sources.Finished, outcome: Outcome, alarm: str) -> None:
        report, status = self._report, finished.visit.status
        report.visits[status] += 1
        report.articles += finished.entries
        report.new += finished.new
        if status not in SUCCESS:
            report.failed[outcome.source] = finished.note
        if alarm:
            report.alarms[outcome.source] = alarm
            log.warning("%s: %s", outcome.source, alarm)
