"""Standing queries against articles, beside other ways to do it: articles per second, build time, memory.

    python tests/bench/bench_matching.py [--quick]

The text is invented, its statistics are not: Zipf-Mandelbrot word frequencies, articles in and out of the domain, queries
of 2-4 required clauses (words, alternatives, phrases, NEAR), two of five with exclusions. Tokens carry several keys, as
after real analysis. Times are CPU seconds of one core; every engine must find the same matches.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from monitor.matching.document import pack, unpack
from monitor.matching.index import frequencies
from monitor.model import Document, Tokens

WORDS, DOMAIN, TOPICS, TOPIC_WORDS, NAMES = 120_000, 2_000, 40, 2_000, 1_500
ENDINGS = ("", "а", "ам", "ах", "у", "ой")


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
