"""Case endings of surnames and first names, as far as they change the consonants of a name's skeleton.

Endings are cut from words in articles only, as further possibilities beside the word as it stands; a watched name is
kept as its owner writes it. Endings made of vowels need no entry: the last gap of a skeleton is never compared.
"""

from __future__ import annotations

import re
from functools import lru_cache

# be, ru, uk: adjectival and noun endings that hold a consonant
_CYRILLIC = re.compile(
    "(?:[аоеёя]г[ао]|[аоеёя]му|[ыиі]м|[оеёая]м|[ыиі]мі|[ыи]ми|[ыиі]х|[ая]м[иі]|[ая]х|[оеєё]ві|[еє]ю|ом|ем|єм)$"
)
_SLAVIC_LATIN = re.compile(
    "(?:ego|iego|emu|iemu|ym|im|em|iem|ych|ich|ymi|imi|ami|iami|owi|iowi|om|ach|aha|oha|oho|ogo|omu|amu|am|ah)$"
)
_LITHUANIAN = re.compile("(?:i?[aou]s|is|[yė]s|[oė]s|i?aus|iems|i?umi|imi|i?ams|i?ais|es)$")
_LATVIAN = re.compile("(?:[aiu]?s|[aiu]m|[āē]m)$")
_GERMANIC = re.compile("s$")
# Rabkovová, of Majoravové; Sluckého, Ivašynovi
_CZECH = re.compile("(?:ov[áéú]|ovou|ovej|[ée]ho|[ée]mu|[eéoýí]m|ovi|[yý]ch|[yý]mi|ech)$")
_SOUTH_SLAVIC = re.compile("(?:[oe]ga?|om[eu]?|emu?|[iu]?jem|im[ae]?|ih|ov[aeiou]|ovi)$")
_HUNGARIAN = re.compile("(?:[aáeo]?t|n[ae]k|b[ae]n|[tr][óő]l|h[oeö]z|[aáe][vl][ae]l|val|vel|r[ae])$")
_TURKISH = re.compile(r"'\w+$")
_FINNISH = re.compile("(?:n|ll[eaä]|lt[aä]|ss[aä]|st[aä]|t[aä]|ksi|h[aiuo]n)$")
_ESTONIAN = re.compile("(?:s|st|sse|le?|lt|ks|ga|ta|t|d|ni|na)$")
_LATIN = {
    "pl": (_SLAVIC_LATIN,),
    "be": (_SLAVIC_LATIN,),
    "lt": (_LITHUANIAN,),
    "lv": (_LATVIAN,),
    "cs": (_CZECH,),
    "sk": (_CZECH,),
    **dict.fromkeys(("hr", "sl", "sr", "bs"), (_SOUTH_SLAVIC,)),
    "hu": (_HUNGARIAN,),
    "tr": (_TURKISH,),
    "fi": (_FINNISH,),
    "et": (_ESTONIAN,),
    **dict.fromkeys(("de", "en", "nl", "sv", "da", "no", "nb", "nn"), (_GERMANIC,)),
}
_ANY_LATIN = (_SLAVIC_LATIN, _LITHUANIAN)

# руцэ → рук-, назе → наг-, страсе → страх-: the dative and locative before which a velar softens
_SOFTENED = (
    (re.compile("ц[еэыі]$"), "к"),
    (re.compile("[жз][еэыі]$"), "г"),
    (re.compile("с[еэыі]$"), "х"),
    (re.compile("dze$"), "g"),
    (re.compile("rze$"), "r"),
    (re.compile("sz?e$"), "ch"),
    (re.compile("c[ey]$"), "k"),
)


@lru_cache(maxsize=2**14)
def stems(word: str, language: str = "") -> tuple[str, ...]:
    """A normalised word as it stands, then without each case ending it may have."""
    found = [word]
    for pattern in _patterns(word, language):
        stem = pattern.sub("", word)
        if stem != word and len(stem) >= 3:
            found.append(stem)
    found += [pattern.sub(velar, word) for pattern, velar in _SOFTENED if pattern.search(word)]
    return tuple(dict.fromkeys(found))


def _patterns(word: str, language: str) -> tuple[re.Pattern[str], ...]:
    if "а" <= word[:1] <= "ґ":
        return (_CYRILLIC,)
    return _LATIN.get(language, _ANY_LATIN)
