"""Same story and same text: `python -m tests.eval.score_stories`.

Russian articles of a few weeks, among them fires, trials and budgets that look alike, are compared pair by pair: do
both tell of one event? Copies are made from labelled articles as newsrooms make them (another headline, a sentence
less, a credit and a link added, only the beginning); what other authors wrote of the same event is no copy.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from monitor.reading.fingerprint import Fingerprint, features, fingerprint
from monitor.reading.sameness import compare
from monitor.store import close_all
from monitor.store.archive_schema import open_archive
from tests.eval.score_articles import FILES, Rate, load, take_in
from tests.reading.claim_cases import reading_of

#: A text shorter than this has nothing to copy.
WORDS = 35
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def main() -> None:
    """Print both scores with their goals."""
    for name, rate, goal in (("Russian same event", stories(), 0.88), ("near-duplicate text", copies(), 0.95)):
        figures = f"P {rate.precision:.3f}  R {rate.recall:.3f}  F1 {rate.f1:.3f}"
        print(f"{name:20} {figures}  ({rate.right}+{rate.wrong}-{rate.missed})  goal {goal}")
        for error in rate.errors[:10]:
            print(f"    {error}")
    for path in sys.argv[1:]:
        rate = decided(Path(path))
        print(f"{path}: as the operator decided in {rate.right} of {rate.right + rate.missed}")


def decided(path: Path) -> Rate:
    """What `monitor story cases` wrote: would the program decide as the operator did? Each pair comes in through the
    program's own door; one story or one event is the same."""
    rate = Rate()
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        items = sorted(case["articles"], key=lambda item: item["published"])
        with tempfile.TemporaryDirectory() as folder:
            one, other = take_in(open_archive(Path(folder)), items)
            close_all()
        same = one.story == other.story or (bool(one.event) and one.event == other.event)
        rate.note(same == case["same"], True, items[0]["title"][:60])
    return rate


def stories() -> Rate:
    """Pairs of Russian articles: one event or two."""
    items = load("stories_ru")
    prints = [_print(i, i["title"], i["text"]) for i in items]
    rate = Rate()
    for (a, x), (b, y) in combinations(zip(items, prints, strict=True), 2):
        found = bool(compare(x, y).layer) and bool(set(features(x)) & set(features(y)))
        rate.note(found, a["event"] == b["event"], f"{a['title'][:50]} | {b['title'][:50]}")
    return rate


def copies() -> Rate:
    """Articles with their copies, and with what others wrote of the same event in the same language."""
    rate = Rate()
    items = [i for name in FILES for i in load(name) if len(i["text"].split()) >= WORDS]
    for item in items:
        original = _print(item, item["title"], item["text"])
        for title, text in _copied(item):
            rate.note(compare(original, _print(item, title, text)).layer == "text", True, item["title"][:60])
    key = lambda i: (i["language"], i["event"] or i["category"])  # noqa: E731
    for _, alike in groupby(sorted(items, key=key), key=key):
        for a, b in combinations(list(alike), 2):
            found = compare(_print(a, a["title"], a["text"]), _print(b, b["title"], b["text"])).layer == "text"
            rate.note(found, False, f"{a['title'][:50]} | {b['title'][:50]}")
    return rate


def _copied(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    sentences = _SENTENCE.split(item["text"])
    yield f"{item['title']} – 2", item["text"] + " example.org/news"
    yield "…", f"EXAMPLE NEWS — {item['text']} Photo: agency."
    if len(sentences) > 3:
        yield item["title"], " ".join(sentences[:1] + sentences[2:])
        yield item["title"], " ".join(sentences[: len(sentences) * 2 // 3])


def _print(item: dict[str, Any], title: str, text: str) -> Fingerprint:
    at = datetime.fromisoformat(item["published"])
    return fingerprint(title, text, reading_of(title, text, item["language"], at), at)


if __name__ == "__main__":
    main()
