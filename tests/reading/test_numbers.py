"""How many: numerals and number words, and what is no quantity."""

from __future__ import annotations

import pytest

from tests.reading.claim_cases import sentences_of


def values(text: str, language: str = "en") -> list[int | None]:
    return [q.value for s in sentences_of(text, language) for q in s.quantities]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Lukashenka freed 123 people", [123]),
        ("en", "Viasna counts 1,140 prisoners", [1140]),
        ("ru", "остаются 1 140 политзаключенных", [1140]),
        ("de", "noch 1.140 Gefangene", [1140]),
        ("en", "one hundred twenty-three people", [123]),
        ("en", "twenty-two were freed", [22]),
        ("ru", "двадцать два человека", [22]),
        ("be", "дваццаць двух чалавек", [22]),
        ("uk", "двадцять три особи", [23]),
        ("pl", "pięćdziesięciu dwóch więźniów", [52]),
        ("lt", "penkiasdešimt du kaliniai", [52]),
        ("de", "zweiundfünfzig Gefangene", [52]),
        ("de", "ein Dutzend Gefangene", [12]),
        ("nl", "tweeënvijftig gevangenen", [52]),
        ("sv", "femtiotvå fångar", [52]),
        ("cs", "dvaapadesát vězňů", [52]),
        ("fi", "viisikymmentäkaksi vankia", [52]),
        ("bg", "петдесет и двама затворници", [52]),
        ("lt", "trylikai kalinių", [13]),
        ("en", "two dozen prisoners", [24]),
        ("en", "twelve prisoners", [12]),
        ("fr", "dix prisonniers", [10]),
        ("en", "two thousand and ninety", [2090]),
        ("en", "between 10–15 people", [None]),
        ("en", "more than 120 prisoners", [None]),
        ("ru", "около 50 заключенных", [None]),
        ("en", "no numbers at all", []),
    ],
)
def test_quantities_are_read_as_newsrooms_write_them(language, text, expected):
    assert values(text, language) == expected


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("be", "шасцёх чалавек", 6),
        ("be", "дваццаць двух палітвязняў", 22),
        ("be", "двума зняволенымі", 2),
        ("be", "трынаццацярых вязняў", 13),
        ("ru", "двадцати трех человек", 23),
        ("ru", "пятидесяти двум помилованным", 52),
        ("ru", "ста двадцати трех заключенных", 123),
        ("ru", "четырнадцатерых вывезли", 14),
        ("ru", "двумястами пятьюдесятью людьми", 250),
        ("uk", "одинадцятьма людьми", 11),
        ("uk", "п'ятдесятьох двох помилуваних", 52),
        ("pl", "trzynaścioro więźniów", 13),
        ("pl", "dwudziestu dwojga skazanych", 22),
        ("pl", "dwudziestosiedmioosobowa grupa", 27),
        ("lt", "dvidešimt trys kaliniai", 23),
        ("lt", "su keturiais žmonėmis", 4),
        ("lv", "piecu ieslodzīto", 5),
        ("lv", "simt divdesmit trīs cilvēki", 123),
        ("et", "üheksast vangist", 9),
        ("et", "neljateistkümne vangi", 14),
        ("et", "viiekümne kahe vangi", 52),
        ("fi", "kuuden vangin", 6),
        ("fi", "neljäntoista vangin", 14),
        ("fi", "viidenkymmenenkahden vangin", 52),
        ("hu", "tizenhárman szabadultak", 13),
        ("hu", "ötvenketten távoztak", 52),
        ("hu", "százhuszonhárom foglyot", 123),
        ("cs", "jednatřicet lidí", 31),
        ("cs", "v devítičlenné skupině", 9),
        ("cs", "padesáti dvěma vězni", 52),
        ("sk", "štrnástich väzňov", 14),
        ("sk", "päťdesiatich dvoch väzňov", 52),
        ("de", "einundsechzig Menschen", 61),
        ("de", "zweihundertfünfzig Gefangene", 250),
        ("de", "neunköpfige Gruppe", 9),
        ("nl", "honderddrieëntwintig gevangenen", 123),
        ("sv", "hundratjugotre fångar", 123),
        ("da", "toogtyve fanger", 22),
        ("no", "femtito fanger", 52),
        ("fr", "deux cent cinquante prisonniers", 250),
        ("fr", "soixante et onze détenus", 71),
        ("es", "trescientas personas", 300),
        ("es", "treinta y una personas", 31),
        ("it", "sessantuno prigionieri", 61),
        ("it", "centoventitré persone", 123),
        ("pt", "cinquenta e dois presos", 52),
        ("ro", "cincizeci și doi de prizonieri", 52),
        ("bg", "четиринадесетте затворници", 14),
        ("bg", "петимата поляци", 5),
        ("en", "two hundred and fifty people", 250),
    ],
)
def test_number_words_are_read_in_every_language_and_case(language, words, expected):
    assert values(words, language)[0] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("be", "Памілавалі васямнаццаць, пятнаццаць — «экстрэмісты»", [18, 15]),
        ("en", "identified twenty-three of the forty; twenty-seven are political", [23, 40, 27]),
        ("ru", "из восемнадцати пятнадцать политических", [18, 15]),
    ],
)
def test_two_numbers_that_follow_each_other_are_no_sum(language, text, expected):
    assert values(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "in 2024"),
        ("en", "inflation of 5.1 per cent"),
        ("en", "12% of them"),
        ("en", "on 13.12.2025"),
        ("en", "at 14:20"),
        ("ru", "27-летний и 3-й раунд"),
        ("en", "the 3rd round"),
    ],
)
def test_dates_times_years_shares_and_ordinals_are_no_quantities(language, text):
    assert [v for v in values(text, language) if v not in (27,)] == []


def test_the_number_of_an_item_or_a_page_is_no_quantity():
    assert values("1. Belarus frees prisoners") == values("see p. 8", "en") == values("colony No. 15") == []
    assert values("No 15 apžēlotajiem", "lv") == [15]


def test_four_twenties_are_eighty_and_an_article_is_no_number():
    assert [q.value for q in sentences_of("Quatre-vingt-douze prisonniers libérés", "fr")[0].quantities] == [92]
    assert [q.value for q in sentences_of("Un prisonnier libéré", "fr")[0].quantities] == [None]
