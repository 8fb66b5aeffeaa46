"""How many: numerals and number words, and what is no quantity."""

from __future__ import annotations

import pytest

from tests.reading.claim_cases import sentences_of


def values(text: str, language: str = "en") -> list[int | None]:
    return [q.value for s in sentences_of(text, language) for q in s.quantities]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Lukashenka freed 123 people", [123]),
        ("en", "Viasna counts 1,140 prisoners", [1140]),
        ("ru", "остаются 1 140 политзаключенных", [1140]),
        ("de", "noch 1.140 Gefangene", [1140]),
        ("en", "one hundred twenty-three people", [123]),
        ("en", "twenty-two were freed", [22]),
        ("ru", "двадцать два человека", [22]),
        ("be", "дваццаць двух чалавек", [22]),
        ("uk", "двадцять три особи", [23]),
        ("pl", "pięćdziesięciu dwóch więźniów", [52]),
        ("lt", "penkiasdešimt du kaliniai", [52]),
        ("de", "zweiundfünfzig Gefangene", [52]),
        ("de", "ein Dutzend Gefangene", [12]),
        ("nl", "tweeënvijftig gevangenen", [52]),
        ("sv", "femtiotvå fångar", [52]),
        ("cs", "dvaapadesát vězňů", [52]),
        ("fi", "viisikymmentäkaksi vankia", [52]),
        ("bg", "петдесет и двама затворници", [52]),
        ("lt", "trylikai kalinių", [13]),
        ("en", "two dozen prisoners", [24]),
        ("en", "twelve prisoners", [12]),
        ("fr", "dix prisonniers", [10]),
        ("en", "two thousand and ninety", [2090]),
        ("en", "between 10–15 people", [None]),
        ("en", "more than 120 prisoners", [None]),
        ("ru", "около 50 заключенных", [None]),
        ("en", "no numbers at all", []),
    ],
)
def test_quantities_are_read_as_newsrooms_write_them(language, text, expected):
    assert values(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "in 2024"),
        ("en", "inflation of 5.1 per cent"),
        ("en", "12% of them"),
        ("en", "on 13.12.2025"),
        ("en", "at 14:20"),
        ("ru", "27-летний и 3-й раунд"),
        ("en", "the 3rd round"),
    ],
)
def test_dates_times_years_shares_and_ordinals_are_no_quantities(language, text):
    assert [v for v in values(text, language) if v not in (27,)] == []


def test_four_twenties_are_eighty_and_an_article_is_no_number():
    assert [q.value for q in sentences_of("Quatre-vingt-douze prisonniers libérés", "fr")[0].quantities] == [92]
    assert [q.value for q in sentences_of("Un prisonnier libéré", "fr")[0].quantities] == [None]
