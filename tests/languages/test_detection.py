"""The language of an article, by its letters, its little words, a model, and what the source declares."""

from __future__ import annotations

import pytest

from monitor.languages import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Марыя Калеснікава і Віктар Бабарыка выйшлі на волю", "be"),
        ("Лукашэнка памілаваў 16 чалавек", "be"),
        ("Палітзьняволеныя выйшлі на волю", "be"),
        ("Lukašenka pamiłavaŭ dvaccać palitviaźniaŭ", "be"),
        ("Union leader back with his family in Mahilioŭ. He was let out of the colony two weeks early.", "en"),
        ("Palitviazni vyjšli na volu paśla abmienu", "be"),
        ("Advakata nie puścili da padabaronnaj", "be"),
        ("Hetaja krain dla palitviaznia", "be"),
        ("Лукашенко помиловал ещё пятнадцать человек, среди них женщины", "ru"),
        ("Лукашенко помилував ще п'ятнадцять осіб", "uk"),
        ("Łukaszenka ułaskawił kolejnych więźniów politycznych", "pl"),
        ("Lukašenka suteikė malonę dar penkiolikai kalinių", "lt"),
        ("Lukaschenko begnadigt weitere Gefangene und lässt sie aus der Haft", "de"),
        ("The court sentenced the blogger to six years in a penal colony", "en"),
        ("Le tribunal a condamné le blogueur à six ans de colonie pénitentiaire", "fr"),
        ("La famille ne reçoit plus de lettres depuis deux mois", "fr"),
        ("Tiesa notiesāja blogeri uz sešiem gadiem cietumā", "lv"),
        ("Soud odsoudil blogera k šesti letům vězení", "cs"),
        ("Lukasjenko benåder 34 før nasjonaldagen", "no"),
        ("61 belarusiske fanger krysset grensen til Litauen", "no"),
        ("Hviderusland løslader 52 politiske fanger", "da"),
        ("De fik lov at sove, og ingen vidste, at bussen var på vej til grænsen", "da"),
        ("De fikk lov å sove, og ingen visste at bussen var på vei til grensen", "no"),
        ("De fick sova, och ingen visste att bussen var på väg till gränsen", "sv"),
        ("Wit-Rusland laat 52 gevangenen vrij", "nl"),
        ("Valko-Venäjä vapautti 52 vankia", "fi"),
        ("Pārgājējam Braslavā 15 diennaktis, tad – mājup", "lv"),
        ("La familia no recibe cartas desde hace dos meses", "es"),
        ("Лукашенко је помиловао још петнаест људи, јавља агенција", "sr"),
        ("ბელარუსის პრეზიდენტმა პატიმრები გაათავისუფლა და საზღვარი გახსნა", "ka"),
    ],
)
def test_a_headline_is_recognised(text: str, language: str) -> None:
    assert detect(text, "") == language


def test_what_the_source_declares_decides_where_words_do_not() -> None:
    assert detect("Maria Kalesnikava", "", "lt") == "lt"
    assert detect("Минск", "", "ru-BY") == "ru"
    assert detect("", "", "be") == "be"
    assert detect("2020", "", "uk") == "uk"


def test_words_decide_against_a_wrong_declaration() -> None:
    assert detect("Лукашэнка памілаваў 16 чалавек", "", "ru") == "be"
    assert detect("The court sentenced the blogger to six years in a penal colony", "", "be") == "en"


def test_nothing_at_all_is_no_language() -> None:
    assert detect("", "") == ""


def test_esperanto_is_not_taken_for_belarusian() -> None:
    assert detect("Hodiaŭ la ĉefministro diris ke ĉiuj malliberuloj estas liberaj", "") == "eo"


def test_a_quotation_in_another_language_does_not_turn_an_article() -> None:
    text = "Праваабаронцы паведамілі пра новы прысуд. " * 4 + "«Я ни в чём не виноват», сказаў ён у судзе."
    assert detect("Суд у Гомелі", text) == "be"
