"""Standing queries against articles, beside other ways to do it: articles per second, build time, memory.

    python -m tests.bench.bench_matching [--quick]

The text is invented, its statistics are not: Zipf-Mandelbrot word frequencies, articles in and out of the domain, and
queries of 2-4 required clauses (words, alternatives, phrases, NEAR), two of five with exclusions. Tokens carry several
keys, as after real analysis: 370 forms and 770 keys in an article of 400 words (in as many words of the labelled
articles of `tests/eval` 230 to 280 forms and 430 to 640 keys; in Belarusian 780). Times are CPU seconds of one core;
"opened" includes unpacking what the archive keeps of the article, with the hashes of its keys. An engine gets as many
of the 2,000 articles as fit its time, and every engine must find the same matches. mokaccino is measured where it is
installed.
Lucene Monitor is not run here: it needs a JVM and jars that no package index offers.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from monitor.matching.document import pack, unpack
from monitor.matching.index import Index, frequencies
from monitor.matching.query import Query, parse
from monitor.model import Document, Tokens
from tests.bench.matching_engines import Engine, Fts5, Matches, Mokaccino, Sets

WORDS, DOMAIN, TOPICS, TOPIC_WORDS, NAMES = 120_000, 2_000, 40, 2_000, 1_500
ENDINGS = ("", "а", "аў", "ах", "у", "ой")  # no stem ends like that: a form has one set of keys


class Language:
    """Invented words with inflected forms. Three of ten forms have a second reading: the key of another word."""

    def __init__(self, rng: random.Random) -> None:
        syllables = [c + v for c in "бвгджзклмнпрстфхчш" for v in "аеиоуы"]
        stems: dict[str, None] = {}
        while len(stems) < WORDS:
            stems["".join(rng.choices(syllables, k=rng.choice((2, 3, 3, 4)))) + rng.choice("клмнрст")] = None
        self.stems = list(stems)
        self._second = {stem: rng.choice(self.stems) for stem in self.stems if rng.random() < 0.3}
        self.form_keys = {stem: self._keys_of_forms(stem) for stem in self.stems}

    def _keys_of_forms(self, stem: str) -> tuple[tuple[str, ...], ...]:
        second = self._second.get(stem)
        lemmas = (f"ru-{stem}", f"ru-{second}") if second else (f"ru-{stem}",)
        return tuple((f"={stem}{ending}", *lemmas) for ending in ENDINGS)

    def query_keys(self, word: str, language: str) -> frozenset[str]:
        return frozenset(self.form_keys[word][0][1:]) if language == "ru" else frozenset()


class Subject:
    """What articles and queries may be about: its own words, and collocations (names of people among them)."""

    def __init__(self, language: Language, words: int, collocations: int, rng: random.Random) -> None:
        self.stems = rng.sample(language.stems, words)
        self.collocations = [rng.sample(self.stems, rng.choice((2, 2, 3))) for _ in range(collocations)]


@dataclass(frozen=True)
class Workload:
    language: Language
    domain: Subject
    others: list[Subject]
    articles: list[bytes]  # packed: what is matched was read from the archive just before
    counts: Counter[str]  # from other articles

    def documents(self) -> Iterator[Document]:
        return (unpack(article, language="ru", type="ngo") for article in self.articles)


def zipf(count: int, exponent: float = 1.05) -> list[float]:
    return list(accumulate(1 / (rank + 2.7) ** exponent for rank in range(1, count + 1)))


def workload(articles: int, rng: random.Random) -> Workload:
    language = Language(rng)
    domain = Subject(language, DOMAIN, NAMES, rng)
    others = [Subject(language, TOPIC_WORDS, 300, rng) for _ in range(TOPICS)]
    everything, few = zipf(WORDS), zipf(DOMAIN)

    def article() -> Document:
        own = domain if rng.random() < 0.4 else rng.choice(others)
        size = max(60, round(rng.gauss(380, 120)))
        pieces = [[stem] for stem in rng.choices(language.stems, cum_weights=everything, k=size * 3 // 5)]
        pieces += [[stem] for stem in rng.choices(own.stems, cum_weights=few, k=size * 2 // 5)]
        pieces += rng.choices(own.collocations, k=10)
        rng.shuffle(pieces)
        keys = tuple(rng.choice(language.form_keys[stem]) for piece in pieces for stem in piece)
        spans = tuple((9 * at, 9 * at + 8) for at in range(len(keys)))
        return Document(Tokens(keys[:9], spans[:9]), Tokens(keys[9:], spans[9:]), language="ru", type="ngo")

    counts = frequencies(article() for _ in range(1000))
    return Workload(language, domain, others, [pack(article()) for _ in range(articles)], counts)


def queries(work: Workload, count: int, rng: random.Random) -> list[str]:
    """Distinct query texts, half of them about the domain. People ask for rarer words than they read."""
    few = zipf(DOMAIN, 0.5)
    made: dict[str, None] = {}
    while len(made) < count:
        subject = work.domain if rng.random() < 0.5 else rng.choice(work.others)
        made[_query(subject, few, rng)] = None
    return list(made)


def _query(subject: Subject, weights: Sequence[float], rng: random.Random) -> str:
    def word() -> str:
        return rng.choices(subject.stems, cum_weights=weights)[0]

    def clause() -> str:
        kind = rng.random()
        if kind < 0.62:
            return word()
        if kind < 0.77:
            return "(" + " OR ".join(word() for _ in range(rng.randint(3, 6))) + ")"
        if kind < 0.90:
            return f'"{" ".join(rng.choice(subject.collocations))}"'
        return f"{word()} NEAR/8 {word()}"

    parts = [clause() for _ in range(rng.randint(2, 4))]
    parts += [f"-{word()}" for _ in range(rng.randint(1, 2) if rng.random() < 0.4 else 0)]
    return " ".join(parts)


class Ours:
    """The index, asked which queries match: what `send` asks of every article."""

    def __init__(self, queries: Sequence[Query], work: Workload) -> None:
        self._index = Index(work.counts, analysis=work.language)
        for number, query in enumerate(queries):
            self._index.add(number, query)

    def matches(self, documents: Iterable[Document]) -> Matches:
        for document in documents:
            yield set(self._index.match(document))


class Told:
    """The same index, asked for every match's words and their places as well."""

    def __init__(self, ours: Ours) -> None:
        self._index = ours._index

    def matches(self, documents: Iterable[Document]) -> Matches:
        for document in documents:
            yield {number for number, _ in self._index.match(document).items()}


@dataclass(frozen=True)
class Result:
    engine: str
    queries: int
    articles: int
    per_second: float
    opened_per_second: float  # what the archive keeps of an article unpacked as well
    build_seconds: float
    megabytes: float
    matches: float  # per article

    def __str__(self) -> str:
        return (
            f"{self.engine:<12}{self.queries:>9,}{self.articles:>10,}{self.per_second:>12,.0f}{self.opened_per_second:>10,.0f}"
            f"{self.build_seconds:>9.2f}{self.megabytes:>7.0f}{self.matches:>9.1f}"
        )


HEADING = (
    f"{'engine':<12}{'queries':>9}{'articles':>10}{'articles/s':>12}{'opened/s':>10}"
    f"{'build s':>9}{'MB':>7}{'matches':>9}"
)


def measure(
    name: str, make: Callable[[], Engine], work: Workload, size: int, seconds: float
) -> tuple[Result, list[set[int]]]:
    """Build an engine, then let it match articles, each read from its packed form just before, untimed."""
    gc.collect()
    before, start = resident(), time.process_time()
    engine = make()
    built = time.process_time() - start
    gc.collect()
    memory = resident() - before
    reading = Stopwatch()
    found: list[set[int]] = []
    start = time.process_time()
    for met in engine.matches(reading.untimed(work.documents())):
        found.append(met)
        if time.process_time() - start - reading.seconds > seconds:
            break
    spent = time.process_time() - start - reading.seconds
    per_article = sum(map(len, found)) / len(found)
    opened = len(found) / (spent + reading.seconds)
    return Result(name, size, len(found), len(found) / spent, opened, built, memory, per_article), found


class Stopwatch:
    """Keeps the time that reading the articles takes out of what is measured."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def untimed(self, documents: Iterator[Document]) -> Iterator[Document]:
        while True:
            start = time.process_time()
            document = next(documents, None)
            self.seconds += time.process_time() - start
            if document is None:
                return
            yield document


def resident() -> float:
    """Megabytes of memory this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def run(sizes: Sequence[int] = (1_000, 10_000, 100_000), articles: int = 2_000, seconds: float = 20.0) -> list[Result]:
    """Measure every engine with so many queries. Raises AssertionError where one finds something else than ours."""
    rng = random.Random(20261122)
    work = workload(articles, rng)
    results: list[Result] = []
    for size in sizes:
        asked = [parse(text) for text in queries(work, size, rng)]
        ours = cache(lambda a=asked: Ours(a, work))
        engines: list[tuple[str, Callable[[], Engine], float]] = [
            ("ours", ours, 10 * seconds),
            ("ours, told", lambda o=ours: Told(o()), seconds),
            ("sets", lambda a=asked: Sets(a, work.language), seconds),
            ("FTS5", lambda a=asked: Fts5(a, work.language), seconds),
            ("mokaccino", lambda a=asked: Mokaccino(a, work.language), seconds),
        ]
        expected: list[set[int]] = []
        for name, make, limit in engines:
            try:
                result, found = measure(name, make, work, size, limit)
            except ImportError:
                continue
            expected = expected or found
            assert found == expected[: len(found)], f"{name} found something else"
            results.append(result)
    return results


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    quick = arguments.parse_args().quick
    print(HEADING)
    for result in run((1_000,), 300, 5.0) if quick else run():
        print(result)


if __name__ == "__main__":
    main()
