"""Does a large archive slow down what comes in? Articles read, compared and filed beside 1,000 and 100,000 stored ones.

The stored articles are copies of a few rows that were taken in, under other addresses and spread over ten years, with
their features and full-text rows; a few hundred of the 100,000 lie within the window of comparison. `--quick` stores
10,000 instead of 100,000.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from monitor import clock, store
from monitor.config import Config
from monitor.ingest import Ingester
from monitor.store import shipped
from monitor.store.archive_schema import open_archive
from tests.bench.bench_ingest import NOW, articles, ingest, vocabulary, warm
from tests.bench.calibrate import timed

SMALL, LARGE, NEW = 1_000, 100_000, 300
AT_A_TIME = 500
SPREAD = timedelta(days=3650)
_COPIED = (
    "item, source, outlet, owner, type, title, text, language, author, seen_at, edition_of, duplicate_of,"
    " score, score_why, baseline, late, relevant, topics, claims, keys, analyser_version, fingerprint"
)


def fill(db: store.Database, size: int, rng: random.Random) -> None:
    """Copy what is stored, again and again, into other times and stories of their own.

    In transactions of `AT_A_TIME`: one of a hundred thousand would grow a log that each look-up has to pass.
    """
    models = [r["id"] for r in store.rows(db, "SELECT id FROM articles ORDER BY id")]
    features: dict[int, list[int]] = {model: [] for model in models}
    for r in store.rows(db, "SELECT feature, article_id FROM features"):
        features[r["article_id"]].append(r["feature"])
    for start in range(len(models), size, AT_A_TIME):
        with store.write(db):
            for number in range(start, min(size, start + AT_A_TIME)):
                model, at = rng.choice(models), clock.to_text(NOW - rng.random() * SPREAD)
                _copy(db, model, number, at, features[model])


def _copy(db: store.Database, model: int, number: int, at: str, features: Sequence[int]) -> None:
    """One article more, as `model`, seen `at`, in a story of its own. Features are given: the table has no way from an
    article to them."""
    story = db.conn.execute(
        "INSERT INTO stories (uid, first_seen_at, last_seen_at) VALUES (?, ?, ?)", (f"s{number}", at, at)
    ).lastrowid
    copy = db.conn.execute(
        f"INSERT INTO articles (key, uid, url, published_at, story_id, {_COPIED})"
        f" SELECT ?, ?, ?, ?, ?, {_COPIED} FROM articles WHERE id = ?",
        (f"k{number}", f"a{number}", f"https://old.example/{number}", at, story, model),
    ).lastrowid
    db.conn.executemany(
        "INSERT INTO features (feature, at, article_id) VALUES (?, unixepoch(?) / 60, ?)",
        [(feature, at, copy) for feature in features],
    )
    db.conn.execute(
        "INSERT INTO articles_fts (rowid, title, text) SELECT id, title, text FROM articles WHERE id = ?", (copy,)
    )


def main() -> None:
    sizes = (SMALL, 10_000) if "--quick" in sys.argv else (SMALL, LARGE)
    rng = random.Random(7)
    words, weights = vocabulary(rng)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            archive = open_archive(Path(folder))
            shipped.load(archive)
            ingester = Ingester(archive, Config())
            warm(ingester, words, rng)
            fresh = articles(NEW + 200, words, weights, rng)
            ingest(ingester, archive, fresh[:200])
            fill(archive, size, rng)
            with timed() as running:
                ingest(ingester, archive, fresh[200:])
            print(f"{size:9,} stored  {running.rate(NEW)}", flush=True)
            store.close_all()


if __name__ == "__main__":
    main()
