"""Articles analysed per second with 8,000 watched people: `python -m tests.bench.bench_analysis`.

Processor seconds, so that a busy machine does not matter. Cold is the first sight of every word in a fresh process,
warm the second pass over the same articles. The articles are made of the evaluation lists' words and names in Zipf's
proportions, about 400 words each. Detecting the language is part of it, and is told apart too.
"""

from __future__ import annotations

import itertools
import random
import resource
import time
from collections.abc import Callable

from monitor.languages import detect
from monitor.languages.detection import _FUNCTION_WORDS
from monitor.model import Person, Tokens
from monitor.reading.analysed import Analysed
from monitor.reading.people import Register
from tests.eval import score_names, score_words

_WATCHED = 8000
_WORDS = 400
_ARTICLES = 300


def main() -> None:
    """Print warm and cold speed, detection alone, and memory with all languages loaded."""
    chance = random.Random(7)
    register = Register(_people(chance))
    print(f"{'language':9} {'cold/s':>8} {'warm/s':>8} {'detect/s':>9}")
    for language in ("be", "ru", "uk", "pl", "lt", "de", "en"):
        articles = _articles(language, chance)
        cold = _timed(lambda articles=articles, language=language: _read(articles, language, register))
        warm = min(
            _timed(lambda articles=articles, language=language: _read(articles, language, register)) for _ in range(3)
        )
        found = _timed(lambda articles=articles: [detect(title, text) for title, text in articles])
        print(f"{language:9} {_ARTICLES / cold:8.0f} {_ARTICLES / warm:8.0f} {_ARTICLES / found:9.0f}")
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _read(articles: list[tuple[str, str]], language: str, register: Register) -> int:
    found = 0
    for title, text in articles:
        detect(title, text)
        found += len(register.find(Analysed.of(title, text, language)))
    return found


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _people(chance: random.Random) -> list[Person]:
    """First names and surnames of the evaluation people, crossed until there are enough."""
    spelled = [
        row["spelling"].split(" ")
        for row in score_names.read("people")
        if row["case"] == "nominative" and row["language"] == "ru"
    ]
    crossed = [f"{first[0]} {last[1]}" for first, last in itertools.product(spelled, spelled)]
    chance.shuffle(crossed)
    return [Person(str(number), "", name_ru=name) for number, name in enumerate(dict.fromkeys(crossed))][:_WATCHED]


def _articles(language: str, chance: random.Random) -> list[tuple[str, str]]:
    forms = [form for form, *_ in score_words.pairs(language)] + [lemma for _, lemma, *_ in score_words.pairs(language)]
    rare = [form + tail for form in forms for tail in _TAILS[language in ("be", "ru", "uk")]]
    names = [row["spelling"] for row in score_names.read("people") if row["language"] == language]
    words = forms + rare
    common = _FUNCTION_WORDS[language].split()
    weights = [1 / (rank + 2.7) for rank in range(len(words))]
    articles = []
    for _ in range(_ARTICLES):
        text = chance.choices(words, weights, k=_WORDS)
        text[::2] = chance.choices(common, k=len(text[::2]))
        text[::45] = [f"{name}." for name in chance.choices(names, k=len(text[::45]))]
        articles.append((" ".join(text[:8]), " ".join(text)))
    return articles


_TAILS = {True: ("ам", "ом", "ник", "ская", "но", "ца"), False: ("ing", "as", "en", "ow", "kas", "e")}


if __name__ == "__main__":
    assert Tokens() is not None
    main()
