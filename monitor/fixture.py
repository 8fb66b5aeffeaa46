"""Fixtures for spiders: a folder with saved pages and what was read from them, for a person to check and commit.

`tests/spiders/<spider>/` holds

    fixture.yaml     which source this is, at what moment it was read, and which file is the page under which address
    *.html, *.csv    the pages, as they were served
    expected.json    what the spider reads from them

`record` fetches the pages through the door in and saves them; `expect` reads the saved pages again and writes
expected.json. Neither judges what it wrote: a person compares it with the pages, and a test keeps it true.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from monitor import clock
from monitor.config import SourceConfig
from monitor.errors import ConfigError
from monitor.gather.crawl.replay import Answer, replay
from monitor.gather.egress import Door
from monitor.model import Kind, Source

#: What a spider looks at.
_OF_A_SOURCE = ("name", "url", "kind", "spider", "languages", "mirrors", "encoding", "least")

ABOUT = "fixture.yaml"
EXPECTED = "expected.json"


@dataclass(frozen=True)
class Fixture:
    """What fixture.yaml says. `pages` maps addresses to file names, `known` are addresses the archive has already."""

    folder: Path
    source: Source
    now: datetime
    pages: dict[str, str]
    known: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Fixture:
        """Raises ConfigError where the folder holds no fixture."""
        try:
            about = yaml.safe_load((folder / ABOUT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(f"{folder} holds no {ABOUT}") from None
        source = SourceConfig.model_validate(about["source"]).source()
        return cls(folder, source, clock.parse(str(about["now"])), about["pages"], tuple(about.get("known", ())))

    def save(self) -> None:
        about = {
            "source": {name: value for name in _OF_A_SOURCE if (value := _plain(getattr(self.source, name)))},
            "now": clock.to_text(self.now),
            "known": list(self.known),
            "pages": self.pages,
        }
        text = yaml.safe_dump(about, allow_unicode=True, sort_keys=False)
        (self.folder / ABOUT).write_text(text, encoding="utf-8")

    def page(self, url: str) -> Answer:
        """A saved page; whatever was not saved is not there."""
        if url not in self.pages:
            return 404, {}, b""
        return 200, {}, (self.folder / self.pages[url]).read_bytes()


def expect(folder: Path) -> Path:
    """Read the saved pages of a folder and write what the spider makes of them to expected.json."""
    fixture = Fixture.load(folder)
    found = replay(fixture.source, fixture.now, fixture.page, fixture.known).plain()
    expected = folder / EXPECTED
    expected.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return expected


def record(source: Source, folder: Path, door: Door, now: datetime) -> Path:
    """Visit a source, save every page it needed into a new folder, and write what was read to expected.json."""
    folder.mkdir(parents=True)
    pages: dict[str, str] = {}

    def fetch(url: str) -> Answer:
        answer = door.get(url, proxy=source.proxy)
        if answer.status == 200:
            pages[url] = _file_name(url, len(pages))
            (folder / pages[url]).write_bytes(answer.body)
        return answer.status, dict(answer.headers), answer.body

    replay(source, now, fetch)
    Fixture(folder, source, now, pages).save()
    return expect(folder)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Kind) else value


def _file_name(url: str, number: int) -> str:
    """`02-news-117653.html`: in the order of reading, told apart by a person."""
    place = "-".join(re.findall(r"\w+", urlsplit(url).path))[-40:]
    return f"{number:02}-{place or 'page'}.{'csv' if 'csv' in url else 'html'}"


__all__ = ["EXPECTED", "Fixture", "expect", "record"]
