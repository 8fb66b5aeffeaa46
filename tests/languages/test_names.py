"""Which words of an article may be a name, and whether it may be the watched one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.languages import analyse, first_names
from monitor.languages.name_keys import initial, surname_forms
from monitor.languages.names import parse_name, sightings
from monitor.languages.skeleton import agree, close, distance, skeletons
from monitor.model import Sighting, Tokens


def seen(text: str, language: str, title: str = "") -> tuple[Sighting, ...]:
    return sightings(title, text, analyse(title, language), analyse(text, language), language)


def spelled(text: str, language: str) -> list[str]:
    return [sighting.spelling for sighting in seen(text, language) if sighting.strong]


@pytest.mark.parametrize(
    "spelling",
    [
        "Ціханоўскі", "Тихановский", "Cichanouski", "Tsikhanouski", "Tichanowski", "Cichanoŭski", "Tikhanovsky",
    ],
)  # fmt: skip
def test_one_surname_has_one_line_in_every_script(spelling: str) -> None:
    assert skeletons(spelling.casefold())[0].line == "txnvsk"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("шчыракова", "щирякова"), ("шчыракова", "szczyrakowa"), ("бяляцкі", "bialacki"), ("завадскі", "zawadzki"),
        ("вусаў", "усов"), ("уласава", "власова"), ("санников", "sannikau"), ("гнаук", "hnauk"), ("слуцкі", "sloutsky"),
        ("дзядок", "дедок"), ("пачобут", "poczobut"), ("ждановіч", "schdanowitsch"),
    ],
)  # fmt: skip
def test_romanisations_of_one_surname_agree(one: str, other: str) -> None:
    assert any(agree(a, b) for a in skeletons(one, "be") for b in skeletons(other, "de"))


@pytest.mark.parametrize(
    ("language", "word", "watched"),
    [
        ("sv", "sjtjyrakova", "шчыракова"), ("no", "autukhovitsj", "аўтуховіч"), ("da", "mazjejka", "мажэйка"),
        ("nl", "avtoechovitsj", "автухович"), ("nl", "aoetoechovitsj", "аўтуховіч"), ("fi", "statkevitš", "статкевіч"),
        ("et", "autuhhovitš", "аўтуховіч"), ("et", "babarõka", "бабарыка"), ("fr", "youkhnevitch", "юхневіч"),
        ("es", "schirakova", "щирякова"), ("de", "dsjadok", "дзядок"), ("cs", "kuzněčyk", "кузнечык"),
        ("bg", "афнахел", "афнагель"), ("de", "sasulinskaja", "зазулінская"), ("de", "arzjom", "арцём"),
        ("hu", "sztatkevics", "статкевіч"), ("hu", "kalesznyikava", "калеснікава"), ("ro", "ciapiuk", "чапюк"),
        ("pt", "dachkevitch", "дашкевіч"), ("pl", "zalataroua", "залатароў"), ("cs", "lazarauem", "лазараў"),
    ],
)  # fmt: skip
def test_each_language_has_its_own_romanisation(language: str, word: str, watched: str) -> None:
    assert any(agree(a, b) for a in skeletons(watched) for b in surname_forms(word, language))


def test_names_of_one_line_and_other_vowels_do_not_agree() -> None:
    (gulak,), (gulka,) = skeletons("гулак"), skeletons("гулька")
    assert gulak.line == gulka.line
    assert not agree(gulak, gulka)
    assert distance(*skeletons("боков"), *skeletons("буков")) == 2
    assert distance(*skeletons("макеев"), *skeletons("микеев")) == 1
    assert not agree(*skeletons("боков"), *skeletons("бурков"))
    assert close(*skeletons("боков"), *skeletons("бёков"))


def test_a_fleeting_vowel_is_tolerated_in_a_long_enough_name() -> None:
    assert agree(*skeletons("севярынец"), *skeletons("севярынц"))


def test_a_first_name_is_one_group_in_every_case_and_script() -> None:
    forms = ["марыя", "марыі", "марыяй", "мария", "марии", "maria", "maryja", "marię", "marijos", "marii", "мариею"]
    assert all("maryia" in first_names.groups(form) for form in forms)
    assert first_names.groups("сяргейка", "be") == frozenset()
    assert first_names.groups("вользе") == {"volha"}
    assert first_names.groups("syarheya") == {"siarhei"}
    assert first_names.groups("стол") == frozenset()
    assert first_names.groups("maría", "es") == {"maryia"}
    assert first_names.groups("ol'ga", "it") == first_names.groups("олга", "bg") == {"volha"}
    assert "valiantsin" in first_names.groups("valiancinas", "lt") & first_names.groups("valjancinam", "lv")
    assert first_names.groups("iharovi", "cs") == {"ihar"}
    assert first_names.groups("joerij", "nl") == {"yury"}  # two consonants: the very same vowels
    assert first_names.groups("joera", "nl") == first_names.groups("юра", "be")
    assert first_names.groups("jaro", "nl") == frozenset()
    assert first_names.gender("volha") == "f"


def test_at_least_seventy_five_names_are_known() -> None:
    assert len(first_names._table().genders) >= 75


@pytest.mark.parametrize(
    "text",
    [
        "Марыя Калеснікава", "Калеснікава Марыя", "Марыя Андрэеўна Калеснікава", "Марыя «Маша» Калеснікава",
        "Марыя А. Калеснікава", "Марыя Ганна Калеснікава", "Марыя\u00a0Калеснікава", "МАРЫЯ КАЛЕСНІКАВА",
        "Марыя Калеснікава-Іваноўская",
    ],
)  # fmt: skip
def test_a_name_is_met_in_any_order_and_with_words_between(text: str) -> None:
    name = parse_name("Марыя Калеснікава", "be")
    assert name is not None
    assert any(name.strong & set(found.strong) and name.meets(found, "be") for found in seen(text, "be"))


@pytest.mark.parametrize(
    "text", ["марыя калеснікава", "Марыя, Калеснікава", "Марыя\nКалеснікава", "Марыя. Калеснікава", "Марыя"]
)
def test_words_that_do_not_stand_together_are_no_name(text: str) -> None:
    assert spelled(text, "be") == []


def test_a_sentence_break_parts_names() -> None:
    assert spelled("Учора бачылі Марыю Калеснікаву. Віктар Бабарыка не прыйшоў", "be") == [
        "Марыю Калеснікаву",
        "Віктар Бабарыка",
    ]


def test_little_words_of_headlines_are_no_names() -> None:
    assert spelled("The Hague", "en") == []
    assert spelled("The Hanada", "en") == []


def test_an_initial_gives_weak_keys_only() -> None:
    (found,) = seen("Гэты ліст М. Калеснікавай", "be")
    assert found.spelling == "М. Калеснікавай"
    assert found.strong == ()
    assert found.weak == ("@klsnkv", "m-@klsnkv")


def test_a_surname_alone_is_sighted_beside_its_full_name_only() -> None:
    alone = [found for found in seen("Марыя Калеснікава і ён. Потым толькі Калеснікаву", "be") if not found.strong]
    assert [found.spelling for found in alone] == ["Калеснікаву"]
    assert alone[0].weak == ("@klsnkv",)
    assert seen("Бачылі Калеснікаву", "be") == () or not any(found.strong for found in seen("бачылі Калеснікаву", "be"))


def test_words_without_consonants_are_no_name() -> None:
    assert seen("Оо Юя", "be") == ()


def test_sightings_need_no_tokens() -> None:
    assert sightings("Марыя Калеснікава", "", Tokens(), Tokens(), "be") == seen("", "be", "Марыя Калеснікава")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Марыя",
        "М. Калеснікава",
        "а б в г д е",
        "Марыя 2020",
        "Адзін Два Тры Чатыры Пяць",
        "ы ы",
        "- '",
        "аа ее",
        "The Of",
    ],
)
def test_what_is_no_full_name_is_not_parsed(typed: str) -> None:
    assert parse_name(typed) is None


def test_a_patronymic_is_no_surname_but_many_surnames_look_like_one() -> None:
    full, surname = parse_name("Сергей Иванович Статкевич", "ru"), parse_name("Аляксандр Арановіч", "be")
    assert full is not None
    assert full.surnames == ("статкевич",)
    assert surname is not None
    assert surname.surnames == ("арановіч",)
    only = parse_name("Іван Пятровіч Арановіч")
    assert only is not None
    assert only.surnames == ("пятровіч",) or only.surnames == ("арановіч",)


def test_a_first_name_outside_the_table_is_met_by_its_own_letters() -> None:
    name = parse_name("Masatoshi Nakanishi", "en")
    assert name is not None
    assert name.groups == frozenset()
    (found,) = seen("Наканиси Масатоши", "ru")
    assert not name.strong & set(found.strong)  # с for sh is another romanisation
    (found,) = seen("Наканішы Масатошы", "be")
    assert name.strong & set(found.strong)
    assert name.meets(found, "be")


def test_vowels_of_a_first_name_outside_the_table_count() -> None:
    name = parse_name("Rukun Nakanishi", "en")
    assert name is not None
    (found,) = seen("Rakan Nakanishi", "en")
    assert name.strong & set(found.strong)
    assert not name.meets(found, "en")


def test_initials_sound_alike_across_scripts() -> None:
    assert initial("Уладзімір") == initial("Владимир") == "v"
    assert initial("Яўген") == initial("Евгений") == "a"
    assert initial("Ihar") == initial("Игорь") == "i"


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(["be", "ru", "pl", "lt", "lv", "de", "fr", ""]))
def test_sightings_of_any_text_lie_within_it_and_have_key_characters(text: str, language: str) -> None:
    for found in seen(text, language):
        assert found.spelling == text[slice(*found.span)]
        assert found.strong or found.weak
        assert all(
            character.isalnum() or character in "-='@+" for key in found.strong + found.weak for character in key
        )


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_typed_as_a_name(text: str) -> None:
    name = parse_name(text)
    assert name is None or name.strong
