from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from monitor.config import Config
from monitor.ingest import Ingester
from monitor.model import Article, Person
from monitor.store import Database, rows, shipped, write
from monitor.store import people as register
from monitor.web.app import create_app

from . import gazette
from .newsroom import Newsroom

LANGUAGES = ("be", "ru", "en")
PAGES = (
    "/",
    "/all",
    "/story/pardon2345",
    "/event/e7k2mq",
    "/event/h3",
    "/person/varanovich-mikola",
    "/people",
    "/people?q=nobody",
    "/search",
    "/search?q=pardon",
    "/search?q=(",
    "/search?q=nothingofthekind",
    "/sources",
    "/timeline",
    "/about",
    "/nothing",
    "/u/notatokenofanybody",
)


def tree(site: TestClient, path: str) -> html.HtmlElement:
    return html.fromstring(site.get(path).text)


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("full", [True, False])
def test_every_page_is_sound_html_in_every_language(
    site: TestClient, newsroom: Newsroom, path: str, language: str, full: bool
) -> None:
    if full:
        gazette.fill(newsroom)
    page = html.fromstring(site.get(path, params={"lang": language}).text)
    assert page.get("lang") == language
    assert len(page.xpath("//h1")) == 1 and len(page.xpath("//main")) == 1
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {i for names in page.xpath("//@aria-labelledby | //@aria-describedby") for i in names.split()} <= set(ids)
    fields = page.xpath("//input[@type != 'hidden'] | //select | //textarea")
    assert {f.get("id") for f in fields} == set(page.xpath("//label/@for"))
    assert page.xpath("//a[@href='#main']") and page.xpath("//*[@id='main']")
    assert "None" not in page.xpath("//main")[0].text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_link_within_the_site_is_broken(site: TestClient, newsroom: Newsroom, language: str) -> None:
    gazette.fill(newsroom)
    todo, seen = [f"/?lang={language}"], set()
    while todo:
        path = todo.pop()
        seen.add(path)
        answer = site.get(path)
        assert answer.status_code == 200, path
        if "text/html" in answer.headers["content-type"]:
            found = html.fromstring(answer.text).xpath("//a/@href | //link/@href")
            inside = {a.split("#")[0] for a in found if a.startswith("/")}
            todo += [a for a in inside if a not in seen and a not in todo]
    assert len(seen) > 25


def test_a_chosen_language_is_remembered_by_the_links(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    links = tree(site, "/?lang=be").xpath("//main//a/@href")
    assert all("lang=be" in a for a in links if a.startswith("/"))
    assert not [a for a in tree(site, "/").xpath("//main//a/@href") if "lang=" in a]


def test_the_browsers_language_is_enough(site: TestClient) -> None:
    answer = site.get("/", headers={"accept-language": "be"})
    assert answer.headers["content-language"] == "be" and "Accept-Language" in answer.headers["vary"]


def test_an_empty_archive_explains_its_silence(site: TestClient) -> None:
    assert "There is no story about a release yet." in site.get("/").text


def test_stories_stand_under_their_minsk_day_newest_first(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.article(newsroom.story("old", seen=newsroom.ago(hours=13)), "Older headline")  # 20:00 UTC, 23:00 in Minsk
    newsroom.article(newsroom.story("new", seen=newsroom.ago(hours=11)), "Newer headline")  # 22:00 UTC, 01:00 in Minsk
    page = tree(site, "/")
    assert [words_of(h) for h in page.xpath("//h2[starts-with(@id, 'd2')]")] == ["Today", "Yesterday"]
    assert [words_of(h) for h in page.xpath("//h3")] == ["Newer headline", "Older headline"]


def test_a_headline_carries_its_own_language(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.article(newsroom.story("s"), "На волю выйшлі 32 палітвязні", language="be")
    assert tree(site, "/?lang=en").xpath("//h3/@lang") == ["be"]


def test_the_headline_is_in_the_readers_language_where_there_is_one(site: TestClient, newsroom: Newsroom) -> None:
    story = newsroom.story("s")
    newsroom.article(story, "Освобождены 32 человека", language="ru", seen=newsroom.ago(hours=1))
    newsroom.article(story, "Thirty-two people released", language="en")
    assert "Thirty-two" in words_of(tree(site, "/?lang=en").xpath("//h3")[0])
    assert "Освобождены" in words_of(tree(site, "/?lang=be").xpath("//h3")[0])


def test_copies_add_no_voice(site: TestClient, newsroom: Newsroom) -> None:
    story = newsroom.story("s")
    first = newsroom.article(story, "First", owner="A")
    newsroom.article(story, "Same owner", owner="A")
    for n in range(10):
        newsroom.article(story, f"Copy {n}", duplicate_of=first, score=0.97, score_why="the same text")
    assert "12 articles, 1 independent voice" in words_of(tree(site, "/"))


def test_a_story_page_shows_copies_under_their_original_with_the_score(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    below = tree(site, "/story/pardon2345").xpath("//ul[@class='below']/li")
    assert len(below) == 1
    assert "a copy of the text" in words_of(below[0]) and "0.97" in words_of(below[0])


def test_only_the_sentences_that_matter_are_shown(site: TestClient, newsroom: Newsroom) -> None:
    body = "Private paragraph of the body. Nine were freed."
    newsroom.article(newsroom.story("s"), "Title", text=body, sentences=["Nine were freed."])
    text = site.get("/story/s").text
    assert "Nine were freed." in text and "Private paragraph" not in text


def test_what_waits_for_a_human_is_on_no_page(site: TestClient, newsroom: Newsroom) -> None:
    story = newsroom.story("s")
    number = newsroom.article(story, "A death nobody confirmed")
    newsroom.person("p", "Some Body")
    newsroom.mention(number, "p", sentence="A death nobody confirmed.")
    newsroom.fact("event:x:state:death:p", "state", article_id=number, story="s", person="p", held=1)
    paths = ("/", "/all", "/person/p", "/feed.atom", "/feed.json", "/api/stories", "/api/people/p", "/search?q=death")
    assert [p for p in paths if "nobody confirmed" in site.get(p).text] == []
    assert site.get("/story/s").status_code == 404
    newsroom.fact("event:x:state:death:p", "state", article_id=number, story="s", person="p")  # a human let go of it
    assert "nobody confirmed" in site.get("/story/s").text and "nobody confirmed" in site.get("/person/p").text


def test_a_merged_story_leads_to_the_one_it_became(site: TestClient, newsroom: Newsroom) -> None:
    kept = newsroom.story("kept")
    newsroom.article(kept, "Kept headline")
    gone = newsroom.story("gone", into=kept)
    newsroom.article(gone, "Headline that moved")
    answer = site.get("/story/gone?lang=be", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/story/kept?lang=be")
    assert "Headline that moved" in site.get("/story/kept").text
    assert len(tree(site, "/").xpath("//h3")) == 1


def test_a_neutral_link_finds_story_article_and_event(site: TestClient, newsroom: Newsroom) -> None:
    event = newsroom.event("e1")
    newsroom.article(newsroom.story("s1", event=event), "Headline", uid="a1")
    for uid, place in (("s1", "/story/s1"), ("a1", "/story/s1"), ("e1", "/event/e1")):
        assert site.get(f"/n/{uid}", follow_redirects=False).headers["location"] == place


def test_older_stories_are_a_page_away_and_none_is_lost(site: TestClient, newsroom: Newsroom) -> None:
    for n in range(65):  # all seen in the same second, as a first visit brings them
        newsroom.article(newsroom.story(f"s{n}"), f"Headline {n}")
    found, path = [], "/"
    while path:
        page = tree(site, path)
        found += [words_of(h) for h in page.xpath("//h3")]
        path = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert sorted(found) == sorted(f"Headline {n}" for n in range(65))


def test_an_event_keeps_its_figures_apart_with_who_says_each(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    page = tree(site, "/event/e7k2mq")
    lines = [words_of(r) for r in page.xpath("//table[contains(@class, 'ledger')]/tbody/tr")]
    assert any(r.startswith("32 in all, by the authorities") and "Помилованы 32 человека" in r for r in lines)
    assert any(r.startswith("31 verified by Viasna") and "Справа" in r for r in lines)
    assert "The figures by destination add up to 31, but 32 were reported in all." in words_of(page)
    assert "who all of them are" in words_of(page)
    assert "Alena Zhuk" in words_of(page)


@pytest.mark.parametrize("language", ["be", "ru"])
def test_nothing_of_the_shipped_data_is_english_on_a_page_in_another_language(
    site: TestClient, archive: Database, language: str
) -> None:
    """Fails when a note, a role or who counted stands there as the file has it."""
    shipped.load(archive)
    events = [r["slug"] for r in rows(archive, "SELECT slug FROM events WHERE history")]
    people = [r["id"] for r in rows(archive, "SELECT id FROM people")]
    for path in (*(f"/event/{slug}" for slug in events), *(f"/person/{ident}" for ident in people)):
        main = tree(site, f"{path}?lang={language}").find(".//main")
        assert main is not None and main.xpath(".//*[@lang='en']") == [], path


def test_a_person_page_leads_to_the_releases_that_name_them(site: TestClient, archive: Database) -> None:
    """Fails when the page of somebody freed in December says nothing of that release."""
    shipped.load(archive)
    main = tree(site, "/person/bialiatski-ales?lang=en").find(".//main")
    assert main is not None
    assert "Release with forced removal, 13 December 2025: confirmed" in words_of(main)
    assert "In which releases" not in words_of(tree(site, "/person/ivashyn-dzianis?lang=en"))


def test_a_person_page_shows_how_a_release_was_taken_back_and_when(site: TestClient, archive: Database) -> None:
    """Fails when somebody is said to have `names known`, or a false name stands there without its end."""
    with write(archive):
        register.save(archive, [Person("p1", "Ales Karp", status="held")], "operator")
    texts = (
        "Belarus freed five political prisoners on Monday, among them Ales Karp.",
        "Ales Karp was not among the five political prisoners freed in Belarus on Monday, said Viasna.",
    )
    ingester = Ingester(archive, Config())
    for day, text in zip((16, 17), texts, strict=True):
        article = Article(f"https://paper{day}.example/1", "Political prisoners in Belarus", text)
        ingester.ingest(archive, [article], now=datetime(2026, 11, day, 9, tzinfo=UTC))
    shown = words_of(tree(site, "/person/p1?lang=en"))
    assert "named by one voice 16 November 2026 → name withdrawn 17 November 2026" in shown


def test_an_event_of_the_shipped_history_says_so(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    assert "comes from the history shipped with the program" in site.get("/event/h3").text


def test_an_unconfirmed_return_to_prison_is_not_on_the_event_page(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.person("p", "Some Body")
    line = {"state": "held", "at": "2026-11-15T00:00:00Z", "origins": [], "chain": [["2026-11-15", "held", "report"]]}
    newsroom.event("e1", ledger={"people": {"p": line}})
    assert "Some Body" not in site.get("/event/e1").text
    assert site.get("/api/events/e1").json()["ledger"]["people"] == {}


def test_a_persons_chain_can_go_back(site: TestClient, newsroom: Newsroom) -> None:
    newsroom.person("p", "Some Body", status="held", status_date="2026-09-01")
    story = newsroom.story("s")
    for days, status in ((9, "held"), (5, "freed"), (4, "freed"), (2, "held")):
        number = newsroom.article(story, f"Said {days} days ago", seen=newsroom.ago(days=days))
        newsroom.mention(number, "p", status=status, sentence=f"He is {status}.")
    steps = [words_of(s) for s in tree(site, "/person/p").xpath("//ol[@class='chain']/li/p[1]/strong")]
    assert steps == ["held", "reported released", "held"]


@pytest.mark.parametrize(
    ("status", "since", "warned"),
    [("held", "2026-11-01", False), ("held", "2026-05", True), ("held", "", True), ("released", "2024-01-01", False)],
)
def test_an_old_word_that_somebody_is_held_is_said_to_be_old(
    site: TestClient, newsroom: Newsroom, status: str, since: str, warned: bool
) -> None:
    newsroom.person("p", "Some Body", status=status, status_date=since)
    assert ("It may no longer be true." in site.get("/person/p").text) is warned


@pytest.mark.parametrize("typed", ["varan", "Мікола варановіч", "voronovich nik", "waranowicz", "VARANOVIČ"])
def test_somebody_is_found_by_any_spelling(site: TestClient, newsroom: Newsroom, typed: str) -> None:
    gazette.fill(newsroom)
    found = tree(site, f"/people?q={typed}").xpath("//ul[@class='names']/li/a")
    assert [words_of(a) for a in found] == ["Mikola Varanovich"]


def test_a_mistake_in_a_query_is_explained_with_its_place(site: TestClient) -> None:
    answer = site.get("/search?q=(abc")
    assert answer.status_code == 400
    assert html.fromstring(answer.text).xpath("//div[@role='alert']//mark")


HARD = [
    '"',
    "*",
    "NEAR(",
    "col:",
    "a" * 10_000,
    "\x00",
    "%",
    "💥",
    "((((",
    "NOT x",
    "-",
    "a OR",
    "lang:",
    "'; DROP",
    "a*b",
]


@pytest.mark.parametrize("typed", HARD)
@pytest.mark.parametrize("path", ["/search", "/feed.atom", "/feed.json", "/api/search"])
def test_no_query_breaks_a_page(site: TestClient, path: str, typed: str) -> None:
    assert site.get(path, params={"q": typed}).status_code in (200, 400)


def test_filters_narrow_a_search(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    everything = len(tree(site, "/search?q=32").xpath("//h3"))
    polish = tree(site, "/search?q=32&in=pl").xpath("//h3/@lang")
    official = tree(site, "/search?q=32&type=official").xpath("//h3/@lang")
    assert everything > 3 and polish == ["pl"] and official == ["ru"]
    assert not tree(site, "/search?q=32&to=2026-11-14").xpath("//h3")
    assert tree(site, "/search?q=32&from=2026-11-15").xpath("//h3")


def test_sources_say_in_words_how_they_are(site: TestClient, newsroom: Newsroom, now: datetime) -> None:
    gazette.fill(newsroom)
    page = tree(site, "/sources")
    groups = [words_of(h) for h in page.xpath("//h2")]
    assert groups == ["Failing (1)", "Quiet (1)", "Not visited yet (1)", "Working (10)"]
    assert "It cannot be reached. This began 14\u00a0November, 12:00." in page.text_content()
    assert "13 sources checked, 1 quiet, 1 failing since 14 November, 12:00." in words_of(page.xpath("//footer")[0])


def test_charts_have_words_for_who_does_not_see_them(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    page = tree(site, "/timeline")
    assert [words_of(t) for t in page.xpath("//svg/title")] == [
        "Bar chart of people released by month, from July 2024 to November 2026. The highest is 250 in March 2026."
        " The table below has every figure.",
        "Line chart of people held from 1 July 2024 to 30 October 2026: 1,423 at the beginning, 889 at the end."
        " The table below has every figure.",
    ]
    assert len(page.xpath("//tbody[1]/tr")) >= 12


def test_the_demo_says_on_every_page_that_it_is_one(state: Path, now: datetime) -> None:
    with TestClient(create_app(Config(demo=True), state, now=lambda: now), base_url="http://127.0.0.1") as client:
        assert all("DEMO" in client.get(path).text for path in ("/", "/search", "/nothing", "/about"))


@pytest.mark.parametrize(
    ("language", "name"), [("be", "Манітор вызваленняў"), ("ru", "Монитор освобождений"), ("en", "Release monitor")]
)
def test_the_site_is_called_in_the_language_of_the_page(site: TestClient, language: str, name: str) -> None:
    page = tree(site, f"/?lang={language}")
    assert words_of(page.xpath("//p[@class='name']")[0]) == name and page.findtext(".//title").endswith(f" · {name}")
    assert f"<title>{name}</title>" in site.get(f"/feed.atom?lang={language}").text
    assert site.get(f"/feed.json?lang={language}").json()["title"] == name
    assert f"<title>{name}</title>" in site.get(f"/opml?lang={language}").text


def test_an_operators_own_title_stands_in_every_language(state: Path, archive: Database, now: datetime) -> None:
    site = TestClient(
        create_app(Config(web={"title": "Наш аркуш"}), state, now=lambda: now), base_url="http://127.0.0.1"
    )
    assert {words_of(tree(site, f"/?lang={code}").xpath("//p[@class='name']")[0]) for code in LANGUAGES} == {
        "Наш аркуш"
    }


def test_a_source_that_was_asked_once_in_vain_is_said_to_fail_in_the_readers_language(
    site: TestClient, newsroom: Newsroom
) -> None:
    """The line of coverage counts it as failing: the list must not call it not visited yet."""
    failing = {"status": "unreachable", "failures": 1, "status_since": newsroom.text(newsroom.ago(hours=1))}
    note = "it cannot be reached: the name a.test is not known, or the name server does not answer"
    newsroom.source("Paper A", note=note, last_success_at=None, first_success_at=None, **failing)
    page = tree(site, "/sources?lang=be")
    assert [words_of(h) for h in page.xpath("//h2")] == ["Не адказваюць (1)"]
    row = words_of(page.xpath("//tbody/tr")[0])
    assert "Крыніца недаступная. Пачалося" in row and "імя a.test невядомае або сервер імёнаў не адказвае" in row
    assert "(першы збой " in words_of(page.xpath("//p[@class='coverage']")[0])


def test_a_headline_is_not_repeated_as_the_sentence_below_it(site: TestClient, newsroom: Newsroom) -> None:
    gazette.fill(newsroom)
    for path in ("/", "/story/pardon2345"):
        for story in tree(site, path).xpath("//article | //li[starts-with(@id, 'a-')]"):
            heads = {
                words_of(h).rstrip(".") for h in story.xpath("./*[contains(@class, 'headline')] | ./p[@class='title']")
            }
            said = {words_of(s).rstrip(".") for s in story.xpath("./p[@class='says'] | ./blockquote")}
            assert not heads & said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_what_it_is(site: TestClient, language: str) -> None:
    """Fails when every refusal is called a missing page."""
    browser = {"accept": "text/html", "sec-fetch-site": "cross-site"}
    foreign = site.post(f"/m?lang={language}", data={"to": "a@mail.example"}, headers=browser)
    missing = site.get(f"/nowhere?lang={language}")
    wrong = site.request("DELETE", f"/about?lang={language}", headers=browser)
    assert (foreign.status_code, missing.status_code, wrong.status_code) == (403, 404, 405)
    titles = {html.fromstring(a.text).findtext(".//h1") for a in (foreign, missing, wrong)}
    assert len(titles) == 3 and html.fromstring(foreign.text).get("lang") == language
    assert site.post("/m", data={}, headers={"sec-fetch-site": "cross-site"}).text == "Forbidden\n", (
        "a program gets a line"
    )


def test_each_figure_is_quoted_with_the_sentence_in_which_it_stands(site: TestClient, archive: Database) -> None:
    """Fails when one sentence stands under total and running total, though each has its own."""
    text = (
        "Belarus freed 32 political prisoners on Monday, the rights group Viasna said."
        " In all, 178 political prisoners have been freed since July, it added."
    )
    article = Article("https://paper.example/1", "Political prisoners freed in Belarus", text)
    (taken,) = Ingester(archive, Config()).ingest(archive, [article], now=datetime(2026, 11, 16, 9, tzinfo=UTC))
    table = tree(site, f"/event/{taken.event}?lang=en").find(".//table")
    assert table is not None
    quoted = {words_of(tr)[:3]: [words_of(q) for q in tr.iter("blockquote")] for tr in table.iter("tr")}
    first, second = text.split(". ")
    assert quoted["32 "] == [f"{first}."]
    assert quoted["178"] == [second]


def test_one_sentence_with_two_figures_is_quoted_once(site: TestClient, archive: Database) -> None:
    title = "Belarus pardons 18 people, 15 of them political prisoners"
    article = Article("https://paper.example/1", title, "The decree was published on Monday.")
    (taken,) = Ingester(archive, Config()).ingest(archive, [article], now=datetime(2026, 11, 16, 9, tzinfo=UTC))
    main = tree(site, f"/event/{taken.event}?lang=en").find(".//table")
    assert main is not None
    assert words_of(main).count(title) == 1
    assert words_of(main).count("In the sentence quoted above.") == 1
