"""A new fixture: the pages a spider needed, saved as they were served, and what was read from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import NetworkConfig
from monitor.errors import ConfigError
from monitor.fixture import Fixture, expect, record
from monitor.gather.egress import Door
from monitor.model import Kind, Source
from tests.spiders.loopback_site import Served, Site, listing, page

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TEXT = "Пра гэта паведамілі праваабаронцы і сваякі.\nПадрабязнасці ўдакладняюцца, іх дададуць пазней."
PAGES: dict[str, str | bytes | Served] = {
    "/be/news": listing({"/be/news/2": "Другая навіна пра суд", "/be/news/1": "Першая навіна пра волю"}),
    "/be/news/2": page("Другая навіна пра суд", TEXT),
    "/be/news/1": Served("oops", 500),
}


def test_what_was_fetched_is_saved_and_reads_the_same_without_network(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with Site(PAGES) as site:
        door = Door(NetworkConfig.model_validate({"allow": ["127.0.0.0/8"], "spacing": 0}))
        url = site.url("/be/news")
        source = Source("V", url, Kind.SITE, spider="spring96", languages=("be",), mirrors=("m.example",))
        expected = record(source, folder, door, NOW)
        first = expected.read_bytes()
    assert sorted(f.name for f in folder.iterdir()) == [
        "00-be-news.html",
        "01-be-news-2.html",
        "expected.json",
        "fixture.yaml",
    ]
    (item,) = json.loads(first)["items"]
    assert item["title"] == "Другая навіна пра суд"
    fixture = Fixture.load(folder)
    assert (fixture.source.name, fixture.source.mirrors, fixture.now) == ("V", ("m.example",), NOW)
    assert (folder / fixture.pages[url]).read_text(encoding="utf-8") == PAGES["/be/news"]
    assert expect(folder).read_bytes() == first


def test_a_fixture_is_never_written_over(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        record(Source("V", "http://127.0.0.1:1/", Kind.SITE, spider="spring96"), tmp_path, Door(NetworkConfig()), NOW)


def test_a_folder_without_fixture_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no fixture\.yaml"):
        Fixture.load(tmp_path)
