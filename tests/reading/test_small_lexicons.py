"""Languages with a short word list: a release, its number and the first name of its list are read."""

from __future__ import annotations

import pytest

from monitor.model import PersonStatus
from tests.reading.claim_cases import claims_of

NEWS = [
    (
        "nl",
        "Belarus laat 123 gevangenen vrij",
        "Onder wie Nobelprijswinnaar Ales Bialiatski, aldus de Verenigde Staten.",
    ),
    ("sv", "Belarus friger 123 fångar", "Belarus har frigivit 123 fångar, däribland fredspristagaren Ales Bialiatski."),
    ("da", "Hviderusland løslader 123 fanger", "Lukasjenko har benådet 123 fanger, heriblandt Ales Bialiatski."),
    ("no", "Belarus løslater 123 fanger", "Belarus har løslatt 123 politiske fanger, blant dem Ales Bialiatski."),
    ("fi", "Valko-Venäjä vapautti 123 vankia", "Valko-Venäjä on vapauttanut 123 vankia, joukossa Ales Bialiatski."),
    ("et", "Valgevene vabastas 123 poliitvangi", "Valgevene vabastas laupäeval 123 vangi, nende seas Ales Bialiatski."),
    ("sk", "Bielorusko prepustilo 123 väzňov", "Medzi nimi je Ales Bialiatski."),
    ("pt", "Bielorrússia liberta 123 presos", "Lukashenko perdoou 123 presos políticos, incluindo Ales Bialiatski."),
    ("ro", "Belarus a eliberat 123 de prizonieri politici", "Printre ei se află Ales Bialiatski."),
    ("hu", "Fehéroroszország 123 foglyot engedett szabadon", "Lukasenka megkegyelmezett nekik."),
    ("bg", "Беларус освободи 123 затворници", "Лукашенко ги помилва, съобщиха от САЩ."),
]


@pytest.mark.parametrize(("language", "title", "text"), NEWS)
def test_a_release_is_read(language, title, text):
    found = claims_of(title, text, language)
    assert found.relevant
    assert found.claims[0].total == 123
    assert {m.status for m in found.mentions if m.person == "bialiatski-ales"} <= {PersonStatus.FREED}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("nl", "Rechter laat verdachte vrij op borgtocht", "Een Belarussische man is vrijgelaten op borgtocht."),
        ("sv", "Bandet släpper nytt album", "Det nya albumet släpps på fredag i Minsk."),
        ("et", "Minister vabastati ametist", "Valgevene suursaadik vabastati ametist."),
        (
            "pt",
            "Apelo à libertação dos presos políticos",
            "A União Europeia exige a libertação de presos da Bielorrússia.",
        ),
        ("bg", "Министърът е освободен от длъжност", "В Минск освободиха посланика от поста."),
    ],
)
def test_other_releases_are_not_read(language, title, text):
    assert not claims_of(title, text, language).relevant
