"""Packed articles come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import languages
from monitor.errors import DatabaseTrouble
from monitor.matching.document import pack, unpack
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


@pytest.mark.parametrize("damaged", [b"", b"x", pack(Document(Tokens(), Tokens()))[:-3]])
def test_damaged_bytes_are_a_trouble_with_the_database(damaged: bytes) -> None:
    with pytest.raises(DatabaseTrouble, match="cannot be read"):
        unpack(damaged)


def test_an_article_packs_small() -> None:
    text = "Учора ў Менску вызвалілі палітвязняў. " * 80
    document = Document(Tokens(), languages.analyse(text, "be"), language="be")
    assert len(pack(document)) < 1200
