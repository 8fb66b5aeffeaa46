"""Pages that an alert rests on are asked again, an hour, six, a day and a week later: do they still say so?

What they say then is captured. A page that now says the opposite goes through `ingest` like any reworded article, and
the ledger decides what has to be corrected. A page that is gone, or no longer says it, is put before a human as a held
correction: pages fail for dull reasons, and readers are not to be alarmed by a consent wall. It refuses to judge a page
that is not recognisably the same article.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import AddressRefused, NoAnswer
from monitor.gather.egress import Door
from monitor.gather.parse_pool import ParseFailed, ParsePool
from monitor.gather.robots import FRESH, Robots
from monitor.ingest import Ingester, said_by
from monitor.model import Answered, Article, Fact, Reading, Source
from monitor.store import Database, captures, facts, row, sources, write
from monitor.store.captures import Due

log = logging.getLogger(__name__)

AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7))
AT_A_TIME = 5
GONE = (404, 410)
ASSERTED = ("announced", "reported")
DENIED = ("denied", "retracted")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page says now: its status and, where it can be read, the article on it."""

    status: int
    article: Article | None = None
    answered: Answered | None = None


class Witness:
    """Asks pages again, as politely as the gatherer and within the same limits."""

    def __init__(
        self, db: Database, ingester: Ingester, door: Door, pool: ParsePool, now: Callable[[], datetime]
    ) -> None:
        self.db, self.ingester, self.door, self.pool, self.now = db, ingester, door, pool, now
        self._robots = Robots(door, pool, sources.robots(db, now() - FRESH), self._keep)

    def ask_again(self, stop: threading.Event, limit: int = AT_A_TIME) -> int:
        """Ask what is due; returns how many pages were asked."""
        asked = 0
        for one in captures.due(self.db, self.now(), AFTER, limit):
            if stop.is_set():
                break
            self._compare(one, self._ask(one))
            asked += 1
        return asked

    def _keep(self, site: str, at: datetime, rules: str) -> None:
        sources.save_robots(self.db, site, at, rules)

    def _ask(self, one: Due) -> Answer | None:
        """None where the page could not be asked: that says nothing about it."""
        source = self.ingester.outlets.of(one.url) or Source(one.url, one.url)
        try:
            if one.url not in self._robots.allowed([one.url], self.now(), source.proxy):
                return None
            answer = self.door.get(one.url, proxy=source.proxy)
            kind = answer.header("Content-Type")
            seen = self.ingester.withheld.seal(Answered(answer.url, answer.status, kind, answer.body))
            if answer.status != 200:
                return Answer(answer.status, answered=seen)
            page = self.pool.page(answer.body, kind, answer.url, source, now=self.now())
        except (NoAnswer, AddressRefused, ParseFailed) as trouble:
            log.info("a page that is evidence could not be asked again: %s", trouble)
            return None
        found = Article(one.url, page.title, page.text, published=page.published, author=page.author)
        return Answer(200, self.ingester.withheld.mask(found) if page.title and page.text else None, seen)

    def _compare(self, one: Due, answer: Answer | None) -> None:
        stored = captures.article_now(self.db, one.article)
        read = self.ingester.read(answer.article) if answer and answer.article else None
        with write(self.db):
            self._capture(one, answer, read)
            if answer and answer.status in GONE:
                self._hold(one, stored, "gone")
            elif answer and answer.article and read and same_article(stored, answer.article):
                change = changed(json.loads(stored["claims"]), read)
                if change == "turned":
                    self._turn(one, stored, answer.article)
                elif change == "vanished":
                    self._hold(one, stored, "vanished")

    def _capture(self, one: Due, answer: Answer | None, read: Reading | None) -> None:
        """A new version of the page, or the note that it was asked and says the same, or nothing."""
        said = said_by(answer.article, read) if answer and answer.article and read else {}
        before = [c.said for c in captures.of_article(self.db, one.article) if c.check and c.body]
        if before and said and same_words(before[-1], said):
            said = {}
        status = answer.status if answer else -1
        captures.append(
            self.db,
            one.article,
            self.now(),
            one.url,
            said,
            http_status=status,
            check=one.check,
            answered=answer.answered if answer else None,
            largest=self.ingester.config.evidence.largest,
        )

    def _turn(self, one: Due, stored: Any, article: Article) -> None:
        """It says the opposite now: what the ledger makes of that, at least a correction for a human."""
        taken = self.ingester.ingest(self.db, [article], now=self.now())
        if not any(f.kind == "correction" for t in taken for f in t.facts):
            self._hold(one, stored, "turned")

    def _hold(self, one: Due, stored: Any, how: str) -> None:
        """A correction that waits for a human; once for each way a page can change."""
        if not stored["event"]:
            return
        key = f"event:{stored['event']}:correction:page:{stored['uid']}:{how}"
        if row(self.db, "SELECT 1 FROM facts WHERE key = ?", key):
            return
        data = {"state": how, "corrects": [f"event:{stored['event']}:announced"]}
        fact = Fact(0, key, "correction", self.now(), one.article, stored["story"], stored["event"], "", data, True)
        facts.append(self.db, [fact])
        log.warning("a page that an alert rests on is %s: %s", how, one.url)


def changed(before: list[Mapping[str, Any]], read: Reading) -> str:
    """What became of the claims of an article: 'turned' (now denied), 'vanished', or '' where it still makes one."""
    if not any(claim["modality"] in ASSERTED for claim in before):
        return ""
    if any(claim.modality in ASSERTED for claim in read.claims):
        return ""
    return "turned" if any(claim.modality in DENIED for claim in read.claims) else "vanished"


def same_article(stored: Any, found: Article) -> bool:
    """Whether a page is still that article: half the words of the shorter headline are the other's too."""
    one, other = _words(stored["title"]), _words(found.title)
    return bool(one and other) and len(one & other) * 2 >= min(len(one), len(other))


def same_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(re.findall(r"\w+", one[part]) == re.findall(r"\w+", other[part]) for part in ("title", "text"))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w{3,}", text.casefold()))
