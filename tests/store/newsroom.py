"""A newsroom for the tests of this folder: articles come in through the program's own door, an outlet to each."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from monitor.config import Config
from monitor.ingest import Ingested, Ingester
from monitor.model import Article, Kind, OutletType, Source
from monitor.store import Database, people, row
from monitor.store.shipped import shipped_people

START = datetime(2026, 10, 10, 9, tzinfo=UTC)
OUTLETS = {
    "office": OutletType.OFFICIAL,
    "viasna": OutletType.NGO,
    "paper": OutletType.INDEPENDENT,
    "daily": OutletType.INDEPENDENT,
}


class Newsroom:
    """Takes articles in through the program's own door, an outlet to each."""

    def __init__(self, archive: Database) -> None:
        people.save(archive, [p for p in shipped_people() if p.category != "context"], "shipped")
        self.archive = archive
        self.ingester = Ingester(archive, Config())
        self.count = 0

    def publish(self, outlet: str, title: str, text: str = "", *, hours: float = 0, baseline: bool = False) -> Ingested:
        self.count += 1
        return self.again(f"https://{outlet}.example/{self.count}", outlet, title, text, hours=hours, baseline=baseline)

    def again(
        self, url: str, outlet: str, title: str, text: str = "", *, hours: float = 0, baseline: bool = False
    ) -> Ingested:
        host = f"{outlet}.example"
        source = Source(outlet, f"https://{host}/feed", Kind.FEED, outlet, outlet, OUTLETS[outlet])
        published = START + timedelta(hours=hours)
        article = Article(url, title, text, "", published, outlet)
        now = published + timedelta(minutes=5)
        [done] = self.ingester.ingest(self.archive, [article], now=now, source=source, baseline=baseline)
        return done

    def ledger(self, slug: str) -> dict:
        found = row(self.archive, "SELECT ledger FROM events WHERE slug = ?", slug)
        assert found is not None
        return json.loads(found["ledger"])


def news_of(done: Ingested) -> list[str]:
    return [fact.kind for fact in done.facts if fact.kind != "coverage"]
