"""A withheld name is in no field that anything reads afterwards."""

from __future__ import annotations

import pytest

from monitor.errors import ConfigError
from monitor.model import Article
from monitor.reading.withheld import Withheld

HIDDEN = Withheld(["Вера Ціхая"])


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("Веру Ціхую вызвалілі", "Палітвязня Вера Ціхая ўжо дома. Ціхая сядзела два гады.", "be"),
        ("Веру Тихую освободили", "Политзаключенная Вера Тихая дома. Тихая провела два года в колонии.", "ru"),
        ("Vera Tsikhaya is free", "Political prisoner Viera Cichaja went home to Minsk.", "en"),
    ],
)
def test_it_goes_in_every_spelling_case_and_script(title: str, text: str, language: str) -> None:
    masked = HIDDEN.mask(Article("https://a.example/1", title, text, language=language))
    for form in ("Ціх", "Тих", "Tsikh", "Cichaj", "Вер"):
        assert form not in masked.title + masked.text
    assert "[…]" in masked.title


def test_others_and_a_surname_alone_stay() -> None:
    article = Article("https://a.example/1", "Ціхая ноч", "Вера Гучная і ціхая ноч у Мінску.", language="be")
    assert HIDDEN.mask(article) is article
    assert Withheld([]).mask(article) is article


def test_a_single_word_is_refused() -> None:
    with pytest.raises(ConfigError, match="full name"):
        Withheld(["Вера"])
