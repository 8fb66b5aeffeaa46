"""Pure: what does this article say? Language, words, names, topics and claims, composed into one `Reading`."""

from __future__ import annotations

from monitor import languages
from monitor.languages import names
from monitor.matching.topics import Topics
from monitor.model import Article, Document, Reading, Source
from monitor.reading import claims
from monitor.reading.people import Register

RELEASES = "releases"


def read(article: Article, source: Source | None, register: Register, topics: Topics) -> Reading:
    """Read one article. `source` is the outlet's, for its declared language and type; None where it is unknown."""
    text = article.text or article.summary
    declared = article.language or (source.languages[0] if source and len(source.languages) == 1 else "")
    language = languages.detect(article.title, text, declared)
    title_tokens = languages.analyse(article.title, language)
    text_tokens = languages.analyse(text, language)
    sightings = names.sightings(article.title, text, title_tokens, text_tokens, language)
    mentions = register.find(article.title, text, sightings, title_tokens, text_tokens, language)
    said = claims.read(
        article.title,
        text,
        language,
        article.published,
        mentions,
        source.type if source else "",
        title_tokens,
        text_tokens,
    )
    return Reading(
        language=language,
        title=title_tokens,
        text=text_tokens,
        relevant=said.relevant,
        topics=_topics(topics.of(title_tokens, text_tokens, language), said.relevant),
        names=sightings,
        mentions=said.mentions,
        claims=said.claims,
        analyser_version=languages.ANALYSER_VERSION,
    )


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
