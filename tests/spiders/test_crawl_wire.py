"""What parent and child say to each other survives the way, and nothing unknown passes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import NetworkConfig
from monitor.gather.crawl import wire
from monitor.model import Article, Kind, ListedPerson, OutletType, Source, Status

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def test_a_job_survives_the_way(tmp_path: Path) -> None:
    source = Source(
        "Viasna",
        "https://spring96.org/be/news",
        Kind.SITE,
        outlet="Viasna",
        type=OutletType.NGO,
        languages=("be", "ru"),
        interval=timedelta(minutes=10),
        mirrors=("www.spring96.org",),
        proxy="socks5h://127.0.0.1:9050",
    )
    network = NetworkConfig(allow=("127.0.0.0/8",), spacing=timedelta(seconds=0.5), contact="x@example.org")
    job = wire.Job((source,), network, NOW, 30.0, {"https://a.example": "User-agent: *\n"}, tmp_path)
    assert wire.read_job(json.loads(wire.dumps(wire.job(job)))) == job


def test_a_job_without_inbox_has_none() -> None:
    job = wire.Job((), NetworkConfig(), NOW, 30.0)
    assert wire.read_job(json.loads(wire.dumps(wire.job(job)))).inbox is None


def test_a_line_stays_one_line() -> None:
    line = wire.dumps({"text": "два\nрадкі\u2028і яшчэ"})
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"text": "два\nрадкі\u2028і яшчэ"}


def test_an_outcome_becomes_the_nouns_that_travel() -> None:
    line = {
        "source": "List",
        "status": "new",
        "http_status": 200,
        "note": "2 rows clash",
        "articles": [{"url": "https://a.example/1", "title": "T", "published": "2026-11-16T08:00:00Z", "source": "?"}],
        "people": [{"id": "1", "name": "P", "status": "former", "released_on": "2026-11-16"}],
    }
    outcome = wire.outcome(line, Source("List", "https://a.example"), NOW)
    published = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
    assert outcome.articles == (Article("https://a.example/1", "T", published=published, source="List"),)
    assert (outcome.visit.status, outcome.visit.at, outcome.visit.note) == (Status.NEW, NOW, "2 rows clash")
    assert outcome.listing is not None
    assert outcome.listing.people == (ListedPerson("1", "P", "former", released_on=date(2026, 11, 16)),)


def test_an_outcome_without_people_has_no_listing() -> None:
    outcome = wire.outcome({"source": "x", "status": "unchanged"}, Source("x", "https://a.example"), NOW)
    assert (outcome.articles, outcome.listing) == ((), None)


def test_a_field_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError):
        wire.article({"url": "u", "title": "t", "secret": "s"})


def test_what_is_not_plain_does_not_travel() -> None:
    with pytest.raises(TypeError, match="Path does not travel"):
        wire.dumps({"file": Path("x")})
