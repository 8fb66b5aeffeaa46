"""A small invented world in five languages: enough news to fill every page. None of these people or outlets exist."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from monitor.reading.ledger import Figure, Ledger

from .newsroom import Newsroom

OUTLETS: dict[str, dict[str, Any]] = {
    "Прэс-служба канцылярыі": {"type": "official", "owner": "Канцылярыя", "language": "ru"},
    "Дзяржаўнае агенцтва Крок": {"type": "state-aligned", "owner": "Крок", "language": "ru"},
    "Справа": {"type": "ngo", "owner": "Справа", "language": "be"},
    "Рачны веснік": {"type": "independent", "owner": "Рачны веснік", "language": "be"},
    "Берег": {"type": "independent", "owner": "Берег", "language": "ru"},
    "Kurier Nadwiślański": {"type": "independent", "owner": "Kurier", "language": "pl"},
    "Nemuno žinios": {"type": "independent", "owner": "Nemuno žinios", "language": "lt"},
    "Northern Wire": {"type": "agency", "owner": "Northern Wire", "language": "en"},
    "Ministerija": {"type": "destination-state", "owner": "Ministerija", "language": "lt"},
    "Digest Daily": {"type": "aggregator", "owner": "Digest Daily", "language": "en"},
}


def fill(room: Newsroom) -> None:
    """Sources, people, two events, a handful of stories and everything else that comes in."""
    _sources(room)
    _people(room)
    _pardon(room)
    _deportation(room)
    _hint(room)
    _others(room)
    _history(room)
    for day, count in (("2024-07-01", 1423), ("2024-12-31", 1265), ("2025-06-30", 1177), ("2026-03-05", 1140)):
        room.held(day, count, "Справа", "https://sprava.example/count")
    room.held("2026-10-30", 889, "Справа", "https://sprava.example/count")
    room.beat(seconds=20)


def _said(room: Newsroom, story: int, outlet: str, title: str, hours: float, *sentences: str, **given: Any) -> int:
    """An article, as many hours ago, published eleven minutes before it was seen."""
    seen = room.ago(hours=hours)
    known = OUTLETS[outlet] | {"seen": seen, "published": seen - timedelta(minutes=11)}
    return room.article(story, title, outlet=outlet, source=outlet, sentences=sentences, **(known | given))


def _sources(room: Newsroom) -> None:
    for n, (name, known) in enumerate(OUTLETS.items()):
        config = {"outlet": name, "type": known["type"], "languages": [known["language"]]}
        config["url"] = f"https://outlet{n}.example/feed"
        room.source(name, config=config)
    room.source("Старая газета", failures=0, last_new_at=room.text(room.ago(days=9)), config={"type": "independent"})
    failing = {"status": "unreachable", "failures": 6, "status_since": room.text(room.ago(days=2))}
    room.source("Tīkla balss", note="The name of the server cannot be found.", config={"type": "ngo"}, **failing)
    room.source(
        "Новы канал", config={"kind": "telegram"}, first_success_at=None, last_success_at=None, last_new_at=None
    )


def _people(room: Newsroom) -> None:
    room.person(
        "varanovich-mikola",
        "Mikola Varanovich",
        name_be="Мікола Варановіч",
        name_ru="Николай Воронович",
        aliases=["Nikolai Voronovich", "Mikoła Varanovič", "Мікола Варановіч", "Mikołaj Waranowicz"],
        role="river pilot and trade unionist",
        status="held",
        status_date="2026-05",
        status_source="https://sprava.example/varanovich",
        namesakes="A football player of the same name plays in Nadbrzeże.",
    )
    room.person(
        "zhuk-alena",
        "Alena Zhuk",
        name_be="Алена Жук",
        name_ru="Елена Жук",
        aliases=["Yelena Zhuk", "Aliona Žuk"],
        role="editor of a river gazette",
        status="released",
        status_date="2026-11-15",
        status_source="https://sprava.example/zhuk",
        destination="Lithuania",
    )
    room.person("dudar-siarhei", "Siarhei Dudar", name_be="Сяргей Дудар", name_ru="Сергей Дударь", status="unknown")


def _pardon(room: Newsroom) -> None:
    event = room.event("e7k2mq", state="corroborated", date="2026-11-15", seen=room.ago(hours=20))
    story = room.story("pardon2345", seen=room.ago(hours=2), event=event)
    first = _said(
        room,
        story,
        "Прэс-служба канцылярыі",
        "Подписан указ о помиловании 32 человек, осуждённых за преступления экстремистской направленности",
        20,
        "Помилованы 32 человека, в том числе восемь женщин.",
        claim={"origin": "official-by", "total": 32, "date": date(2026, 11, 15)},
    )
    _said(
        room,
        story,
        "Дзяржаўнае агенцтва Крок",
        "Помилованы 32 осуждённых",
        19.6,
        duplicate_of=first,
        score=0.97,
        score_why="the same text: 94 of 97 phrases",
    )
    named = _said(
        room,
        story,
        "Справа",
        "На волю выйшлі 32 палітвязні, сярод іх рэдактарка Алена Жук",
        9,
        "На волю выйшлі 32 чалавекі, якіх праваабаронцы лічаць палітвязнямі.",
        "Рэдактарка Алена Жук ужо сустрэлася з сям'ёй у Вільні.",
        claim={"origin": "viasna", "total": 31, "political": 31, "freed": ("zhuk-alena",), "destination": "Lithuania"},
        score=0.81,
        score_why="the same count 32, the same day, kind pardon",
    )
    room.mention(named, "zhuk-alena", spelling="Алена Жук", sentence="Рэдактарка Алена Жук ужо сустрэлася з сям'ёй.")
    relayed = _said(
        room,
        story,
        "Берег",
        "Освобождены 32 человека. Среди них — Елена Жук; о Николае Вороновиче сведений нет",
        8.5,
        "Среди помилованных нет Николая Вороновича, сказали его родные.",
        score=0.86,
        score_why="two people and the count in common",
    )
    room.mention(
        relayed, "zhuk-alena", spelling="Елена Жук", sentence="Освобождены 32 человека. Среди них — Елена Жук."
    )
    room.mention(
        relayed,
        "varanovich-mikola",
        status="held",
        spelling="Николай Воронович",
        sentence="Среди помилованных нет Николая Вороновича, сказали его родные.",
    )
    _said(
        room,
        story,
        "Northern Wire",
        "Belarus pardons 32, rights group says all are political prisoners",
        7,
        "Authorities said on Sunday that 32 people had been pardoned.",
        claim={"origin": "agency", "total": 32, "per": (("to:Lithuania", 12), ("to:home", 19))},
        score=0.74,
        score_why="count, day and place",
    )
    _said(
        room,
        story,
        "Kurier Nadwiślański",
        "Białoruś: ułaskawiono 32 osoby, jest wśród nich redaktorka Alena Żuk",
        2,
        "Ułaskawiono 32 osoby, w tym osiem kobiet.",
        score=0.79,
        score_why="one person and the count in common",
    )
    room.settle(event)


def _deportation(room: Newsroom) -> None:
    event = room.event("e9w4tn", kind="deportation", state="announced", date="2026-11-14", seen=room.ago(days=1.4))
    story = room.story("border6789", seen=room.ago(days=1.2), event=event)
    _said(
        room,
        story,
        "Ministerija",
        "Per Medininkus atvyko keturiolika iš kalėjimų paleistų žmonių",
        33,
        "Per sieną atvyko keturiolika žmonių, kurie buvo kalinami.",
        claim={"kind": "deportation", "origin": "destination-state", "total": 14, "destination": "Lithuania"},
    )
    _said(
        room,
        story,
        "Nemuno žinios",
        "Keturiolika paleistų kalinių jau Lietuvoje, dokumentų jie neturi",
        31,
        "Nė vienas iš keturiolikos neturi paso.",
        score=0.7,
        score_why="count, day and place in common",
    )
    room.settle(event)


def _hint(room: Newsroom) -> None:
    story = room.story("hint234567", seen=room.ago(days=2.5))
    _said(
        room,
        story,
        "Рачны веснік",
        "Сваякі чакаюць новых вызваленняў да канца месяца",
        60,
        "Як кажуць сваякі, з калоній забралі яшчэ некалькі чалавек.",
    )


def _others(room: Newsroom) -> None:
    for n, (outlet, title) in enumerate(
        (
            ("Рачны веснік", "На Сожы адкрылі новы мост для пешаходаў"),
            ("Берег", "Курсы валют на понедельник: что изменилось"),
            ("Northern Wire", "Harvest festival draws thousands to a small river town"),
            ("Kurier Nadwiślański", "Most na granicy zamknięty do piątku z powodu remontu"),
            ("Nemuno žinios", "Pasienyje prasideda vėjo jėgainių statyba"),
            ("Digest Daily", "Ten things to know this Monday"),
            ("Дзяржаўнае агенцтва Крок", "Подведены итоги уборочной кампании"),
        )
    ):
        seen = 3 + n * 2
        _said(room, room.story(f"other{n}abcd", seen=room.ago(hours=seen)), outlet, title, seen, relevant=0)


HISTORY = (
    ("2024-07-03", "pardon", 18, "home"),
    ("2024-08-16", "pardon", 30, "home"),
    ("2024-09-04", "pardon", 30, "home"),
    ("2024-11-20", "pardon", 32, "home"),
    ("2025-01-18", "pardon", 23, "home"),
    ("2025-06-21", "deportation", 14, "Lithuania"),
    ("2025-09-11", "deportation", 52, "Lithuania"),
    ("2025-12-13", "deal", 123, "Ukraine"),
    ("2026-03-19", "deal", 250, "home"),
    ("2026-04-28", "exchange", 0, "Poland"),
)


def _history(room: Newsroom) -> None:
    for n, (day, kind, count, place) in enumerate(HISTORY):
        figures = {"verified": (Figure(count, "history", "Справа", f"{day}T12:00:00Z"),)} if count else {}
        ledger = Ledger(kind=kind, state="confirmed", date=day, figures=figures, destinations={place: day})
        room.event(f"h{n}", kind=kind, state="confirmed", date=day, ledger=ledger.to_json(), history=1)
