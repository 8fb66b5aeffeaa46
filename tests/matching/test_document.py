"""Packed articles come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import languages
from monitor.errors import DatabaseTrouble
from monitor.matching.document import pack, unpack, words
from monitor.matching.index import meets
from monitor.matching.query import parse
from monitor.model import Document, Sighting, Tokens

keys = st.lists(st.sampled_from(["=а", "be-а", "=don't", "ru-б-в"]), min_size=1, max_size=3).map(tuple)


@st.composite
def tokens(draw: st.DrawFn) -> Tokens:
    lengths = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=20))
    spans, at = [], 0
    for gap, length in lengths:
        spans.append((at + gap, at + gap + length))
        at += gap + length
    return Tokens(tuple(draw(keys) for _ in spans), tuple(spans))


sightings = st.builds(
    Sighting,
    st.sampled_from(["title", "text"]),
    st.tuples(st.integers(0, 99), st.integers(100, 199)),
    st.text(max_size=20),
    st.lists(st.text(max_size=5)).map(tuple),
    st.lists(st.text(max_size=5)).map(tuple),
)


@given(tokens(), tokens(), st.lists(sightings, max_size=3).map(tuple))
def test_what_is_packed_comes_back(title: Tokens, text: Tokens, names: tuple[Sighting, ...]) -> None:
    document = Document(title, text, names=names, language="be", source="x", people=("a",))
    assert unpack(pack(document), language="be", source="x", people=("a",)) == document


def test_an_opened_article_meets_queries_as_it_did_before_it_was_packed() -> None:
    title, text = languages.analyse("Political prisoners freed", "en"), languages.analyse("A prisoner speaks.", "en")
    document = Document(title, text, language="en")
    asked = parse('"political prisoner" speak NEAR/2 prisoner title:freed')
    why = meets(asked, document)
    assert why is not None
    assert meets(asked, unpack(pack(document), language="en")) == why
    assert meets(parse('"freed prisoner"'), unpack(pack(document), language="en")) is None


@pytest.mark.parametrize("damaged", [b"", b"x", pack(Document(Tokens(), Tokens()))[:-3]])
def test_damaged_bytes_are_a_trouble_with_the_database(damaged: bytes) -> None:
    with pytest.raises(DatabaseTrouble, match="cannot be read"):
        unpack(damaged)


def test_words_of_any_script_and_long_gaps_come_back() -> None:
    words = tuple((f"=łódź{number}", f"pl-łódź{number}") for number in range(300))
    spans = tuple((1000 * number % 59_000, 1000 * number % 59_000 + 300) for number in range(3))
    title, text = Tokens(words[:3], spans), Tokens(words, tuple((n, n + 1) for n in range(300)))
    document = Document(title, text, language="pl")
    assert unpack(pack(document), language="pl") == document


def test_equal_words_are_one_whatever_object_they_are() -> None:
    word = ("=а", "be-а")
    again = tuple(letter for letter in word)
    assert again is not word
    assert words(Tokens(), Tokens((word, again, ("=б",)), ((0, 1), (2, 3), (4, 5)))) == ([word, ("=б",)], [], [0, 0, 1])


def test_what_earlier_versions_packed_is_read() -> None:
    document = Document(
        Tokens((("=свабода", "be-свабода"),), ((0, 7),)),
        Tokens((("=на", "be-на"), ("=волі", "be-воля", "be-воліць")), ((0, 2), (303, 307))),
        (Sighting("text", (3, 9), "Ян Б.", ("ян б",), ("@б",)),),
        language="be",
    )
    packed = (
        "7801eb6160608836d431d2898e562a49ad2851d231d6b1d451bab0fec25e850b13f59474a2952ef683d81b9562816c07101d1baba3a49094"
        "aaaba4a3647bb1f1c2a60b1b2e6cbcb0efc2960b1b147451f93179b617f68284412488b309a86ef7c569400108ab1fce9a76b1ed628f522c"
        "d0390cec0c8c0c4c405a97918981850100fa264953"
    )
    assert unpack(bytes.fromhex(packed), language="be") == document


def test_an_article_packs_small() -> None:
    text = "Учора ў Менску вызвалілі палітвязняў. " * 80
    document = Document(Tokens(), languages.analyse(text, "be"), language="be")
    assert len(pack(document)) < 1200
