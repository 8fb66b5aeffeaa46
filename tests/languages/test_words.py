"""Every language file is run against its own pairs, found by listing the folders."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import languages
from monitor.languages import LANGUAGES, analyse, exact_key, normalise, query_keys, words

_PAIRS = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in Path(__file__).parent.glob("*.yaml")}
_CASES = [
    (code, query, text, kind == "hits")
    for code, lists in _PAIRS.items()
    for kind in lists
    for query, text in lists[kind]
]


def meets(query: str, text: str, language: str) -> bool:
    wanted = query_keys(query, language)
    return any(not wanted.isdisjoint(keys) for keys in analyse(text, language).keys)


def test_every_language_has_a_file_of_pairs_with_hits_and_misses() -> None:
    assert set(_PAIRS) == set(LANGUAGES)
    assert all(lists["hits"] and lists["misses"] for lists in _PAIRS.values())


@pytest.mark.parametrize(("language", "query", "text", "expected"), _CASES)
def test_a_word_meets_its_forms_and_no_others(language: str, query: str, text: str, expected: bool) -> None:
    assert meets(query, text, language) is expected


def test_the_seven_languages_come_in_the_order_of_the_house() -> None:
    assert LANGUAGES == ("be", "ru", "uk", "pl", "lt", "de", "en")


def test_the_first_key_is_the_exact_form() -> None:
    tokens = analyse("Палітвязняў вызвалілі", "be")
    assert [keys[0] for keys in tokens.keys] == ["=палітвязняў", "=вызвалілі"]
    assert exact_key("Палітвязняў") == "=палітвязняў"


def test_spans_count_characters_of_the_text_as_given() -> None:
    text = "  «Лукаше́нко», 16 чалавек – прэс-сакратар…"
    assert [text[start:end] for start, end in analyse(text, "be").spans] == [
        "Лукаше́нко",
        "16",
        "чалавек",
        "прэс",
        "сакратар",
    ]


def test_keys_of_two_languages_differ() -> None:
    assert query_keys("знак", "be").isdisjoint(query_keys("знак", "ru"))


def test_another_language_is_searchable_by_its_words() -> None:
    tokens = analyse("L'opposition d’hier", "fr")
    assert tokens.keys == (("=l", "l"), ("=opposition", "opposition"), ("=d", "d"), ("=hier", "hier"))
    assert query_keys("Opposition", "fr") == {"opposition"}


def test_a_number_has_only_its_exact_key() -> None:
    assert analyse("52", "ru").keys == (("=52",),)
    assert query_keys("52", "ru") == frozenset()


def test_a_script_no_analyser_knows_is_searchable_by_its_words() -> None:
    assert analyse("𗀀 漢字", "ru").keys == (("=𗀀",), ("=漢字",))


def test_a_word_of_signs_alone_has_no_lemma() -> None:
    assert analyse("___", "en").keys == (("=",),)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Лукаше\u0301нко", "лукашенко"),
        ("заклю\u00adчённый", "заключенный"),
        ("в’язень", "в'язень"),
        ("и\u0306", "й"),
        ("Лукaшенкo", "лукашенко"),  # Latin a and o
        ("Kаlesnikava", "kalesnikava"),  # Cyrillic а
        ("колéсникова", "колесникова"),
        ("IT-шник", "it-шник"),
        ("Straße", "strasse"),
        ("qщ", "qщ"),
        ("мir wоrd", "mir word"),
    ],
)
def test_spellings_of_one_word_are_one(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


def test_words_are_parted_as_analyse_parts_them() -> None:
    assert words("дар'я O'Brien прэс-сакратар l'opposition") == (
        "дар'я",
        "O'Brien",
        "прэс",
        "сакратар",
        "l",
        "opposition",
    )


def test_polish_without_its_analyser_still_knows_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.languages import pl

    monkeypatch.setattr(pl, "morfeusz2", None)
    pl._lemmas.cache_clear()
    try:
        assert not set(pl.keys("sędziów")).isdisjoint(pl.keys("sędzia"))
    finally:
        pl._lemmas.cache_clear()


def test_a_short_belarusian_word_keeps_itself_as_its_stem() -> None:
    from monitor.languages import be

    assert be.keys("ён") == ("ен",)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from((*LANGUAGES, "fr", "")))
def test_any_text_has_keys_of_allowed_characters_and_spans_in_order(text: str, language: str) -> None:
    tokens = analyse(text, language)
    assert len(tokens.keys) == len(tokens.spans)
    places = [place for span in tokens.spans for place in span]
    assert places == sorted(places)
    for keys in tokens.keys:
        assert keys[0].startswith("=")
        assert all(
            character.isalnum() or character in "='-" or not character.isascii() for key in keys for character in key
        )


@settings(deadline=None)
@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def test_the_version_of_the_analyser_is_said() -> None:
    assert languages.ANALYSER_VERSION


_PIECES = [*"abdlquoéöуяKÁİ ,.-_1²'’\u0301\u00ad\u200b\u0302\u0345\n", "l'", "d’A", "😀", "\ud800", "𠀀", "Сям'я "]


@given(st.lists(st.sampled_from(_PIECES), min_size=1).map("".join))
def test_the_words_of_a_long_text_are_those_of_its_parts(piece: str) -> None:
    said = analyse(piece, "xx")
    text = f"{piece}. " + "word " * 60  # from some length on words are parted by a table
    long = analyse(text, "xx")
    assert (long.keys[:-60], long.spans[:-60]) == (said.keys, said.spans)
    assert [text[start:end] for start, end in long.spans[-60:]] == ["word"] * 60
    assert list(said.capitals or ()) == [n for n, (start, _) in enumerate(said.spans) if piece[start].isupper()]
    assert long.capitals == said.capitals


def test_a_soft_sign_alone_is_a_word() -> None:
    assert analyse("мяккі знак ь", "be").keys[-1] == ("=ь", "be-ь")


def test_an_apostrophe_is_a_letter_only_inside_a_word() -> None:
    for mark in "'’ʼʹ":
        assert languages.words(f"{mark} сузор{mark}е 0{mark}") == ("сузор’е" if mark in "ʼʹ" else f"сузор{mark}е", "0")
        assert languages.exact_key(f"сузор{mark}е") == "=сузор'е"
