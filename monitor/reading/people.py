"""Which known people an article names, in any spelling, case and script; and who else it may be.

A full name counts. A surname alone counts only where the full name stood in the same article, or beside an initial where
the article speaks of prisons or Belarus. Where two people may be meant, or a namesake is known and nothing in the article points to
Belarus, the mention says so (`certain=False`). Whoever is withheld is not seen at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from monitor.languages.names import Name, parse_name, sightings
from monitor.languages.spelling import normalise
from monitor.model import Mention, Person, Sighting, Tokens

_SUGGESTED = 94  # rapidfuzz points; below it suggestions are mostly other people (measured), and none ever alerts
_SEPARATORS = re.compile(r"[/;,(]|\s\|\s")

# Stems by which an article shows that it speaks of Belarus, its courts or its prisons, in the languages read
_CONTEXT = re.compile(
    r"белару|бєлару|білору|лукашенк|лукашэнк|мінск|минск|гомел|могил[её]в|магіл[её]ў|витебск|віцебск|гродн|брэст|"
    r"вясн|политз[ае]к|політв|палітвязн|палітзнявол|колони[яиюей]|калоні|тюрьм|турм|в'язн|СИЗО|СІЗА|"
    r"belarus|bielarus|białoru|baltarus|bělorus|bielorus|bjelorus|biéloruss|wei(?:ß|ss)russ|lukashenk|łukaszenk|lukašenk|luka[sš][eē]nk|loukachenk|"
    r"minsk|viasna|wiasna|political prisoner|politic\w+ kalin|więzi[eń]|więźni|kolonia karn|politisch\w* gefangen|strafkolonie|penal colony|kalinys|kolonij|"
    r"politieslodz|prisonni|gefängnis|prison",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Known:
    person: Person
    names: list[Name] = field(default_factory=list)

    @property
    def strong(self) -> frozenset[str]:
        return frozenset().union(*(name.strong for name in self.names))

    @property
    def weak(self) -> frozenset[str]:
        return frozenset().union(*(name.weak for name in self.names))


class Register:
    """The people the operator made public, ready to be found in any article: by key, never one by one."""

    def __init__(self, people: Iterable[Person], withheld: Iterable[str] = ()) -> None:
        hidden = set(withheld)
        self._known = {person.id: _Known(person, _names(person)) for person in people if person.id not in hidden}
        self._by_key: dict[str, list[_Known]] = defaultdict(list)
        for known in self._known.values():
            for key in known.strong | known.weak:
                self._by_key[key].append(known)

    def find(
        self,
        title: str,
        text: str,
        sightings: Sequence[Sighting],
        title_tokens: Tokens,
        text_tokens: Tokens,
        language: str,
    ) -> tuple[Mention, ...]:
        """Known people the article names, in order of appearance; every place where one is named is a mention."""
        full = [(sighting, known) for sighting in sightings for known in self._meeting(sighting, language)]
        if not full and not any(sighting.weak for sighting in sightings):
            return ()
        context = language == "be" or bool(_CONTEXT.search(title) or _CONTEXT.search(text))
        mentions = [
            _mention(sighting, known, certain=_certain(sighting, known, full, context)) for sighting, known in full
        ]
        mentions += self._by_surname(sightings, [known for _, known in full], context, language)
        return tuple(sorted(dict.fromkeys(mentions), key=lambda mention: (mention.field == "text", mention.span)))

    def resolve(self, spelling: str) -> tuple[Person, ...]:
        """Whom a full name in any spelling, order or case may mean; nobody for a surname alone."""
        name = parse_name(spelling)
        if name is None:
            return ()
        typed = Sighting("title", (0, len(spelling)), spelling.title(), tuple(name.strong))
        candidates = [
            *self._meeting(typed, ""),
            *(k for s in sightings(spelling.title(), "", Tokens(), Tokens(), "") for k in self._meeting(s, "")),
        ]
        return tuple(dict.fromkeys(known.person for known in candidates))

    def suggest(self, spelling: str) -> tuple[Person, ...]:
        """Whom a misspelling may have meant, the likeliest first: to ask the person who typed it, never to alert."""
        spelled = {
            (normalise(form), person_id): None for person_id in self._known for form in self.spellings(person_id)
        }
        choices = [form for form, _ in spelled]
        owners = [person_id for _, person_id in spelled]
        near = process.extract(
            normalise(spelling), choices, scorer=fuzz.token_sort_ratio, score_cutoff=_SUGGESTED, limit=10
        )
        return tuple(dict.fromkeys(self._known[owners[place]].person for _, _, place in near))

    def spellings(self, person_id: str) -> tuple[str, ...]:
        """Full spellings under which a person is recognised, for readers; () for somebody unknown or withheld."""
        known = self._known.get(person_id)
        return tuple(dict.fromkeys(name.spelling for name in known.names)) if known else ()

    def _meeting(self, sighting: Sighting, language: str) -> list[_Known]:
        candidates = {known.person.id: known for key in sighting.strong for known in self._by_key.get(key, ())}
        return [known for known in candidates.values() if any(name.meets(sighting, language) for name in known.names)]

    def _by_surname(
        self, sightings: Sequence[Sighting], named: list[_Known], context: bool, language: str
    ) -> list[Mention]:
        return []


def _names(person: Person) -> list[Name]:
    full = [(person.name_be, "be"), (person.name_ru, "ru"), (person.name_en, "en")]
    aliases = [(part.strip(" )"), "") for alias in person.aliases for part in _SEPARATORS.split(alias)]
    return [name for spelling, language in full + aliases if spelling and (name := parse_name(spelling, language))]


def _certain(sighting: Sighting, known: _Known, full: list[tuple[Sighting, _Known]], context: bool) -> bool:
    rivals = [other for seen, other in full if seen is sighting and other is not known]
    return not rivals and (context or not known.person.namesakes)


def _mention(sighting: Sighting, known: _Known, *, certain: bool) -> Mention:
    name = known.person.name_en or known.person.name_be or known.person.name_ru
    return Mention(known.person.id, name, sighting.spelling, sighting.field, sighting.span, certain=certain)
