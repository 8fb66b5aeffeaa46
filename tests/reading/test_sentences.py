"""An article cut into sentences and clauses."""

from __future__ import annotations

from monitor import languages
from monitor.reading.lexicon import load
from monitor.reading.sentences import LONGEST, sentences
from tests.reading.claim_cases import sentences_of


def texts(text: str, language: str = "en") -> list[str]:
    return [s.text.strip() for s in sentences_of(text, language)]


def test_sentences_end_where_the_next_begins():
    assert texts("He was freed. Others were not! Why?") == ["He was freed.", "Others were not!", "Why?"]


def test_lines_are_sentences():
    assert texts("Freed today\nIhar Losik\n\nMikola Dziadok") == ["Freed today", "Ihar Losik", "Mikola Dziadok"]


def test_initials_titles_and_years_end_nothing():
    assert texts("Mr. Losik met J. Coale at 5 p.m. in Vilnius") == ["Mr. Losik met J. Coale at 5 p.m. in Vilnius"]
    assert texts("В 2024 г. Лукашенко помиловал 30 человек.", "ru") == ["В 2024 г. Лукашенко помиловал 30 человек."]


def test_a_comma_parts_no_clause_but_a_word_of_contrast_does():
    [sentence] = sentences_of("Viktar was freed, but Eduard remains in prison", "en")
    assert len(set(sentence.clauses)) == 2
    [sentence] = sentences_of("Ihar, Mikola and Iryna were freed", "en")
    assert set(sentence.clauses) == {0}


def test_a_dash_and_a_semicolon_part_clauses():
    [sentence] = sentences_of("freed: Losik; held: Poczobut", "en")
    assert len(set(sentence.clauses)) == 4


def test_a_page_without_full_stops_is_cut():
    text = "word " * (2 * LONGEST + 5)
    assert [len(s.forms) for s in sentences_of(text, "en")] == [LONGEST, LONGEST, 5]


def test_a_position_after_the_last_word_is_the_end():
    [sentence] = sentences_of("Ihar Losik is free", "en")
    assert sentence.word_at(0) == 0
    assert sentence.word_at(5) == 1
    assert sentence.word_at(99) == 4


def test_a_text_without_words_has_no_sentences():
    assert sentences("title", "— ! —", languages.analyse("— ! —", "en"), load("en")) == []
