"""Articles through the whole archive transaction, and their facts through matching with 1,000 subscriptions.

Nine of ten articles are off topic: about 300 words drawn by Zipf's law from a real Russian vocabulary, the commonest of
them the small words that are commonest in any Russian text (or all articles would tell one story). The tenth is one of
the labelled articles, so that every language, claims, people, stories and events are in them. A service that runs has
met nearly every word before; what the first articles after a start cost is told apart. What 2 cores allow is worked out
from the processor time of all of it, as if nothing else ran.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from monitor import languages, store
from monitor.alerts import bundles
from monitor.alerts.standing import Standing
from monitor.config import Config
from monitor.ingest import Ingester
from monitor.model import Article
from monitor.reading.prepared import Task, prepare
from monitor.store import shipped
from monitor.store.archive_schema import open_archive
from monitor.store.private_schema import open_private
from monitor.store.search import recent_frequencies
from monitor.subscribers import desk, keys
from monitor.subscribers.readers import Reader, Subscription
from monitor.subscribers.requests import new_token
from tests.bench.calibrate import timed

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
WORDS, VOCABULARY, COLD = 300, 30_000, 210
COMMONEST = """
    и в не на что с по как это к за из о у он от для до же но его а так только еще мы был они бы все или если также
    при после года когда во были ее чтобы уже том может было их где без более есть под который через время сейчас со
    этом нет там лет тем этого день себя перед того чем менее очень между которые человек которых тогда этот стал сказал
    заявил сообщил сообщает которая своей рассказал новости свои данным именно однако один ранее сегодня вчера можно
    была будет быть люди слова самый весь начал стали место много снова почти наш этой теперь здесь надо ни два три
""".split()  # noqa: SIM905
BEGINNINGS = ("во", "го", "де", "до", "за", "из", "ко", "ма", "на", "не", "об", "пе", "по", "пр", "ра", "со", "ст")


def articles(count: int, words: list[str], weights: list[float], rng: random.Random) -> list[Article]:
    """New texts, published over the last two days."""
    known = labelled()
    made = []
    for number in range(count):
        at, url = NOW - timedelta(minutes=rng.randrange(2800)), f"https://paper{number % 60}.example/a/{number}"
        if number % 10 == 0:
            item = rng.choice(known)
            made.append(Article(url, item["title"], item["text"], published=at))
            continue
        drawn = rng.choices(words, cum_weights=weights, k=WORDS)
        lines = [" ".join(drawn[i : i + 12]).capitalize() + "." for i in range(8, WORDS, 12)]
        made.append(Article(url, " ".join(drawn[:8]).capitalize(), " ".join(lines), published=at))
    return made


def labelled() -> list[dict[str, str]]:
    """The articles that the evaluation judges."""
    folder = Path(__file__).parent.parent / "eval" / "articles"
    return [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Forms of real Russian words with the cumulative weights of Zipf's law."""
    import pymorphy3

    known = pymorphy3.MorphAnalyzer().dictionary.words
    begun = [word for start in BEGINNINGS for word in islice(known.iterkeys(start), 0, 10_000, 5)]
    words = COMMONEST + rng.sample([word for word in begun if word.isalpha()], VOCABULARY - len(COMMONEST))
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
    count = 600 if "--quick" in sys.argv else 4000
    rng = random.Random(7)
    words, weights = vocabulary(rng)
    fresh = articles(count + COLD, words, weights, rng)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        state.mkdir()
        archive, private = open_archive(state), open_private(state)
        shipped.load(archive)
        ingester = Ingester(archive, Config())
        ingest(ingester, archive, fresh[:10])  # languages loaded
        with timed() as cold:
            ingest(ingester, archive, fresh[10:COLD])
        warm(ingester, words, rng)
        with timed() as running:
            ingest(ingester, archive, fresh[COLD:])
        print(f"ingest, every word new  {cold.rate(COLD - 10)}")
        print(f"ingest, running         {running.rate(count)}")
        print(f"resident                {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:9} MB")
        opened = keys.prepare(Path(folder) / "keys", state)
        subscribe(private, opened, 1000, rng, sorted({w for a in fresh[:300] for w in re.findall(r"\w{5,}", a.text)}))
        standing = Standing(opened)
        standing.refresh(private)
        standing.rebuild(recent_frequencies(archive))
        with timed() as matching:
            found = sum(iter(lambda: bundles.match(archive, private, standing, NOW), 0))
        print(f"match, 1,000 subscribed {matching.rate(len(fresh))}   ({found} matches)")
        each = running.seconds / count + matching.seconds / len(fresh)
        print(f"ingest and match        {1000 * each:9.2f} ms an article: {2 / each:,.0f}/s on 2 cores")
        store.close_all()


def ingest(ingester: Ingester, archive: store.Database, fresh: list[Article]) -> None:
    """As `gather` does: a feed's worth at a time."""
    for at in range(0, len(fresh), 50):
        ingester.ingest(archive, fresh[at : at + 50], now=NOW)


def warm(ingester: Ingester, words: list[str], rng: random.Random) -> None:
    """What a process has done that runs for some days: met every word, in lower case and at a sentence's beginning."""
    languages.analyse(" ".join(words), "ru")
    met = [Article("", item["title"], item["text"]) for item in labelled()]
    met += articles(300, words, list(accumulate([1.0] * len(words))), rng)
    for at in range(0, len(met), 50):
        prepare([Task(each, None, NOW) for each in met[at : at + 50]], ingester.register, ingester.topics)


if __name__ == "__main__":
    main()
