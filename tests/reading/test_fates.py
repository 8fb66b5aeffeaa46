"""Freed, held or neither: each person an article names."""

from __future__ import annotations

import pytest

from monitor.model import PersonStatus
from tests.reading.claim_cases import claims_of, status_of

FREED, HELD, OTHER = PersonStatus.FREED, PersonStatus.HELD, PersonStatus.OTHER


@pytest.mark.parametrize(
    ("language", "person", "text", "status"),
    [
        ("en", "losik-ihar", "Ihar Losik was freed in Belarus.", FREED),
        ("en", "losik-ihar", "Ihar Losik was not freed.", HELD),
        ("en", "losik-ihar", "Ihar Losik remains behind bars.", HELD),
        ("en", "losik-ihar", "Ihar Losik was not among those freed in Belarus.", HELD),
        ("en", "losik-ihar", "Everyone was freed except Ihar Losik.", HELD),
        ("en", "losik-ihar", "Political prisoners including Ihar Losik walked free.", FREED),
        ("en", "losik-ihar", "Activists demand the release of Ihar Losik.", HELD),
        ("en", "losik-ihar", "Ihar Losik writes poems.", OTHER),
        ("en", "losik-ihar", "Ihar Losik, who was sentenced to 15 years, wrote a letter.", HELD),
        ("en", "ilyash-ihar", "Ihar Ilyash was sentenced to four years.", HELD),
        ("en", "lednik-ihar", "Political prisoner Ihar Lednik died in custody.", OTHER),
        ("en", "statkevich-mikola", "Mikola Statkevich refused to leave Belarus.", OTHER),
        ("en", "statkevich-mikola", "Mikola Statkevich is back in prison.", HELD),
        ("en", "lukashenka-aliaksandr", "Aliaksandr Lukashenka freed 52 political prisoners.", OTHER),
        ("ru", "kalesnikava-maria", "Мария Колесникова вышла на свободу.", FREED),
        ("ru", "poczobut-andrzej", "Анджея Почобута среди освобожденных нет.", HELD),
        ("ru", "losik-ihar", "Среди освобожденных — Игорь Лосик и другие.", FREED),
        ("be", "kalesnikava-maria", "Марыя Калеснікава застаецца ў калоніі.", HELD),
        ("be", "bialiatski-ales", "Алеся Бяляцкага вызвалілі.", FREED),
        ("uk", "bialiatski-ales", "Серед звільнених — Алесь Біляцький.", FREED),
        ("pl", "poczobut-andrzej", "Andrzej Poczobut wyszedł na wolność.", FREED),
        ("pl", "poczobut-andrzej", "Andrzej Poczobut wciąż przebywa w łagrze.", HELD),
        ("de", "kalesnikava-maria", "Unter den Freigelassenen ist Maria Kolesnikowa.", FREED),
    ],
)
def test_the_nearest_cue_decides(language, person, text, status):
    assert status_of(person, "", text, language) is status


def test_contrast_ends_the_reach_of_a_cue():
    text = "Viktar Babaryka was freed, but Eduard Babaryka remains in prison."
    assert status_of("babaryka-viktar", "", text) is FREED
    assert status_of("babaryka-eduard", "", text) is HELD


def test_a_list_continues_in_the_next_sentence():
    text = "Belarus freed 52 political prisoners. Among them are Ihar Losik and Mikola Dziadok."
    assert status_of("losik-ihar", "", text) is FREED
    assert status_of("dziadok-mikola", "", text) is FREED


def test_a_list_continues_after_a_colon():
    text = "These political prisoners were freed in Belarus:\nIhar Losik\nMikola Dziadok"
    assert status_of("losik-ihar", "", text) is FREED


def test_a_list_of_those_left_behind_is_held():
    text = "Political prisoners were freed. Still in prison: Dzianis Ivashyn, Andrei Aliaksandrau."
    assert status_of("ivashyn-dzianis", "", text) is HELD


def test_the_headline_outweighs_the_body():
    assert status_of("statkevich-mikola", "Mikola Statkevich freed", "Mikola Statkevich was in prison again.") is FREED


def test_a_speaker_is_not_who_was_freed():
    text = "Ihar Losik said that Mikola Dziadok was freed in Belarus."
    assert status_of("losik-ihar", "", text) is OTHER
    assert status_of("dziadok-mikola", "", text) is FREED


def test_a_name_without_a_sentence_is_left_alone():
    found = claims_of("Ihar Losik", "")
    assert [m.status for m in found.mentions] == [OTHER]
    assert found.mentions[0].sentence == "Ihar Losik"


def test_every_mention_of_a_person_gets_the_same_status():
    found = claims_of("Ihar Losik is free", "Ihar Losik was released from prison in Belarus. Ihar Losik is 33.")
    assert {m.status for m in found.mentions} == {FREED}


def test_a_participle_after_a_name_in_a_list_tells_of_the_time_before():
    title = "Belarus freed ten political prisoners"
    text = "Among them is Ales Bialiatski, held since July 2021, and Maria Kalesnikava, jailed for 11 years."
    assert status_of("bialiatski-ales", title, text) is PersonStatus.FREED
    assert status_of("kalesnikava-maria", title, text) is PersonStatus.FREED


def test_besides_counts_a_person_in_and_except_leaves_her_out():
    title = "Из белорусских колоний вышли политзаключенные"
    besides = "Кроме Марии Колесниковой, на свободу вышли еще пятеро политзаключенных."
    without = "Освобождены все, кроме Марии Колесниковой."
    assert status_of("kalesnikava-maria", title, besides, "ru") is PersonStatus.FREED
    assert status_of("kalesnikava-maria", title, without, "ru") is PersonStatus.HELD


def test_who_was_not_on_the_bus_is_still_held():
    title, text = "У Беларусі вызвалены палітвязні", "Марыі Калеснікавай не было ў аўтобусе."
    assert status_of("kalesnikava-maria", title, text, "be") is PersonStatus.HELD


def test_a_speech_verb_after_a_list_is_not_the_last_persons():
    text = "Baltkrievija atbrīvojusi 123 ieslodzītos, viņu vidū arī Marija Koļesņikova, paziņoja Ārlietu ministrija."
    assert status_of("kalesnikava-maria", "Lukašenko atbrīvojis 123 ieslodzītos", text, "lv") is PersonStatus.FREED


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("be", "Вызвалілі ўсіх журналістаў, акрамя Ігара Лосіка", "Беларусь адпусціла восем палітвязняў."),
        (
            "ru",
            "Освободили всех журналистов, кроме Игоря Лосика",
            "Белорусские власти отпустили восемь политзаключенных.",
        ),
        ("uk", "Звільнили всіх журналістів, крім Ігоря Лосика", "Білорусь відпустила вісьмох політв'язнів."),
        ("pl", "Uwolniono wszystkich poza Iharem Łosikiem", "Białoruś wypuściła ośmiu więźniów politycznych."),
        ("lt", "Paleisti visi, išskyrus Iharą Losiką", "Baltarusija paleido aštuonis politinius kalinius."),
        ("de", "Alle frei außer Ihar Losik", "Belarus ließ acht politische Gefangene frei."),
        ("en", "All journalists freed except Ihar Losik", "Belarus let eight political prisoners go."),
        ("en", "Prisoners reach Vilnius", "Belarus freed 52 people. Ihar Losik was not on the bus."),
        ("be", "52 палітвязні ў Вільні", "Беларусь вызваліла 52 чалавекі. Ігара Лосіка ў аўтобусе не было."),
        ("ru", "52 политзаключенных в Вильнюсе", "Беларусь освободила 52 человека. Игоря Лосика в автобусе нет."),
        ("pl", "52 więźniów w Wilnie", "Białoruś uwolniła 52 osoby. Ihara Łosika w autobusie nie było."),
    ],
)
def test_an_exception_and_an_empty_seat_are_held(language, title, text):
    assert status_of("losik-ihar", title, text, language) == HELD


def test_news_of_a_release_names_whom_it_freed():
    text = "Belarus freed 52 political prisoners. Reporters saw Ihar Losik at the window of the bus."
    assert status_of("losik-ihar", "Prisoners reach Vilnius", text) == FREED


def test_whoever_refused_exile_and_was_taken_away_is_held():
    text = (
        "Mikola Statkevich was among 52 pardoned prisoners. He refused to leave Belarus. His whereabouts are unknown."
    )
    assert status_of("statkevich-mikola", "He got off the bus", text) == HELD


def test_what_a_correction_says_was_reported_before_frees_nobody():
    text = "Yesterday we listed Ihar Losik among the prisoners freed in Belarus. We apologise to his family."
    assert status_of("losik-ihar", "We were mistaken", text) == HELD
