"""What the program reads in labelled articles, and how it groups them.

`python -m tests.eval.score_articles [dev] [second] [heldout] [-v]`; -v lists the errors, those of `heldout` excepted.
Precision and recall of relevance per language and per kind of article, exact counts, freed or held per person named,
and pairwise grouping into events, all through the program's own reading and ingest. The held-out file was written
before the rules were tuned and is never looked at item by item.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from monitor.config import Config
from monitor.ingest import Ingested, Ingester
from monitor.model import Article, Kind, OutletType, Reading, Source
from monitor.store import Database, close_all, shipped
from monitor.store.archive_schema import open_archive

FOLDER = Path(__file__).parent / "articles"
#: Never looked at item by item, so that they go on showing what unseen articles will meet.
UNSEEN = ("heldout", "exam", "feeds", "final")
FILES = (
    "dev",
    "second",
    "third",
    "agency",
    "features",
    "neighbours",
    "traps",
    "desk",
    "editor",
    "local",
    "exile",
    "close",
    "offices",
    "posts",
    "world",
    "cases",
    *UNSEEN,
)


@dataclass
class Rate:
    """Counts of one kind of decision."""

    right: int = 0
    wrong: int = 0  # said, but not so
    missed: int = 0  # so, but not said
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall or 1)

    def note(self, said: bool, so: bool, what: str = "") -> None:
        self.right += said and so
        self.wrong += said and not so
        self.missed += so and not said
        if said != so:
            self.errors.append(what)


def load(name: str) -> list[dict[str, Any]]:
    """The labelled articles of a file."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def articles(items: Iterable[dict[str, Any]]) -> Iterator[tuple[Article, Source]]:
    """Each item as gathered from an outlet of its own."""
    for item in items:
        host = f"{item['id']}.example"
        source = Source(host, f"https://{host}/feed", Kind.FEED, host, host, OutletType(item["type"]))
        published = datetime.fromisoformat(item["published"])
        yield Article(f"https://{host}/{item['id']}", item["title"], item["text"], "", published, host), source


def take_in(db: Database, items: list[dict[str, Any]]) -> list[Ingested]:
    """Through the program's own door, in the order of publication."""
    shipped.load(db)
    ingester = Ingester(db, Config())
    done = []
    for article, source in articles(items):
        assert article.published is not None
        now = article.published + timedelta(minutes=5)
        done += ingester.ingest(db, [article], now=now, source=source)
    return done


def score(items: list[dict[str, Any]], readings: list[Reading], done: list[Ingested]) -> dict[str, Rate]:
    """Every decision of every article, by name."""
    rates: dict[str, Rate] = defaultdict(Rate)
    for item, reading in zip(items, readings, strict=True):
        what = f"{item['id']} {item['language']} {item['category']}: {item['title'][:60]}"
        for name in ("relevance", f"relevance {item['language']}", f"relevance of {item['category']}"):
            rates[name].note(reading.relevant, item["relevant"], what)
        rates["language"].note(reading.language == item["language"], True, f"{what} read as {reading.language}")
        _score_counts(rates, item, reading, what)
        _score_people(rates, item, reading, what)
    _score_pairs(rates, items, done)
    return rates


def _score_counts(rates: dict[str, Rate], item: dict[str, Any], reading: Reading, what: str) -> None:
    if not item["relevant"]:
        return
    for meaning in ("total", "political", "cumulative"):
        told = getattr(reading.claim, meaning) if reading.claim else None
        if item[meaning] is not None:
            rates[f"count {meaning}"].note(told == item[meaning], True, f"{what}: {told} for {item[meaning]}")
        elif meaning != "political" and told is not None:
            rates[f"count {meaning}"].note(True, False, f"{what}: {told} for nothing")


def _score_people(rates: dict[str, Rate], item: dict[str, Any], reading: Reading, what: str) -> None:
    told = {m.person: str(m.status) for m in reading.mentions}
    for status in ("freed", "held"):
        for person in item[status]:
            rates["person found"].note(person in told, True, f"{what}: {person}")
            if person in told:
                rates["person status"].note(
                    told[person] == status, True, f"{what}: {person} {told[person]} for {status}"
                )
    for person, status in told.items():
        if status == "freed" and person not in item["freed"]:
            rates["person status"].note(True, False, f"{what}: {person} freed for nothing")


def _score_pairs(rates: dict[str, Rate], items: list[dict[str, Any]], done: list[Ingested]) -> None:
    labelled = [(i, d) for i, d in zip(items, done, strict=True) if i["relevant"]]
    for (a, x), (b, y) in combinations(labelled, 2):
        so = a["event"] is not None and a["event"] == b["event"]
        said = bool(x.event) and x.event == y.event
        rates["event pairs"].note(
            said, so, f"{a['id']} {b['id']} {'joined' if said else 'apart'}: {a['title'][:40]} | {b['title'][:40]}"
        )
    for item, one in zip(items, done, strict=True):
        if not item["relevant"]:
            rates["event for nothing"].note(not one.event, True, f"{item['id']} {item['category']} {one.event}")


def run(name: str, verbose: bool = False) -> dict[str, Rate]:
    """Score one file and print the table."""
    items = sorted(load(name), key=lambda item: item["published"])
    with tempfile.TemporaryDirectory() as folder:
        done = take_in(open_archive(Path(folder)), items)
        close_all()
    rates = score(items, [one.reading for one in done], done)
    print(f"{name}: {len(items)} articles")
    for rate_name, rate in sorted(rates.items()):
        figures = f"P {rate.precision:.3f}  R {rate.recall:.3f}  F1 {rate.f1:.3f}"
        print(f"  {rate_name:34} {figures}  ({rate.right}+{rate.wrong}-{rate.missed})")
        if verbose and not rate_name.startswith(("relevance ", "language")):
            for error in rate.errors:
                print(f"      {error}")
    return rates


if __name__ == "__main__":
    chosen = [argument for argument in sys.argv[1:] if argument in FILES] or FILES
    for file in chosen:
        run(file, verbose="-v" in sys.argv and file not in UNSEEN)
