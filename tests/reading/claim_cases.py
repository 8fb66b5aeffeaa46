"""How the tests of this folder read a text: the program's own words, a register of three people, no database."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor import languages
from monitor.model import Claim, PersonStatus, Reading
from monitor.reading.analysed import Analysed
from monitor.reading.claims import ClaimReading, read
from monitor.reading.lexicon import load
from monitor.reading.people import Register
from monitor.reading.sentences import Sentence, sentences
from monitor.store.shipped import shipped_people

REGISTER = Register(list(shipped_people()))
#: The day of the largest deportation: a Saturday.
PUBLISHED = datetime(2025, 12, 13, 15, tzinfo=UTC)


def sentences_of(text: str, language: str) -> list[Sentence]:
    return sentences("text", text, languages.analyse(text, language), load(language))


def claims_of(
    title: str, text: str = "", language: str = "en", at: datetime | None = PUBLISHED, source_type: str = "independent"
) -> ClaimReading:
    words = Analysed.of(title, text, language, at, source_type)
    return read(words, REGISTER.find(words))


def claim_of(title: str, text: str = "", language: str = "en", at: datetime | None = PUBLISHED) -> Claim:
    return claims_of(title, text, language, at).claims[0]


def status_of(person: str, title: str, text: str = "", language: str = "en") -> PersonStatus:
    found = {m.person: m.status for m in claims_of(title, text, language).mentions}
    return found[person]


def reading_of(title: str, text: str = "", language: str = "en", at: datetime | None = PUBLISHED) -> Reading:
    found = claims_of(title, text, language, at)
    return Reading(
        language,
        languages.analyse(title, language),
        languages.analyse(text, language),
        found.relevant,
        mentions=found.mentions,
        claims=found.claims,
    )
