"""The words with which a query is explained, in English, Belarusian and Russian. Text only."""

from __future__ import annotations

#: `lead` is the sentence, everything else a condition that completes it: «Articles … .»
SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "lead": "Articles {0}.",
        "any": "with “{0}” (in any form)",
        "exact": "with “{0}” (exactly so)",
        "prefix": "with a word that begins with “{0}”",
        "phrase": "with “{0}” (in this order, in any form)",
        "exact phrase": "with “{0}” (exactly so)",
        "in title": "{0} in the title",
        "near": "with {0} at most {2} from {1}",
        "person": "that name {0} (in any spelling and case)",
        "topic": "on the topic {0}",
        "source": "from the source “{0}”",
        "type": "from {0}",
        "lang": "in {0}",
        "event": "about the event {0}",
        "and": " and ",
        "or": " or ",
        "not": "but not {0}",
        "quoted": "“{0}”",
    },
    "be": {
        "lead": "Артыкулы, {0}.",
        "any": "дзе ёсць «{0}» (у любой форме)",
        "exact": "дзе ёсць «{0}» (дакладна так)",
        "prefix": "дзе ёсць слова, якое пачынаецца на «{0}»",
        "phrase": "дзе ёсць «{0}» (у такім парадку, у любой форме)",
        "exact phrase": "дзе ёсць «{0}» (дакладна так)",
        "in title": "{0} у загалоўку",
        "near": "дзе {0} стаіць не далей чым за {2} ад {1}",
        "person": "дзе названы чалавек: {0} (у любым напісанні і склоне)",
        "topic": "якія належаць да тэмы {0}",
        "source": "якія з’явіліся ў крыніцы «{0}»",
        "type": "якія апублікавалі {0}",
        "lang": "якія напісаны {0}",
        "event": "якія датычаць падзеі {0}",
        "and": " і ",
        "or": " або ",
        "not": "але не тыя, {0}",
        "quoted": "«{0}»",
    },
    "ru": {
        "lead": "Статьи, {0}.",
        "any": "где есть «{0}» (в любой форме)",
        "exact": "где есть «{0}» (именно так)",
        "prefix": "где есть слово, которое начинается на «{0}»",
        "phrase": "где есть «{0}» (в таком порядке, в любой форме)",
        "exact phrase": "где есть «{0}» (именно так)",
        "in title": "{0} в заголовке",
        "near": "где {0} стоит не дальше чем в {2} от {1}",
        "person": "где назван человек: {0} (в любом написании и падеже)",
        "topic": "которые относятся к теме {0}",
        "source": "которые появились в источнике «{0}»",
        "type": "которые опубликовали {0}",
        "lang": "которые написаны {0}",
        "event": "которые касаются события {0}",
        "and": " и ",
        "or": " или ",
        "not": "но не те, {0}",
        "quoted": "«{0}»",
    },
}

#: "at most {n words} from": one, few, many.
WORDS: dict[str, tuple[str, str, str]] = {
    "en": ("{0} word", "{0} words", "{0} words"),
    "be": ("{0} слова", "{0} словы", "{0} слоў"),
    "ru": ("{0} слове", "{0} словах", "{0} словах"),
}

#: What a value of type:, lang: or topic: is called after the words above.
VALUES: dict[str, dict[str, str]] = {
    "en": {
        "type:official": "official sources",
        "type:state-aligned": "state-aligned media",
        "type:ngo": "human rights organisations",
        "type:independent": "independent media",
        "type:agency": "news agencies",
        "type:destination-state": "authorities of the receiving country",
        "type:aggregator": "aggregators",
        "lang:be": "Belarusian",
        "lang:ru": "Russian",
        "lang:uk": "Ukrainian",
        "lang:pl": "Polish",
        "lang:lt": "Lithuanian",
        "lang:de": "German",
        "lang:en": "English",
        "topic:releases": "releases",
        "topic:held-and-health": "conditions and health of those held",
        "topic:families": "families of prisoners",
        "topic:sanctions-diplomacy": "sanctions and diplomacy",
        "topic:repression": "repression",
        "topic:elections": "elections",
    },
    "be": {
        "type:official": "афіцыйныя крыніцы",
        "type:state-aligned": "дзяржаўныя і праўладныя медыя",
        "type:ngo": "праваабарончыя арганізацыі",
        "type:independent": "незалежныя медыя",
        "type:agency": "інфармацыйныя агенцтвы",
        "type:destination-state": "улады краіны прыбыцця",
        "type:aggregator": "агрэгатары",
        "lang:be": "па-беларуску",
        "lang:ru": "па-руску",
        "lang:uk": "па-ўкраінску",
        "lang:pl": "па-польску",
        "lang:lt": "па-літоўску",
        "lang:de": "па-нямецку",
        "lang:en": "па-англійску",
        "topic:releases": "«вызваленні»",
        "topic:held-and-health": "«умовы і здароўе зняволеных»",
        "topic:families": "«сем’і зняволеных»",
        "topic:sanctions-diplomacy": "«санкцыі і дыпламатыя»",
        "topic:repression": "«рэпрэсіі»",
        "topic:elections": "«выбары»",
    },
    "ru": {
        "type:official": "официальные источники",
        "type:state-aligned": "государственные и провластные медиа",
        "type:ngo": "правозащитные организации",
        "type:independent": "независимые медиа",
        "type:agency": "информационные агентства",
        "type:destination-state": "власти страны прибытия",
        "type:aggregator": "агрегаторы",
        "lang:be": "по-белорусски",
        "lang:ru": "по-русски",
        "lang:uk": "по-украински",
        "lang:pl": "по-польски",
        "lang:lt": "по-литовски",
        "lang:de": "по-немецки",
        "lang:en": "по-английски",
        "topic:releases": "«освобождения»",
        "topic:held-and-health": "«условия и здоровье заключённых»",
        "topic:families": "«семьи заключённых»",
        "topic:sanctions-diplomacy": "«санкции и дипломатия»",
        "topic:repression": "«репрессии»",
        "topic:elections": "«выборы»",
    },
}


def plural(number: int, language: str) -> int:
    """Which of the three forms a number takes: one, few, many."""
    if language == "en":
        return 0 if number == 1 else 2
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2
