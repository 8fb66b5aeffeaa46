"""Pure: what does this article say? Language, words, names, topics and claims, composed into one `Reading`."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import languages
from monitor.matching.topics import Topics
from monitor.model import Article, Document, Reading, Source
from monitor.reading import claims
from monitor.reading.analysed import Analysed, analyse
from monitor.reading.people import Register

RELEASES = "releases"


def read(article: Article, source: Source | None, register: Register, topics: Topics) -> Reading:
    """Read one article. `source` is the outlet's, for its declared language and type; None where it is unknown."""
    return read_all([(article, source)], register, topics)[0]


def read_all(articles: Sequence[tuple[Article, Source | None]], register: Register, topics: Topics) -> list[Reading]:
    """Read some articles, in order."""
    return read_analysed(analyse(articles), register, topics)


def read_analysed(articles: Sequence[Analysed], register: Register, topics: Topics) -> list[Reading]:
    """Read articles that are words already; each step for all of them, as in `analyse`."""
    mentions = list(map(register.find, articles))
    said = list(map(claims.read, articles, mentions))
    about = [topics.of(one.title_tokens, one.text_tokens, one.language, one.words) for one in articles]
    return [
        Reading(
            language=one.language,
            title=one.title_tokens,
            text=one.text_tokens,
            relevant=claimed.relevant,
            topics=_topics(found, claimed.relevant),
            names=one.names,
            mentions=claimed.mentions,
            claims=claimed.claims,
            analyser_version=languages.ANALYSER_VERSION,
        )
        for one, claimed, found in zip(articles, said, about, strict=True)
    ]


def document(reading: Reading, source: Source | None, event: str = "") -> Document:
    """A reading as the matcher sees it."""
    return Document(
        title=reading.title,
        text=reading.text,
        names=reading.names,
        language=reading.language,
        source=source.name if source else "",
        outlet=source.outlet if source else "",
        type=source.type if source else "",
        people=tuple(m.person for m in reading.mentions),
        topics=reading.topics,
        event=event,
    )


def _topics(found: tuple[str, ...], relevant: bool) -> tuple[str, ...]:
    """Words miss what a claim shows: state media report a release without any word of the vocabulary."""
    return (*found, RELEASES) if relevant and RELEASES not in found else found
