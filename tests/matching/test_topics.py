"""The shipped topics on short texts in every language, false friends included, and the operator's own."""

from __future__ import annotations

import pytest

from monitor import languages
from monitor.errors import ConfigError
from monitor.matching.topics import Topics, load_topics, topic_names

SEVEN = {"be", "ru", "uk", "pl", "lt", "de", "en"}


@pytest.fixture(scope="module")
def topics() -> Topics:
    return load_topics()


def of(topics: Topics, text: str, language: str) -> set[str]:
    return set(topics.of(languages.analyse("", language), languages.analyse(text, language), language))


@pytest.mark.parametrize(
    ("language", "text", "topic"),
    [
        ("be", "Лукашэнка памілаваў 31 чалавека", "releases"),
        ("be", "З калоніі вызвалілі траіх палітвязняў", "releases"),
        ("be", "Палітзняволеных вывезлі ў Літву", "releases"),
        ("ru", "Из колонии освободили пятерых политзаключенных", "releases"),
        ("ru", "Лукашенко подписал указ о помиловании", "releases"),
        ("ru", "Журналистка вышла на свободу", "releases"),
        ("uk", "З білоруської тюрми звільнили політв'язнів", "releases"),
        ("pl", "Białoruś uwolniła więźniów politycznych", "releases"),
        ("pl", "Łukaszenka ułaskawił kolejnych skazanych", "releases"),
        ("lt", "Baltarusija paleido politinius kalinius", "releases"),
        ("de", "Belarus lässt 123 Gefangene frei", "releases"),
        ("de", "Lukaschenko begnadigt Häftlinge", "releases"),
        ("en", "Belarus frees 123 political prisoners", "releases"),
        ("en", "Lukashenko pardons 31 people", "releases"),
        ("be", "Палітвязня змясцілі ў ШІЗА", "held-and-health"),
        ("ru", "У политзаключенного случился инсульт", "held-and-health"),
        ("en", "She was held incommunicado", "held-and-health"),
        ("de", "Die Gefangene wurde nach einem Schlaganfall ins Krankenhaus gebracht", "held-and-health"),
        ("be", "Жонка палітвязня расказала пра спатканне", "families"),
        ("ru", "Мать политзаключенного ждет письма", "families"),
        ("en", "The wife of a political prisoner waits for letters", "families"),
        ("pl", "Rodziny więźniów politycznych czekają", "families"),
        ("be", "ЗША зняла санкцыі з «Белавія», паведаміў Мінск", "sanctions-diplomacy"),
        ("ru", "Спецпосланник Коул приехал в Минск", "sanctions-diplomacy"),
        ("en", "The US envoy flew to Minsk for talks", "sanctions-diplomacy"),
        ("lt", "Sankcijos Baltarusijai", "sanctions-diplomacy"),
        ("be", "Тэлеграм-канал прызналі экстрэмісцкім фарміраваннем", "repression"),
        ("ru", "КГБ задержал журналиста", "repression"),
        ("en", "Belarus sentenced two activists", "repression"),
        ("de", "In Minsk wurden Aktivisten festgenommen", "repression"),
        ("be", "Выбары прэзідэнта Беларусі", "elections"),
        ("en", "Belarus will hold an election in January", "elections"),
        ("pl", "Wybory prezydenckie na Białorusi", "elections"),
    ],
)
def test_an_article_has_its_topic(topics: Topics, language: str, text: str, topic: str) -> None:
    assert topic in of(topics, text, language)


@pytest.mark.parametrize(
    ("language", "text", "topic"),
    [
        ("be", "Міністра вызвалілі ад пасады", "releases"),
        ("be", "Свята да Дня вызвалення Беларусі", "releases"),
        ("be", "Радыё Свабода паведаміла пра турму", "releases"),
        ("ru", "Начальник колонии освобожден от должности", "releases"),
        ("ru", "Курс обмена валют в пятницу", "releases"),
        ("en", "The prison service released a statement", "releases"),
        ("en", "A prison film: release date named", "releases"),
        ("en", "Amnesty International on prison reform in Texas", "releases"),
        ("pl", "Trener zwolniony ze stanowiska", "releases"),
        ("de", "Der Trainer wurde entlassen", "releases"),
        ("lt", "Bendrovė paleido naują produktą", "releases"),
        ("ru", "Специальная военная операция", "held-and-health"),
        ("en", "He suffered a stroke at home", "held-and-health"),
        ("en", "A family film", "families"),
        ("en", "Potash prices rise in Canada", "sanctions-diplomacy"),
        ("en", "Police arrested a man in Ohio", "repression"),
        ("en", "The election in Canada", "elections"),
    ],
)
def test_a_false_friend_is_no_topic(topics: Topics, language: str, text: str, topic: str) -> None:
    assert topic not in of(topics, text, language)


def test_words_that_do_not_count_leave_the_others_standing(topics: Topics) -> None:
    assert "releases" in of(topics, "In a press release Minsk said that a prisoner was freed", "en")


def test_the_shipped_topics_speak_all_seven_languages() -> None:
    shipped = load_topics()
    assert shipped.names == (
        "elections",
        "families",
        "held-and-health",
        "releases",
        "repression",
        "sanctions-diplomacy",
    )
    for topic in shipped.names:
        assert set(shipped._entries[topic]) == SEVEN
    load_topics(shipped._entries)  # every entry can be understood


def test_an_operator_adds_a_topic_and_replaces_a_language() -> None:
    topics = load_topics({"Potash": {"en": ['potash -"potash prices"']}, "elections": {"en": ["ballot"]}})
    assert of(topics, "The potash plant", "en") == {"potash"}
    assert of(topics, "A ballot in Canada", "en") == {"elections"}
    assert of(topics, "Belarus election", "en") == set()
    assert "elections" in of(topics, "Выбары ў Беларусі", "be")
    assert "potash" in topics.names


def test_entries_for_any_language_count_in_every_language() -> None:
    topics = load_topics({"water": {"any": ["H2O"], "en": ["water supply"]}})
    assert of(topics, "Формула H2O", "be") == of(topics, "La formule H2O", "fr") == {"water"}
    assert of(topics, "The water supply", "en") == of(topics, "H2O", "en") == {"water"}


def test_a_topic_is_known_by_name_before_any_vocabulary_is_read() -> None:
    assert topic_names(["Water"]) == {*load_topics().names, "water"}


def test_every_mistake_in_an_operators_topic_is_told() -> None:
    with pytest.raises(ConfigError) as refused:
        load_topics({"x": {"en": ["fine", "a OR"], "be": ["NOT б"]}})
    assert "topics.x.en[1], at character 3" in str(refused.value)
    assert "topics.x.be[0]" in str(refused.value)


def test_a_language_without_entries_has_no_topics(topics: Topics) -> None:
    assert of(topics, "Deux prisonniers politiques libérés", "fr") == set()
