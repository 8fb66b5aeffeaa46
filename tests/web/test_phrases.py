"""What other rooms say in English is said on a page in its own language: each sentence, as the source has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import monitor
import spiders
from monitor.web import phrases
from monitor.web.words import words

MONITOR, SPIDERS = (Path(module.__file__ or "").parent for module in (monitor, spiders))
SAID_BY = {
    "QueryError": MONITOR / "matching",
    "NoAnswer": MONITOR / "gather",
    "ParseFailed": MONITOR / "gather",
    "AddressRefused": MONITOR / "addresses.py",
    "InsaneResult": SPIDERS,
    "Sameness": MONITOR / "reading" / "sameness.py",
}
#: Nobody reads these on a page: what did not become one story. The last one is tried below, as it is put together.
ELSEWHERE = {
    "too far apart in time", "nothing that both tell", "different words", "the events are 7 days apart",
    "7 needs a word after it7",
}  # fmt: skip


def sentences(of: str, at: Path) -> Iterator[str]:
    """The text that calls of `of` are given, with 7 in every blank."""
    for file in sorted(at.rglob("*.py")) if at.is_dir() else [at]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == of and node.args:
                yield from _texts(node.args[-1 if of == "Sameness" else 0])


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        pieces = [str(p.value) if isinstance(p, ast.Constant) else _blank(p) for p in node.values]
        yield "".join(pieces)
    elif isinstance(node, ast.BinOp):
        yield from _texts(node.left)


def _blank(piece: ast.expr) -> str:
    """A share is written with its sign; whatever else is filled in could be a 7."""
    spec = getattr(piece, "format_spec", None)
    return "7%" if spec is not None and "%" in ast.unparse(spec) else "7"


@pytest.mark.parametrize("language", ["be", "ru"])
@pytest.mark.parametrize("of", SAID_BY)
def test_every_sentence_is_there_in_every_language(of: str, language: str) -> None:
    said = [s for s in sentences(of, SAID_BY[of]) if s not in ELSEWHERE]
    assert said
    assert [s for s in said if not phrases.translated(s, words(language))] == []


@pytest.mark.parametrize(
    ("said", "be", "ru"),
    [
        ("the same day, 1 freed", "той самы дзень, вызвалены 1 чалавек", "тот же день, освобождён 1 человек"),
        ("2 days apart, 23 freed", "розніца 2 дні, вызвалены 23 чалавекі", "разница 2 дня, освобождены 23 человека"),
        ("5 freed, to Lithuania", "вызвалена 5 чалавек, куды: Літва", "освобождено 5 человек, куда: Литва"),
        (
            "OR needs a word after it; to look for the word itself, write or",
            "пасля OR патрэбна слова; каб шукаць само слова, пішыце or",
            "после OR нужно слово; чтобы искать само слово, пишите or",
        ),
        ("NEAR needs a word after it", "пасля NEAR патрэбна слова", "после NEAR нужно слово"),
        ("a word is missing here, before )", "тут не хапае слова, перад )", "здесь не хватает слова, перед )"),
    ],
)
def test_lists_numbers_and_places_are_said_as_the_language_says_them(said: str, be: str, ru: str) -> None:
    assert phrases.translated(said, words("en")) == said
    assert (phrases.translated(said, words("be")), phrases.translated(said, words("ru"))) == (be, ru)


def test_a_sentence_that_nobody_translated_is_left_out() -> None:
    assert phrases.translated("something quite new", words("be")) == ""
    assert phrases.translated("the same day, something quite new", words("ru")) == ""


@pytest.mark.parametrize(
    ("note", "en", "ru"),
    [
        ("read; nothing new", "", ""),
        ("read; it had something new: the end of it was missing", "the end of it was missing", "не хватало конца"),
        ("it refuses to be read (HTTP 403)", "HTTP 403", "HTTP 403"),
        ("it refuses to be read (HTTP 403): it answered HTTP 403", "HTTP 403", "HTTP 403"),
        (
            "it cannot be reached: the name a.test is not known, or the name server does not answer",
            "the name a.test is not known, or the name server does not answer",
            "имя a.test неизвестно или сервер имён не отвечает",
        ),
        ("it is gone for good and is not asked any more (HTTP 410)", "HTTP 410", "HTTP 410"),
        ("it moved to https://b.test/ and is asked there now; change its url when you can", "", ""),
    ],
)
def test_of_the_note_of_a_visit_the_reason_is_left(note: str, en: str, ru: str) -> None:
    assert (phrases.reason(note, words("en")), phrases.reason(note, words("ru"))) == (en, ru)
