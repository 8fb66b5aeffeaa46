"""What one number counts by the words around it, in each language's own way of saying it."""

from __future__ import annotations

import pytest

from monitor.reading.number_meaning import meaning
from tests.reading.claim_cases import claim_of, sentences_of


def readings(language: str, text: str) -> dict[int | None, str]:
    return {q.value: meaning(s, q) for s in sentences_of(text, language) for q in s.quantities}


@pytest.mark.parametrize(
    ("language", "text", "part", "whole"),
    [
        ("en", "Of the sixteen who left Homiel that day, fourteen had been recognised as political prisoners", 14, 16),
        ("pl", "Z 27 osób ułaskawionych 8 maja więźniami politycznymi było dziewiętnaście", 19, 27),
        ("de", "Von den 40 Entlassenen gelten 32 als politisch Verfolgte", 32, 40),
        ("lt", "Viasna nustatė, kad iš 44 paleistųjų 31 buvo politinis kalinys", 31, 44),
        ("be", "З 41 жанчыны, вызваленай па амністыі, шэсць мы лічылі палітвязнямі", 6, 41),
        ("cs", "Jednatřicet ze čtyřiceti lidí vede Vjasna jako politické vězně", 31, 40),
    ],
)
def test_the_part_and_the_whole_are_told_in_either_order(language, text, part, whole):
    read = readings(language, text)
    assert (read[part], read[whole]) == ("subset", "total")


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("be", "Палітычных сярод іх 29", 29),
        ("ru", "«Экстремистских» – 31, из них часть вышла ещё в понедельник", 31),
        ("uk", "політв'язнів у групі 31", 31),
    ],
)
def test_political_prisoners_may_be_named_before_their_number(language, text, number):
    assert readings(language, text)[number] == "political before"


@pytest.mark.parametrize(
    ("language", "text", "number", "read"),
    [
        ("ru", "Всего — 12 человек", 12, "in all"),  # a dash parts no sum from its word
        ("lv", "No 123 apžēlotajiem deviņi nogādāti Lietuvā", 123, "total"),  # `no` is from, not number
        ("ru", "Мы нашли 168 человек из тех 250, кого освободили в марте", 250, "total"),
        ("ru", "44 из освобожденных — политзаключенные", 44, "subset"),
        ("uk", "Білорусь відпустила журналіста та ще двох політв'язнів", 2, "besides"),
        ("ru", "С марта выслали 31 человека, остальных позже", 31, "cumulative"),  # `31, the others` are not 31 others
        ("lt", "Iki šiol kalėjimuose laikomi apie 880 politinių kalinių", None, ""),  # held so far
        ("en", "Three Poles are among the 52 released", 3, "of:Poland"),
        ("en", "Nine of the 123 were taken to Lithuania", 9, "to:Lithuania"),
    ],
)
def test_a_number_is_read_with_the_words_around_it(language, text, number, read):
    assert readings(language, text)[number] == read


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Президент помиловал одного гражданина, осужденного за шпионаж"),
        ("be", "Лукашэнка памілаваў аднаго палітвязня"),
    ],
)
def test_one_person_pardoned_is_a_total_of_one(language, text):
    """Where `one` is no article, and nobody is one of many."""
    assert claim_of(text, "", language).total == 1


def test_one_of_many_is_no_total_of_one():
    assert claim_of("Освободили одного из политзаключенных, осужденных за протесты", "", "ru").total is None


def test_the_day_of_a_pardon_counts_nobody():
    assert readings("en", "24 convicts pardoned on July 2 were political prisoners")[2] == ""
