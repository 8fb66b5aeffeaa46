"""Articles as words: their language, every word with its keys, what looks like a name; nothing is concluded yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor import languages
from monitor.languages import names
from monitor.matching.document import Words, words
from monitor.model import Article, Sighting, Source, Tokens


@dataclass(frozen=True, slots=True)
class Analysed:
    """An article's fields and their words. `source_type` is a `model.OutletType`, or '' for an unknown outlet."""

    title: str
    text: str
    language: str
    title_tokens: Tokens
    text_tokens: Tokens
    names: tuple[Sighting, ...]
    words: Words  # the distinct ones, numbered
    published: datetime | None = None
    source_type: str = ""

    @classmethod
    def of(
        cls, title: str, text: str, language: str, published: datetime | None = None, source_type: str = ""
    ) -> Analysed:
        """One text whose language is known."""
        title_tokens, text_tokens = languages.analyse(title, language), languages.analyse(text, language)
        seen = names.sightings(title, text, title_tokens, text_tokens, language)
        known = words(title_tokens, text_tokens)
        return cls(title, text, language, title_tokens, text_tokens, seen, known, published, source_type)


def analyse(articles: Sequence[tuple[Article, Source | None]]) -> list[Analysed]:
    """Articles with their outlets, where known, as words; each step for all of them: what a step looks up is then at
    hand for the next article. It takes half the time of one article after the other, spent waiting for memory."""
    titles = [article.title for article, _ in articles]
    texts = [article.text or article.summary for article, _ in articles]
    spoken = list(map(languages.detect, titles, texts, map(_declared, articles)))
    title_tokens = list(map(languages.analyse, titles, spoken))
    text_tokens = list(map(languages.analyse, texts, spoken))
    sightings = list(map(names.sightings, titles, texts, title_tokens, text_tokens, spoken))
    numbered = list(map(words, title_tokens, text_tokens))
    dates = [article.published for article, _ in articles]
    types = [source.type if source else "" for _, source in articles]
    return list(map(Analysed, titles, texts, spoken, title_tokens, text_tokens, sightings, numbered, dates, types))


def _declared(given: tuple[Article, Source | None]) -> str:
    article, source = given
    return article.language or (source.languages[0] if source and len(source.languages) == 1 else "")
