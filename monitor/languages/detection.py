"""Which language an article is in: seven that are analysed, any other by its code, Łacinka as Belarusian.

Letters and function words settle nearly every article in microseconds; the statistical model is asked only about the
rest, and the source's declared language decides where even that is unsure (a headline of names, say). It reads the
title and the first 600 characters: whole bodies cost a millisecond and settle no more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from functools import cache
from itertools import chain
from typing import Any

_READ = 600
_ASKED = 400  # characters shown to the model
_SHORT = 60  # below this many characters the declared language outweighs the model
_SURE = 0.6  # of the model's own probability, for a language outside the seven
_CERTAIN = 0.8  # the same for a headline alone that nobody declared

_ANALYSED = ("be", "ru", "uk", "pl", "lt", "de", "en")
_CYRILLIC = ("be", "ru", "uk")

# Words that stand in almost every sentence of a language, and in few others
_FUNCTION_WORDS = {
    "be": "і не на што з у за да як па але для пра быў была яны яго яна ён гэта паводле таксама якія",
    "ru": "и не на что с в за до как по но для о был была они его она он это также которые из",
    "uk": "і не на що з у за до як по але для про був була вони його вона він це також які із",
    "en": "the of and to in is was for that with as by on from his has have were are be been at an which who not",
    "de": "der die und den das von mit dem des im ist nicht ein eine auf für sich auch nach bei wird wurde sind als",
    "pl": "się nie na w z że do jest o po od za przez jak oraz był była były dla ich jego który która także przed są",
    "lt": "ir kad į iš su yra buvo apie jo po kaip bet jau nuo tai per už savo dėl iki ar pat dar taip ne jie pagal",
    "lv": "un ir ar no par kas ka uz tika arī pēc kā bet viņa gadā gan lai tas bija līdz tiek savu pie nav",
    "et": "ja on ei et oli mis kui ka ning aga tema oma kes pärast või nii see siis eest",
    "fr": "le la les de des et ne depuis mois se sa ses leur sont du un une dans est en que qui pour au par sur pas",
    "it": "il di che la e un una per è in del della dei con non sono da al le si nel alla gli ha come",
    "es": "el la de que y en los desde hace dos del se las por un una con para no su al es lo más fue ha como",
    "pt": "o a de que e do da em um uma para com não os as no na por foi ao dos das são mais",
    "nl": "de het een van en in is dat op te zijn voor met niet aan door om ook die er naar wordt bij uit",
    "cs": "a se na v je že z do s o byl k za po podle jako ve ale při jsou jeho od které která tak bude",
    "sk": "a sa na v je že z do s o bol k za po podľa ako vo ale pri sú jeho od ktoré ktorá tak bude",
    "sv": "och att det som en på är av för med den till inte om har var ett från de han sig blev efter när vid också",
    "da": "og at det som en på er af for med den til ikke om har var et fra de han sig blev efter når ved også",
    "no": "og at det som en på er av for med den til ikke om har var et fra de han seg ble etter når ved også",
    "fi": "ja on ei että oli se hän myös kun mutta joka ovat sekä ollut mukaan",
    "ro": "și de în a la cu pe care din nu o este au pentru un mai să fost",
    "hu": "a az és hogy nem is egy volt meg már csak de ez el még",
}
_WORDS: dict[str, tuple[str, ...]] = {}
for _language, _listed in _FUNCTION_WORDS.items():
    for _word in _listed.split():
        _WORDS[_word] = (*_WORDS.get(_word, ()), _language)

#: Norwegian is one language here, and the model is often torn between neighbours.
_BOKMAL_AND_NYNORSK = {"nb": "no", "nn": "no"}
_NEIGHBOURS = {"da", "no", "sv"}

_WORD = re.compile(r"[^\W\d_]+")
# Letters of Latin alphabets that none of the seven has; two of them are no chance name
_FOREIGN = re.compile("[āēīģķļņěřůõñ¿¡çàèêâîôœãåøæőűșțľĺŕ]", re.IGNORECASE)
_CYRILLIC_LETTERS, _LATIN_LETTERS = "аеоиіртснвлкмудпзя", "aeioutsnrlkmdpzcv"  # the common ones
_CYRILLIC_LETTER, _LATIN_LETTER = re.compile(f"[{_CYRILLIC_LETTERS}]"), re.compile(f"[{_LATIN_LETTERS}]")
_ELSEWHERE = re.compile("[ѓќѕјљњџђћәғқңөұүһӣӯҷҳ]")  # Serbian, Macedonian, Turkic, Tajik
# Łacinka: ŭ is nearly its own; ł ś ź ń beside š ž č are in no other alphabet
_SOFT, _HARD, _ESPERANTO = frozenset("łśźń"), frozenset("šžč"), frozenset("ĉĝĵŝ")
_WHOLE = "nia što jon jany jaho jaje ichni taksama pavodle padčas paśla dyk kab dla pra jość hetaha heta hety usie"
_BEGUN = "bielarus biełarus zniavol vyzval palitv sudz miensk ludz krain hod žyć viasn aryšt"
_LACINKA_WORDS, _LACINKA_BEGINNINGS = frozenset(_WHOLE.split()), tuple(_BEGUN.split())
_POLISH = frozenset("wąężó")  # letters Łacinka has not, where Polish has no v
_BALTIC = frozenset("ėįųūęąāēīģķļņ")  # nor has it these, where Lithuanians and Latvians name `Viasna`
# Their function words are none of Belarusian's: where they abound, only names are in Łacinka (`jailed in Mahilioŭ`)
_UNLIKE_LACINKA = frozenset({"en", "de", "fr", "it", "es", "nl", "sv"})
_SLAVIC_GLIDE = re.compile("[jbcdfghklmnpstvz][ij][aeou]")


def language_of(title: str, text: str, declared: str = "") -> str:
    """Two letters: one of the seven, or another language's code; `declared`, or '', where nothing can be said."""
    sample = f"{title}\n{text[:_READ]}"
    declared = declared[:2].lower()
    folded = sample.casefold()
    if _CYRILLIC_LETTER.search(folded):
        cyrillic, latin = (sum(map(folded.count, letters)) for letters in (_CYRILLIC_LETTERS, _LATIN_LETTERS))
        if cyrillic > latin:
            return _cyrillic(sample, folded, declared)
    if _LATIN_LETTER.search(folded):
        return _latin(sample, folded, declared)
    return declared or _asked(sample, declared, ()) if sample.strip() else declared


def _cyrillic(sample: str, folded: str, declared: str) -> str:
    if _ELSEWHERE.search(folded):
        return _ranked(sample)[0][0]
    i, и, ы, э, ў, ї, є = map(folded.count, "іиыэўїє")
    hard = ы + э
    if ў * 4 > и or (i > 2 * и and hard):
        return "be"
    if ї + є > hard or (i and и and i > hard):
        return "uk"
    if и > i and hard > i:
        return "ru"
    return _asked(sample, declared, _CYRILLIC)


def _latin(sample: str, folded: str, declared: str) -> str:
    words = _WORD.findall(folded)
    votes = Counter(chain.from_iterable([_WORDS[word] for word in words if word in _WORDS]))
    (best, most), (_, second) = [*votes.most_common(2), ("", 0), ("", 0)][:2]
    named_only = best in _UNLIKE_LACINKA and most >= 3 and most >= 0.15 * len(words)
    if not named_only and _is_lacinka(folded, set(folded), words):
        return "be"
    if best in _NEIGHBOURS:
        best, second = _neighbour(sample, votes), max(votes[code] for code in {"", *votes} - _NEIGHBOURS)
    if most >= 4 and most >= 0.12 * len(words) and most >= 1.6 * second:
        return best
    if len(_FOREIGN.findall(sample)) >= 2:
        return _ranked(sample)[0][0]
    return _asked(sample, declared, ())


def _neighbour(sample: str, votes: Counter[str]) -> str:
    """Danish, Norwegian or Swedish: the one with most words, by the model's answer where they have as many."""
    most = max(votes[code] for code in _NEIGHBOURS)
    alike = {code for code in _NEIGHBOURS if votes[code] == most}
    return next(code for code, _ in _ranked(sample) if code in alike) if len(alike) > 1 else alike.pop()


def _is_lacinka(folded: str, letters: Set[str], words: list[str]) -> bool:
    if "ŭ" in letters:
        return _ESPERANTO.isdisjoint(letters)
    soft, polish = not _SOFT.isdisjoint(letters), not _POLISH.isdisjoint(letters)
    if soft and "v" in letters and not polish:
        return True
    if polish or not _BALTIC.isdisjoint(letters):
        return False
    # Viasna twice is still one name
    marks = sum([word in _LACINKA_WORDS or word.startswith(_LACINKA_BEGINNINGS) for word in set(words)])
    if not _HARD.isdisjoint(letters):
        return soft or (marks >= 1 and _SLAVIC_GLIDE.search(folded) is not None)
    return marks >= 2


def _asked(sample: str, declared: str, among: tuple[str, ...]) -> str:
    """The model's answer, weighed against what the source declared; `among` bounds it to languages of the script."""
    ranked = _ranked(sample)
    language, sure = ranked[0]
    if language in _NEIGHBOURS:
        sure = sum(chance for code, chance in ranked if code in _NEIGHBOURS)
    short = len(sample) < _SHORT
    if language not in _ANALYSED and ((sure >= _SURE and not short) or (sure >= _CERTAIN and not declared)):
        return language
    if declared and (short or sure < _SURE) and (not among or declared in among):
        return declared
    return next(code for code, _ in ranked if code in (among or _ANALYSED))


def _ranked(sample: str) -> list[tuple[str, float]]:
    """Languages and how likely the model finds them, the likeliest first."""
    chances: dict[str, float] = {}
    for code, chance in _model().rank(sample[:_ASKED]):
        known = _BOKMAL_AND_NYNORSK.get(code, code)
        chances[known] = chances.get(known, 0.0) + float(chance)
    return sorted(chances.items(), key=lambda each: -each[1])


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
