"""Articles made ready for the archive: together they say what each says alone."""

from __future__ import annotations

import json
from pathlib import Path

from monitor import clock
from monitor.matching.document import pack, search_texts
from monitor.matching.topics import load_topics
from monitor.model import Article, OutletType, Source
from monitor.reading.article import document, read
from monitor.reading.fingerprint import features, fingerprint
from monitor.reading.people import Register
from monitor.reading.prepared import Task, prepare

OFFICIAL = Source("x", "https://a.example", type=OutletType.OFFICIAL, languages=("be",))


def labelled(count: int) -> list[Task]:
    file = Path(__file__).parents[1] / "eval" / "articles" / "dev.jsonl"
    items = [item for item in map(json.loads, file.read_text("utf-8").splitlines()) if item["language"] in ("be", "en")]
    return [
        Task(Article("", item["title"], item["text"], published=at), (None, OFFICIAL)[number % 2], at)
        for number, item in enumerate(items[:count])
        for at in [clock.parse(item["published"])]
    ]


def test_a_batch_says_what_each_of_its_articles_says_alone() -> None:
    register, topics, tasks = Register([]), load_topics(), labelled(40)
    together = prepare(tasks, register, topics)
    assert together == [one for task in tasks for one in prepare([task], register, topics)]
    assert prepare([], register, topics) == []


def test_what_is_kept_is_what_the_reading_says_without_its_words() -> None:
    register, topics = Register([]), load_topics()
    task = labelled(1)[0]
    (made,) = prepare([task], register, topics)
    said = read(task.article, task.outlet, register, topics)
    print_of = fingerprint(task.article.title, task.article.text, said, task.at)
    assert made.packed == pack(document(said, task.outlet))
    assert made.search == search_texts(document(said, task.outlet))
    assert (made.fingerprint, made.features) == (print_of.pack(), features(print_of))
    assert (made.reading.claims, made.reading.mentions) == (said.claims, said.mentions)
    assert not len(made.reading.text)
