"""Every spider reads its saved pages as a person once checked it should; a spider without saved pages fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import spiders
from monitor.fixture import EXPECTED, Fixture, expect
from monitor.gather.crawl.replay import replay
from monitor.model import Article, ListedPerson

HERE = Path(__file__).parent
FOLDERS = sorted(folder for folder in HERE.iterdir() if (folder / EXPECTED).exists())
NOTHING: dict[str, Any] = {"items": []}


@cache
def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / EXPECTED).read_text(encoding="utf-8"))


@cache
def found(folder: Path) -> dict[str, Any]:
    fixture = Fixture.load(folder)
    return replay(fixture.source, fixture.now, fixture.page, fixture.known).plain()


def fields() -> Iterator[Any]:
    """One test for each field of each item, so that a failure names the field."""
    for folder in FOLDERS:
        for number, item in enumerate(expected(folder)["items"]):
            for field in item:
                yield pytest.param(folder, number, field, id=f"{folder.name}-{number}-{field}")


@pytest.mark.parametrize("name", spiders.names())
def test_every_spider_has_a_fixture_that_a_person_reviewed(name: str) -> None:
    assert (HERE / name / EXPECTED).exists(), (
        f"spiders/{name}.py has no saved pages: write tests/spiders/{name}/fixture.yaml and the pages it names, run "
        f"`monitor fixture`, read {EXPECTED} beside the pages, correct the spider or commit"
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_fixture_belongs_to_a_spider(folder: Path) -> None:
    assert folder.name in spiders.names()
    assert spiders.find(Fixture.load(folder).source).__module__ == f"spiders.{folder.name}"


@pytest.mark.parametrize(("folder", "number", "field"), list(fields()))
def test_the_field_is_read_as_reviewed(folder: Path, number: int, field: str) -> None:
    assert found(folder)["items"][number].get(field) == expected(folder)["items"][number][field]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_nothing_else_is_read(folder: Path) -> None:
    assert found(folder) == expected(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_what_is_yielded_is_plain_json_of_a_known_noun(folder: Path) -> None:
    items = found(folder)["items"]
    assert json.loads(json.dumps(items)) == items
    for item in items:
        for fields, noun in [(p, ListedPerson) for p in item.get("people", ())] or [(item, Article)]:
            assert set(fields) <= set(noun.__dataclass_fields__)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_saved_page_is_needed(folder: Path) -> None:
    fixture = Fixture.load(folder)
    asked: list[str] = []

    def page(url: str) -> Any:
        asked.append(url)
        return fixture.page(url)

    replay(fixture.source, fixture.now, page, fixture.known)
    assert sorted(asked) == sorted(fixture.pages)


def test_expected_json_is_written_again_byte_for_byte(tmp_path: Path) -> None:
    for file in (HERE / "spring96").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / EXPECTED).unlink()
    assert expect(tmp_path).read_bytes() == (HERE / "spring96" / EXPECTED).read_bytes()


def test_headlines_of_other_articles_never_count_as_the_text() -> None:
    for name in ("spring96", "pozirk", "belta"):
        for item in found(HERE / name)["items"]:
            for word in ("40 палітвязняў", "Вільн", "автобусов", "МИД", "Чытайце", "Топ-новости"):
                assert word not in item["text"]
