"""Which known people an article names, told apart from relatives, namesakes and common words."""

from __future__ import annotations

import pytest

from monitor.model import Mention, Person
from monitor.reading.analysed import Analysed
from monitor.reading.people import Register

MARYIA = Person(
    "kalesnikava", "Maria Kalesnikava", "Марыя Калеснікава", "Мария Колесникова", namesakes="a figure skater shares it"
)
VIKTAR = Person("babaryka-v", "Viktar Babaryka", "Віктар Бабарыка", "Виктор Бабарико")
EDUARD = Person("babaryka-e", "Eduard Babaryka", "Эдуард Бабарыка", "Эдуард Бабарико")
SIARHEI = Person("tsikhanouski", "Siarhei Tsikhanouski", "Сяргей Ціханоўскі", "Сергей Тихановский")
SVIATLANA = Person("tsikhanouskaya", "Sviatlana Tsikhanouskaya", "Святлана Ціханоўская", "Светлана Тихановская")
ZNAK = Person("znak", "Maksim Znak", "Максім Знак", "Максим Знак")
BOKAU = Person("bokau", "Ivan Bokau", "Іван Бокаў", "Иван Боков")
HANADA = Person("hanada", "Akihiro Hayeuski-Hanada", "Акіхіра Гаеўскі-Ханада", "Акихиро Гаевский-Ханада")
ANDREYEVA = Person("andreyeva", "Katsiaryna Andreyeva", aliases=("Bakhvalava; Кацярына Бахвалава (error)", "Kasia"))
EVERYBODY = (MARYIA, VIKTAR, EDUARD, SIARHEI, SVIATLANA, ZNAK, BOKAU, HANADA, ANDREYEVA)


def find(text: str, language: str, title: str = "", people: tuple[Person, ...] = EVERYBODY) -> tuple[Mention, ...]:
    return Register(people).find(Analysed.of(title, text, language))


def ids(text: str, language: str, title: str = "") -> list[str]:
    return list(dict.fromkeys(mention.person for mention in find(text, language, title)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("be", "Вызвалілі Марыю Калеснікаву."),
        ("be", "Пра Марыю Калесьнікаву нічога не чуваць."),
        ("be", "Maryju Kaleśnikavu vyzvalili."),
        ("ru", "Колесникову Марию Александровну вывезли."),
        ("ru", "Адвокат Марии Александровны Колесниковой"),
        ("ru", "МАРИЯ КОЛЕСНИКОВА на свободе"),
        ("ru", "Мари́я Колéсникова на свободе"),
        ("uk", "Марією Колесніковою опікується адвокат."),
        ("pl", "Nie ma wieści o Marii Kolesnikowej."),
        ("lt", "Apie Mariją Kolesnikovą nieko negirdėti."),
        ("lv", "Par Mariju Koļesņikovu ziņu nav."),
        ("de", "Maria Kolesnikowas Anwältin"),
        ("en", "Maria Kalesnikava's lawyer"),
        ("fr", "Maria Kolesnikova est libre"),
        ("cs", "Propustili Marii Kolesnikovovou."),
        ("sk", "Mária Kolesnikovová je na slobode."),
        ("es", "María Kolésnikova está libre"),
        ("it", "Mar'ja Kolesnikova è libera"),
        ("nl", "Maria Kolesnikova's advocaat"),
        ("sv", "Maria Kolesnikovas advokat"),
        ("fi", "Maria Kolesnikovalle myönnettiin armahdus."),
        ("et", "Maria Kolesnikovat nähti Vilniuses."),
        ("bg", "Мария Колесникова е на свобода."),
    ],
)
def test_a_full_name_is_found_in_any_language_case_and_order(language: str, text: str) -> None:
    assert ids(text, language) == ["kalesnikava"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("cs", "Sjarheje Cichanouského"), ("sk", "Siarhejovi Cichanovskému"), ("bg", "Сергей Тихановски"),
        ("et", "Sjarhei Tsihhanouskile"), ("fi", "Sjarhei Tsihanouskin"), ("lv", "Sjarhejam Cihanouskim"),
        ("lt", "Siarhejaus Cichanouskio"), ("sv", "Sjarhej Tsichanouskis"), ("no", "Sergej Tikhanovskij"),
        ("nl", "Sergej Tichanoeski's"), ("fr", "Sergueï Tikhanovski"), ("es", "Serguéi Tijanovski"),
        ("hu", "Szjarhej Cihanouszkit"), ("ro", "Serghei Tihanovski"), ("pt", "Serguei Tikhanovski"),
        ("hr", "Sergeja Tihanovskog"), ("tr", "Sergey Tihanovski'nin"),
    ],
)  # fmt: skip
def test_a_man_is_found_as_papers_of_other_languages_print_him(language: str, text: str) -> None:
    assert ids(f"– {text} –", language) == ["tsikhanouski"]


def test_father_and_son_are_told_apart_by_the_first_name() -> None:
    assert ids("Віктара Бабарыку вызвалілі, пра сына нічога.", "be") == ["babaryka-v"]
    assert ids("Эдуард Бабарико остаётся в колонии.", "ru") == ["babaryka-e"]


def test_a_surname_shared_by_two_named_people_is_said_to_be_uncertain() -> None:
    mentions = find("Віктар Бабарыка і Эдуард Бабарыка. Учора Бабарыка выйшаў.", "be")
    alone = [mention for mention in mentions if mention.spelling == "Бабарыка"]
    assert {mention.person for mention in alone} == {"babaryka-v", "babaryka-e"}
    assert not any(mention.certain for mention in alone)


def test_a_surname_after_a_stranger_of_that_surname_is_uncertain() -> None:
    mentions = find("Віктар Бабарыка і Алег Бабарыка. Учора Бабарыка выйшаў.", "be")
    assert [mention.certain for mention in mentions if mention.spelling == "Бабарыка"] == [False]


def test_husband_and_wife_are_told_apart_by_the_ending() -> None:
    text = "Сяргей Ціханоўскі і Святлана Ціханоўская. Потым Ціханоўская паехала, а Ціханоўскага спыталі."
    alone = {mention.spelling: mention.person for mention in find(text, "be") if " " not in mention.spelling}
    assert alone == {"Ціханоўская": "tsikhanouskaya", "Ціханоўскага": "tsikhanouski"}
    text = "Sjarhej Cichanouski a Svjatlana Cichanouská. Potom Cichanouská odjela a Cichanouského vyslechli."
    alone = {mention.spelling: mention.person for mention in find(text, "cs") if " " not in mention.spelling}
    assert alone == {"Cichanouská": "tsikhanouskaya", "Cichanouského": "tsikhanouski"}


def test_a_surname_alone_never_counts() -> None:
    assert ids("Колесникова выиграла медаль. Бабарыка на волі.", "ru", "Освободили Колесникову") == []


def test_a_surname_counts_in_the_title_once_the_full_name_stands_in_the_text() -> None:
    mentions = find("Виктор Бабарико вышел на свободу.", "ru", "Бабарико вышел из колонии")
    assert [(mention.field, mention.spelling) for mention in mentions] == [
        ("title", "Бабарико"),
        ("text", "Виктор Бабарико"),
    ]
    assert all(mention.certain for mention in mentions)


def test_another_first_name_with_the_surname_is_another_person() -> None:
    assert ids("Андрэй Калеснікаў і Ганна Калеснікава спазніліся.", "be") == []


def test_an_initial_counts_only_beside_prison_or_belarus() -> None:
    assert ids("М. Колесникова вышла из колонии.", "ru") == ["kalesnikava"]
    assert ids("М. Колесникова получила медаль.", "ru") == []
    assert ids("M. Kolesnikova, vakar išlaisvinta, dainuoja.", "lt") == ["kalesnikava"]
    assert ids("А. Колесникова вышла из колонии.", "ru") == []
    assert ids("Марыя Калеснікава піша. Ліст М. Калеснікавай дайшоў.", "be") == ["kalesnikava"]


def test_a_common_word_is_no_surname_at_the_start_of_a_sentence() -> None:
    text = "Максім Знак выйшаў. Знак таго, што нешта мяняецца. Потым Знак паехаў."
    spans = [mention.span for mention in find(text, "be")]
    assert [text[slice(*span)] for span in spans] == ["Максім Знак", "Знак"]
    assert ids("Дорожный знак, а Максим знак не видел.", "ru") == []


def test_a_namesake_without_belarus_is_said_to_be_uncertain() -> None:
    (mention,) = find("Мария Колесникова выиграла медаль.", "ru")
    assert not mention.certain
    (mention,) = find("Мария Колесникова вышла из минской колонии.", "ru")
    assert mention.certain


@pytest.mark.parametrize(
    ("language", "text", "sure"),
    [
        ("fi", "Maria Kolesnikova on vapautettu vankilasta.", True), ("fi", "Maria Kolesnikova voitti mitalin.", False),
        ("et", "Valgevene vabastas Maria Kolesnikova.", True), ("no", "Maria Kolesnikova er løslatt.", True),
        ("lt", "Marija Kolesnikova išlaisvinta.", True), ("nl", "Maria Kolesnikova werkt aan migratie.", False),
        ("en", "Maria Kolesnikova took the penalty", False), ("cs", "Marie Kolesnikovová zpívá.", False),
        ("cs", "Marii Kolesnikovovou propustili.", True), ("ja", "Maria Kolesnikova prison", True),
    ],
)  # fmt: skip
def test_each_language_has_its_own_words_of_prison_and_release(language: str, text: str, sure: bool) -> None:
    (mention,) = find(text, language)
    assert mention.certain == sure


def test_another_vowel_in_a_known_language_is_another_person() -> None:
    assert ids("Иван Боков и Иван Баков", "ru") == ["bokau"]
    assert [mention.spelling for mention in find("Иван Боков и Иван Баков", "ru")] == ["Иван Боков"]


def test_elsewhere_a_vowel_near_a_known_one_will_do_and_others_will_not() -> None:
    rabkova = Person("rabkova", "Marfa Rabkova", "Марфа Рабкова", "Марфа Рабкова")
    text = "Marfa Rabkovová a Marta Rybková"
    assert [mention.spelling for mention in find(text, "cs", people=(rabkova,))] == ["Marfa Rabkovová"]
    assert not find("Maria Kalasjnikova", "sv")  # Калашникова: sj before a consonant is ш
    belavus = Person("belavus", "Pavel Belavus", "Павел Белавус", "Павел Белоус")
    assert find("Павла Білоуса не відпустили", "uk", people=(belavus,))  # Ukrainian has і for е


def test_either_half_of_a_compound_surname_is_enough() -> None:
    assert ids("Akihiro Hanada was freed", "en") == ["hanada"]
    assert ids("Акіхіру Гаеўскага-Ханаду вызвалілі", "be") == ["hanada"]


def test_an_alias_of_one_word_is_another_surname_and_never_a_first_name() -> None:
    assert ids("Katsiaryna Bakhvalava was freed. ", "en") == ["andreyeva"]
    assert Register(EVERYBODY).spellings("andreyeva") == (
        "Katsiaryna Andreyeva",
        "Katsiaryna Bakhvalava",
        "Кацярына Бахвалава",
    )


def test_the_record_says_the_gender_where_the_first_name_does_not() -> None:
    person = Person("x", "Sasha Petrovskaya", "Саша Пятроўская", gender="f")
    text = "Саша Пятроўская. Потым Пятроўскага спыталі, а Пятроўская маўчала."
    assert [m.spelling for m in find(text, "be", people=(person,))] == ["Саша Пятроўская", "Пятроўская"]
    unknown = Person("x", "Sasha Petrovskaya", "Саша Пятроўская")
    assert len(find(text, "be", people=(unknown,))) == 3


def test_what_somebody_types_is_resolved_in_any_spelling() -> None:
    register = Register(EVERYBODY)
    assert register.resolve("maria kolesnikova") == (MARYIA,)
    assert register.resolve("Тихановский Сергей") == (SIARHEI,)
    assert register.resolve("Бабарыка") == ()


def test_a_misspelling_is_suggested_and_nothing_else() -> None:
    register = Register(EVERYBODY)
    assert register.suggest("Maria Kalesnikva") == (MARYIA,)
    assert register.suggest("Maria Curie") == ()


def test_people_of_one_name_are_both_possible_and_uncertain() -> None:
    first, second = Person("one", "Ivan Zhuk", "Іван Жук"), Person("two", "Ivan Zhuk", "Іван Жук")
    mentions = find("Іван Жук выйшаў.", "be", people=(first, second))
    assert [(mention.person, mention.certain) for mention in mentions] == [("one", False), ("two", False)]


def test_the_closest_spelling_wins_where_two_people_share_a_key() -> None:
    rudzik, rudzka = Person("a", "Ivan Rudzik", "Іван Рудзік"), Person("b", "Ivan Rudzka", "Іван Рудзька")
    assert [m.person for m in find("Іван Рудзік", "be", people=(rudzik, rudzka))] == ["a"]
    assert [m.person for m in find("Іван Рудзька", "be", people=(rudzik, rudzka))] == ["b"]


def test_a_name_that_comes_back_means_the_same_people_at_its_own_place() -> None:
    register = Register(EVERYBODY)

    def places(text: str, language: str) -> list[tuple[str, tuple[int, int], bool]]:
        return [(m.person, m.span, m.certain) for m in register.find(Analysed.of("", text, language))]

    assert places("Ivan Bokau ist frei.", "de") == [("bokau", (0, 10), True)]
    assert places("Frei ist heute Ivan Bokau.", "de") == [("bokau", (15, 25), True)]
    assert places("Maria Kalesnikava skates.", "en") == [("kalesnikava", (0, 17), False)]
    assert places("Maria Kalesnikava left prison.", "en") == [("kalesnikava", (0, 17), True)]
