"""Search over a real archive: what is found is what would have been told."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from monitor import clock, languages
from monitor.commands.session import Session, warn_of_volume
from monitor.errors import QueryError
from monitor.languages import names
from monitor.matching.document import pack, search_texts
from monitor.matching.index import meets
from monitor.matching.query import Query, parse
from monitor.model import Document
from monitor.search import match_since, search, volume
from monitor.store import Database, row, write
from monitor.store import archive as archived
from monitor.store import search as stored
from tests.matching.test_index import queries

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
_serial = count(1)


def document(title: str, text: str, language: str, **more: object) -> Document:
    title_tokens, text_tokens = languages.analyse(title, language), languages.analyse(text, language)
    seen = names.sightings(title, text, title_tokens, text_tokens, language)
    return Document(title_tokens, text_tokens, names=seen, language=language, **more)  # type: ignore[arg-type]


def put(
    db: Database,
    title: str,
    text: str = "",
    language: str = "en",
    *,
    at: datetime = NOON,
    published: datetime | None = None,
    story: int = 0,
    outlet: str = "Viasna",
    kind: str = "ngo",
    people: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    event: str = "",
) -> int:
    """An article in the archive, in a story of its own unless one is given."""
    told = document(title, text, language)
    serial, moment = next(_serial), clock.to_text(at)
    values = {
        "key": f"k{serial}",
        "item": f"k{serial}",
        "uid": f"u{serial}",
        "url": f"https://example.org/{serial}",
        "source": f"{outlet} feed",
        "outlet": outlet,
        "owner": outlet,
        "type": kind,
        "title": title,
        "text": text,
        "language": language,
        "published_at": clock.to_text(published) if published else None,
        "seen_at": moment,
        "topics": json.dumps(topics),
        "keys": pack(told),
        "analyser_version": "1",
        "fingerprint": b"",
    }
    with write(db):
        if event:
            db.conn.execute(
                "INSERT INTO events (slug, kind, state, first_seen_at, last_seen_at) VALUES (?, 'x', 'hint', ?, ?)",
                (event, moment, moment),
            )
        if not story:
            story = db.conn.execute(
                "INSERT INTO stories (uid, event_id, first_seen_at, last_seen_at)"
                " VALUES (?, (SELECT id FROM events WHERE slug = ?), ?, ?)",
                (f"s{serial}", event, moment, moment),
            ).lastrowid
        known = {each["name"] for each in db.conn.execute("PRAGMA table_info(articles)")}
        values = {name: value for name, value in {**values, "story_id": story}.items() if name in known}
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        article = db.conn.execute(f"INSERT INTO articles ({columns}) VALUES ({marks})", (*values.values(),)).lastrowid
        for person in people:
            db.conn.execute("INSERT OR IGNORE INTO people (id, name_en) VALUES (?, ?)", (person, person))
            db.conn.execute("INSERT INTO mentions VALUES (?, ?, 'other', ?, '', 1)", (article, person, person))
        stored.index_article(db, article, search_texts(told))
    return article


def found(db: Database, query: str, **bounds: object) -> list[int]:
    return [hit.article for hit in search(db, query, **bounds)]  # type: ignore[arg-type]


def test_search_finds_inflected_forms_in_every_language(archive: Database) -> None:
    be = put(archive, "Вызвалілі траіх палітвязняў", language="be")
    ru = put(archive, "Политзаключенных освободили", language="ru")
    en = put(archive, "Two political prisoners freed")
    assert found(archive, "палітвязень") == [be]
    assert found(archive, "политзаключенный") == [ru]
    assert found(archive, '"political prisoner"') == [en]
    assert set(found(archive, 'палітвязень OR политзаключенный OR "political prisoner"')) == {be, ru, en}


def test_positions_are_verified(archive: Database) -> None:
    put(archive, "Prisoner of quite openly political views freed")
    near = put(archive, "x", "Freed yesterday was one prisoner.")
    assert found(archive, '"political prisoner"') == []
    assert found(archive, "freed NEAR/4 prisoner") == [near]
    assert found(archive, "freed NEAR/3 prisoner") == []
    assert found(archive, "prisoner -political") == [near]
    assert found(archive, "prison* title:x") == [near]


def test_the_newest_comes_first_by_the_moment_it_was_published(archive: Database) -> None:
    old = put(archive, "freed", at=NOON, published=NOON - timedelta(days=30))
    new = put(archive, "freed", at=NOON - timedelta(days=1))
    newest = put(archive, "freed", at=NOON, published=NOON - timedelta(hours=1))
    assert found(archive, "freed") == [newest, new, old]
    assert found(archive, "freed", limit=2) == [newest, new]
    assert found(archive, "freed", before=NOON - timedelta(hours=2)) == [new, old]
    assert found(archive, "freed", since=NOON - timedelta(days=2)) == [newest, new]
    assert found(archive, "freed", since=NOON) == []


def test_a_page_that_begins_where_the_last_one_ended_repeats_nothing(archive: Database) -> None:
    made = [put(archive, "freed", at=NOON - timedelta(hours=hour)) for hour in range(6)]
    first = search(archive, "freed", limit=3)
    assert [hit.article for hit in first] + found(archive, "freed", before=first[-1].published) == made


def test_a_person_is_found_by_any_spelling_by_id_and_by_a_bare_name(archive: Database) -> None:
    ru = put(archive, "Марию Колесникову освободили", language="ru")
    pl = put(archive, "x", "O Maryi Kalesnikawej mówią wszyscy.", "pl", at=NOON - timedelta(hours=1))
    known = put(archive, "She is free", people=("kalesnikava-maria",), at=NOON - timedelta(hours=2))
    put(archive, "Maria Kowalska jest wolna", language="pl")
    assert found(archive, 'person:"Марыя Калеснікава"') == [ru, pl]
    assert found(archive, "Марыя Калеснікава") == [ru, pl]
    assert found(archive, "person:kalesnikava-maria") == [known]
    assert found(archive, 'person:kalesnikava-maria OR person:"Марыя Калеснікава"') == [ru, pl, known]


def test_what_is_known_of_an_article_is_searched_too(archive: Database) -> None:
    one = put(archive, "freed", outlet="Наша Ніва", kind="independent", topics=("releases",), event="e1a2b3")
    put(archive, "freed", "film", language="de", outlet="BelTA", kind="official")
    for query in (
        'source:"наша ніва"',
        "type:independent",
        "topic:releases",
        "lang:en",
        "event:e1a2b3",
        "freed source:ніва",
        "(event:e1a2b3 OR film) lang:en",
        "freed -type:official",
    ):
        assert found(archive, query) == [one], query
    assert found(archive, "source:nobody") == []


def test_a_hit_shows_the_words_that_matched(archive: Database) -> None:
    put(archive, "Freed", "Nothing here. Two political prisoners were freed on Friday. Nothing there.")
    hit = search(archive, '"political prisoner"')[0]
    assert (hit.title, hit.outlet, hit.type, hit.language, hit.published) == ("Freed", "Viasna", "ngo", "en", NOON)
    assert len(hit.snippets) == 1
    start, end = hit.snippets[0].marks[0]
    assert hit.snippets[0].text[start:end] == "political prisoners"


def test_a_reworded_article_is_found_by_its_new_words_only(archive: Database) -> None:
    article = put(archive, "Two freed")
    with write(archive):
        stored.unindex_article(archive, article)
        told = document("Three amnestied", "", "en")
        archive.conn.execute("UPDATE articles SET keys = ? WHERE id = ?", (pack(told), article))
        stored.index_article(archive, article, search_texts(told))
    assert found(archive, "freed") == []
    assert found(archive, "amnestied") == [article]
    archive.conn.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def test_unindexing_what_is_not_there_does_nothing(archive: Database) -> None:
    stored.unindex_article(archive, 77)


@pytest.mark.parametrize(
    "typed",
    ['"', "*", "NEAR(", "col:", "x" * 10_001, "\0", "%", "'; DROP TABLE articles; --", "a AND", "ё́", "😀", "^a",
     "{a}:b", "a+b", "=", '=""', "title:*", "rowid", "articles_fts MATCH",
     "a" * 5000, "-", "NOT", " ".join("abcdefgh" * 40)],
)  # fmt: skip
def test_hostile_text_raises_nothing_but_a_query_error(archive: Database, typed: str) -> None:
    put(archive, "rowid a b", "articles fts")
    with contextlib.suppress(QueryError):
        search(archive, typed)


def test_a_search_of_too_many_words_is_refused(archive: Database) -> None:
    with pytest.raises(QueryError, match="100 words"):
        search(archive, " ".join(f"w{number}" for number in range(101)))


def test_a_lookup_that_takes_too_long_is_stopped(archive: Database) -> None:
    for _ in range(300):
        put(archive, "freed")
    with pytest.raises(QueryError, match="too long"):
        stored.candidates(archive, parse("freed"), since=None, before=None, limit=10, seconds=-1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(queries)
def test_search_finds_exactly_what_the_matcher_would_have_told(archive: Database, asked: Query) -> None:
    if row(archive, "SELECT 1 FROM articles") is None:
        put(archive, "Вада і воля", "лес лісты снег волі", "be", outlet="Наша Ніва", topics=("releases",))
        put(archive, "Воля", "вады Марию Колесникову отпустили", "ru", outlet="BelTA", people=("bialiatski-ales",))
        put(archive, "Freed snow", "free freed snow Ales Bialiatski is free", topics=("elections", "repression"))
        put(archive, "Snow", "воля free М. Калеснікава", "be", topics=("releases",))
    everything = [each["id"] for each in archive.conn.execute("SELECT id FROM articles ORDER BY id DESC")]
    told = [article for article in everything if meets(asked, archived.document(archive, article))]
    assert found(archive, asked.text) == told


def test_match_since_brings_one_article_a_story_the_first_that_met(archive: Database) -> None:
    first = put(archive, "Two freed", at=NOON - timedelta(hours=5))
    story = row(archive, "SELECT story_id FROM articles WHERE id = ?", first)["story_id"]
    put(archive, "Two freed, says Viasna", at=NOON, story=story)
    other = put(archive, "Another freed", at=NOON - timedelta(hours=1))
    put(archive, "An old one freed", at=NOON - timedelta(days=100))
    hits = match_since(archive, "freed", since=NOON - timedelta(days=90))
    assert [hit.article for hit in hits] == [other, first]


def test_a_command_says_where_a_query_would_bring_too_much_to_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.yaml").write_text("{}")
    session = Session(tmp_path / "config.yaml", tmp_path / "state", now=NOON.isoformat())
    for number in range(31):
        put(session.archive, f"freed {number}", at=NOON - timedelta(minutes=number + 1))
    warn_of_volume(session, "freed")
    assert "about 31 stories a day" in capsys.readouterr().err
    for quiet in ("freed 30", " OR ".join(f"freed{number}" for number in range(101))):
        warn_of_volume(session, quiet)
        assert capsys.readouterr().err == ""


def test_volume_counts_stories_a_day_and_warns_above_thirty(archive: Database) -> None:
    assert volume(archive, "freed", now=NOON).total == 0
    put(archive, "The first", at=NOON - timedelta(days=2))
    for number in range(70):
        put(archive, f"freed {number}", at=NOON - timedelta(minutes=number))
    busy = volume(archive, "freed", now=NOON + timedelta(minutes=1))
    assert (busy.total, busy.per_day, busy.noisy) == (70, 35.0, True)
    quiet = volume(archive, "first", now=NOON + timedelta(minutes=1))
    assert (quiet.total, quiet.per_day, quiet.noisy) == (1, 0.5, False)


def test_frequencies_come_from_the_newest_articles(archive: Database) -> None:
    put(archive, "old word")
    put(archive, "freed freed")
    put(archive, "freed", language="de")
    counts = stored.recent_frequencies(archive, limit=2)
    assert (counts["=freed"], counts["=old"], counts["lang:de"], counts[""]) == (2, 0, 1, 2)
