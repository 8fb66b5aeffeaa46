"""The config.yaml that ships: it loads, says who speaks, and knows one article under all its addresses."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import yaml

from monitor.config import Config, load
from monitor.model import Kind, OutletType, Source
from monitor.reading.identity import Outlets, identify

ROOT = Path(__file__).resolve().parents[1]
SPIDERS = {path.stem for path in (ROOT / "spiders").glob("*.py")} - {"__init__"}


@cache
def shipped() -> Config:
    """As it is in the repository, without anybody's overlay."""
    return Config.model_validate(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))


@cache
def sources() -> dict[str, Source]:
    return {source.name: source for source in shipped().all_sources()}


def enabled() -> list[Source]:
    return [source for source in sources().values() if source.enabled]


def key(url: str) -> str:
    return identify(url, Outlets(sources().values()).of(url)).key


def test_it_loads_from_a_fresh_clone(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    assert load(tmp_path / "config.yaml") == shipped()


def test_an_overlay_turns_a_listed_source_on_and_adds_one_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    overlay = "sources:\n  - name: Nasha Niva (ru)\n    enabled: true\n"
    (tmp_path / "config.local.yaml").write_text(overlay, encoding="utf-8")
    names = {s.name for s in load(tmp_path / "config.yaml").all_sources() if s.enabled}
    assert names == {s.name for s in enabled()} | {"Nasha Niva (ru)"}


def test_its_commented_examples_are_valid() -> None:
    lines = (ROOT / "config.yaml").read_text(encoding="utf-8").splitlines()
    for section in ("alerts", "delivery", "web", "network", "topics", "withhold"):
        start = lines.index(next(line for line in lines if line.startswith(f"# {section}:")))
        block = [lines[start]]
        for line in lines[start + 1 :]:
            if not line.startswith(("#  ", "#\n")) and line != "#":
                break
            block.append(line)
        Config.model_validate(yaml.safe_load("\n".join(line[2:] for line in block)))


def test_no_alert_is_shipped_and_nobody_is_told_anything_before_the_operator_decides() -> None:
    assert shipped().alerts == ()
    assert shipped().delivery.smtp.host == ""
    assert shipped().network.allow == ()


def test_every_source_says_who_speaks_and_in_which_languages() -> None:
    data = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    for entry in data["sources"]:
        assert {"name", "url", "outlet", "owner", "languages"} <= set(entry), entry
        assert all(len(language) == 2 for language in entry["languages"])


def test_no_address_is_listed_twice() -> None:
    urls = [source.url for source in sources().values()]
    assert len(urls) == len(set(urls))


@pytest.mark.parametrize("name", [s.name for s in sources().values() if not s.enabled])
def test_whatever_is_off_says_why(name: str) -> None:
    assert sources()[name].note


def test_what_is_known_to_be_broken_is_off() -> None:
    broken = {s.name for s in sources().values() if "Broken" in s.note}
    assert broken == {"RFE/RL Belarus (en)", "Euroradio (be)", "Viasna feed (en)", "NEXTA (en)", "BelTA feed (en)"}
    assert not broken & {s.name for s in enabled()}


def test_an_outlet_has_one_owner_and_one_type() -> None:
    said = defaultdict(set)
    for source in sources().values():
        said[source.outlet].add((source.owner, source.type))
    assert {outlet: owners for outlet, owners in said.items() if len(owners) > 1} == {}


@pytest.mark.parametrize(
    ("owner", "outlets"),
    [
        ("RFE/RL", {"Radio Svaboda", "Radio Svoboda", "Radio Svoboda Ukraine", "Current Time", "RFE/RL"}),
        ("Viasna", {"Viasna", "Viasna (Telegram)"}),
        ("Nasha Niva", {"Nasha Niva", "Nasha Niva (Telegram)"}),
        ("BBC", {"BBC"}),
        ("DW", {"DW"}),
        ("United Nations", {"UN News", "OHCHR"}),
    ],
)
def test_outlets_of_one_owner_are_one_voice(owner: str, outlets: set[str]) -> None:
    assert {s.outlet for s in sources().values() if s.owner == owner} == outlets


def test_the_belarusian_state_is_one_voice_and_only_presidency_and_agency_are_official() -> None:
    state = [s for s in sources().values() if s.owner == "Belarusian state"]
    official = {s.outlet for s in state if s.type is OutletType.OFFICIAL}
    assert official == {"president.gov.by", "Pul Pervogo (Telegram)", "BelTA", "BelTA (en)"}
    assert {s.type for s in state} == {OutletType.OFFICIAL, OutletType.STATE_ALIGNED}
    assert {s.owner for s in sources().values() if s.type is OutletType.OFFICIAL} == {"Belarusian state"}


def test_no_search_engine_learns_what_is_looked_for_before_the_operator_decides() -> None:
    assert not [s.name for s in enabled() if s.type is OutletType.AGGREGATOR]


def test_every_site_that_is_on_has_its_spider() -> None:
    for source in enabled():
        assert (source.kind is Kind.SITE) == bool(source.spider), source.name
    assert {s.spider for s in sources().values() if s.spider} == SPIDERS - {"telegram", "prisoner_list"}


def test_channels_are_an_allow_list_shown_as_telegram_beside_every_claim() -> None:
    channels = {s.url.removeprefix("https://t.me/s/"): s for s in sources().values() if s.kind is Kind.TELEGRAM}
    assert set(channels) == {"viasna96", "nashaniva", "pozirkonline", "zerkalo_io", "bajmedia", "pul_1"}
    assert all(s.enabled and s.outlet.endswith("(Telegram)") for s in channels.values())


def test_first_breakers_are_asked_every_ten_minutes_and_nobody_more_often() -> None:
    intervals = {s.outlet: min(x.interval for x in enabled() if x.outlet == s.outlet) for s in enabled()}
    first = {outlet for outlet, interval in intervals.items() if interval == timedelta(minutes=10)}
    assert first == {
        *("Viasna", "Viasna (Telegram)", "Nasha Niva", "Nasha Niva (Telegram)", "Radio Svaboda", "BAJ (Telegram)"),
        *("Zerkalo", "Zerkalo (Telegram)", "Pozirk", "Pozirk (Telegram)"),
        *("Pul Pervogo (Telegram)", "president.gov.by", "BelTA"),
    }
    allowed = {timedelta(minutes=10), timedelta(minutes=30), timedelta(minutes=60), timedelta(hours=6)}
    assert {s.interval for s in enabled()} <= allowed


@pytest.mark.parametrize(
    "urls",
    [
        pytest.param(
            (
                "https://news.zerkalo.io/life/123093.html",
                "https://news.zerkalo.io/news/life/123093.html",
                "https://zerkalo-access.site/news/life/123093.html?utm_source=x",
                "https://zerkalo-jan20.online/news/amp/life/123093.html",
                "https://3erk410.online/news/life/123093.html",
            ),
            id="Zerkalo",
        ),
        pytest.param(
            (
                "https://spring96.org/en/news/115297",
                "https://spring96.org./en/news/115297",
                "http://spring96.org/en/news/115297/",
            ),
            id="Viasna",
        ),
        pytest.param(
            (
                "https://nashaniva.com/ru/383839",
                "https://nashaniva.com/?c=amp&i=383839&lang=ru",
                "https://nashaniva.by/ru/383839",
            ),
            id="Nasha Niva",
        ),
        pytest.param(
            ("https://pozirk.online/en/news/125090/", "https://mstagmanager.com/en/news/125090"),
            id="Pozirk",
        ),
        pytest.param(
            ("https://www.svaboda.org/a/33847643.html", "https://www.svaboda.org/a/some-words/33847643.html"),
            id="Radio Svaboda",
        ),
        pytest.param(
            (
                "https://baj.media/en/a/releases",
                "https://awsedrftg.cfd/en/a/releases",
                "https://khdbz39sm.shop/en/a/releases",
            ),
            id="BAJ",
        ),
        pytest.param(
            ("https://charter97.org/ru/news/2025/9/11/655332/", "https://charter97.link/ru/news/2025/9/11/655332/"),
            id="Charter97",
        ),
        pytest.param(
            ("https://belta.by/society/view/x-753673-2025/", "https://www.belta.by/society/view/x-753673-2025"),
            id="BelTA",
        ),
        pytest.param(("https://www.dw.com/ru/slova/a-70000001", "https://dw.com/ru/a-70000001"), id="DW"),
        pytest.param(("https://t.me/s/viasna96/31415", "https://t.me/viasna96/31415"), id="Telegram"),
        pytest.param(("https://euroradio.fm/be/x", "https://euro.radio.fm/be/x"), id="Euroradio"),
    ],
)
def test_an_article_is_one_under_all_its_addresses(urls: tuple[str, ...]) -> None:
    assert len({key(url) for url in urls}) == 1, [key(url) for url in urls]


@pytest.mark.parametrize(
    "urls",
    [
        ("https://nashaniva.com/383839", "https://nashaniva.com/en/383839", "https://nashaniva.com/be_latn/383839"),
        ("https://nashaniva.com/?c=ar&i=383839", "https://nashaniva.com/ru/383839"),
    ],
)
def test_language_editions_are_editions_of_one_item(urls: tuple[str, ...]) -> None:
    outlets = Outlets(sources().values())
    assert len({identify(url, outlets.of(url)).item for url in urls}) == 1


@pytest.mark.parametrize(
    "urls",
    [
        ("https://nashaniva.com/383839", "https://nashaniva.com/383840"),
        ("https://news.zerkalo.io/news/life/11024.html", "https://zerkalo-fake.example/news/life/11024.html"),
        ("https://belta.by/society/view/x-753673-2025/", "https://eng.belta.by/society/view/x-753673-2025/"),
        ("https://spring96.org/en/news/115297", "https://t.me/viasna96/115297"),
        ("https://www.svaboda.org/a/33847643.html", "https://www.currenttime.tv/a/33847643.html"),
    ],
)
def test_two_articles_are_two(urls: tuple[str, ...]) -> None:
    assert len({key(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    ("feed", "link"),
    [
        ("BBC Russian", "https://www.bbc.com/russian/articles/c1"),
        ("BBC, world", "https://www.bbc.co.uk/news/articles/c1"),
        ("DW (ru)", "https://www.dw.com/ru/slova/a-70000001"),
        ("Zerkalo, all", "https://news.zerkalo.io/life/11024.html"),
        ("UN News, all", "https://news.un.org/en/story/2026/11/1"),
        ("UNIAN", "https://www.unian.ua/politics/slova-1.html"),
        ("Pul Pervogo on Telegram", "https://t.me/pul_1/1"),
    ],
)
def test_a_feed_on_another_host_still_vouches_for_its_own_articles(feed: str, link: str) -> None:
    found = Outlets(sources().values()).of(link)
    assert found is not None
    assert found.outlet == sources()[feed].outlet


def test_a_host_belongs_to_one_outlet() -> None:
    belongs = defaultdict(set)
    for source in sources().values():
        if source.kind is not Kind.TELEGRAM:
            for host in source.mirrors:
                belongs[host.removeprefix("www.").rstrip(".")].add(source.outlet)
    assert {host: outlets for host, outlets in belongs.items() if len(outlets) > 1} == {}
