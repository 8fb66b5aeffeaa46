"""Mistakes that newsrooms published about releases since 2024, each played as it came, and none of them made again.

`known_mistakes.jsonl` has the articles in our own words, in order; `event` names the release of the shipped history
under which an article belongs, `new` one of its own, '' none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Config
from monitor.gather.pages import extract
from monitor.ingest import Ingested, Ingester
from monitor.model import Article
from monitor.reading.ledger import HISTORY, Ledger, from_json
from monitor.store import Database, events, row, shipped

FOLDER = Path(__file__).parent
LINES = [json.loads(line) for line in (FOLDER / "known_mistakes.jsonl").read_text(encoding="utf-8").splitlines()]
CASES = {case: list(found) for case, found in groupby(LINES, key=lambda line: line["case"])}
JUNE, SEPTEMBER, DECEMBER = "2025-06-21-kellogg-14", "2025-09-11-coale-52", "2025-12-13-coale-123"


class Play:
    """An archive with the shipped history, into which the articles of a case come one by one."""

    def __init__(self, archive: Database, case: str) -> None:
        self.archive, self.lines = archive, CASES[case]
        shipped.load(archive)
        self.taken = list(self._play())

    def _play(self) -> Iterable[Ingested]:
        outlets = {line["outlet"]: line["type"] for line in self.lines}
        hosts = {outlet: f"outlet{number}.example" for number, outlet in enumerate(outlets)}
        sources = [
            {"name": name, "url": f"https://{hosts[name]}/rss", "outlet": name} | ({"type": kind} if kind else {})
            for name, kind in outlets.items()
        ]
        ingester = Ingester(self.archive, Config.model_validate({"sources": sources}))
        for number, line in enumerate(self.lines):
            at = datetime.fromisoformat(line["at"])
            url = f"https://{hosts[line['outlet']]}/{number}"
            article = Article(url, line["title"], line["text"], published=at)
            yield from ingester.ingest(self.archive, [article], now=at + timedelta(minutes=10))

    def filed(self) -> list[str]:
        return [_named(one.event) for one in self.taken]

    def ledger(self, name: str) -> Ledger:
        found = row(self.archive, "SELECT ledger FROM events WHERE slug = ?", events.neutral_slug(name))
        assert found is not None
        return from_json(json.loads(found["ledger"]))

    def told(self) -> list[tuple[str, str]]:
        """Kind and subject of every fact that is news at once, in order."""
        facts = (f for one in self.taken for f in one.facts if f.kind != "coverage" and not f.held_for_human)
        return [(f.kind, f.key.split(":", 3)[-1] if f.key.count(":") > 2 else "") for f in facts]


@cache
def _history() -> dict[str, str]:
    lines = (FOLDER.parent / "monitor/data/releases.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = [line.partition(",")[0] for line in lines]
    return {events.neutral_slug(name): name for name in names}


def _named(slug: str) -> str:
    return _history().get(slug, "new") if slug else ""


@pytest.fixture
def play(archive: Database) -> Callable[[str], Play]:
    return lambda case: Play(archive, case)


@pytest.mark.parametrize("case", CASES)
def test_every_article_is_filed_where_an_editor_would(play: Any, case: str) -> None:
    """Fails when onward travel, a sum, a growing count, an old page or an album becomes a release of its own."""
    assert play(case).filed() == [line["event"] for line in CASES[case]]


def test_a_false_name_is_told_and_taken_back(play: Any) -> None:
    june = play("case-01")
    assert ("named", "losik-ihar") in june.told() and ("correction", "losik-ihar") in june.told()
    assert june.ledger(JUNE).people["losik-ihar"].state == "retracted"
    assert june.ledger(SEPTEMBER).people["losik-ihar"].state == "confirmed"


def test_a_false_name_of_the_reference_group_is_taken_back_too(play: Any) -> None:
    december = play("case-02")
    assert december.told().count(("correction", "stefanovic-valiantsin")) == 1
    assert december.ledger(DECEMBER).people["stefanovic-valiantsin"].state == "retracted"


def test_a_status_can_go_back(play: Any) -> None:
    september = play("case-03")
    assert ("correction", "statkevich-mikola:refused") in september.told()
    chain = [word for _, word, _ in september.ledger(SEPTEMBER).people["statkevich-mikola"].chain]
    assert chain == ["named", "refused", "held"]
    held = [f.key.rpartition(":")[2] for one in september.taken for f in one.facts if f.held_for_human and f.person]
    assert set(held) == {"statkevich-mikola"}


def test_father_and_son_of_one_surname_are_not_mixed_up(play: Any) -> None:
    people = play("case-04").ledger(DECEMBER).people
    assert "babaryka-viktar" in people and "babaryka-eduard" not in people


@pytest.mark.parametrize(
    ("case", "name", "total", "political"),
    [
        ("case-06", "2025-01-24-pardon-15", 15, 8),
        ("case-07", "2025-12-30-pardon-22", 22, 20),
        ("case-08", "2026-03-05-pardon-18", 18, 15),
    ],
)
def test_total_and_political_subset_are_two_numbers_and_no_change(
    play: Any, case: str, name: str, total: int, political: int
) -> None:
    pardon = play(case)
    assert (pardon.ledger(name).total, pardon.ledger(name).value("political")) == (total, political)
    assert [kind for kind, _ in pardon.told()] == ["announced"]


def test_onward_travel_is_part_of_the_release_and_no_news_of_another(play: Any) -> None:
    travel = play("case-09").taken[-1]
    assert [fact.kind for fact in travel.facts] == ["coverage"]


def test_part_counts_of_several_definitions_change_no_total(play: Any) -> None:
    """8, 10 and 12 journalists, by who counts: nobody is told of another number, and the event keeps its 52."""
    journalists = play("case-13")
    assert [kind for kind, _ in journalists.told()] == ["announced"]
    assert journalists.ledger(SEPTEMBER).total == 52


def test_a_claim_of_propaganda_and_its_denial_stand_in_one_story(play: Any) -> None:
    stories = {line["title"]: one.story for line, one in zip(CASES["case-22"], play("case-22").taken, strict=True)}
    assert stories["Варшава отказалась забирать Почобута"] == stories["В Варшаве опровергли слова о Почобуте"]


def test_an_offer_refused_or_not_frees_nobody(play: Any) -> None:
    offer = play("case-23")
    assert offer.told() == [("announced", "")]
    assert "poczobut-andrzej" not in offer.ledger(DECEMBER).people


def test_what_those_freed_get_or_do_is_no_release(play: Any) -> None:
    """Fails when a scam or a café opens an event. Thirty of them who arrive are one."""
    facts = [[fact.kind for fact in one.facts if fact.kind != "coverage"] for one in play("case-33").taken]
    assert facts == [[], [], [], [], ["announced"]]


@pytest.mark.parametrize("tag", ["div", "li", "p", "h3"])
@pytest.mark.parametrize("place", ["{block}<h1>{title}</h1>{text}", "<article><h1>{title}</h1>{block}{text}</article>"])
def test_the_headlines_of_a_mirror_are_not_the_article(archive: Database, tag: str, place: str) -> None:
    """Case 26: a page about the metro under a block of rotating headlines about releases."""
    line = CASES["case-26"][0]
    headlines = ["В Беларуси помиловали 250 политзаключенных, их вывезли в Литву", "Мария Колесникова вышла на свободу"]
    block = "".join(f"<{tag}><a href='/news/{n}.html'>{headline}</a></{tag}>" for n, headline in enumerate(headlines))
    text = "".join(f"<p>{sentence}.</p>" for sentence in line["text"].split(". "))
    page = place.format(block=f"<div>{block}</div>", title=line["title"], text=text)
    at = datetime.fromisoformat(line["at"])
    read = extract(f"<html><body>{page}</body></html>".encode(), "https://mirror.example/news/11024.html", now=at)
    assert "Стоимость проезда" in read.text and "политзаключенных" not in read.text
    article = Article("https://mirror.example/news/11024.html", line["title"], read.text, published=at)
    [taken] = Ingester(archive, Config()).ingest(archive, [article], now=at)
    assert taken.reading is not None and not taken.reading.relevant and not taken.event


def test_numbers_that_differ_stay_side_by_side_and_sums_that_fail_are_shown(play: Any) -> None:
    december = play("case-10").ledger(DECEMBER)
    assert {figure.value for figure in december.figures["of:Belarus"]} == {109, 104}
    assert december.mismatches == ({"of": "of", "sum": 114, "total": 123},)


def test_counts_of_one_nationality_stay_side_by_side(play: Any) -> None:
    september = play("case-12").ledger(SEPTEMBER)
    assert {figure.value for figure in september.figures["of:Poland"]} == {2, 3}


def test_those_still_held_on_a_day_are_no_running_total(play: Any) -> None:
    march = play("case-17").ledger("2026-03-05-pardon-18")
    assert {figure.value for figure in march.figures.get("cumulative", ()) if figure.origin != HISTORY} == set()


@pytest.mark.parametrize("case", ["case-21", "case-22", "case-24", "case-30"])
def test_hints_claims_of_propaganda_and_other_exchanges_are_no_news_of_a_release(play: Any, case: str) -> None:
    assert play(case).told() == []


def test_a_rumour_leaves_no_number(play: Any) -> None:
    rumour = play("case-20")
    assert [kind for kind, _ in rumour.told()] == ["announced"]
    numbers = {f.value for figures in rumour.ledger(DECEMBER).figures.values() for f in figures}
    assert 123 in numbers and 150 not in numbers


def test_withheld_names_are_said_to_be_withheld(play: Any) -> None:
    ledger = play("case-32").ledger("2024-07-kastusiou-18")
    assert ledger.withheld and "names" in ledger.unknown and set(ledger.people) == {"kastusiou-ryhor"}
