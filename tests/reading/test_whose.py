"""Whose prisoners: releases of other countries, times and trades."""

from __future__ import annotations

import pytest

from tests.reading.claim_cases import claims_of


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Vilnius court releases Belarusian on parole", "He had spied for Belarus and served half his sentence."),
        ("pl", "Białorusin wyszedł z więzienia w Lublinie", "Obywatel Białorusi odbył karę za kradzież."),
        ("ru", "Суд в Варшаве освободил белоруса", "Гражданина Беларуси выпустили из польской тюрьмы."),
        ("de", "Belarusse aus Haft in Berlin entlassen", "Das Landgericht hob den Haftbefehl gegen ihn auf."),
        ("uk", "Білоруса звільнили з львівської колонії", "Громадянин Білорусі вийшов на волю умовно-достроково."),
        ("en", "Minsk club releases striker", "The coach said he was free to leave after the match."),
        ("be", "Выйшаў раман «Вызваленне»", "Раман «Вызваленне» пра вязняў царскай турмы перакладзены."),
        (
            "pl",
            "Rocznica stanu wojennego",
            "W 1984 roku więźniowie polityczni wyszli na wolność. Mówiono o Białorusi.",
        ),
        ("en", "Freedom for the prisoners of Belarus!", "Hundreds marched in Vilnius."),
        ("uk", "Санкції залишаться", "Санкції проти Білорусі діятимуть, доки не звільнено всіх політв'язнів."),
    ],
)
def test_not_every_release_is_one_of_belarusian_prisoners(language, title, text):
    assert not claims_of(title, text, language).relevant


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Belarusian blogger walks free",
            "Belarus has released the journalist, a political prisoner.",
        ),
        ("pl", "Białoruski dziennikarz na wolności", "Więzień polityczny wyszedł z kolonii w Mohylewie."),
        ("ru", "Белорусский журналист вышел из колонии", "Политзаключенный полностью отбыл срок."),
        ("be", "На волю выйшлі дзевяць палітвязняў", "Яны ўжо ў Вільні."),
    ],
)
def test_a_belarusian_freed_at_home_is_one(language, title, text):
    assert claims_of(title, text, language).relevant


def test_a_possessive_names_its_country():
    text = "Opposition parties had urged him to free eleven activists. Belarus's exiled leader sent a message."
    assert not claims_of("Georgia's president rules out pardon for jailed protesters", text).relevant
    assert claims_of("Families wait as 78 walk out of Belarus's jails", "They are political prisoners.").relevant
