"""Which known people an article names, in any spelling, case and script; and whether it may be somebody else.

A full name counts. A surname alone counts only where the full name stands in the same article, or beside an initial
where the article speaks of Belarus or of prisons. Where two people may be meant, or a namesake is known and nothing
points to Belarus, the mention says so (`certain=False`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from monitor.languages.names import sightings as sightings_in
from monitor.languages.names import words_of
from monitor.languages.remembered import Remembered
from monitor.languages.spelling import normalise
from monitor.model import Mention, Person, Sighting, Tokens
from monitor.reading.analysed import Analysed
from monitor.reading.context import speaks_of_belarus
from monitor.reading.known import Known

_SUGGESTED = 94  # rapidfuzz points; below it suggestions are mostly other people (measured), and none ever alerts
_NONE = Tokens()
_NAMES = 2**13  # spellings whose bearers are remembered: names come back, from one article to the next

_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s*|[\n«“\"–—-]\s*)$")


@dataclass(frozen=True)
class _Article:
    """What the register asks of an article, worked out once and only if asked."""

    analysed: Analysed
    named: Mapping[str, Known]  # those whose full name stands in it

    @cached_property
    def speaks_of_belarus(self) -> bool:
        """By its language, its words, or because it names several people the register holds."""
        return len(self.named) > 1 or any(
            speaks_of_belarus(field, self.analysed.language) for field in (self.analysed.title, self.analysed.text)
        )

    def before(self, part: Sighting) -> str:
        """The words of its field up to a sighting."""
        return (self.analysed.title if part.field == "title" else self.analysed.text)[: part.span[0]]


class Register:
    """The people the operator made public, ready to be found in any article: by key, never one by one."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._known = {person.id: Known(person) for person in people}
        self._by_key = _index(self._known.values())
        self._remembered = Remembered(self._work_out, _NAMES)
        self._borne = Remembered(_bears, _NAMES)

    def find(self, analysed: Analysed) -> tuple[Mention, ...]:
        """Known people the article names, in order of appearance; every place where one is named is a mention."""
        full = [
            (sighting, found) for sighting in analysed.names if (found := self._meeting(sighting, analysed.language))
        ]
        named = {known.person.id: known for _, found in full for known in found}
        article = _Article(analysed, named)
        mentions = [
            _mention(sighting, known, certain=len(found) == 1 and _is_plain(known, article))
            for sighting, found in full
            for known in found
        ]
        taken = {(sighting.field, sighting.span) for sighting, _ in full}
        for sighting in analysed.names:
            if sighting.weak and not _has_first_name(sighting) and (sighting.field, sighting.span) not in taken:
                mentions += self._lone(sighting, article)
        return tuple(sorted(dict.fromkeys(mentions), key=lambda mention: (mention.field == "text", mention.span)))

    def resolve(self, spelling: str) -> tuple[Person, ...]:
        """Whom a full name in any spelling, order or case may mean; nobody for a surname alone."""
        typed = " ".join(word[:1].upper() + word[1:] for word in spelling.split())
        seen = sightings_in(typed, "", _NONE, _NONE, "")
        return tuple(dict.fromkeys(known.person for sighting in seen for known in self._meeting(sighting, "")))

    def suggest(self, spelling: str) -> tuple[Person, ...]:
        """Whom a misspelling may have meant, the likeliest first: to ask the person who typed it, never to alert."""
        spelled = [(normalise(form), known.person) for known in self._known.values() for form in known.spellings]
        near = process.extract(
            normalise(spelling),
            [form for form, _ in spelled],
            scorer=fuzz.token_sort_ratio,
            score_cutoff=_SUGGESTED,
            limit=10,
        )
        return tuple(dict.fromkeys(spelled[place][1] for _, _, place in near))

    def spellings(self, person_id: str) -> tuple[str, ...]:
        """Full spellings under which a person is recognised, for readers; () for somebody unknown."""
        known = self._known.get(person_id)
        return known.spellings if known else ()

    def _meeting(self, sighting: Sighting, language: str) -> list[Known]:
        return self._remembered[sighting.strong, sighting.spelling, language] if sighting.strong else []

    def _work_out(self, name: tuple[tuple[str, ...], str, str]) -> list[Known]:
        strong, spelling, language = name
        sighting = Sighting("text", (0, len(spelling)), spelling, strong)
        meeting = _met(self._by_key, sighting, language)
        return _closest(meeting, sighting) if meeting else []

    def _lone(self, sighting: Sighting, article: _Article) -> list[Mention]:
        """A surname without its first name: of somebody named in full, else with an initial and context."""
        initials = [key for key in sighting.weak if not key.startswith("@")]
        meeting = self._by_surname(sighting, article.named.values(), initials, article.analysed.language)
        if not meeting and initials and article.speaks_of_belarus:
            fitting = {known.person.id: known for key in initials for known in self._by_key.get(key, ())}
            meeting = self._by_surname(sighting, fitting.values(), initials, article.analysed.language)
        certain = len(meeting) == 1 and not _namesakes_in_article(sighting, article)
        return [
            _mention(part, known, certain=certain and _is_plain(known, article))
            for part, known in meeting
            # «Знак таго, што…»: a short surname that opens a sentence may be a common word
            if initials or not known.short or not _SENTENCE_START.search(article.before(part))
        ]

    def _by_surname(
        self, sighting: Sighting, people: Iterable[Known], initials: Sequence[str], language: str
    ) -> list[tuple[Sighting, Known]]:
        """Each person a lone surname may mean, with the sighting narrowed to the word that is the surname."""
        found = []
        keys = initials or sighting.weak
        for known in people:
            if not known.weak.isdisjoint(keys):
                for start, end, word in words_of(sighting.spelling):
                    if self._borne[known, word, language]:
                        offset = sighting.span[0]
                        span = sighting.span if initials else (offset + start, offset + end)
                        spelling = sighting.spelling if initials else sighting.spelling[start:end]
                        found.append((sighting._replace(span=span, spelling=spelling), known))
                        break
        return found


def _index(people: Iterable[Known]) -> dict[str, list[Known]]:
    by_key: dict[str, list[Known]] = {}
    for known in people:
        for key in known.strong | known.weak:
            by_key.setdefault(key, []).append(known)
    return by_key


def _met(by_key: Mapping[str, list[Known]], sighting: Sighting, language: str) -> list[Known]:
    candidates = {id(known): known for key in sighting.strong for known in by_key.get(key, ())}
    return [known for known in candidates.values() if known.meets(sighting, language)]


def _is_plain(known: Known, article: _Article) -> bool:
    """Whether nobody else of the name is known, or the article shows that it means the one from Belarus."""
    return not known.person.namesakes or article.speaks_of_belarus


def _has_first_name(sighting: Sighting) -> bool:
    """Strong keys are sorted, and those of a known first name come first."""
    return bool(sighting.strong) and sighting.strong[0].startswith("+")


def _bears(asked: tuple[Known, str, str]) -> bool:
    """Whether a normalised word, in an article in some language, may be a form of somebody's surname."""
    known, word, language = asked
    return known.meets_surname(word, language) and known.may_be(word)


def _closest(meeting: list[Known], sighting: Sighting) -> list[Known]:
    """Of several people whom a full name may mean, those who are spelled exactly so, if any."""
    if len(meeting) < 2:
        return meeting
    spelled = normalise(sighting.spelling)
    return [known for known in meeting if spelled in known.normal_spellings] or meeting


def _namesakes_in_article(sighting: Sighting, article: _Article) -> bool:
    """Whether somebody else of this surname, watched or not, is named in full in the same article."""
    surname = {key for key in sighting.weak if key.startswith("@")}
    return any(
        _has_first_name(other)
        and not surname.isdisjoint(other.weak)
        and all(known.strong.isdisjoint(other.strong) for known in article.named.values())
        for other in article.analysed.names
    )


def _mention(sighting: Sighting, known: Known, *, certain: bool) -> Mention:
    return Mention(known.person.id, known.name, sighting.spelling, sighting.field, sighting.span, certain=certain)
