"""The archive transaction: identity, sameness, what is silent, what is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor import store
from monitor.config import Config
from monitor.ingest import Ingested, Ingester, lateness
from monitor.model import Article, Kind, ListedPerson, Listing, OutletType, Person, Source
from monitor.search import search
from monitor.store import Database, people, shipped

CONFIG = Config.model_validate(
    {
        "sources": [
            {"name": "Paper", "url": "https://paper.example/rss", "outlet": "Paper", "path_id": r"/(\d{4,})",
             "mirrors": ["paper-read.example"], "languages": ["be", "ru"]},
            {"name": "Agency", "url": "https://agency.example/feed", "type": "agency", "languages": ["en"]},
            {"name": "Copyist", "url": "https://copyist.example/feed", "type": "aggregator", "languages": ["en"]},
        ],
        "withhold": ["Вера Ціхая"],
    }
)  # fmt: skip
RELEASE = (
    "Belarus on Thursday freed 23 political prisoners, the rights group Viasna said. The men and women were pardoned"
    " by Alexander Lukashenko after talks with a United States envoy. They are home in Minsk and Homiel by now."
)


@pytest.fixture
def ingester(archive: Database) -> Ingester:
    with store.write(archive):
        people.save(
            archive, [Person("zhavaranak", "Martsin Zhavaranak", "Марцін Жаваранак", "Мартин Жаворонок")], "operator"
        )
    return Ingester(archive, CONFIG)


def article(
    url: str, title: str = "Belarus frees 23 political prisoners", text: str = RELEASE, **more: object
) -> Article:
    return Article(url, title, text, **more)  # type: ignore[arg-type]


def take(ingester: Ingester, db: Database, *articles: Article, now: datetime, **more: object) -> list[Ingested]:
    return ingester.ingest(db, articles, now=now, **more)  # type: ignore[arg-type]


def test_an_article_is_taken_once(ingester: Ingester, archive: Database, now: datetime) -> None:
    one = article("https://agency.example/a", published=now)
    first, again = take(ingester, archive, one, one, now=now)
    (later,) = take(ingester, archive, one, now=now + timedelta(hours=1))
    assert [first.new, again.new, later.new] == [True, False, False]
    assert again.duplicate_of == later.duplicate_of == one.url
    assert len(store.rows(archive, "SELECT * FROM facts WHERE kind = 'coverage'")) == 1


def test_a_mirror_is_the_same_article_and_an_edition_the_same_story(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    text = "Аляксандр Лукашэнка памілаваў 23 палітвязняў, паведаміла «Вясна». Яны ўжо дома ў Мінску."
    main, mirror, edition = take(
        ingester,
        archive,
        article("https://paper.example/be/41010", "Памілавалі 23 палітвязняў", text),
        article("https://paper-read.example/be/41010?utm_source=t", "Памілавалі 23 палітвязняў", text),
        article(
            "https://paper.example/ru/41010",
            "Помиловали 23 политзаключенных",
            "Лукашенко помиловал 23 политзаключенных.",
        ),
        now=now,
    )
    assert (mirror.new, mirror.duplicate_of) == (False, main.article.url)
    assert (edition.new, edition.story, edition.duplicate_of) == (True, main.story, main.article.url)


def test_a_copy_is_one_however_well_another_paper_tells_the_same(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    """Fails when the day's copy counts as an independent voice because an earlier report fits as well."""
    who = "Марцін Жаваранак"
    paper = article(
        "https://paper.example/be/41011",
        "Памілавалі 23 палітвязняў",
        f"Аляксандр Лукашэнка памілаваў 23 палітвязняў. Сярод іх {who}, паведаміла «Вясна».",
    )
    text = f"{RELEASE} Martsin Zhavaranak is among them."
    agency = article("https://agency.example/b", text=text)
    copy = article("https://copyist.example/r/2", text=text)
    *_, copied = take(ingester, archive, paper, agency, copy, now=now)
    assert copied.duplicate_of == agency.url


def test_the_same_text_elsewhere_is_the_same_story(ingester: Ingester, archive: Database, now: datetime) -> None:
    first, copy = take(
        ingester,
        archive,
        article("https://agency.example/a"),
        article("https://copyist.example/r/1", "23 freed in Belarus"),
        now=now,
    )
    assert (copy.new, copy.story, copy.duplicate_of) == (True, first.story, first.article.url)


def test_other_news_is_another_story(ingester: Ingester, archive: Database, now: datetime) -> None:
    other = article(
        "https://agency.example/b", "Orchards suffer", "A late frost ruined the apples around Brest, growers said."
    )
    first, second = take(ingester, archive, article("https://agency.example/a"), other, now=now)
    assert first.story != second.story
    assert not second.duplicate_of


def test_a_baseline_is_stored_and_silent(ingester: Ingester, archive: Database, now: datetime) -> None:
    (taken,) = take(ingester, archive, article("https://agency.example/a", published=now), now=now, baseline=True)
    assert taken.new
    assert taken.facts
    assert all(f.data["silent"] == "baseline" for f in taken.facts)


def test_an_edited_headline_is_no_new_story_and_keeps_its_earlier_wording(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    (first,) = take(ingester, archive, article("https://agency.example/a"), now=now)
    (edited,) = take(
        ingester, archive, article("https://agency.example/a", "Belarus frees 24 political prisoners"), now=now
    )
    assert (edited.new, edited.story) == (False, first.story)
    assert store.row(archive, "SELECT title FROM versions")["title"] == "Belarus frees 23 political prisoners"  # type: ignore[index]
    assert store.row(archive, "SELECT title FROM articles")["title"] == "Belarus frees 24 political prisoners"  # type: ignore[index]


def test_a_feed_that_shows_only_the_summary_next_time_is_no_edit(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    take(ingester, archive, article("https://agency.example/a"), now=now)
    take(ingester, archive, article("https://agency.example/a", text="", summary=RELEASE[:80]), now=now)
    assert store.rows(archive, "SELECT * FROM versions") == []
    assert store.row(archive, "SELECT text FROM articles")["text"] == RELEASE  # type: ignore[index]


@pytest.mark.parametrize("published", [2099, 1970])
def test_f14_a_date_that_cannot_be_true_is_no_date(
    ingester: Ingester, archive: Database, now: datetime, published: int
) -> None:
    take(ingester, archive, article("https://agency.example/a", published=now.replace(year=published)), now=now)
    assert store.row(archive, "SELECT published_at FROM articles")["published_at"] is None  # type: ignore[index]


def test_lateness_is_counted_from_when_it_could_first_have_been_seen(now: datetime) -> None:
    day, limit = timedelta(days=1), timedelta(hours=48)
    assert lateness(None, now, None, limit) == 0
    assert lateness(now - day, now, None, limit) == 0
    assert lateness(now - 3 * day, now, None, limit) == 2  # old when first seen
    assert lateness(now - 3 * day, now, now - 4 * day, limit) == 1  # published while we were down
    assert lateness(now - 9 * day, now, now - 4 * day, limit) == 2  # old even before we went down


def test_a_withheld_name_is_read_nowhere(archive: Database, now: datetime) -> None:
    with store.write(archive):
        people.save(archive, [Person("cichaja", "Vera Tsikhaya", "Вера Ціхая", "Вера Тихая")], "operator")
    ingester = Ingester(archive, CONFIG)
    text = "Палітвязня Вера Ціхая выйшла на волю ў Мінску, паведаміла «Вясна»."
    (taken,) = take(ingester, archive, article("https://paper.example/be/41011", "Вера Ціхая на волі", text), now=now)
    assert taken.reading.mentions == ()
    assert taken.reading.names == ()


def test_many_articles_are_answered_in_their_order(ingester: Ingester, archive: Database, now: datetime) -> None:
    articles = [
        article(f"https://agency.example/{n}", f"Report {n}", f"Number {n} about the orchard.") for n in range(120)
    ]
    assert [t.article.url for t in take(ingester, archive, *articles, now=now)] == [a.url for a in articles]


def test_articles_of_older_analysers_are_read_again_in_the_background(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    take(ingester, archive, article("https://agency.example/a"), now=now)
    with store.write(archive):
        archive.conn.execute("UPDATE articles SET analyser_version = 'old', topics = '[]'")
    assert ingester.read_again(archive) == 1
    assert ingester.read_again(archive) == 0
    assert "releases" in store.row(archive, "SELECT topics FROM articles")["topics"]  # type: ignore[index]
    assert [h.url for h in search(archive, "prisoners")] == ["https://agency.example/a"]


def test_a_change_in_a_published_list_feeds_the_same_ledger(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    source = Source("List", "https://list.example/en/list", Kind.PRISONER_LIST, "Viasna", "Viasna", OutletType.NGO)
    others = tuple(ListedPerson(f"f{n}", f"Filler {n}", "active") for n in range(100))
    held = ListedPerson("1", "Марцін Жаваранак", "active", url="https://list.example/en/person/1")
    freed = ListedPerson("1", "Марцін Жаваранак", "former", (now - timedelta(days=1)).date(), url=held.url)
    assert ingester.take_list(archive, Listing("List", now, (held, *others)), source, now=now) == ""
    assert ingester.take_list(archive, Listing("List", now, (freed, *others)), source, now=now) == ""
    said = store.row(archive, "SELECT * FROM mentions WHERE person_id = 'zhavaranak'")
    assert said is not None
    assert said["status"] == "freed"
    assert store.row(archive, "SELECT origin FROM claims")["origin"] == "viasna"  # type: ignore[index]


@pytest.mark.parametrize(
    ("title", "text", "waits"),
    [
        ("A year ago 123 political prisoners were freed in Belarus", "They were freed on 13 December 2025.", "past"),
        ("Some political prisoners may be freed soon", "Lukashenko said in Minsk that a pardon is possible.", "hint"),
        ("Belarus frees 23 political prisoners", RELEASE, ""),
    ],
)
def test_what_is_no_news_at_once_says_why(archive: Database, title: str, text: str, waits: str) -> None:
    """Fails when a release of the shipped history is announced a year later, or a hint counts as news."""
    shipped.load(archive)
    today = datetime(2026, 12, 12, 9, tzinfo=UTC)
    found = article("https://agency.example/a", title, text, published=today)
    (one,) = take(Ingester(archive, CONFIG), archive, found, now=today)
    assert {f.kind for f in one.facts if not f.data.get("waits")} == (set() if waits else {"announced", "coverage"})
    assert {f.data["waits"] for f in one.facts if "waits" in f.data} == ({waits} if waits else set())
    assert "announced" not in {f.kind for f in one.facts} or not waits


def test_an_article_that_tells_of_a_death_waits_for_a_human(
    ingester: Ingester, archive: Database, now: datetime
) -> None:
    freed = article(
        "https://agency.example/f", "Belarus frees Martsin Zhavaranak", "The political prisoner Martsin Zhavaranak was"
        " released in Belarus on Thursday.", published=now,
    )  # fmt: skip
    died = article(
        "https://agency.example/d", "Martsin Zhavaranak died in a Belarusian prison", "The political prisoner Martsin"
        " Zhavaranak, who had been released last week and detained again, died in prison, Viasna said.", published=now,
    )  # fmt: skip
    told, waits = take(ingester, archive, freed, died, now=now)
    assert not any(fact.held_for_human for fact in told.facts)
    assert {fact.kind for fact in waits.facts if fact.held_for_human} >= {"coverage", "state"}


def test_the_death_of_somebody_nobody_knows_waits_too(ingester: Ingester, archive: Database, now: datetime) -> None:
    died = article(
        "https://agency.example/d", "Political prisoner dies in a Belarusian colony", "The political prisoner Piatro"
        " Vydumany died in a penal colony in Belarus, his family said.", published=now,
    )  # fmt: skip
    (waits,) = take(ingester, archive, died, now=now)
    assert {fact.kind for fact in waits.facts} == {"coverage", "state"}
    assert all(fact.held_for_human for fact in waits.facts)
