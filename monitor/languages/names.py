"""Names of people in any spelling, case and script: which words of an article may be one, under which keys.

A key is `first@surname`: the first name's group (`+maryia`) where the table knows it, else its skeleton, and the
skeleton of the surname. Watched names and sightings meet when their strong keys intersect and then, because
consonants alone say too little, `Name.meets` finds the vowels compatible. A surname alone has only weak keys:
`@klsnkv`, or `m-@klsnkv` with an initial. Nothing here decides who somebody is; `reading.people` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from monitor.languages import endings, first_names
from monitor.languages.skeleton import Skeleton, agree, skeletons
from monitor.languages.spelling import APOSTROPHES, normalise
from monitor.model import Sighting, Tokens

_UPPER = "".join(letter for letter in map(chr, range(0x24F)) if letter.isupper()) + "А-ЯЁІЇЄҐЎЈЉЊ"
_INNER = rf"[\w{APOSTROPHES}\u0301\u00ad]"
_WORD = rf"[{_UPPER}]{_INNER}*"
# An initial: one capital, or two letters for one sound (Дз., Ch.)
_INITIAL = rf"(?<!\w)[{_UPPER}][зжзьhz]?\."
_BETWEEN = r"(?:[ \u00a0]{1,2}[«“„\"(]?|[»”\")] |-)"
# Capitalised words that may be one name: between them a space (no line break), a hyphen, a quoted nickname's marks
_RUN = re.compile(rf"(?:{_INITIAL}[ \u00a0]?|{_WORD}{_BETWEEN})+(?:{_INITIAL}|{_WORD})")
_SINGLE = re.compile(_WORD)
_PARTS = re.compile(rf"{_WORD}|-|\.")
_PATRONYMIC = re.compile(
    "(?:[оеаыи]?вич|[оеаяі]?віч|[оеї]вич|ічн|їчн|[ое]вн|[аеоёя]ўн|[ії]вн|инична|ічна)[аеуоы]?[мійюяї]*$|(?:[oeay]vi[ct]h|ovna|evna|[aeo]una|iuna|owicz|ewicz|ówna|owna|ewna|iivna|ivna)$"
)
# Capitalised in English and German headlines; no part of an unknown name
_NEVER = frozenset(
    {
        "the", "of", "in", "on", "at", "to", "by", "for", "from", "with", "and", "or", "as", "is", "a", "an", "der",
        "die", "das", "den", "dem", "des", "ein", "eine", "und", "für", "im", "am", "von", "zu",
    }
)  # fmt: skip


_Field = Literal["title", "text"]
_Places = set[tuple[_Field, int]]


@dataclass(frozen=True, slots=True)
class _Word:
    """One capitalised word of a run; `joined` says that a hyphen ties it to the word before."""

    text: str
    start: int
    end: int
    initial: bool
    joined: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A first name or surname of one or more hyphenated words."""

    words: tuple[_Word, ...]

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


@dataclass(frozen=True, slots=True)
class Name:
    """A watched name, parsed once from one spelling. `strong` and `weak` are comparable with those of a sighting.

    `surnames` are the words of the surname, normalised; `first` the first name; `groups` its name groups.
    """

    spelling: str
    first: str
    surnames: tuple[str, ...]
    groups: frozenset[str]
    strong: frozenset[str]
    weak: frozenset[str]
    language: str = ""

    def meets(self, sighting: Sighting, language: str = "") -> bool:
        """Whether the vowels of a sighting with a common strong key are this name's; `language` is the article's."""
        words = [normalise(word) for word in _SINGLE.findall(sighting.spelling)] or [normalise(sighting.spelling)]
        if not any(self.meets_surname(word, language) for word in words):
            return False
        return bool(self.groups) or any(_same_surname(self.first, word, self.language, language) for word in words)

    def meets_surname(self, word: str, language: str = "") -> bool:
        """Whether a normalised word may be a form of this surname."""
        return any(_same_surname(surname, word, self.language, language) for surname in self.surnames)

    @property
    def genders(self) -> frozenset[str]:
        """`m`, `f`, both or neither, by the first name."""
        return frozenset(map(first_names.gender, self.groups))


def parse_name(spelling: str, language: str = "") -> Name | None:
    """A full name as somebody typed or stored it, in the nominative; None for a single word or what is no name."""
    parts = [part for part in _split(_capitalised(spelling)) if not part.words[0].initial]
    if not 2 <= len(parts) <= 4:
        return None
    pairs = _pairs(parts)
    keys = frozenset(key for one, other in pairs for key in _strong(one, other, language, watched=True))
    if not keys:
        return None
    first, *rest = _ordered(parts)
    groups = first_names.groups(_normal(first), language)
    surnames = tuple(
        normalise(word.text) for part in rest if len(rest) == 1 or not _is_patronymic(part) for word in part.words
    )
    initials = _initials(_normal(first), groups)
    weak = {
        f"{initial}@{line}"
        for surname in surnames
        for line in _lines(surname, language, watched=True)
        for initial in ("", *initials)
    }
    return Name(spelling, _normal(first), surnames, groups, keys, frozenset(weak), language)


def surname_keys(word: str, language: str = "", *, watched: bool = False) -> frozenset[str]:
    """Weak keys of one word taken as a surname, in any case unless `watched`."""
    return frozenset(f"@{line}" for line in _lines(normalise(word), language, watched=watched))


def surname_skeletons(word: str, language: str = "", *, watched: bool = False) -> tuple[Skeleton, ...]:
    """Skeletons of a normalised word taken as a surname, case endings cut unless `watched`."""
    return tuple(_forms(word, language, watched))


def words_of(spelling: str) -> list[tuple[int, int, str]]:
    """The capitalised words of a sighting's spelling: (start, end, normalised word)."""
    return [(*match.span(), normalise(match[0])) for match in _SINGLE.finditer(spelling)]


def sightings(title: str, text: str, title_tokens: Tokens, text_tokens: Tokens, language: str) -> tuple[Sighting, ...]:
    """Every run of words in an article that may be somebody's full name, in order, then surnames that stand alone.

    A lone surname is sighted only where a full name with its key stands in the article too, or beside an initial.
    """
    fields: tuple[tuple[_Field, str], ...] = (("title", title), ("text", text))
    full = [sighting for field, words in fields for sighting in _full_names(field, words, language)]
    if not full:
        return ()
    surnames = frozenset(key for sighting in full if sighting.strong for key in sighting.weak)
    taken = {(sighting.field, place) for sighting in full for place in range(*sighting.span)}
    alone = [lone for field, words in fields for lone in _lone(field, words, language, surnames, taken)]
    return tuple(full + alone)


def _full_names(field: _Field, words: str, language: str) -> list[Sighting]:
    return [
        Sighting(field, (run.start() + start, run.start() + end), run[0][start:end], strong, weak)
        for run in _RUN.finditer(words)
        for start, end, strong, weak in _read_run(run[0], language)
    ]


def _lone(field: _Field, words: str, language: str, surnames: frozenset[str], taken: _Places) -> list[Sighting]:
    return [
        Sighting(field, found.span(), found[0], (), tuple(sorted(keys)))
        for found in _SINGLE.finditer(words)
        if (field, found.start()) not in taken and (keys := _lone_keys(found[0], language) & surnames)
    ]


@lru_cache(maxsize=2**15)
def _lone_keys(word: str, language: str) -> frozenset[str]:
    return surname_keys(word, language)


@lru_cache(maxsize=2**14)
def _read_run(run: str, language: str) -> tuple[tuple[int, int, tuple[str, ...], tuple[str, ...]], ...]:
    """The possible names in a run of capitalised words: (start, end, strong, weak) within the run."""
    found = []
    for one, other in _pairs(_split(run)):
        strong = _strong(one, other, language)
        weak = _weak(one, other, language)
        if strong or weak:
            found.append((one.start, other.end, tuple(sorted(strong)), tuple(sorted(weak))))
    return tuple(found)


def _split(run: str) -> list[_Part]:
    words: list[_Word] = []
    hyphen = False
    for match in _PARTS.finditer(run):
        if match[0] == "-":
            hyphen = True
        elif match[0] != ".":
            initial = len(match[0]) == 1 or (len(match[0]) == 2 and run[match.end() : match.end() + 1] == ".")
            words.append(_Word(match[0], *match.span(), initial, hyphen))
            hyphen = False
    parts: list[_Part] = []
    for word in words:
        if word.joined and parts:
            parts[-1] = _Part((*parts[-1].words, word))
        else:
            parts.append(_Part((word,)))
    return parts


def _pairs(parts: list[_Part]) -> list[tuple[_Part, _Part]]:
    """Neighbours, and the neighbours of a patronymic, a middle name or an initial."""
    pairs = list(pairwise(parts))
    for one, middle, other in zip(parts, parts[1:], parts[2:], strict=False):
        if middle.words[0].initial or _is_patronymic(middle) or (_groups(one) and _groups(middle)):
            pairs.append((one, other))
    return pairs


def _ordered(parts: list[_Part]) -> list[_Part]:
    """First name first: as written, unless only a later part is a known first name."""
    known = [part for part in parts if first_names.groups(_normal(part))]
    if known and known[0] is not parts[0]:
        return [known[0], *(part for part in parts if part is not known[0])]
    return parts


def _strong(one: _Part, other: _Part, language: str, *, watched: bool = False) -> set[str]:
    if one.words[0].initial or other.words[0].initial:
        return set()
    keys = {key for first, last in ((one, other), (other, one)) for key in _with_group(first, last, language, watched)}
    if keys or any(_normal(part) in _NEVER for part in (one, other)):
        return keys
    orders = ((one, other),) if watched else ((one, other), (other, one))
    return {
        f"{first_line}@{line}"
        for first, last in orders
        for first_line in _part_lines(first, language, watched)
        for line in _part_lines(last, language, watched)
    }


def _with_group(first: _Part, last: _Part, language: str, watched: bool) -> set[str]:
    return {f"+{group}@{line}" for group in _groups(first, language) for line in _part_lines(last, language, watched)}


def _weak(one: _Part, other: _Part, language: str) -> set[str]:
    weak: set[str] = set()
    for first, last in ((one, other), (other, one)):
        if last.words[0].initial:
            continue
        lines = _part_lines(last, language, False)
        if first.words[0].initial:
            weak |= {f"{_initial(first.words[0].text)}-@{line}" for line in lines}
        weak |= {
            f"@{line}"
            for line in lines
            if first.words[0].initial or _groups(first, language) or not _groups(last, language)
        }
    return weak


def _part_lines(part: _Part, language: str, watched: bool) -> tuple[str, ...]:
    """Skeleton lines of each word of a part; a compound surname is met by either half."""
    return tuple(
        dict.fromkeys(line for word in part.words for line in _lines(normalise(word.text), language, watched=watched))
    )


@lru_cache(maxsize=2**14)
def _lines(word: str, language: str, *, watched: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(skeleton.line for skeleton in _forms(word, language, watched)))


def _forms(word: str, language: str, watched: bool) -> list[Skeleton]:
    forms = (word,) if watched else endings.stems(word, language)
    found = [skeleton for form in forms for skeleton in skeletons(form, language)]
    return [skeleton for skeleton in found if len(skeleton.line) >= 2] or found


@lru_cache(maxsize=2**14)
def _same_surname(surname: str, word: str, language: str, article_language: str) -> bool:
    mentioned = _forms(word, article_language, watched=False)
    return any(agree(one, other) for one in _forms(surname, language, watched=True) for other in mentioned)


def _groups(part: _Part, language: str = "") -> frozenset[str]:
    return frozenset() if part.words[0].initial else first_names.groups(_normal(part), language)


def _normal(part: _Part) -> str:
    return "-".join(normalise(word.text) for word in part.words)


def _is_patronymic(part: _Part) -> bool:
    return _PATRONYMIC.search(_normal(part)) is not None


def _initials(first: str, groups: frozenset[str]) -> tuple[str, ...]:
    forms = {first} | {form for group in groups for form in first_names.forms(group)}
    return tuple(sorted({f"{_initial(form)}-" for form in forms}))


@lru_cache(maxsize=4096)
def _initial(name: str) -> str:
    """The sound a name begins with: its first consonant, or the class of its first vowel."""
    letter = normalise(name)[:1]
    consonant = "м" if "а" <= letter <= "ґ" else "m"
    sound = skeletons(letter + consonant)[0]
    first = sound.gaps[0] or sound.line[0]
    return "a" if first in ("O", "E") else first.lower()


def _capitalised(spelling: str) -> str:
    """A name typed without capitals gets them, so that the same rules read it."""
    return re.sub(rf"{_INNER}+", lambda word: word[0][0].upper() + word[0][1:], spelling.strip())
