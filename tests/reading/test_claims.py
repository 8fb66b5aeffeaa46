"""What an article claims: relevance, kind, modality, counts, day, destination, origin. One paragraph per trap."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.reading.claims import ClaimReading
from tests.reading.claim_cases import PUBLISHED, claim_of, claims_of

ANNOUNCED = [
    ("en", "Lukashenko pardons 22 people", "Twenty of them are political prisoners, his press office said."),
    ("ru", "Лукашенко помиловал 22 человека", "Из них 20 осуждены за преступления экстремистской направленности."),
    ("be", "Лукашэнка памілаваў 22 чалавекі", "З іх 20 — палітвязні, паведаміў «Пул Першага»."),
    ("be", "Łukašenka pamiłavaŭ 22 čałavieki", "Z ich 20 — palitviaźni."),
    ("be", "Лукашэнка памілаваў 22 палітзьняволеных", "Памілаваньне датычыць і 20 палітвязьняў."),
    ("uk", "Лукашенко помилував 22 людей", "З них 20 – політв'язні, повідомила пресслужба."),
    ("pl", "Łukaszenka ułaskawił 22 osoby", "Wśród nich jest 20 więźniów politycznych."),
    ("lt", "Lukašenka suteikė malonę 22 žmonėms", "Iš jų 20 – politiniai kaliniai, pranešė spaudos tarnyba."),
    ("de", "Lukaschenko begnadigt 22 Menschen", "Unter ihnen seien 20 politische Gefangene, hieß es."),
    ("lv", "Lukašenko apžēlo 22 cilvēkus", "No viņiem 20 ir politieslodzītie."),
    ("fr", "Loukachenko gracie 22 personnes", "Parmi elles figurent 20 prisonniers politiques."),
    ("es", "Lukashenko indulta a 22 personas", "Entre ellas hay 20 presos políticos, según Minsk."),
    ("it", "Lukashenko ha graziato 22 persone", "Tra loro ci sono 20 prigionieri politici."),
    ("cs", "Lukašenko omilostnil 22 lidí", "Mezi nimi je 20 politických vězňů."),
]


@pytest.mark.parametrize(("language", "title", "text"), ANNOUNCED)
def test_a_pardon_is_read_in_every_language(language, title, text):
    found = claims_of(title, text, language)
    assert found.relevant
    assert found.claims[0].kind == "pardon"
    assert found.claims[0].modality in ("announced", "reported")
    assert found.claims[0].total == 22


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("ru", "Лукашенко освободил министра от должности", "Он освобожден от занимаемой должности указом."),
        ("be", "Начальніка калоніі вызвалілі ад пасады", "Яго вызвалілі ад абавязкаў пасля праверкі ў Менску."),
        ("uk", "Посла в Білорусі звільнено з посади", "Президент підписав указ про звільнення посла."),
        ("pl", "Mińska fabryka zwolniła pracowników", "Zwolnienia grupowe objęły 300 osób."),
        ("lt", "Ambasadorius Minske atleistas iš pareigų", "Jis atleistas iš darbo penktadienį."),
        ("de", "Dynamo Minsk hat den Trainer entlassen", "Der Klub aus Belarus hat seinen Trainer entlassen."),
        ("en", "Minsk band releases album about prison", "The record was released on Friday."),
        ("en", "Amnesty International releases report on Belarus", "It is about torture in penal colonies."),
        ("ru", "Беларусь отмечает День освобождения", "В 1944 году от оккупантов освободили Минск."),
        ("en", "How the liberation of Minsk freed camp prisoners in July 1944", "Belarus remembers."),
        ("ru", "В Новой Гуте прошел обмен военнопленными", "Россия и Украина обменяли в Беларуси 500 на 500."),
        ("en", "Venezuela frees 24 political prisoners", "Caracas released them on Monday."),
        ("ru", "Лукашенко помиловал осужденную за кражу", "Женщина осуждена за кражу в Минске."),
        ("ru", "Закон об амнистии в Беларуси", "Амнистия не коснется осужденных за экстремизм."),
        ("ru", "Задержанных в Бресте отпустили", "Двух белорусов, задержанных милицией, отпустили после опроса."),
        ("en", "Polish-Belarusian journalist visits Hrodna", "Andrzej Poczobut arrived in Hrodna for a week."),
        ("en", "Potash prices fall", "The United States eased sanctions on Belarus."),
    ],
)
def test_release_words_alone_prove_nothing(language, title, text):
    assert not claims_of(title, text, language).relevant


@pytest.mark.parametrize(
    ("language", "title", "modality"),
    [
        ("en", "EU demands release of all political prisoners in Belarus", "demand"),
        ("be", "Праваабаронцы патрабуюць вызваліць палітвязняў", "demand"),
        ("pl", "Tusk: uwolnienie Andrzeja Poczobuta to nasz priorytet", "demand"),
        ("en", "Belarus may free more political prisoners, envoy expects", "forecast"),
        ("ru", "Лукашенко освободит политзаключенных в сентябре", "forecast"),
        ("en", "Families hope for the release of political prisoners in Belarus", "hint"),
        ("be", "Чуткі пра вызваленне палітвязняў", "hint"),
    ],
)
def test_what_is_wished_for_or_foreseen_is_not_relevant(language, title, modality):
    found = claims_of(title, "", language)
    assert not found.relevant
    assert found.claims[0].modality == modality


def test_a_signed_decree_is_an_announcement():
    assert claim_of("Лукашенко подписал указ о помиловании 30 осужденных", "", "ru").modality == "announced"


def test_a_decision_to_free_is_an_announcement():
    claim = claim_of("Лукашенко решил освободить 30 политзаключенных", "", "ru")
    assert (claim.modality, claim.total) == ("announced", 30)


def test_a_denied_release_is_denied():
    found = claims_of("Political prisoners were not released, Viasna says", "Nobody left the colony in Belarus.")
    assert found.claims[0].modality == "denied"
    assert found.relevant


def test_a_correction_is_a_retraction():
    claim = claim_of("Correction: Ihar Losik was not freed", "Outlets mistakenly reported that Ihar Losik was freed.")
    assert claim.modality == "retracted"


def test_a_rumour_in_the_past_tense_is_a_hint():
    assert claim_of("Allegedly freed: political prisoners in Belarus").modality == "hint"


def test_an_anniversary_is_the_past():
    found = claims_of(
        "A year after his release Ryhor Kastusiou needs treatment", "He was freed from prison in Belarus."
    )
    assert found.claims[0].modality in ("past", "reported")
    assert found.relevant


def test_what_is_dated_long_ago_is_the_past():
    claim = claim_of("In June 2014 Ales Bialiatski was released from a Belarusian colony")
    assert (claim.modality, claim.date) == ("past", None)
    assert claim_of("In June Ales Bialiatski was released").modality == "past"


def test_onward_travel_is_no_new_release():
    claim = claim_of(
        "Another 20 freed Belarusian political prisoners arrive in Lithuania",
        "They came from Ukraine to Lithuania, where they had been since 9 December.",
    )
    assert claim.modality == "past"
    assert claim.total is None


def test_an_arrival_days_after_the_release_is_onward_travel():
    claim = claim_of("Political prisoners freed in Belarus on 5 December arrive in Poland")
    assert claim.modality == "past"


def test_a_total_and_its_political_part_are_kept_apart():
    claim = claim_of(
        "Лукашенко помиловал 15 человек",
        "Помилованы 15 осужденных: восемь за экстремистские преступления и семь за наркотики.",
        "ru",
    )
    assert (claim.total, claim.political) == (15, 8)


def test_a_running_total_is_no_event():
    claim = claim_of("A total of 78 political prisoners have been freed in Belarus since July 2024")
    assert (claim.total, claim.cumulative) == (None, 78)


def test_the_event_stands_beside_the_running_total():
    claim = claim_of(
        "Lukashenko has pardoned 156 people in recent weeks",
        "With the 123 prisoners freed on Saturday, a total of 156 people have been pardoned since November.",
    )
    assert (claim.total, claim.cumulative) == (123, 156)


def test_in_prison_since_is_no_running_total():
    claim = claim_of("Belarus frees 52 people held in prison since 2020")
    assert claim.cumulative is None


def test_those_still_held_are_not_counted_as_freed():
    assert claim_of("Belarus frees political prisoners", "1,140 people remain in prison.").total is None


def test_others_besides_those_named_are_no_total():
    claim = claim_of("Belarus frees Bialiatski and 121 others", "Belarus released 123 prisoners on Saturday.")
    assert claim.total == 123


def test_a_part_of_the_whole_is_not_the_whole():
    claim = claim_of("Fifteen of the 250 prisoners freed in Belarus were taken to Lithuania")
    assert claim.total == 250


def test_sexes_ages_and_terms_are_no_counts():
    claim = claim_of(
        "Лукашенко помиловал осужденных", "Помилованы 14 женщин и 16 мужчин, двоим за 60 лет, срок — 5 лет.", "ru"
    )
    assert claim.total is None


def test_destinations_and_nationalities_are_counted_apart():
    claim = claim_of(
        "Belarus frees 123 prisoners",
        "Of these, 114 people were taken to Ukraine and nine to Lithuania. Three Poles were freed.",
    )
    assert dict(claim.per) == {"to:Ukraine": 114, "to:Lithuania": 9, "of:Poland": 3}
    assert claim.total == 123


def test_a_nationality_alone_may_be_the_whole_event():
    claim = claim_of("Lukashenko pardons 31 Ukrainians", "They were pardoned on Saturday in Belarus.")
    assert (claim.total, dict(claim.per)) == (31, {"of:Ukraine": 31})


def test_names_withheld_are_noted():
    claim = claim_of("Viasna: 10 political prisoners freed in Belarus", "It withheld the names for safety.")
    assert not claim.freed
    assert claim_of("Вызвалілі 10 палітвязняў", "Мы не называем імёнаў з меркаванняў бяспекі.", "be").withheld


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Belarus frees 52 political prisoners", "They were freed on Thursday.", date(2025, 12, 11)),
        ("en", "Belarus frees 52 political prisoners", "", date(2025, 12, 13)),
        ("be", "Учора вызвалілі 52 палітвязняў", "", date(2025, 12, 12)),
    ],
)
def test_the_day_is_that_of_the_event(language, title, text, expected):
    assert claim_of(title, text, language).date == expected


def test_without_a_day_of_publication_the_day_is_open():
    assert claim_of("Belarus frees 52 political prisoners", at=None).date is None


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("BelTA reported that 52 people were freed.", "official-by"),
        ("Viasna confirmed it.", "viasna"),
        ("His wife said so on Facebook.", "relative"),
        ("The Lithuanian president confirmed it.", "destination-state"),
        ("US special envoy John Coale announced it.", "us"),
        ("Human Rights Watch welcomed it.", "ngo"),
        ("It rained.", ""),
    ],
)
def test_the_origin_is_who_it_rests_on(text, origin):
    assert claim_of("Belarus frees political prisoners", text).origin == origin


def test_the_source_speaks_for_itself_where_nobody_is_named():
    found = claims_of("Belarus frees political prisoners", source_type="ngo")
    assert found.claims[0].origin == "ngo"


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "He was released after serving his sentence in full.", "end-of-term"),
        ("ru", "Политзаключенный полностью отбыл срок и вышел на свободу.", "end-of-term"),
        ("en", "Political prisoners were deported to Lithuania.", "deportation"),
        ("be", "Палітвязняў абмянялі і вызвалілі.", "exchange"),
        ("en", "Political prisoners were amnestied.", "amnesty"),
    ],
)
def test_the_most_specific_kind_is_kept(language, text, kind):
    assert claim_of("News from Belarus" if language == "en" else "Беларусь", text, language).kind == kind


@pytest.mark.parametrize(
    ("language", "title", "destination"),
    [
        (
            "en",
            "After talks with the United States, Belarus hands 14 political prisoners over to Lithuania",
            "Lithuania",
        ),
        (
            "en",
            "The United States says 52 political prisoners were freed by Belarus and taken to Lithuania",
            "Lithuania",
        ),
        ("ru", "При посредничестве США из Беларуси вывезли в Литву 14 политзаключённых", "Lithuania"),
        ("be", "Дзякуючы ЗША 14 палітвязняў вызвалілі і вывезлі з Беларусі ў Літву", "Lithuania"),
        ("de", "Nach Gesprächen mit den USA brachte Belarus 14 politische Gefangene nach Litauen", "Lithuania"),
        ("en", "Fourteen political prisoners deported from Belarus after talks with the United States", ""),
        ("en", "Political prisoner freed in Belarus and flown to the United States", "USA"),
    ],
)
def test_who_negotiated_is_not_where_they_were_taken(language: str, title: str, destination: str):
    """Fails when the first country of a sentence is taken for the destination."""
    assert claim_of(title, language=language).destination == destination


def test_a_destination_is_read_where_people_are_moved():
    assert claim_of("Belarus: political prisoners deported to Lithuania").destination == "Lithuania"
    assert claim_of("Belarus frees prisoners", "They are political prisoners.").destination == ""
    assert claim_of("Political prisoners freed and went home to Minsk").destination == "home"


def test_what_becomes_of_a_person_is_a_claim_of_its_own():
    found = claims_of("Mikola Statkevich is back in prison", "He was freed on Thursday but refused to leave Belarus.")
    assert found.claims[0].kind == "re-arrest"
    assert found.claims[0].held == ("statkevich-mikola",)


def test_a_death_is_a_claim_and_no_release():
    found = claims_of("Political prisoner Ihar Lednik died in custody in Minsk")
    assert [claim.kind for claim in found.claims] == ["death"]
    assert not found.relevant


def test_a_release_far_down_in_the_text_is_background():
    filler = "The talks on trade went on. " * 6
    found = claims_of("Minsk talks with Warsaw", filler + "In May political prisoners were freed.")
    assert not found.relevant


def test_a_release_told_again_and_again_is_the_subject():
    filler = "The talks on trade in Belarus went on. " * 6
    told = "Political prisoners were freed. Ihar Losik was released. He was deported to Lithuania with prisoners."
    assert claims_of("A week in Minsk", filler + told).relevant


def test_nothing_is_claimed_by_nothing():
    assert claims_of("", "") == claims_of("— —", "")
    assert claims_of("").claims == ()


def test_every_claim_carries_its_sentence():
    claim = claim_of("News from Minsk", "First a word. Belarus freed 52 political prisoners.  Then another.")
    assert claim.sentence == "Belarus freed 52 political prisoners."


def test_a_late_evening_in_utc_is_the_next_day_in_minsk():
    at = datetime(2025, 12, 12, 22, 30, tzinfo=UTC)
    assert claim_of("Belarus frees 52 political prisoners today", at=at).date == date(2025, 12, 13)


def test_those_named_and_those_besides_them_add_up():
    claim = claim_of("Belarus frees Ales Bialiatski, Maria Kalesnikava and 121 others")
    assert claim.total == 123
    assert claim_of("Belarus frees political prisoners", "Together with friends 13 people were freed.").total == 13


def test_a_political_part_may_stand_without_a_total():
    claim = claim_of("44 of those freed in Belarus on Thursday were political prisoners, Viasna says")
    assert (claim.total, claim.political) == (None, 44)
    assert claim_of("44 of those freed in Belarus on Thursday are ill, says Viasna").political is None


def test_the_whole_may_be_called_after_its_part():
    claim = claim_of("Viasna: 29 of the 38 people pardoned in Belarus were jailed on political grounds")
    assert (claim.total, claim.political) == (38, 29)


def test_a_headline_that_demands_makes_no_news_of_an_aside():
    text = "The group called on Minsk to release him. Colleagues of Dzmitry Navazhylau were let go last week."
    assert not claims_of("RSF: Dzmitry Navazhylau must be freed", text).relevant


def test_a_release_in_a_text_about_another_country_is_not_ours():
    assert not claims_of("Hamas frees hostages", "A Belarusian citizen was not among them.").relevant


def test_the_office_speaks_of_home_without_saying_so():
    found = claims_of("Глава государства помиловал 44 осужденных", "Подписан указ.", "ru", source_type="official")
    assert (found.relevant, found.claims[0].total) == (True, 44)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "BELARUS FREES 61 AFTER TALKS WITH US ENVOY COALE – BELTA", ""),
        ("lt", "Vatikanui tarpininkaujant Baltarusijoje paleisti 44 žmonės", ""),
        ("fr", "Le Saint-Siège « remercie » Minsk pour la libération de trois prêtres", ""),
        ("no", "Lukasjenko benåder 34 før nasjonaldagen", "22 av dem var dømt for ekstremisme."),
        ("uk", "Вже у Києві", "Ексбійця полку Калиновського звільнено з білоруської в'язниці."),
        ("uk", "Автора книжки «Білоруський Донбас» Ігоря Ільяша звільнено з колонії", ""),
        ("lv", "Baltkrievija atbrīvo sešus ieslodzītos, trīs no tiem – Latvijas pilsoņi", ""),
        ("pl", "Zakonnik zwolniony w piątek z białoruskiego aresztu, odprawił mszę w Krakowie", ""),
        ("de", "Leipziger aus belarussischer Haft entlassen", "Der Mann landete am Abend in Berlin."),
        ("ru", "Почобут в Польше!", "Анджея Почобута обменяли. «Вернулся», — подписал премьер Туск."),
    ],
)
def test_short_news_of_a_release_is_news(language: str, title: str, text: str) -> None:
    assert claims_of(title, text, language).relevant


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("lt", "Prie ambasados – 900 vardų", "Piketuotojai reikalavo paleisti Viktoriją Kulšą ir kitus."),
        ("fr", "RSF n'oublie pas", "L'organisation demande la remise en liberté d'Iryna Leuchyna."),
        ("en", "Minsk marks 82 years since liberation", "Those who freed the capital from the Nazi invaders."),
        ("be", "82 гады вызвалення", "Мінск адзначае гадавіну вызвалення ад нямецка-фашысцкіх захопнікаў."),
        ("pl", "Iwaszyn przeniesiony", "Dzianisa Iwaszyna wywieziono z więzienia nr 8 w nieznanym kierunku."),
        (
            "en",
            "Journalists released after 15 days",
            "Two editors in Slonim served 15 days of administrative arrest.",
        ),
        ("be", "Дзвюх рэдактарак звольнілі", "Супрацоўніц раённай газеты вызвалілі ад пасад у Мінску."),
    ],
)
def test_what_only_speaks_of_letting_go_is_none(language: str, title: str, text: str) -> None:
    assert not claims_of(title, text, language).relevant


def test_a_demand_beside_a_participle_is_a_demand() -> None:
    assert claim_of("Reikalavo paleisti Viktoriją Kulšą Baltarusijoje", language="lt").modality == "demand"
    assert claim_of("Trumpo prašymu Lukašenka paleido 33 politinius kalinius", language="lt").modality == "reported"


def test_numbers_of_people_count_only_where_there_are_prisoners():
    assert not claims_of("Zoo in Minsk releases five animals", "Five animals were set free.").relevant
    assert claims_of(
        "Three taken from Belarus to Lithuania", "Three people were freed, among them Ihar Losik."
    ).relevant


def test_refusing_exile_tells_of_a_release():
    assert claims_of("Mikola Statkevich refused to leave Belarus").relevant


def test_a_running_total_alone_is_no_event_of_its_own():
    claim = claim_of("Ад ліпеня 2024 года", "З ліпеня 2024 года на волю выйшлі 700 палітвязняў.", "be")
    assert (claim.total, claim.cumulative) == (None, 700)


def test_an_age_between_commas_is_no_count():
    claim = claim_of(
        "Belarus frees opposition politician", "Mikola Statkevich, 69, has been released from prison in Belarus."
    )
    assert claim.total is None


def test_an_earlier_round_lends_no_number():
    claim = claim_of(
        "Łukaszenka ułaskawił kolejnych więźniów",
        "Osiemnaście osób wyjdzie na wolność na mocy dekretu. W październiku Mińsk uwolnił 52 więźniów politycznych.",
        "pl",
    )
    assert (claim.total, claim.political) == (18, None)


def test_an_article_of_something_else_costs_no_sentence_work():
    assert claims_of("Council meets", "The budget of the city was discussed; Belarus was not.") == ClaimReading()


def test_a_poem_and_a_witness_let_go_within_hours_are_no_releases():
    assert not claims_of("Witness let go", "A woman in Minsk was released after hours of questioning.").relevant


@pytest.mark.parametrize(
    ("language", "title", "text", "kind"),
    [
        ("en", "Prisoner dies in Belarus colony", "A political prisoner has died in a penal colony.", "death"),
        ("ru", "В колонии умер политзаключенный Иван Петров", "Ему было 45 лет, сообщила «Вясна».", "death"),
        ("pl", "W kolonii zmarł więzień polityczny", "Białoruski więzień polityczny zmarł w kolonii karnej.", "death"),
        ("uk", "У білоруській колонії помер політв'язень", "Йому було 45 років.", "death"),
        ("lt", "Baltarusijos kolonijoje mirė politinis kalinys", "Jam buvo 45 metai.", "death"),
        ("de", "Politischer Gefangener stirbt in belarussischer Haft", "Er war 45 Jahre alt.", "death"),
        ("be", "Палітзняволены ў рэанімацыі пасля інсульту", "Яго шпіталізавалі з калоніі.", "health"),
        ("en", "Former political prisoner detained again in Minsk", "He had been freed in March.", "re-arrest"),
    ],
)
def test_the_fate_of_a_prisoner_nobody_knows_is_a_claim_too(language, title, text, kind):
    claim = claim_of(title, text, language)
    assert (claim.kind, claim.modality, claim.held) == (kind, "reported", ())


def test_a_death_told_by_the_way_is_no_claim_of_its_own():
    text = "Viasna reminds that nine political prisoners have died in custody in Belarus."
    assert [c.kind for c in claims_of("Belarus frees 20 political prisoners", text).claims] == ["release"]


def test_a_death_in_another_countrys_prison_is_no_claim():
    assert not claims_of("Political prisoner dies in Russian colony", "He died in Siberia, his lawyer said.").claims


def test_a_running_total_may_be_inexact():
    claim = claim_of(
        "Belarus frees 123 prisoners", "More than 430 political prisoners had been let go since July 2024, Viasna says."
    )
    assert (claim.total, claim.cumulative) == (123, 430)


def test_those_let_go_are_counted_before_those_who_arrived():
    claim = claim_of("61 prisoners reach Vilnius from Belarus", "Minsk released 77 political prisoners on Saturday.")
    assert claim.total == 77


def test_a_colony_has_a_number_and_that_is_no_count():
    assert claim_of("Political prisoner leaves penal colony No. 4 in Belarus").total is None


def test_the_other_sides_spies_are_not_counted():
    claim = claim_of("Poland frees two spies as Minsk frees six political prisoners")
    assert claim.total == 6


@pytest.mark.parametrize(
    ("title", "text", "language", "total"),
    [
        ("Seven expelled from Belarus, 33 allowed home", "Lukashenko's office said 40 people were pardoned.", "en", 40),
        ("Correction on Ihar Losik", "We listed him among the 46 people brought to Lithuania from Belarus.", "en", 46),
        (
            "Belarus: six reporters among those expelled",
            "Ihar Losik was in Thursday's group of 31 (others say 30).",
            "en",
            31,
        ),
        ("Łukaszenka ułaskawił kolejnych więźniów", "Znamy nazwiska dziewięciu osób z dwudziestu.", "pl", 20),
        ("Tweehonderdvijfenveertig politieke gevangenen vrij in Belarus", "", "nl", 245),
        ("Belarus lässt zweihundertzwölf politische Gefangene frei", "", "de", 212),
        (
            "Лукашэнка адпускае вязняў: што вядома",
            "Лукашэнка падпісаў указ.\n19 чалавек, з іх 7 жанчын.\nАсуджаныя за экстрэмізм",
            "be",
            19,
        ),
        (
            "Belarus frees Ihar Losik and others",
            "Losik and other prisoners, 14 people in all, reached Vilnius.",
            "en",
            14,
        ),
        (
            "Gefangenenaustausch mit Belarus",
            "Sechs politische Gefangene kamen frei, zwei verurteilte Spione gingen.",
            "de",
            6,
        ),
        ("Выпустили из колонии Игоря Лосика", "Он провел в неволе пять с половиной лет в Беларуси.", "ru", None),
    ],
)
def test_the_total_is_the_whole_wherever_it_stands(title, text, language, total):
    assert claim_of(title, text, language).total == total


def test_a_number_known_so_far_is_no_running_total():
    claim = claim_of("30 people pardoned in Belarus", "So far 13 of those freed are known by name.")
    assert (claim.total, claim.cumulative) == (30, None)


def test_an_arrest_last_year_is_no_release_last_year():
    assert claim_of("Minsk frees Ihar Losik", "Losik, detained last year, was freed.").modality == "reported"


def test_an_old_page_that_turns_up_again_is_told_as_the_past():
    """Fails when a page of 2014 without a date in its headline frees somebody today."""
    text = "Rights defender Ales Bialiatski was released from a penal colony in Babruisk on 21 June 2014."
    assert claim_of("Ales Bialiatski released", text).modality == "past"
    assert claim_of("Ales Bialiatski released today", text).modality == "reported"
    assert claim_of("Ales Bialiatski released", f"He was released on Saturday. {text}").modality == "reported"
    june = datetime(2014, 6, 21, 15, tzinfo=UTC)
    assert claim_of("Ales Bialiatski released", text, at=june).modality == "reported"


def test_who_was_taken_to_one_country_and_arrives_in_another_was_freed_before():
    text = "Another 20 political prisoners who were freed by Minsk and taken to Ukraine have arrived in Lithuania."
    assert claim_of("Twenty freed Belarusian political prisoners arrive in Lithuania", text).modality == "past"
    both = "Minsk freed 123 political prisoners: 114 were taken to Ukraine and nine have arrived in Lithuania."
    assert claim_of("Political prisoners freed in Belarus", both).modality == "reported"


@pytest.mark.parametrize(
    ("language", "title", "destination"),
    [
        ("ru", "В Беларуси помилованы 22 политзаключенных", ""),
        ("be", "У Беларусі вызвалены 22 палітвязні", ""),
        ("ru", "Освобождены 22 политзаключенных, все остались в Беларуси", "home"),
    ],
)
def test_where_it_happened_is_not_where_they_stayed(language: str, title: str, destination: str):
    assert claim_of(title, language=language).destination == destination


def test_a_state_outlet_is_no_second_witness_by_quoting_somebody():
    """Fails when the president's office, naming the United States, counts as the word of the United States."""
    title, text = (
        "Лукашенко помиловал 14 осужденных за экстремизм",
        "По просьбе Госдепа США они переданы посольству США.",
    )
    told = {kind: claims_of(title, text, "ru", source_type=kind).claims[0].origin for kind in ("official", "agency")}
    assert told == {"official": "official-by", "agency": "us"}
    vilnius = claims_of("Five political prisoners freed by Belarus", source_type="destination-state")
    assert vilnius.claims[0].origin == "destination-state"


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("ru", "Помилован 31 осужденный", "Накануне 30 декабря Лукашенко помиловал 31 осужденного за экстремизм."),
        ("en", "Belarus pardons 31 political prisoners", "Lukashenko pardoned 31 people before 1 January."),
    ],
)
def test_a_pardon_for_a_holiday_is_of_the_day_it_is_told(language: str, title: str, text: str):
    assert claim_of(title, text, language).date == PUBLISHED.date()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("be", "Сёння з калоніі выйшла палітзняволеная Вікторыя Кульша. У памілаваннях гэтага тыдня яе не было."),
        ("ru", "Из колонии вышла политзаключенная Виктория Кульша. К помилованию 31 человека она отношения не имеет."),
    ],
)
def test_a_release_that_is_set_apart_lends_no_kind(language: str, text: str):
    assert claim_of("Вікторыя Кульша на волі", text, language).kind == "release"


def test_the_number_of_a_list_on_which_the_freed_person_was_not_is_another_releases():
    text = "Политзаключенная вышла из колонии по окончании срока. В четверговый список из 38 человек ее не включили."
    assert claim_of("Виктория Кульша вышла на свободу", text, "ru").total is None


def test_the_number_counts_where_somebody_held_was_not_on_the_list():
    told = claim_of("Belarus frees 52 prisoners", "Andrzej Poczobut was not among the 52 political prisoners freed.")
    assert told.total == 52
