"""Names that must not appear: taken out of an article before anything else reads it.

What was taken out has no key, no mention and no display, in any spelling, case or script, because it is not there any
more. A surname alone goes too where the full name stood in the same article. The address of an article is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

from monitor import languages
from monitor.errors import ConfigError
from monitor.languages.names import Name, parse_name, sightings
from monitor.model import Answered, Article, Sighting

MARK = "[…]"
_TAGS = re.compile(r"<[^>]*>")
#: Characters that are looked through at a time, with some of the next ones, and how many are looked through at most:
#: what is longer counts as hiding somebody.
PART, OVERLAP, MOST = 20_000, 100, 1_000_000


class Withheld:
    """The names an operator withholds, each as a full name in any spelling. Raises ConfigError for a single word."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: list[Name] = []
        for text in names:
            name = parse_name(text)
            if name is None:
                raise ConfigError(f"withhold: {text!r} is not a full name (a first name and a surname are needed)")
            self._names.append(name)

    def mask(self, article: Article) -> Article:
        """The article without these names; the same object where none of them is in it."""
        if not self._names:
            return article
        text = article.text or article.summary
        language = languages.detect(article.title, text, article.language)
        title_tokens, text_tokens = languages.analyse(article.title, language), languages.analyse(text, language)
        seen = sightings(article.title, text, title_tokens, text_tokens, language)
        hidden = list(self._hidden(seen, language))
        if not hidden:
            return article
        masked = _cut(text, [s.span for s in hidden if s.field == "text"])
        title = _cut(article.title, [s.span for s in hidden if s.field == "title"])
        answered = replace(article.answered, hidden=True) if article.answered else None
        return replace(article, title=title, text=masked, summary="", answered=answered)

    def seal(self, answered: Answered) -> Answered:
        """The same answer, hidden where one of these names is anywhere in it: a feed holds more than one article."""
        if not self._names or answered.hidden:
            return answered
        text = _TAGS.sub(" ", unescape(answered.body.decode("utf-8", "replace")))
        parts = (text[at : at + PART + OVERLAP] for at in range(0, len(text), PART))
        if len(text) > MOST or any(self.mask(part := Article("", "", text=p)) is not part for p in parts):
            return replace(answered, hidden=True)
        return answered

    def _hidden(self, seen: Iterable[Sighting], language: str) -> Iterable[Sighting]:
        seen = list(seen)
        for name in self._names:
            full = [s for s in seen if not name.strong.isdisjoint(s.strong) and name.meets(s, language)]
            yield from full
            if full:
                yield from (s for s in seen if not s.strong and not name.weak.isdisjoint(s.weak))


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(set(spans), reverse=True):
        text = text[:start] + MARK + text[end:]
    return text
