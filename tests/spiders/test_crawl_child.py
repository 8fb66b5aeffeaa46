"""The whole way: a child process, real HTTP on loopback, the door in, and what the parent makes of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Config, NetworkConfig
from monitor.gather import crawl as crawling
from monitor.gather.crawl import crawl
from monitor.model import Kind, Outcome, Source, Status
from tests.spiders.loopback_site import Served, Site, listing, page

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
TEXT = "Сёння раніцай пра гэта паведамілі сваякі і праваабаронцы.\nПадрабязнасці ўдакладняюцца, іх дададуць пазней."
EXPORT = Path(__file__).parent / "prisoner_list" / "export.csv"
SPACING = 0.1
NEWS = {
    "/robots.txt": "User-agent: *\nDisallow: /private/\n",
    "/be/news": listing({"/be/news/2": "Другая навіна пра суд", "/be/news/1": "Першая навіна пра волю"}),
    "/be/news/2": page("Другая навіна пра суд", TEXT),
    "/be/news/1": page("Першая навіна пра волю", TEXT),
}


def config(**network: object) -> Config:
    settings = {"allow": ("127.0.0.0/8",), "spacing": SPACING, "total": 3, **network}
    return Config(network=NetworkConfig.model_validate(settings))


def site_source(site: Site, name: str = "A site", **more: object) -> Source:
    fields = {"kind": Kind.SITE, "spider": "spring96", "languages": ("be",), "url": site.url("/be/news"), **more}
    return Source(name=name, **fields)  # type: ignore[arg-type]


def run(
    *sources: Source,
    known: Callable[[str], bool] = lambda _: False,
    limit_seconds: float = 20.0,
    stop: threading.Event | None = None,
    config: Config = config(),  # noqa: B008 - frozen
    **more: Any,
) -> Iterator[Outcome]:
    return crawl(
        sources,
        config,
        known=known,
        limit_seconds=limit_seconds,
        stop=stop or threading.Event(),
        now=lambda: NOW,
        **more,
    )


def message(number: int, text: str, at: str, *, edited: bool = False) -> str:
    return (
        f"<div class='tgme_widget_message js-widget_message' data-post='vierasava/{number}'>"
        f"<div class='tgme_widget_message_text js-message_text' dir='auto'>{text}</div>"
        f"<span class='tgme_widget_message_meta'>{'edited ' if edited else ''}<time datetime='{at}'></time></span>"
        "</div>"
    )


REFUSALS = {
    403: Status.REFUSED,
    404: Status.MISSING,
    410: Status.GONE,
    429: Status.SLOW_DOWN,
    500: Status.BROKEN,
    503: Status.SLOW_DOWN,
}
LINKS = {f"/be/news/{n}": f"Навіна нумар {n} пра суд" for n in range(9, 0, -1)}
EDITIONS = {f"/{language}/news": listing({f"/{language}/news/5": "News"}) for language in ("be", "ru", "en")}
EDITIONS |= {f"{path}/5": page("News of the third kind", TEXT) for path in EDITIONS}
SITES: dict[str, dict[str, Any]] = {
    "news": NEWS,
    "known": NEWS,
    "nothing new": NEWS,
    "channel": {"/s/vierasava": message(7, "Пост пра волю", "2026-11-16T09:00:00+00:00")},
    "list": {
        "/en/list": "<html><body><a href='?format=csv'>csv</a></body></html>",
        "/en/list?format=csv": EXPORT.read_text(encoding="utf-8").splitlines()[0] + "\n1,,Alena Prykladnaja,active\n",
    },
    "robots say no": {**NEWS, "/robots.txt": "User-agent: release-monitor\nDisallow: /be/\n"},
    "robots in trouble": {**NEWS, "/robots.txt": Served("", 503)},
    "no robots": {**NEWS, "/robots.txt": Served("not here", 404)},
    "unhurried": {**NEWS, "/robots.txt": "User-agent: *\nCrawl-delay: 0.6\n"},
    "editions": EDITIONS,
    "cookies": {**NEWS, "/be/news": Served(NEWS["/be/news"], headers={"Set-Cookie": "id=1"})},
    "hanging": {path: Served("", hang=30) for path in ("/robots.txt", "/be/news")},
    "new design": {"/be/news": "<html><body>We have a new design</body></html>"},
    "enough": {
        "/be/news": listing(LINKS),
        **{path: page(text, TEXT) for path, text in LINKS.items()},
        "/be/news/8": Served("slow down", 429, {"Retry-After": "600"}),
    },
    "channels": {f"/s/{name}": Served("", 429, {"Retry-After": "60"}) for name in ("one", "two", "three")},
    "one broken page": {**NEWS, "/be/news/2": Served("oops", 500)},
    "redirect": {"/be/news": Served("", 302, {"Location": "http://169.254.169.254/latest/meta-data/"})},
    "no such spider": NEWS,
    **{f"HTTP {code}": {"/be/news": Served("no", code, {"Retry-After": "120"})} for code in REFUSALS},
}


@dataclass(frozen=True)
class World:
    """Many sites visited by one child, and when each visit was known to have ended."""

    sites: dict[str, Site]
    outcomes: dict[str, Outcome]
    ended: dict[str, float]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ExitStack() as open_sites:
        sites = {name: open_sites.enter_context(Site(pages)) for name, pages in SITES.items()}
        sources = {name: site_source(site, name) for name, site in sites.items()}
        sources["channel"] = Source("channel", sites["channel"].url("/s/vierasava"), Kind.TELEGRAM, languages=("be",))
        sources["list"] = Source("list", sites["list"].url("/en/list"), Kind.PRISONER_LIST, least=1)
        sources["no such spider"] = site_source(sites["no such spider"], "no such spider", spider="../../etc")
        sources["private"] = Source("private", "http://10.0.0.1/be/news", Kind.SITE, spider="spring96")
        for language in ("be", "ru", "en"):
            url = sites["editions"].url(f"/{language}/news")
            sources[language] = site_source(sites["editions"], language, url=url, languages=(language,))
        for path in SITES["channels"]:
            sources[path] = Source(path, sites["channels"].url(path), Kind.TELEGRAM)
        del sources["editions"], sources["channels"]
        known = {sites["known"].url("/be/news/1"), *map(sites["nothing new"].url, NEWS)}
        world = World(sites, {}, {})
        for outcome in run(*sources.values(), known=known.__contains__, limit_seconds=60):
            world.outcomes[outcome.source] = outcome
            world.ended[outcome.source] = time.monotonic()
        assert set(world.outcomes) == set(sources)
        yield world


def test_an_article_comes_back_with_everything_its_page_says(world: World) -> None:
    outcome = world.outcomes["news"]
    first, second = outcome.articles
    assert (outcome.visit.status, outcome.visit.http_status, outcome.visit.at) == (Status.NEW, 200, NOW)
    assert outcome.visit.bytes > 500
    assert (first.title, second.title) == ("Другая навіна пра суд", "Першая навіна пра волю")
    assert first.text == TEXT
    assert first.published == datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
    assert (first.language, first.source) == ("be", "news")


def test_a_channel_and_a_list_come_back_from_the_same_child(world: World) -> None:
    (post,) = world.outcomes["channel"].articles
    url = world.sites["channel"].url("/vierasava/7")
    assert (post.title, post.guid, post.url) == ("Пост пра волю", "vierasava/7", url)
    listing_ = world.outcomes["list"].listing
    assert listing_ is not None
    assert [(p.id, p.name, p.status) for p in listing_.people] == [("1", "Alena Prykladnaja", "active")]


def test_what_the_archive_knows_is_not_fetched_again(world: World) -> None:
    site = world.sites["known"]
    assert [a.url for a in world.outcomes["known"].articles] == [site.url("/be/news/2")]
    assert "/be/news/1" not in site.paths


def test_a_visit_without_news_is_unchanged(world: World) -> None:
    outcome = world.outcomes["nothing new"]
    assert (outcome.visit.status, outcome.visit.http_status, outcome.articles) == (Status.UNCHANGED, 200, ())


def test_robots_txt_is_obeyed_and_said_so(world: World) -> None:
    visit = world.outcomes["robots say no"].visit
    assert world.sites["robots say no"].paths == ["/robots.txt"]
    assert visit.status is Status.REFUSED
    assert "robots.txt" in visit.note


def test_a_site_whose_robots_file_is_in_trouble_is_left_alone(world: World) -> None:
    assert world.sites["robots in trouble"].paths == ["/robots.txt"]
    assert world.outcomes["robots in trouble"].visit.status is Status.REFUSED


def test_a_site_without_robots_file_may_be_read(world: World) -> None:
    assert world.outcomes["no robots"].visit.status is Status.NEW


def test_a_crawl_delay_is_kept_to(world: World) -> None:
    moments = [asked.at for asked in world.sites["unhurried"].asked]
    assert len(moments) == 4
    assert all(later - earlier > 0.5 for earlier, later in pairwise(moments[1:]))


def test_editions_of_one_host_share_turns_and_robots_file(world: World) -> None:
    site = world.sites["editions"]
    moments = [asked.at for asked in site.asked]
    assert {world.outcomes[language].visit.status for language in ("be", "ru", "en")} == {Status.NEW}
    assert site.paths.count("/robots.txt") == 1
    assert all(later - earlier > SPACING * 0.9 for earlier, later in pairwise(moments))


def test_requests_carry_our_name_and_neither_cookies_nor_referer(world: World) -> None:
    assert len(world.sites["cookies"].asked) == 4
    for asked in world.sites["cookies"].asked:
        assert asked.headers["user-agent"].startswith("release-monitor/")
        assert not {"cookie", "referer"} & set(asked.headers)


def test_a_hanging_site_is_asked_once_and_delays_nobody_beyond_its_limit(world: World) -> None:
    visit, asked = world.outcomes["hanging"].visit, world.sites["hanging"].asked
    assert visit.status is Status.UNREACHABLE
    assert "3 s" in visit.note
    assert [a.path for a in asked] == ["/robots.txt"]
    assert world.ended["hanging"] - asked[0].at < 6
    assert world.ended["news"] < world.ended["hanging"]


def test_an_empty_listing_is_a_failure_and_not_silence(world: World) -> None:
    visit = world.outcomes["new design"].visit
    assert visit.status is Status.BROKEN
    assert "articles in the listing" in visit.note


@pytest.mark.parametrize(("code", "status"), REFUSALS.items())
def test_what_the_listing_answers_is_the_status_of_the_visit(world: World, code: int, status: Status) -> None:
    visit = world.outcomes[f"HTTP {code}"].visit
    assert (visit.status, visit.http_status, visit.retry_after) == (status, code, "120")
    assert world.sites[f"HTTP {code}"].paths == ["/robots.txt", "/be/news"]  # and it is not asked a second time


def test_a_site_that_has_had_enough_is_left_at_once_with_what_was_read(world: World) -> None:
    outcome, site = world.outcomes["enough"], world.sites["enough"]
    assert (outcome.visit.status, outcome.visit.retry_after) == (Status.SLOW_DOWN, "600")
    assert [a.url for a in outcome.articles] == [site.url("/be/news/9")]
    assert site.paths == ["/robots.txt", "/be/news", "/be/news/9", "/be/news/8"]


def test_too_many_requests_to_a_host_is_its_answer_to_all_its_sources(world: World) -> None:
    visits = [world.outcomes[path].visit for path in SITES["channels"]]
    assert len(world.sites["channels"].paths) == 2  # the robots file, and one of the three
    assert {(v.status, v.retry_after) for v in visits} == {(Status.SLOW_DOWN, "60")}


def test_one_broken_article_page_does_not_cost_the_others(world: World) -> None:
    outcome = world.outcomes["one broken page"]
    assert outcome.visit.status is Status.NEW
    assert [a.title for a in outcome.articles] == ["Першая навіна пра волю"]
    assert "a page could not be read (HTTP 500)" in outcome.visit.note


@pytest.mark.parametrize("name", ["private", "redirect"])
def test_the_address_guard_holds_for_spiders_and_their_redirects(world: World, name: str) -> None:
    outcome = world.outcomes[name]
    assert outcome.visit.status is Status.UNREACHABLE
    assert outcome.articles == ()


def test_a_spider_that_does_not_exist_is_named(world: World) -> None:
    visit = world.outcomes["no such spider"].visit
    assert visit.status is Status.BROKEN
    assert "spring96" in visit.note
    assert world.sites["no such spider"].asked == []


# ---------------------------------------------------------------------------------------------- from visit to visit


def test_an_edited_post_is_read_again_within_a_day_and_a_robots_file_is_not() -> None:
    def preview(text: str, edited: bool) -> str:
        old = message(3, "Стары пост", "2026-11-14T08:00:00+00:00", edited=edited)
        return old + message(7, text, "2026-11-16T08:00:00+00:00", edited=edited)

    kept: dict[str, str] = {}
    rules = "User-agent: *\nDisallow: /private/\n"
    with Site({"/robots.txt": rules, "/s/vierasava": preview("Вызвалілі дваіх", False)}) as site:
        channel = Source("A channel", site.url("/s/vierasava"), Kind.TELEGRAM, languages=("be",))
        (before,) = run(channel, keep_robots=kept.__setitem__)
        site.pages["/s/vierasava"] = preview("Вызвалілі траіх", True)
        (after,) = run(channel, known=lambda _: True, robots=kept)
    assert [a.text for a in before.articles] == ["Стары пост", "Вызвалілі дваіх"]
    assert [(a.text, a.edited) for a in after.articles] == [("Вызвалілі траіх", NOW)]
    assert kept == {site.url(""): rules}
    assert site.paths.count("/robots.txt") == 1


def test_an_operator_may_decide_to_ignore_robots_files() -> None:
    with Site({**NEWS, "/robots.txt": "User-agent: *\nDisallow: /\n"}) as site:
        (outcome,) = run(site_source(site), config=config(respect_robots=False))
    assert outcome.visit.status is Status.NEW
    assert "/robots.txt" not in site.paths


def test_a_list_in_the_inbox_is_read_instead_of_the_page_and_set_aside_once_taken(tmp_path: Path) -> None:
    (tmp_path / "viasna.csv").write_bytes(EXPORT.read_bytes())
    with Site({}) as site:
        outcomes = run(Source("A list", site.url("/en/list"), Kind.PRISONER_LIST, least=3), inbox=tmp_path)
        outcome = next(outcomes)
        assert (tmp_path / "viasna.csv").exists()  # until the caller has taken it in
        assert next(outcomes, None) is None
    assert outcome.visit.status is Status.NEW
    assert outcome.listing is not None
    assert len(outcome.listing.people) == 6
    assert [f.name for f in tmp_path.iterdir()] == ["viasna.csv.read"]
    assert site.asked == []


# ------------------------------------------------------------------------------------------------------------- the end


def test_whoever_does_not_finish_within_the_limit_is_unreachable_and_the_child_is_gone() -> None:
    with Site({"/robots.txt": Served("", hang=60)}) as slow, Site(NEWS) as quick:
        started = time.monotonic()
        sources = site_source(slow, "slow"), site_source(quick, "quick")
        outcomes = {o.source: o.visit for o in run(*sources, limit_seconds=9, config=config(total=50))}
        took = time.monotonic() - started
    assert outcomes["quick"].status is Status.NEW
    assert outcomes["slow"].status is Status.UNREACHABLE
    assert "9 s" in outcomes["slow"].note
    assert took < 13
    assert not children()


def test_stop_ends_the_child_at_once_and_says_nothing_of_the_unfinished() -> None:
    stop = threading.Event()
    with Site({"/robots.txt": Served("", hang=30)}) as slow:
        when_asked(slow, stop.set)
        assert list(run(site_source(slow), stop=stop, config=config(total=25))) == []
        assert time.monotonic() - slow.asked[0].at < 4
    assert not children()


def test_sigterm_to_the_child_is_an_orderly_end() -> None:
    with Site({"/robots.txt": Served("", hang=30)}) as slow:
        when_asked(slow, lambda: kill_children(signal.SIGTERM))
        assert list(run(site_source(slow), config=config(total=25))) == []
    assert not children()


def test_a_child_that_breaks_down_is_the_fault_of_no_source_and_is_said() -> None:
    with Site({"/robots.txt": Served("", hang=30)}) as slow:
        when_asked(slow, lambda: kill_children(signal.SIGSEGV))
        (outcome,) = run(site_source(slow), config=config(total=25))
    assert outcome.visit.status is Status.UNREACHABLE
    assert "broke down" in outcome.visit.note


def test_a_parent_that_loses_interest_leaves_no_child_behind() -> None:
    with Site(NEWS) as quick, Site({"/robots.txt": Served("", hang=30)}) as slow:
        outcomes = run(site_source(quick, "quick"), site_source(slow, "slow"), config=config(total=25))
        assert next(outcomes).source == "quick"
        outcomes.close()  # type: ignore[attr-defined]
    assert not children()


def test_the_child_ends_when_its_parent_is_killed() -> None:
    child = subprocess.Popen(
        crawling.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=crawling.environment()
    )
    with Site({"/robots.txt": Served("", hang=30)}) as slow:
        job = crawling.wire.job(crawling.wire.Job((site_source(slow),), config(total=25).network, NOW, 60))
        assert child.stdin is not None
        child.stdin.write(crawling.wire.dumps(job))
        child.stdin.flush()
        asked = threading.Event()
        when_asked(slow, asked.set)
        assert asked.wait(30)
        assert child.poll() is None
        child.stdin.close()
        child.wait(3)


def test_the_child_limits_its_memory_and_cpu_and_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    seen: dict[str, bytes] = {}

    def look() -> None:
        (pid,) = children()
        seen.update((name, Path(f"/proc/{pid}/{name}").read_bytes()) for name in ("limits", "environ", "cmdline"))
        kill_children(signal.SIGTERM)

    with Site({"/robots.txt": Served("", hang=30)}) as slow:
        when_asked(slow, look)
        assert list(run(site_source(slow, proxy=""), config=config(total=25))) == []
    limits = dict(re.findall(rb"Max (.+?)  +(\d+)", seen["limits"]))
    assert int(limits[b"address space"]) == 1 << 30
    assert int(limits[b"cpu time"]) == 120
    assert int(limits[b"core file size"]) == 0
    assert b"hunter2" not in seen["environ"]
    assert slow.url("").encode() not in seen["cmdline"]  # other users of the machine can read it


def test_only_the_harmless_part_of_our_environment_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "p")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.example/s")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("FAKETIME", "+1d")
    passed_on = crawling.environment()
    assert not {"SMTP_PASSWORD", "SLACK_WEBHOOK_URL", "HTTPS_PROXY"} & set(passed_on)
    assert passed_on["FAKETIME"] == "+1d"


def test_nothing_due_starts_nothing() -> None:
    assert list(run()) == []


def when_asked(site: Site, act: Callable[[], object]) -> None:
    """Do something as soon as the site has been asked for something, however long the child takes to start."""

    def wait() -> None:
        while not site.asked:
            time.sleep(0.05)
        act()

    threading.Thread(target=wait, daemon=True).start()


def kill_children(number: int) -> None:
    for pid in children():
        os.kill(pid, number)


def children() -> list[int]:
    """Crawl children of this process."""
    return [int(p.name) for p in Path("/proc").glob("[0-9]*") if _parent(p) == os.getpid() and _is_crawl(p)]


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it ended while we looked
        return 0


def _is_crawl(process: Path) -> bool:
    try:
        return b"monitor.gather.crawl" in (process / "cmdline").read_bytes()
    except OSError:
        return False
