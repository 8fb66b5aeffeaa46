"""The query language as people type it: what is understood, what is refused, and where."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor import languages
from monitor.errors import QueryError
from monitor.languages import names
from monitor.matching.index import Index, meets
from monitor.matching.query import explain, from_keywords, parse
from monitor.model import Document


def article(title: str, text: str = "", language: str = "en", **more: object) -> Document:
    title_tokens, text_tokens = languages.analyse(title, language), languages.analyse(text, language)
    seen = names.sightings(title, text, title_tokens, text_tokens, language)
    return Document(title_tokens, text_tokens, names=seen, language=language, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("freed prisoner", "freed AND prisoner"),
        ("prisoner AND freed", "freed AND prisoner"),
        ("a OR b c", "a OR (b AND c)"),
        ("(a OR b) c", "(a OR b) AND c"),
        ("a -b", "NOT b AND a"),
        ("a NOT b", "NOT b AND a"),
        ("a AND NOT NOT b", "a AND b"),
        ("a AND NOT (b OR c)", "NOT b AND NOT c AND a"),
        ("a NOT (b c)", "(NOT b OR NOT c) AND a"),
        ("((a)) a", "a"),
        ('"political prisoner"', '"political prisoner"'),
        ("«палітычны вязень»", '"палітычны вязень"'),
        ("„polityczny więzień”", '"polityczny więzień"'),
        ('=freed ="set free"', '="set free" AND =freed'),
        ("вызвал* помил*", "вызвал* AND помил*"),
        ('"палітычн* вязень"', '"палітычн* вязень"'),
        ("title:(a OR b)", "title:a OR title:b"),
        ("title: minsk", "title:minsk"),
        ('title:"set free"', 'title:"set free"'),
        ("freed NEAR/5 prisoner", "freed NEAR/5 prisoner"),
        ("prisoner NEAR/5 freed", "freed NEAR/5 prisoner"),
        ("a NEAR b", "a NEAR/10 b"),
        ("a NEAR/3 b NEAR/4 c", "(a NEAR/3 b) AND (b NEAR/4 c)"),
        ('(a OR "b c") NEAR/3 d', '("b c" OR a) NEAR/3 d'),
        ("lang:BE", "lang:be"),
        ("LANG:(be OR ru)", "lang:be OR lang:ru"),
        ('source:"Наша  Ніва"', 'source:"наша ніва"'),
        ("source:spring96.org", 'source:"spring96.org"'),
        ("type:state-aligned", "type:state-aligned"),
        ("topic:releases event:e1a2b3", "event:e1a2b3 AND topic:releases"),
        ("person:kalesnikava-maria", "person:kalesnikava-maria"),
        ("экс-палітвязень", '"экс палітвязень"'),
        ("spring96.org", '"spring96 org"'),
        ("Мінск — Вільня", "вільня AND мінск"),
        ("Коул: перамовы", "коул AND перамовы"),
        ("release, freed!", "freed AND release"),
        ("Алёна", "алена"),
        ("12:30", '"12 30"'),
        ("and or not near", "and AND near AND not AND or"),
    ],
)
def test_what_is_typed_is_understood(typed: str, understood: str) -> None:
    assert parse(typed).text == understood


@pytest.mark.parametrize(
    ("typed", "position", "says"),
    [
        ("", 0, "no word"),
        ("   ", 0, "no word"),
        ("— … !", 0, "no word"),
        ('""', 0, "no word"),
        ("*", 0, "star"),
        ("вызв*лены", 4, "star"),
        ("*ление", 0, "star"),
        ("в*", 0, "at least 2 letters"),
        ("NOT film", 0, "nearly every article"),
        ("-film", 0, "nearly every article"),
        ("minsk OR NOT film", 0, "nearly every article"),
        ("NOT (a b)", 0, "nearly every article"),
        ("freed OR", 6, "OR needs a word"),
        ("freed AND OR x", 6, "AND needs a word"),
        ("OR freed", 0, "missing here, before OR"),
        ("(freed", 0, "never closed"),
        ("freed)", 5, "closes nothing"),
        ("a ()", 2, "nothing between"),
        ('say "freed', 4, "never closed"),
        ("titel:minsk", 0, "no such field"),
        ("title:", 0, "needs a value"),
        ("lang:belarusian", 5, "two letters"),
        ("type:blog", 5, "official, state-aligned"),
        ('person:"Калеснікава"', 7, "full name"),
        ("person:Калеснікава", 7, "full name"),
        ("a NEAR/0 b", 2, "from 1 to 100"),
        ("a NEAR/5000 b", 2, "from 1 to 100"),
        ("a NEAR/3 (b c)", 9, "NEAR joins words"),
        ("a NEAR/3 lang:be", 9, "NEAR joins words"),
        ("title:(lang:be)", 7, "cannot stand inside"),
        ("(" * 30 + "a" + ")" * 30, 20, "20 deep"),
        ("a " * 6000, 10_000, "at most 10000"),
    ],
)
def test_a_mistake_is_told_with_its_place(typed: str, position: int, says: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(typed)
    assert says in str(refused.value)
    assert refused.value.position == position


def test_an_unknown_topic_is_refused_where_the_topics_are_known() -> None:
    assert parse("topic:relases").text == "topic:relases"
    with pytest.raises(QueryError, match="the topics are elections, releases") as refused:
        parse("minsk topic:relases", ("releases", "elections"))
    assert refused.value.position == 12


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from(list('abя"«»()*=-: \n\0%NEARORNOT/5title:person:')), max_size=40) | st.text(max_size=40))
@example("0´_")
def test_no_text_raises_anything_but_a_query_error(typed: str) -> None:
    try:
        understood = parse(typed)
    except QueryError as refused:
        assert 0 <= refused.position <= len(typed)
    else:
        assert parse(understood.text) == understood
        assert all(explain(understood, language) for language in ("en", "be", "ru"))


@pytest.mark.parametrize(
    ("query", "title", "language", "hit"),
    [
        ("палітвязень", "Вызвалілі траіх палітвязняў", "be", True),
        ("палітвязень", "Палітвязьням далі волю", "be", True),
        ("=палітвязень", "Палітвязням далі волю", "be", False),
        ("=палітвязень", "Палітвязень на волі", "be", True),
        ("палитзаключенный", "Политзаключённых освободили", "ru", False),
        ("политзаключённый", "Политзаключенных освободили", "ru", True),
        ("ПОЛИТЗАКЛЮЧЕННЫЙ", "политзаключённым", "ru", True),
        ('"political prisoner"', "Political prisoners walk free", "en", True),
        ('"prisoner political"', "Political prisoners walk free", "en", False),
        ('="political prisoner"', "Political prisoners walk free", "en", False),
        ("вызвал*", "Вызвалілі", "be", True),
        ("title:minsk", "Minsk", "en", True),
    ],
)
def test_words_meet_their_forms(query: str, title: str, language: str, hit: bool) -> None:
    assert (meets(parse(query), article(title, language=language)) is not None) is hit


def test_title_looks_in_the_title_only() -> None:
    told = article("Freed", "He is in Minsk.")
    assert meets(parse("minsk"), told)
    assert not meets(parse("title:minsk"), told)
    assert not meets(parse('title:"in minsk"'), told)


@pytest.mark.parametrize("typed", ["Марыя Калеснікава", '"Марыя Калеснікава"', 'person:"Марыя Калеснікава"'])
def test_a_full_name_finds_other_spellings(typed: str) -> None:
    for said, language in (
        ("Мария Колесникова на свободе", "ru"),
        ("Maria Kolesnikowa ist frei", "de"),
        ("Mówi Maryja Kalesnikawa", "pl"),
    ):
        assert meets(parse(typed), article(said, language=language)), (typed, said)
    assert not meets(parse(typed), article("Марина Калинина на свободе", language="ru"))


def test_a_name_is_only_seen_where_a_first_name_stands() -> None:
    assert parse("Political Prisoner").text == "political AND prisoner"
    assert "person:" in parse("Марыя Калеснікава вызваленне").text
    assert "person:" not in parse("Марыя NEAR/3 Калеснікава").text
    assert "person:" not in parse("марыя калеснікава").text
    assert "person:" not in parse('="Марыя Калеснікава"').text


def test_person_takes_the_id_of_a_known_person_too() -> None:
    told = article("He is free", people=("bialiatski-ales",))
    assert meets(parse("person:bialiatski-ales"), told)
    assert not meets(parse("person:babaryka-viktar"), told)


def test_an_initial_is_enough_only_where_prison_is_the_subject() -> None:
    said = "На свободе М. Колесникова и другие"
    query = parse('person:"Марыя Калеснікава"')
    assert not meets(query, article(said, language="ru"))
    assert meets(query, article(said, language="ru", topics=("releases",)))


def test_a_source_goes_by_its_name_its_outlet_or_words_of_either() -> None:
    told = article("x", source="Pozirk (en)", outlet="Pozirk News Agency", type="agency", event="e1")
    for query in ("source:pozirk", 'source:"Pozirk News"', 'source:"news agency"', "type:agency event:e1", "lang:en"):
        assert meets(parse(query), told), query
    assert not meets(parse("source:pozir"), told)


@pytest.mark.parametrize(
    ("keywords", "query"),
    [
        ("палітвязень", "палітвязень"),
        ("палітвязень, political prisoner", "(палітвязень) OR (political prisoner)"),
        ("one\ntwo three\n", "(one) OR (two three)"),
        (["one", "two, three"], "(one) OR (two) OR (three)"),
        (('"set free, at last"', "x"), '("set free, at last") OR (x)'),
        ("(a OR b) -c", "(a OR b) -c"),
        ("title:(a, b)", "title:(a, b)"),
        (" , ,a;,", "a;"),
    ],
)
def test_simple_keywords_become_a_query(keywords: str | list[str], query: str) -> None:
    assert from_keywords(keywords) == query
    assert parse(query)


def test_several_words_of_one_entry_stand_in_any_order() -> None:
    query = parse(from_keywords("prisoner freed, amnesty"))
    assert meets(query, article("Freed: a prisoner"))
    assert meets(query, article("Amnesty"))
    assert not meets(query, article("A prisoner"))


@pytest.mark.parametrize("keywords", ["", " , \n", []])
def test_no_keywords_are_refused(keywords: str | list[str]) -> None:
    with pytest.raises(QueryError):
        from_keywords(keywords)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Articles with “c d” or “freed” at most 1 word from “палітвязень” and with “воля” (in any form)"
            " in the title and in Belarusian and on the topic releases, but not with “film” (exactly so).",
        ),
        (
            "be",
            "Артыкулы, дзе «c d» або «freed» стаіць не далей чым за 1 слова ад «палітвязень» і дзе ёсць «воля»"
            " (у любой форме) у загалоўку і якія напісаны па-беларуску і якія належаць да тэмы «вызваленні»,"
            " але не тыя, дзе ёсць «film» (дакладна так).",
        ),
        (
            "ru",
            "Статьи, где «c d» или «freed» стоит не дальше чем в 1 слове от «палітвязень» и где есть «воля»"
            " (в любой форме) в заголовке и которые написаны по-белорусски и которые относятся к теме «освобождения»,"
            " но не те, где есть «film» (именно так).",
        ),
    ],
)
def test_a_query_is_explained_in_words(language: str, said: str) -> None:
    query = parse('title:воля палітвязень NEAR/1 (freed OR "c d") topic:releases lang:be -=film')
    assert explain(query, language) == said


def test_a_bracket_is_told_from_what_stands_beside_it() -> None:
    assert explain(parse("(a b) OR cd* OR person:x-y")) == (
        "Articles [with “a” (in any form) and with “b” (in any form)]"
        " or with a word that begins with “cd” or that name x-y (in any spelling and case)."
    )


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("be", 1, "1 слова"),
        ("be", 3, "3 словы"),
        ("be", 11, "11 слоў"),
        ("be", 22, "22 словы"),
        ("ru", 21, "21 слове"),
        ("ru", 5, "5 словах"),
        ("en", 1, "1 word "),
        ("en", 2, "2 words"),
        ("xx", 2, "2 words"),
    ],
)
def test_numbers_of_words_have_the_right_plural(language: str, number: int, said: str) -> None:
    assert said in explain(parse(f"a NEAR/{number} b"), language)


@pytest.mark.parametrize(
    "typed", ["secretname:x", "topic:secretname", 'secretname "', "person:secretName", "(secretname"]
)
def test_no_refusal_repeats_what_was_typed(typed: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(typed, topics=("releases",))
    assert "secretname" not in str(refused.value).casefold()


@pytest.mark.parametrize(
    "typed",
    [
        "(" * 5000 + "a" + ")" * 5000,
        "NOT " * 5000 + "a",
        "a OR " * 20_000 + "a",
        '"' + "a " * 20_000 + '"',
        ".*",
        "a" * 50_000,
        "NEAR/5(" * 500,
        "(a+)+$",
        "*" * 9000,
    ],
    ids=range(9),
)
def test_x07_queries_made_to_be_slow_are_refused_or_quick(typed: str) -> None:
    began = time.process_time()
    with contextlib.suppress(QueryError):
        index = Index()
        index.add(1, parse(typed))
        index.match(Document(languages.analyse("a " * 50, "en"), languages.analyse("a b c " * 3000, "en")))
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("typed", "says"),
    [("a " * 6000, "at most 10000"), ("(" * 30 + "a" + ")" * 30, "20 deep"), ("a*", "letters before the star")],
    ids=["long", "deep", "one letter"],
)
def test_x07_queries_that_would_cost_too_much_are_refused(typed: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        parse(typed)


def test_x07_ten_thousand_names_cost_little_for_each_article() -> None:
    index = Index()
    for number in range(10_000):
        index.add(number, parse(f"name{number} OR other{number}"))
    article = Document(languages.analyse("A headline", "en"), languages.analyse("name77 and plain words " * 200, "en"))
    index.match(article)
    began = time.process_time()
    found = list(index.match(article))
    assert found == [77] and time.process_time() - began < 0.05
