"""The index against the naive meaning of every query, and what it does while queries come and go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import languages
from monitor.languages import names
from monitor.matching.document import pack, unpack
from monitor.matching.index import Index, frequencies, meets
from monitor.matching.query import Query, parse, query
from monitor.matching.syntax import And, Near, Node, Not, Or, Person, Phrase, Tag, Word, asks_for_something, tidy
from monitor.model import Document, Evidence
from tests.matching.naive import Forms, met, tokens

FORMS = Forms()
WORDS = ["вада", "вады", "воля", "волі", "лес", "лісты", "снег", "free", "freed", "snow"]
NAMES = ["Марыя Калеснікава", "Алесь Бяляцкі", "Viktar Babaryka"]
SENTENCES = [
    "",
    "Марию Колесникову отпустили.",
    "Ales Bialiatski is free.",
    "М. Калеснікава і Віктар Бабарыка",
    "Maria Kowalska",
]

forms = st.sampled_from(["any", "any", "any", "exact", "prefix"])
texts = st.sampled_from(WORDS)
words = st.builds(
    lambda text, form, title: Word(text[:2] if form == "prefix" else text, form, title), texts, forms, st.booleans()
)
phrases = st.builds(
    lambda parts, exact, title: Phrase(tuple(Word(part, "exact" if exact else "any", title) for part in parts)),
    st.lists(texts, min_size=2, max_size=3),
    st.booleans(),
    st.booleans(),
)
wordings = st.one_of(words, words, phrases)
sides = st.lists(wordings, min_size=1, max_size=2).map(tuple)
nears = st.builds(Near, st.integers(1, 4), sides, sides)
tags = st.one_of(
    st.builds(Tag, st.just("lang"), st.sampled_from(["be", "ru", "en"])),
    st.builds(Tag, st.just("topic"), st.sampled_from(["releases", "elections"])),
    st.builds(Tag, st.just("source"), st.sampled_from(["наша ніва", "ніва", "belta"])),
)
people = st.builds(Person, st.sampled_from([*NAMES, "bialiatski-ales"]))
leaves = st.one_of(words, words, words, phrases, nears, tags, people)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, min_size=2, max_size=4).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
queries = trees.map(tidy).filter(asks_for_something).map(query)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    language = draw(st.sampled_from(["be", "ru", "en", "fr"]))
    lines = st.lists(texts, min_size=0, max_size=12).map(" ".join).filter(bool)
    said = draw(st.sampled_from(SENTENCES))
    seen = names.sightings("", said, languages.analyse("", language), languages.analyse(said, language), language)
    return Document(
        tokens(draw(lines), language, FORMS),
        tokens(draw(lines), language, FORMS),
        names=seen,
        language=language,
        source=draw(st.sampled_from(["Наша Ніва", "BelTA English"])),
        outlet=draw(st.sampled_from(["", "Наша  Ніва"])),
        people=draw(st.sampled_from([(), ("bialiatski-ales",)])),
        topics=draw(st.sampled_from([(), ("releases",), ("elections", "repression")])),
    )


def packed(document: Document) -> Document:
    """The same words as they come back from the archive."""
    return unpack(pack(document))


def numbers(index: Index, document: Document) -> set[int]:
    return set(index.match(document))


@settings(max_examples=120, deadline=None)
@given(st.lists(queries, min_size=1, max_size=12), st.lists(documents(), min_size=1, max_size=4), st.booleans())
def test_the_index_finds_exactly_what_every_query_means(
    asked: list[Query], articles: list[Document], counted: bool
) -> None:
    index = Index(frequencies(articles) if counted else None, analysis=FORMS)
    for number, each in enumerate(asked):
        index.add(number, each)
    for article in articles:
        expected = {n for n, each in enumerate(asked) if met(each.root, article, FORMS)}
        assert numbers(index, article) == expected
        stored = packed(article)
        assert numbers(index, replace(article, title=stored.title, text=stored.text)) == expected


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.one_of(st.none(), queries)), min_size=1, max_size=20),
    documents(),
    documents(),
)
def test_whatever_is_added_removed_or_replaced_the_index_knows_the_last_state(
    changes: list[tuple[int, Query | None]], seen_before: Document, article: Document
) -> None:
    index, wanted = Index(analysis=FORMS), dict[int, Query]()
    for step, (number, each) in enumerate(changes):
        if each is None:
            index.remove(number)
            wanted.pop(number, None)
        else:
            index.add(number, each)
            wanted[number] = each
        if step == len(changes) // 2:
            index.rebuild(frequencies([seen_before]))
        expected = {n for n, each in wanted.items() if met(each.root, article, FORMS)}
        assert numbers(index, article) == expected
    index.rebuild(frequencies([article]))
    assert numbers(index, article) == expected
    assert len(index) == len(wanted)
    assert index.tombstones == 0


@settings(max_examples=200, deadline=None)
@given(trees, documents())
def test_tidying_a_tree_keeps_its_meaning(tree: Node, article: Document) -> None:
    assert met(tidy(tree), article, FORMS) == met(tree, article, FORMS)


@settings(max_examples=200, deadline=None)
@given(queries)
def test_the_canonical_text_of_a_query_reads_back_as_the_same_query(asked: Query) -> None:
    assert parse(asked.text) == asked
    assert str(parse(asked.text).root) == asked.text


@settings(max_examples=100, deadline=None)
@given(queries, documents())
def test_evidence_points_at_words_of_the_article(asked: Query, article: Document) -> None:
    index = Index(analysis=FORMS)
    index.add(1, asked)
    stored = packed(article)
    for why in index.match(article).values():
        assert index.match(replace(article, title=stored.title, text=stored.text))[1] == why
        for field, start, end in why.spans:
            spans = (article.title if field == "title" else article.text).spans
            named = any((field, start, end) == (seen.field, *seen.span) for seen in article.names)
            assert named or ({start} <= {s for s, _ in spans} and {end} <= {e for _, e in spans})


def article(title: str, text: str = "", language: str = "en", **more: object) -> Document:
    title_tokens, text_tokens = languages.analyse(title, language), languages.analyse(text, language)
    seen = names.sightings(title, text, title_tokens, text_tokens, language)
    return Document(title_tokens, text_tokens, names=seen, language=language, **more)  # type: ignore[arg-type]


def test_equal_queries_are_kept_once_and_told_to_each() -> None:
    index = Index()
    index.add(1, parse("freed AND prisoner"))
    index.add(2, parse("(prisoner) freed freed"))
    assert len(index._filing.by_text) == 1
    assert numbers(index, article("A prisoner was freed")) == {1, 2}
    index.remove(1)
    assert numbers(index, article("A prisoner was freed")) == {2}


def test_removing_what_is_not_there_is_no_mistake() -> None:
    index = Index()
    index.remove(5)
    assert not index.match(article("anything"))


def test_tombstones_are_counted_until_the_next_rebuild() -> None:
    index = Index()
    for number in range(4):
        index.add(number, parse(f"word{number}"))
    index.remove(3)
    assert index.tombstones == pytest.approx(0.25)
    index.rebuild({})
    assert index.tombstones == 0
    assert len(index) == 3


def test_matching_goes_on_while_queries_change_and_the_index_is_rebuilt() -> None:
    index = Index()
    for number in range(200):
        index.add(number, parse(f"prisoner word{number} OR freed"))
    told = article("A prisoner was freed")
    trouble: list[BaseException] = []
    done = threading.Event()

    def keep_matching() -> None:
        try:
            while not done.is_set():
                assert set(range(100)) <= numbers(index, told)
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=keep_matching) for _ in range(3)]
    for thread in threads:
        thread.start()
    for round_ in range(5):
        for number in range(100, 200):
            index.remove(number)
            index.add(number, parse(f"freed OR new{round_}x{number}"))
            if number % 10 == 0 and number not in numbers(index, told):
                trouble.append(AssertionError(f"{number} was added before this article came"))
        index.rebuild(frequencies([told]))
    done.set()
    for thread in threads:
        thread.join()
    assert not trouble
    assert numbers(index, told) == set(range(200))


def test_a_query_that_is_added_while_an_article_is_looked_through_waits_for_the_next_one() -> None:
    index = Index()
    index.add(1, parse("freed"))

    index.add(3, parse("topic:families"))

    class Topics(tuple[str, ...]):
        """Looked at after the words: by then somebody has added a query with a word that was not looked for."""

        def __iter__(self) -> Iterator[str]:
            index.add(2, parse("freed -prisoner"))
            return super().__iter__()

    told = article("A prisoner was freed")
    assert set(index.match(replace(told, topics=Topics()))) == {1}
    assert set(index.match(told)) == {1}
    assert set(index.match(article("He was freed"))) == {1, 2}


def test_of_a_query_with_more_clauses_than_a_number_has_bits_every_word_counts() -> None:
    words = [f"word{number}x" for number in range(80)]
    asked = parse(" ".join(words) + " -film")
    assert meets(asked, article("All of them", " ".join(words)))
    assert not meets(asked, article("All of them and a film", " ".join(words)))
    for missing in (0, 40, 79):
        assert not meets(asked, article("One is missing", " ".join(words[:missing] + words[missing + 1 :])))


def test_evidence_marks_a_phrase_as_a_whole_and_leaves_excluded_words_out() -> None:
    why = meets(parse('"political prisoner" -film'), article("Two political prisoners freed", "No news."))
    assert why == Evidence(spans=(("title", 4, 23),))


def test_evidence_of_near_marks_the_close_pair_only() -> None:
    text = "freed here and far away from all of that stands a prisoner who was freed"
    why = meets(parse("freed NEAR/4 prisoner"), article("x", text))
    assert why is not None
    assert {text[start:end] for _, start, end in why.spans} == {"prisoner", "freed"}
    assert ("text", 0, 5) not in why.spans


def test_evidence_names_the_people_and_topics_asked_for() -> None:
    told = article("Мария Колесникова на свободе", language="ru", topics=("releases",))
    why = meets(parse('person:"Марыя Калеснікава" topic:releases'), told)
    assert why is not None
    assert (why.people, why.topics) == (("Марыя Калеснікава",), ("releases",))
    assert why.spans == (("title", 0, 17),)


def test_near_does_not_reach_from_the_title_into_the_text() -> None:
    assert meets(parse("freed NEAR/5 minsk"), article("He was freed", "Minsk")) is None
    assert meets(parse('"freed minsk"'), article("He was freed", "Minsk")) is None


def test_a_phrase_for_the_title_is_not_met_by_words_that_stand_apart_there_and_together_in_the_text() -> None:
    told = article("Prisoner was freed, political one", "A political prisoner was freed.")
    for document in (told, unpack(pack(told), language="en")):
        assert meets(parse('title:"political prisoner"'), document) is None
        assert meets(parse('"political prisoner"'), document) is not None
        assert meets(parse("title:political title:prisoner"), document) is not None


def test_a_word_of_one_script_meets_an_article_of_the_other_by_its_exact_form() -> None:
    assert meets(parse("BelTA"), article("Агентство BelTA сообщает", language="ru"))
    assert meets(parse("воля"), article("The word воля in English")) is not None
    assert meets(parse("волі"), article("The word воля in English")) is None


def test_a_language_outside_the_seven_is_met_by_exact_words() -> None:
    assert meets(parse("libérés"), article("Deux prisonniers libérés", language="fr"))
    assert not meets(parse("libéré"), article("Deux prisonniers libérés", language="fr"))
