"""The flat arrays against what their rows say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.flat import flagged, spread
from monitor.matching.phrases import Phrases
from monitor.matching.postings import CLAUSES, Postings
from monitor.matching.table import Table, hashes_of

TERMS = 12

terms = st.lists(st.integers(1, TERMS - 1), min_size=1, max_size=4, unique=True).map(tuple)
rows = st.tuples(
    st.lists(terms, min_size=1, max_size=4), st.lists(st.integers(1, TERMS - 1), max_size=2).map(tuple), st.just(())
)
nested = st.tuples(st.just([]), st.lists(st.integers(1, TERMS - 1), max_size=2).map(tuple), terms)
Row = tuple[list[tuple[int, ...]], tuple[int, ...], tuple[int, ...]]


def is_met(row: Row, has: set[int]) -> bool:
    clauses, banned, cover = row
    return has.isdisjoint(banned) and not any(map(has.isdisjoint, [*clauses, cover] if cover else clauses))


@given(
    st.lists(st.one_of(rows, rows, nested), max_size=12),
    st.lists(st.sets(st.integers(1, TERMS - 1)), min_size=1, max_size=4),
    st.lists(st.floats(0, 9), min_size=TERMS, max_size=TERMS),
)
def test_a_document_meets_the_rows_of_whose_clauses_it_has_a_term_each_however_dear_they_are(
    added: list[Row], documents: list[set[int]], costs: list[float]
) -> None:
    postings = Postings()
    for count, row in enumerate(added, 1):
        postings.add(*row)
        arranged = postings.arranged(costs)
        for has in documents:
            met = arranged.met(flagged(np.array([0, *has], np.intp), TERMS + 5))
            assert set(met) == {number for number in range(count) if is_met(added[number], has)}


def test_rows_that_come_later_are_not_among_those_of_a_moment() -> None:
    postings, has = Postings(), np.ones(3, np.bool_)
    before = postings.arranged([0.0, 1.0, 1.0])
    postings.add([(1,)], (), ())
    assert before.met(has) == []
    assert postings.arranged([0.0, 1.0, 1.0]).met(has) == [0]


def test_a_row_has_a_bit_for_the_last_of_its_clauses_too() -> None:
    postings = Postings()
    postings.add([(term,) for term in range(1, CLAUSES + 1)], (CLAUSES + 1,), ())
    arranged = postings.arranged([1.0] * (CLAUSES + 2))
    has = np.ones(CLAUSES + 2, np.bool_)
    assert arranged.met(has) == []
    has[CLAUSES + 1] = False
    assert arranged.met(has) == [0]
    has[CLAUSES] = False
    assert arranged.met(has) == []


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4))))
def test_ranges_are_spread_one_after_the_other(ranges: list[tuple[int, int]]) -> None:
    starts, sizes = (np.array([each[i] for each in ranges], np.intp) for i in (0, 1))
    assert spread(starts, sizes).tolist() == [at for start, size in ranges for at in range(start, start + size)]


@given(
    st.lists(st.tuples(st.text("абв", min_size=1, max_size=3), st.integers(1, 5)), unique=True),
    st.lists(st.text("абв", min_size=1, max_size=3), max_size=20),
    st.booleans(),
)
def test_a_table_finds_every_term_of_every_key(
    entered: list[tuple[str, int]], keys: list[str], asked_between: bool
) -> None:
    table = Table()
    for key, term in entered:
        table.enter(key, term)
        if asked_between:
            table.met(keys, hashes_of(keys))
    places, terms_ = table.met(keys, hashes_of(keys))
    expected = [(at, term) for at, key in enumerate(keys) for known, term in entered if known == key]
    assert sorted(zip(places.tolist(), terms_.tolist(), strict=True)) == sorted(expected)


def test_a_phrase_that_goes_on_is_found_with_each_of_its_beginnings() -> None:
    phrases = Phrases()
    phrases.enter(1, 2, 10)
    phrases.enter(10, 1, 11)
    line = np.array([0, 1, 0, 3, 0, 1, 3])  # the last number is a break
    found = list(phrases.found(line, np.array([0, 1, 2]), np.array([1, 2, 7])))
    assert found == [(10, (0, 1)), (11, (0, 2)), (10, (4, 5))]
