"""An article as sentences of marked words: what every later step of reading a claim looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from monitor.model import Tokens
from monitor.reading.lexicon import Lexicon, Mark
from monitor.reading.numbers import Quantity, quantities

#: What ends a sentence: its mark, perhaps a closing quote, white space, then something that may begin one.
_END = re.compile(
    r"""(?<=[.!?…])["'»”’)\]]*\s+(?=["'«„“(\[—–-]*[^\Wa-zа-яёіўїєґ_])|\s*\n\s*|(?<=\.)(?=[А-ЯЁІЎЇЄҐA-Z][а-яёіўїєґa-z])"""
)
#: Words before a full stop that end no sentence: initials, titles, days of a month (`13. Dezember`), years, sums.
_ABBREVIATED = re.compile(
    r"(?:\b[^\W\d_]|\b[0-3]?\d|\b(?:mr|mrs|ms|dr|st|no|gen|sen|rep|gov|vs|jan|feb|aug|sept?|oct|nov|dec"
    r"|ст|гг|им|імя|тыс|млн|млрд|руб|долл|ул|вул|г-н|проф|др|ks|np|in|tzw|prof|nr|bzw|z\.b|ca))\.$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:—–]|\s-\s")
LONGEST = 120  # words; more is a list or a page without full stops


@dataclass(slots=True)
class Sentence:
    """One sentence with what was found in it. Positions count words; `offset` is where it starts in its field."""

    where: Literal["title", "text"]
    number: int  # 0 for the first of its field
    text: str
    offset: int
    spans: tuple[tuple[int, int], ...]  # of each word, within the field
    forms: tuple[str, ...]
    marks: list[Mark] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    _clauses: list[int] = field(default_factory=list)
    _roles: dict[str, list[Mark]] = field(default_factory=dict)

    @property
    def clauses(self) -> list[int]:
        """For each word the number of its clause: a comma alone parts none, a word of contrast does."""
        if not self._clauses and self.spans:
            contrast = {mark.start for mark in self.marks if mark.role == "contrast"}
            current = 0
            for place, (start, _) in enumerate(self.spans):
                if place and (place in contrast or _CLAUSE.search(self.gap(self.spans[place - 1][1], start))):
                    current += 1
                self._clauses.append(current)
        return self._clauses

    def has(self, *roles: str) -> bool:
        """Is any of these roles, or of their sub-roles, marked here?"""
        by_role = self._by_role()
        return any(role in by_role for role in roles)

    def find(self, *roles: str) -> Iterator[Mark]:
        """The marks of these roles and of their sub-roles (`release` finds `release.done`), in order."""
        by_role = self._by_role()
        present = [role for role in roles if role in by_role]
        if len(present) < 2:
            return iter(by_role[present[0]] if present else ())
        return (m for m in self.marks if m.role in present or m.role.partition(".")[0] in present)

    def _by_role(self) -> dict[str, list[Mark]]:
        """The marks by role, and by what their role is a part of."""
        if not self._roles:
            for mark in self.marks:
                top = mark.role.partition(".")[0]
                self._roles.setdefault(mark.role, []).append(mark)
                if top != mark.role:
                    self._roles.setdefault(top, []).append(mark)
        return self._roles

    def gap(self, start: int, end: int) -> str:
        """The characters of the field from `start` to `end`, both within this sentence."""
        return self.text[start - self.offset : end - self.offset]

    def word_at(self, position: int) -> int:
        """The word that covers a character position of the field, or the next one after it."""
        for number, (_, end) in enumerate(self.spans):
            if position < end:
                return number
        return len(self.spans)


def sentences(where: Literal["title", "text"], text: str, tokens: Tokens, lexicon: Lexicon) -> list[Sentence]:
    """The sentences of a field that have words, in order, marked."""
    found: list[Sentence] = []
    word = 0
    for start, end in _ranges(text):
        first = word
        while word < len(tokens) and tokens.spans[word][0] < end:
            word += 1
        for begin in range(first, word, LONGEST):
            span = slice(begin, min(word, begin + LONGEST))
            found.append(_sentence(where, len(found), text[start:end], start, tokens, span, lexicon, text))
    return found


def _sentence(
    where: Literal["title", "text"],
    number: int,
    text: str,
    offset: int,
    tokens: Tokens,
    span: slice,
    lexicon: Lexicon,
    whole: str,
) -> Sentence:
    forms = tuple(keys[0][1:] for keys in tokens.keys[span])
    spans = tokens.spans[span]
    marks = lexicon.marks(forms, lambda place: whole[spans[place - 1][1] : spans[place][0]])
    return Sentence(where, number, text, offset, spans, forms, marks, quantities(whole, spans, forms, marks))


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _END.finditer(text):
        if "\n" not in end[0] and _ABBREVIATED.search(text, max(0, end.start() - 8), end.start()):
            continue
        if end.start() > start:
            yield start, end.start()
        start = end.end()
    if start < len(text):
        yield start, len(text)
