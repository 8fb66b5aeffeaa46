"""A child that reads ahead: what is filed is the same, whatever happens to it."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor import clock, read_ahead
from monitor.config import Config
from monitor.errors import ConfigError
from monitor.ingest import Ingested, Ingester
from monitor.model import Article, Claim, OutletType, Source
from monitor.read_ahead import ReadAhead
from monitor.reading.plain import claim_of, plain_claim
from monitor.reading.prepared import Task, prepare
from monitor.store import Database, people, rows, shipped
from monitor.store.archive_schema import open_archive

CONFIG = Config()
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SOME = 60  # labelled articles
TABLES = {
    "articles": "id, key, item, url, source, outlet, owner, type, title, text, language, author, published_at, seen_at,"
    " edition_of, duplicate_of, story_id, score, score_why, baseline, late, relevant, topics, claims, keys,"
    " analyser_version, fingerprint",
    "stories": "id, event_id, first_seen_at, last_seen_at, merged_into",
    "features": "*",
    "mentions": "*",
    "versions": "*",
    "claims": "*",
    "events": "id, kind, state, date, ledger, last_seen_at",
    "facts": "*",
}


@pytest.fixture
def archive(archive: Database) -> Database:
    shipped.load(archive)
    return archive


@pytest.fixture
def ahead(archive: Database) -> Iterator[ReadAhead]:
    """A child that may be killed."""
    with ReadAhead(people.all_people(archive), CONFIG.topics) as ahead:
        assert ahead.is_ready(60)
        yield ahead


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadAhead]:
    """A child that several tests may use."""
    db = open_archive(tmp_path_factory.mktemp("register"))
    shipped.load(db)
    with ReadAhead(people.all_people(db), CONFIG.topics) as ahead:
        assert ahead.is_ready(60)
        yield ahead


def labelled(count: int) -> list[Article]:
    """Labelled articles in three languages, and some of them again: the same, in other words, and elsewhere."""
    lines = (Path(__file__).parent / "eval" / "articles" / "dev.jsonl").read_text("utf-8").splitlines()
    items = [item for item in map(json.loads, lines) if item["language"] in ("be", "ru", "en")][:count]
    found = [
        Article(
            f"https://paper{n % 9}.example/{n}", item["title"], item["text"], published=clock.parse(item["published"])
        )
        for n, item in enumerate(items)
    ]
    reworded = [replace(a, title=f"{a.title}: what is known") for a in found[::7]]
    return [*found, *found[::5], *reworded, *found[::7], *(replace(a, url=f"{a.url}/copy") for a in found[::4])]


def filed(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the archive; random names by the number of what they name."""
    named = [*rows(db, "SELECT uid, 'story' || id FROM stories"), *rows(db, "SELECT slug, 'event' || id FROM events")]
    number_of = dict(map(tuple, named))
    name = re.compile("|".join(sorted(map(re.escape, number_of), key=len, reverse=True)))

    def plain(cell: object) -> object:
        return name.sub(lambda found: number_of[found[0]], cell) if isinstance(cell, str) else cell

    return {
        table: [tuple(map(plain, r)) for r in rows(db, f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3")]
        for table, columns in TABLES.items()
    }


def told(taken: Iterable[Ingested]) -> list[tuple[object, ...]]:
    return [(t.article, t.reading, t.new, t.duplicate_of, len(t.facts)) for t in taken]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[object, ...]], dict[str, list[Any]]]:
    """What is told and filed of the labelled articles without a child."""
    db = open_archive(tmp_path_factory.mktemp("alone"))
    shipped.load(db)
    taken = Ingester(db, CONFIG).ingest(db, labelled(SOME), now=NOW)
    return told(taken), filed(db)


def test_what_is_filed_is_the_same_with_a_child(
    archive: Database, child: ReadAhead, alone: tuple[object, object]
) -> None:
    taken = Ingester(archive, CONFIG).each(archive, labelled(SOME), now=lambda: NOW, ahead=child)
    assert (told(taken), filed(archive)) == alone
    assert child.given >= 30


def test_a_child_that_is_killed_in_the_middle_changes_nothing(
    archive: Database, ahead: ReadAhead, alone: tuple[object, object]
) -> None:
    def articles() -> Iterator[Article]:
        for number, article in enumerate(labelled(SOME)):
            if number == 60:
                os.kill(ahead.pid, signal.SIGKILL)
            yield article

    taken = Ingester(archive, CONFIG).each(archive, articles(), now=lambda: NOW, ahead=ahead)
    assert (told(taken), filed(archive)) == alone


def test_a_child_that_says_nothing_is_given_up(
    archive: Database, ahead: ReadAhead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_ahead, "WALL_SECONDS", 0.3)
    os.kill(ahead.pid, signal.SIGSTOP)
    taken = list(Ingester(archive, CONFIG).each(archive, labelled(20)[:20], now=lambda: NOW, ahead=ahead))
    assert len(taken) == 20
    assert all(t.new for t in taken)
    assert not ahead.is_ready()


def test_an_article_that_the_child_cannot_read_is_read_here(archive: Database, child: ReadAhead) -> None:
    good = Article("https://a.example/1", "Belarus frees 52 political prisoners", "They are free.")
    bad = replace(good, title=None)  # type: ignore[arg-type]
    first, second = child.begin([Task(bad, None, NOW), Task(good, None, NOW)]).result(60)
    assert first is None
    ingester = Ingester(archive, CONFIG)
    assert [second] == prepare([Task(good, None, NOW)], ingester.register, ingester.topics)


def test_half_a_letter_is_no_trouble_for_the_child(archive: Database, child: ReadAhead) -> None:
    task = Task(Article("https://a.example/1", "Belarus frees \ud83d 52 political prisoners"), None, NOW)
    ingester = Ingester(archive, CONFIG)
    assert child.begin([task]).result(60) == prepare([task], ingester.register, ingester.topics)


def test_the_outlets_language_and_type_reach_the_child(archive: Database, child: ReadAhead) -> None:
    outlet = Source("x", "https://a.example", type=OutletType.OFFICIAL, languages=("be",))
    article = Article("https://a.example/1", "Прэзідэнт памілаваў 30 асуджаных", published=NOW)
    ingester = Ingester(archive, CONFIG)
    task = Task(article, outlet, NOW)
    assert child.begin([task]).result(60) == prepare([task], ingester.register, ingester.topics)


def test_what_came_before_a_broken_line_is_filed(archive: Database, child: ReadAhead) -> None:
    def articles() -> Iterator[Article]:
        for number in range(60):
            yield Article(f"https://a.example/{number}", f"Headline number {number}")
        raise ConfigError("line 61")

    taken = []
    with pytest.raises(ConfigError, match="line 61"):
        for one in Ingester(archive, CONFIG).each(archive, articles(), now=lambda: NOW, ahead=child):
            taken.append(one)
    assert len(taken) == 50


def test_the_child_ends_with_its_parent_and_when_it_is_not_needed(archive: Database) -> None:
    with ReadAhead(people.all_people(archive), CONFIG.topics) as ahead:
        assert ahead.is_ready(60)
        child = Path(f"/proc/{ahead.pid}")
        assert child.exists()
    assert not child.exists()


def test_every_part_of_a_claim_comes_back_from_its_plain_form() -> None:
    claim = Claim(
        *("pardon", "announced", "Ён памілаваў 30."), 30, 7, 700, (("US", 1),), date(2026, 11, 1), "Lithuania", "us",
        ("a",), ("b",), True,
    )  # fmt: skip
    assert all(value not in (None, "", (), False) for value in asdict(claim).values())
    assert claim_of(json.loads(json.dumps(plain_claim(claim)))) == claim
