"""Packed articles come back as they were."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import languages
from monitor.errors import DatabaseTrouble
from monitor.matching.document import pack, unpack
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


#: What the first version of `pack` made of "Вызвалілі Алеся" over "Алесь на волі."
_FIRST_PACKED = (
    "eAHbyMDAEG2kY6wTHaujpJCUqquko2R7YdPF7gvbL2y6sOHC7ovTQFhBFyg2DVkMVSQmzxak+MLWi40X+4FSIPaGi40I1oUNyEp6"
    "EBIQ1sVGkPTeCxuAXCAJ4my6sA9mM4gFlIC6RymWgYER6GxGBk4GVgYmBmYGFjCPEcxjYQAAuLxq3g=="
)


def test_an_article_that_was_packed_at_first_is_opened_still() -> None:
    title, text = languages.analyse("Вызвалілі Алеся", "be"), languages.analyse("Алесь на волі.", "be")
    assert unpack(b64decode(_FIRST_PACKED), language="be") == Document(title, text, language="be")


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


def test_an_article_packs_small() -> None:
    text = "Учора ў Менску вызвалілі палітвязняў. " * 80
    document = Document(Tokens(), languages.analyse(text, "be"), language="be")
    assert len(pack(document)) < 1200
