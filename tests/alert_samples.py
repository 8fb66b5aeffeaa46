"""Bundles with invented people and outlets, one of each kind, that the tests of wording share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitor.model import Bundle, Coverage, DeliveryKind, Discretion, Entry, Snippet, Voice

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
BASE = "https://notes.example.org"
UNSUBSCRIBE = f"{BASE}/u/" + "t0k3n" * 8
MANAGE = f"{BASE}/m"

_WORDS = {
    "en": {
        "freed": "Twelve prisoners crossed into Litva, among them Adam Sample",
        "happened": "Twelve people freed; three of them are named so far.",
        "title": "‘I still cannot believe it’: the road from Gate 3",
        "quote": ("Adam Sample was released this morning, his sister said.", "Adam Sample", "released"),
        "unknown": ("nine of the twelve names",),
        "new": ("+2 names", "destination: Litva"),
        "ledger": ("official 12", "named 3", "confirmed 1"),
        "wrong": "Earlier we named Bela Sample among the freed. Her lawyer says that she is still held.",
        "wrong_title": "A lawyer corrects the list",
        "story": "What a pardon changes: {n} questions",
        "held": "889 held (Count, 30 Aug 2026)",
        "notice": "The source Example Daily has not answered since Friday.\nLook at its page.",
        "alert": "Releases",
        "person": "Adam Sample",
    },
    "be": {
        "freed": "Дванаццаць вязняў выехалі ў Літву, сярод іх Адам Прыкладны",
        "happened": "Вызвалены дванаццаць чалавек; названы пакуль тры імёны.",
        "title": "«Дагэтуль не веру»: дарога ад трэцяй брамы",
        "quote": ("Адама Прыкладнага вызвалілі сёння раніцай, сказала яго сястра.", "Адама Прыкладнага", "вызвалілі"),
        "unknown": ("дзевяць імёнаў з дванаццаці",),
        "new": ("+2 імёны", "кірунак: Літва"),
        "ledger": ("афіцыйна 12", "названы 3", "пацверджаны 1"),
        "wrong": "Раней мы назвалі сярод вызваленых Белу Прыкладную. Яе адвакатка кажа, што яна за кратамі.",
        "wrong_title": "Адвакатка выпраўляе спіс",
        "story": "Што мяняе памілаванне: {n} пытанняў",
        "held": "за кратамі 889 (Улік, 30 жніўня 2026 г.)",
        "notice": "Крыніца «Прыклад» не адказвае з пятніцы.\nПаглядзіце яе старонку.",
        "alert": "Вызваленні",
        "person": "Адам Прыкладны",
    },
    "ru": {
        "freed": "Двенадцать заключённых выехали в Литву, среди них Адам Примерный",
        "happened": "Освобождены двенадцать человек; названы пока три имени.",
        "title": "«До сих пор не верю»: дорога от третьих ворот",
        "quote": ("Адама Примерного освободили сегодня утром, сказала его сестра.", "Адама Примерного", "освободили"),
        "unknown": ("девять имён из двенадцати",),
        "new": ("+2 имени", "направление: Литва"),
        "ledger": ("официально 12", "названы 3", "подтверждён 1"),
        "wrong": "Ранее мы назвали среди освобождённых Белу Примерную. Её адвокат говорит, что она за решёткой.",
        "wrong_title": "Адвокат исправляет список",
        "story": "Что меняет помилование: {n} вопросов",
        "held": "за решёткой 889 (Учёт, 30 августа 2026 г.)",
        "notice": "Источник «Пример» не отвечает с пятницы.\nПосмотрите его страницу.",
        "alert": "Освобождения",
        "person": "Адам Примерный",
    },
}


def release(language: str) -> Entry:
    """A release, named by two voices, with everything an entry can have."""
    words = _WORDS[language]
    sentence, *marked = words["quote"]
    return Entry(
        section="person",
        title=words["freed"],
        link="https://daily.example/2026/11/adam-sample-freed",
        page=f"{BASE}/n/a1b2",
        voices=(
            Voice("Example Daily", "independent", "https://daily.example/2026/11/adam-sample-freed", "en"),
            Voice("Count", "ngo", "https://count.example/news/7", language),
        ),
        published=datetime(2026, 11, 22, 5, 10, tzinfo=UTC),
        seen=datetime(2026, 11, 22, 5, 12, tzinfo=UTC),
        snippets=(Snippet(sentence, tuple((sentence.index(m), sentence.index(m) + len(m)) for m in marked)),),
        names=(words["person"],),
        happened=words["happened"],
        state="named",
        ledger=words["ledger"],
        unknown=words["unknown"],
        new=words["new"],
        alerts=(words["alert"],),
    )


def correction(language: str) -> Entry:
    """Somebody was named by mistake."""
    words = _WORDS[language]
    return replace(
        release(language),
        section="correction",
        title=words["wrong_title"],
        happened=words["wrong"],
        state="corrected",
        page=f"{BASE}/n/c3d4",
        snippets=(),
        names=(),
        ledger=(),
        unknown=(),
        new=(),
    )


def pardon(language: str) -> Entry:
    """Only the state says so, and it was seen late."""
    return replace(
        release(language),
        section="event",
        happened="",
        state="announced",
        voices=(Voice("State Wire", "official", "https://wire.example/1"),),
        page=f"{BASE}/n/e5f6",
        names=(),
        late=True,
        published=datetime(2025, 12, 30, 21, 30, tzinfo=UTC),
    )


def story(language: str, number: int = 5) -> Entry:
    """Plain coverage of something that matched."""
    return Entry(
        section="story",
        title=_WORDS[language]["story"].format(n=number),
        link=f"https://daily.example/{number}",
        page=f"{BASE}/n/s{number}",
        voices=(Voice("Example Daily", "independent", f"https://daily.example/{number}"),),
        published=None,
        seen=datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
    )


COVERAGE = Coverage(
    checked=42, quiet=("Count",), failing=(("Example Daily", datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),)
)


def bundle(kind: DeliveryKind, language: str = "en", discretion: Discretion = "discreet", **changes: object) -> Bundle:
    """What is due to an invented reader in Vilnius."""
    words = _WORDS[language]
    made = Bundle(
        delivery="d7k2m9q4",
        kind=kind,
        at=NOW,
        language=language,
        zone="Europe/Vilnius",
        discretion=discretion,
        html=discretion == "open",
        entries=_entries(kind, language),
        coverage=COVERAGE if kind in (DeliveryKind.DIGEST, DeliveryKind.QUIET) else None,
        held=words["held"] if kind is DeliveryKind.DIGEST else "",
        code_word="бяроза" if kind is not DeliveryKind.CONFIRM else "",
        unsubscribe_url=UNSUBSCRIBE,
        manage_url=MANAGE,
        action_url=f"{BASE}/c/" + "0p3n" * 8 if kind in (DeliveryKind.CONFIRM, DeliveryKind.MANAGE) else "",
        text={
            DeliveryKind.NOTICE: words["notice"],
            DeliveryKind.CONFIRM: "4821-7730",
            DeliveryKind.MANAGE: "4821-7730",
        }.get(kind, ""),
        more=3 if kind is DeliveryKind.DIGEST else 0,
        more_url=f"{BASE}/search?q=x",
    )
    return replace(made, **changes)


def _entries(kind: DeliveryKind, language: str) -> tuple[Entry, ...]:
    if kind is DeliveryKind.DIGEST:
        return (story(language), pardon(language), release(language), correction(language), story(language, 11))
    return {
        DeliveryKind.ALERT: (release(language),),
        DeliveryKind.CORRECTION: (correction(language),),
        DeliveryKind.TEST: (release(language),),
    }.get(kind, ())
