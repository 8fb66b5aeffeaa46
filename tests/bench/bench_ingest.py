"""Articles through the whole archive transaction, and their facts through matching with 1,000 subscriptions.

Nine of ten articles are off topic: about 300 words drawn by Zipf's law from a real Russian vocabulary. The tenth is one
of the labelled articles, so that every language, claims, people, stories and events are in them. `ingest` runs in
`gather` and matching in `send`, on a core each: the slower of the two is the line's rate.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from monitor import store
from monitor.alerts import bundles
from monitor.alerts.standing import Standing
from monitor.config import Config
from monitor.ingest import Ingester
from monitor.model import Article
from monitor.store import shipped
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from monitor.store.search import recent_frequencies
from monitor.subscribers import desk, keys
from monitor.subscribers.readers import Reader, Subscription
from monitor.subscribers.requests import new_token

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
WORDS, VOCABULARY = 300, 30_000


def articles(count: int, rng: random.Random) -> list[Article]:
    """New texts, published over the last two days."""
    words, weights = vocabulary(rng)
    labelled = [
        json.loads(line)
        for path in (Path(__file__).parent.parent / "eval" / "articles").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    made = []
    for number in range(count):
        at, url = NOW - timedelta(minutes=rng.randrange(2800)), f"https://paper{number % 60}.example/a/{number}"
        if number % 10 == 0:
            item = rng.choice(labelled)
            made.append(Article(url, item["title"], item["text"], published=at))
            continue
        drawn = rng.choices(words, cum_weights=weights, k=WORDS)
        lines = [" ".join(drawn[i : i + 12]).capitalize() + "." for i in range(8, WORDS, 12)]
        made.append(Article(url, " ".join(drawn[:8]).capitalize(), " ".join(lines), published=at))
    return made


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Forms of real Russian words with the cumulative weights of Zipf's law."""
    import pymorphy3

    known = list(islice(pymorphy3.MorphAnalyzer().dictionary.words.iterkeys(), 0, None, 100))
    words = rng.sample([w for w in known if w.isalpha()], VOCABULARY)
    return words, list(accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(VOCABULARY)))


def subscribe(private: store.Database, opened: keys.Keys, count: int, rng: random.Random, words: list[str]) -> None:
    with store.write(private):
        for number in range(count):
            query = f'"{rng.choice(words)} {rng.choice(words)}" OR ({rng.choice(words)} {rng.choice(words)})'
            if number % 20 == 0:
                query = "topic:releases"
            reader = Reader("email", f"r{number}@bench.test", new_token())
            desk.add(private, opened, reader, [Subscription(str(number), query)], NOW)


def main() -> None:
    count = 1000 if "--quick" in sys.argv else 4000
    rng = random.Random(7)
    fresh = articles(count, rng)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        state.mkdir()
        archive, private = open_archive(state), open_private(state)
        shipped.load(archive)
        ingester = Ingester(archive, Config())
        ingester.ingest(archive, fresh[:200], now=NOW)  # languages loaded, caches warm
        started, cpu = time.perf_counter(), time.process_time()
        for at in range(200, count, 50):
            ingester.ingest(archive, fresh[at : at + 50], now=NOW)
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        print(f"ingest      {(count - 200) / wall:8.0f} articles/s   ({(count - 200) / cpu:.0f} per CPU second)")
        print(f"resident    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:8} MB, all languages loaded")
        opened = keys.prepare(Path(folder) / "keys", state)
        words = sorted({w for a in fresh[:300] for w in a.text.split() if w.isalpha() and len(w) > 4})
        subscribe(private, opened, 1000, rng, words)
        standing = Standing(opened)
        standing.refresh(private)
        standing.rebuild(recent_frequencies(archive))
        started = time.perf_counter()
        found = 0
        while taken := bundles.match(archive, private, standing, NOW):
            found += taken
        wall = time.perf_counter() - started
        print(f"match       {count / wall:8.0f} articles/s against 1,000 subscriptions ({found} matches)")
        store.close_all()


if __name__ == "__main__":
    main()
