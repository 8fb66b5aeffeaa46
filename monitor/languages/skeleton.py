"""The skeleton of a name: consonants in classes that survive scripts and romanisations, with vowels in their gaps.

Ціханоўскі, Тихановский, Cichanouski, Tsikhanouski and Tichanowski have one consonant line, `txnvsk`; what stands
between the consonants is compared afterwards. Where a letter may be two sounds (`ch`, German `s`) a word has several
skeletons. Case endings are a matter for `endings`; nothing here knows a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

# Consonants are written as one lower-case letter each: w = ш, j = ж, c = ч, x = х, t also ц, d also дз. Vowels are
# upper-case.
# "" is a glide, which no romanisation keeps reliably. Several entries are several possible sounds.
_CYRILLIC: dict[str, tuple[str, ...]] = {
    **{a: (b,) for a, b in zip("бпвўфгґхкдтсзшжчцлмнр", "bpvvfggxkdtszwjctlmnr", strict=True)},
    **{a: (b,) for a, b in zip("аоеэєёяиіїыую", "AOEEEOAIIIIUU", strict=True)},
    "ʉ": ("v", "U"),
    "й": ("",),
    "ь": ("",),
    "ъ": ("",),
    "щ": ("wc",),
    "дз": ("d",),
    "тс": ("t",),
    "тц": ("t",),
    "дц": ("t",),
    "цк": ("tk",),
    "дск": ("tk",),
    "тск": ("tk",),
    "дзк": ("tk",),
    "цьк": ("tk",),
    "дськ": ("tk",),
    "тськ": ("tk",),
    "дзьк": ("tk",),
    "ју": ("U",),
    "ја": ("A",),
    "ј": ("",),
    "љ": ("l",),
    "њ": ("n",),
}
_LATIN: dict[str, tuple[str, ...]] = {
    **{a: (b,) for a, b in zip("bcdfgjklmnpqrstvwz", "btdfg_klmnpkrstvvz", strict=True)},
    **{
        a: (b,)
        for a, b in zip("aoeiyuąęóöäüàáâèéêëėìíîïòôùúûůųūāēīōő", "AOEIIUAEOOAUAAAEEEEEIIIIOOUUUUUUAEIOO", strict=True)
    },
    "ʉ": ("v", "U"),
    "j": ("",),
    "į": ("I",),
    "ý": ("I",),
    "å": ("O",),
    "æ": ("E",),
    "ø": ("O",),
    "ŭ": ("v",),
    "č": ("c",),
    "ć": ("t", "c"),
    "ç": ("s",),
    "š": ("w",),
    "ś": ("s",),
    "ş": ("w",),
    "ŝ": ("wc",),
    "ž": ("j",),
    "ż": ("j",),
    "ź": ("z",),
    "ł": ("l",),
    "ļ": ("l",),
    "ĺ": ("l",),
    "ľ": ("l",),
    "ń": ("n",),
    "ñ": ("n",),
    "ň": ("n",),
    "ņ": ("n",),
    "ŕ": ("r",),
    "ŗ": ("r",),
    "ř": ("r", "j"),
    "ě": ("E",),
    "õ": ("I",),  # Estonian for ы
    "ă": ("A",),
    "ș": ("w",),
    "ț": ("t",),
    "đ": ("d",),
    "ď": ("d",),
    "ť": ("t",),
    "ķ": ("k",),
    "ģ": ("g",),
    "ß": ("s",),
    "h": ("g", "x"),
    "x": ("ks",),
    "'": ("",),
    "kh": ("x",),
    "hh": ("x",),
    "tš": ("c",),
    "gh": ("g",),
    "ch": ("x", "c"),
    "cz": ("c",),
    "tch": ("c",),
    "tsch": ("c",),
    "sh": ("w",),
    "sch": ("w", "j"),
    "sz": ("w",),
    "zh": ("j",),
    "rz": ("j", "rz"),
    "ts": ("t",),
    "tz": ("t",),
    "cs": ("t",),
    "dz": ("d",),
    "dź": ("d",),
    "ph": ("f",),
    "th": ("t", "tg"),
    "shch": ("wc",),
    "schtsch": ("wc",),
    "stsch": ("wc",),
    "chtch": ("wc",),
    "szcz": ("wc",),
    "šč": ("wc",),
    "štš": ("wc",),
    "ck": ("tk", "k"),
    "cki": ("tkI",),
    "cky": ("tkI",),
    "dsk": ("tk",),
    "tsk": ("tk",),
    "tzk": ("tk",),
    "dzk": ("tk",),
    "oû": ("U",),
    "oʉ": ("Ov", "U"),
    "yoʉ": ("Ov", "U"),
    "ioʉ": ("IOv", "U"),
    "iu": ("U",),
    "yu": ("U",),
    "ju": ("U",),
}
_NORDIC: dict[str, tuple[str, ...]] = {
    "tj": ("c", "t"),
    "tsj": ("c", "t"),
    "sj": ("w", "s"),
    "zj": ("j", "z"),
    **{f"sj{consonant}": (f"w{consonant}",) for consonant in "klmnpr"},  # soft before a vowel only
    "sjtj": ("wc",),
    "sjtsj": ("wc",),
    "stj": ("wc", "st"),
}
_HINTS: dict[str, dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("sv", "da", "no", "nb", "nn"), _NORDIC),
    "de": {
        "s": ("s", "z"),
        "ds": ("d", "ds", "dz"),
        "sk": ("sk",),  # never зк
        "sz": ("w", "st"),
        "rz": ("j", "rt", "rz"),
        "z": ("t", "z"),
        "ss": ("s",),
        "sh": ("w", "j"),
        "zk": ("tk", "zk"),
        "dsch": ("j", "dj"),
        "ch": ("x", "c"),
    },
    "pl": {"h": ("g", "x"), "ch": ("x", "c"), "ć": ("t",)},
    "lt": {"h": ("g", "x"), "ch": ("x", "c")},
    "lv": {"h": ("x", "g"), "dž": ("dj",)},
    "fr": {"j": ("", "j"), "ch": ("w", "x", "c"), "tch": ("c",), "gu": ("g",)},
    "nl": {**_NORDIC, "oe": ("U",), "aoe": ("Av", "AU")},
    "es": {"j": ("", "x"), "sch": ("w", "wc")},
    "it": {"sc": ("w", "sk"), "ci": ("c", "tI")},
    "pt": {"j": ("", "j"), "ch": ("w", "x", "c"), "tch": ("c",), "schtch": ("wc",), "gu": ("g",)},
    "ro": {"j": ("j", ""), "ci": ("cI", "tI"), "ce": ("cE", "tE"), "șci": ("wcI",), "chi": ("kI",), "che": ("kE",)},
    "hu": {
        "s": ("w", "s"),
        "sz": ("s",),
        "zs": ("j",),
        "cs": ("c",),
        "scs": ("wc",),
        "ny": ("n",),
        "ly": ("l",),
        "gy": ("d",),
        "ty": ("t",),
    },
}
# Bulgarian writes Belarusian г as х, and ъ is a vowel
_CYRILLIC_HINTS: dict[str, dict[str, tuple[str, ...]]] = {"bg": {"х": ("x", "g"), "ъ": ("A",)}}
# Sannikau, Leushyna, Гнаук: Belarusian ў where a romanisation or Russian has no letter for it; or a plain u
# (Loutskina, Паул); before a Polish or Czech case ending too (Rabkoua, Lazarauem)
_MAYBE_SHORT_U = re.compile(
    r"(?<=[aeoąęóėāēаеоэя])[uу](?![aeiouyąęóėįųūаеёиіоуыэюя])|(?<=[aoe])u(?=(?:a|em|ow?i|ovi|om)$)"
)
_VOWELS = "AOEIU"
_MOST = 6  # skeletons of one word: enough for two ambiguous letters, and a bound on what hostile text can cost


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`line` is the consonants; `gaps[i]` the vowels before consonant i, sorted, with one last gap after them all."""

    line: str
    gaps: tuple[str, ...]


@lru_cache(maxsize=2**15)
def skeletons(word: str, language: str = "") -> tuple[Skeleton, ...]:
    """The possible skeletons of a normalised word, the likeliest first; none for a word without consonants."""
    found = dict.fromkeys(_compose(sounds, language) for sounds in _readings(word, language))
    return tuple([skeleton for skeleton in found if skeleton.line])


def _readings(word: str, language: str) -> list[str]:
    table, pattern = _tables(language, "а" <= word[:1] <= "ґ")
    choices = [table[part] for part in pattern.findall(_MAYBE_SHORT_U.sub("ʉ", word))]
    return ["".join(choice) for choice, _ in zip(product(*choices), range(_MOST), strict=False)]


@lru_cache(maxsize=64)
def _tables(language: str, cyrillic: bool) -> tuple[dict[str, tuple[str, ...]], re.Pattern[str]]:
    letters, hints = (_CYRILLIC, _CYRILLIC_HINTS) if cyrillic else (_LATIN, _HINTS)
    table = {**letters, **hints.get(language, {})}
    longest_first = sorted(table, key=len, reverse=True)
    return table, re.compile("|".join(map(re.escape, longest_first)))


def _compose(sounds: str, language: str) -> Skeleton:
    sounds = re.sub(r"([a-z])\1+", r"\1", sounds)
    # Belarusian в before a stressed у (Вусаў is Усов); у and в before a consonant are one (Уласава is Власова)
    sounds = re.sub("^vU", "U", sounds)
    sounds = re.sub("^U(?=[a-z])", "v", sounds)
    parts = re.split("([a-z])", sounds)
    return Skeleton("".join(parts[1::2]), tuple(["".join(sorted(set(gap))) for gap in parts[::2]]))


def distance(one: Skeleton, other: Skeleton) -> float:
    """How far the vowels of two skeletons of one line are apart; the last gap is the ending and never counts.

    0 for vowels that scripts and unstressed writing confuse (а о е), 1 for the next step (а и), 2 for others; .5 for a
    vowel that comes and goes with the case (Сев'ярынец, Севярынца).
    """
    pairs = zip(one.gaps[:-1], other.gaps[:-1], strict=True)
    last = len(one.line) - 1
    return sum(_gap_distance(a, b, fleeting=0 < place == last) for place, (a, b) in enumerate(pairs))


@lru_cache(maxsize=4096)
def _gap_distance(one: str, other: str, *, fleeting: bool) -> float:
    if one == other:
        return 0
    if not one or not other:
        return 0.5 if fleeting and (one or other) in ("O", "E", "IO") else 2
    classes, others = vowel_classes(one), vowel_classes(other)
    if classes & others:
        return 0
    return 2 if "U" in classes | others else 1


@cache
def vowel_classes(gap: str) -> set[str]:
    """`A` for а о е, `I` for и ы, `U` for у ю; an `i` beside another vowel is how scripts write softness or й."""
    classes = {"A" if vowel in "AOE" else vowel for vowel in gap}
    return classes - {"I"} or classes


def tolerance(line: str) -> float:
    """How much distance two spellings of a name with this line may have: short lines say little on their own."""
    if len(line) <= 3:
        return 0.5
    return 1 if len(line) <= 5 else 1.5


def agree(one: Skeleton, other: Skeleton) -> bool:
    """Whether two skeletons may be one name."""
    return one.line == other.line and distance(one, other) <= tolerance(one.line)


def close(one: Skeleton, other: Skeleton) -> bool:
    """Whether two skeletons of one line have the very same vowels in every gap but the last."""
    gaps = zip(one.gaps[:-1], other.gaps[:-1], strict=True)
    return all(a == b or set(a.replace("I", "") or a) & set(b.replace("I", "") or b) for a, b in gaps)
