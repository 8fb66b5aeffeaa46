"""Terms of the word lists, found in sentences of word forms."""

from __future__ import annotations

import pytest

from monitor.reading.folding import belarusian
from monitor.reading.lexicon import REMEMBERED, Lexicon, Mark, load

LANGUAGES = ("be", "ru", "uk", "pl", "lt", "lv", "de", "en", "fr", "es", "it", "cs")


def found(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    forms = text.split()
    return [(m.role, " ".join(forms[i] for i in m.at)) for m in lexicon.marks(forms)]


def test_a_stem_finds_every_form_of_a_word():
    lexicon = Lexicon({"political": ["палітвязн*"]})
    assert found(lexicon, "сярод палітвязняў і палітвязнямі") == [
        ("political", "палітвязняў"),
        ("political", "палітвязнямі"),
    ]


def test_alternatives_stand_for_one_word():
    lexicon = Lexicon({"release": ["set|sets free"]})
    assert found(lexicon, "he sets free and set free") == [("release", "sets free"), ("release", "set free")]


def test_a_gap_lets_other_words_stand_between():
    lexicon = Lexicon({"release": ["set .. free"]})
    assert found(lexicon, "they set three of them free") == [("release", "set free")]
    assert found(lexicon, "they set one two three four five free") == []


def test_a_wide_gap_reaches_the_end_of_a_german_clause():
    lexicon = Lexicon({"release": ["lässt ... frei"]})
    assert found(lexicon, "lukaschenko lässt 123 politische gefangene in seinem land frei")


def test_either_order_is_one_term():
    lexicon = Lexicon({"release": ["вышли <> на свободу"]})
    assert found(lexicon, "вышли сегодня на свободу") == [("release", "вышли на свободу")]
    assert found(lexicon, "на свободу вышли") == [("release", "на свободу вышли")]


def test_an_optional_word_may_be_missing():
    lexicon = Lexicon({"release": ["was (then) freed"]})
    assert found(lexicon, "was freed") and found(lexicon, "was then freed")


def test_a_greedy_longer_term_takes_the_words_of_a_shorter_one():
    lexicon = Lexicon({"release.done": ["освобожден"], "exclude": ["освобожден .. должности"]})
    assert found(lexicon, "министр освобожден от должности") == [("exclude", "освобожден должности")]


def test_a_cue_leaves_the_words_it_shares_to_others():
    lexicon = Lexicon({"release.done": ["freed"], "past": ["year since .. freed"]})
    assert [role for role, _ in found(lexicon, "a year since he was freed")] == ["past", "release.done"]


def test_a_mark_knows_where_it_ends():
    assert Mark("release", (2, 5)).end == 6


def test_the_memory_of_word_forms_is_bounded():
    lexicon = Lexicon({"prison": ["jail"]})
    lexicon._seen.update(dict.fromkeys(map(str, range(REMEMBERED)), ()))
    assert found(lexicon, "jail") == [("prison", "jail")]
    assert len(lexicon._seen) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_list_knows_the_words_a_claim_needs(language):
    roles = {term.role for terms in load(language)._terms.values() for term in terms}
    for role in ("release.done", "release.noun", "release.to", "pardon.done", "political", "prisoner", "held"):
        assert role in roles, role
    for role in ("negation", "demand", "forecast", "hope", "not-among", "among", "since", "unit", "exclude", "home"):
        assert role in roles, role
    assert {f"month.{n}" for n in range(1, 13)} <= roles
    assert {f"weekday.{n}" for n in range(1, 8)} <= roles


def test_a_language_without_a_list_is_read_with_that_of_english():
    assert found(load("sw"), "released") == [("release.done", "released"), ("freed", "released")]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("вызваленьне", "вызваленне"),
        ("сьнежань", "снежань"),
        ("палітвязьні", "палітвязні"),
        ("pamiłavaŭ", "памілаваў"),
        ("palitviaźniaŭ", "палітвязняў"),
        ("vyjšaŭ", "выйшаў"),
        ("łukašenka", "лукашэнка"),
        ("volu", "волю"),
        ("jaho", "яго"),
        ("chto", "хто"),
        ("ўжо", "ужо"),
        ("ўтрымліваецца", "утрымліваецца"),
        ("ня", "не"),
        ("бяз", "без"),
        ("zviazda", "звязда"),
    ],
)
def test_belarusian_is_folded_into_one_orthography(written, folded):
    assert belarusian(written) == folded
