"""Facts meet standing queries, a few facts at a time: their articles are read at once, and each is matched once.

An article that tells of a release is often several facts', and a state fact is held against many articles of its event.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.alerts.followed import Followed
from monitor.alerts.standing import Standing, Wanted
from monitor.matching.document import unpack
from monitor.model import Document, Fact, Tokens
from monitor.store import Database, archive, facts

#: A state fact is matched against so many articles of its event: the one that made it sure may name nobody.
EVENT_ARTICLES = 30

NOTHING = Document(Tokens(), Tokens())


class Meeting:
    """Some facts, their articles as the matcher sees them, and who wants to know of each."""

    def __init__(self, archive_db: Database, standing: Standing, followed: Followed, news: Sequence[Fact]) -> None:
        self._standing, self._followed = standing, followed
        self._articles = {fact.id: _articles_of(archive_db, fact) for fact in news}
        self._documents = archive.documents(archive_db, {a for listed in self._articles.values() for a in listed})
        self._met: dict[tuple[int, str], list[Wanted]] = {}

    def wanted(self, fact: Fact) -> Iterator[Wanted]:
        """Every subscription that meets a fact's article, or (where it has none) its person and event."""
        if fact.kind == "probe":
            yield from self._standing.match(unpack(b64decode(fact.data["document"]), language=fact.data["language"]))
            return
        for article in self._articles[fact.id]:
            yield from self._about(fact, self._documents[article]) if fact.person else self._in(article, fact.event)
        if not self._articles[fact.id]:
            yield from self._about(fact, NOTHING)

    def _in(self, article: int, event: str) -> list[Wanted]:
        if (article, event) not in self._met:
            document = self._documents[article]
            self._met[article, event] = self._standing.match(replace(document, event=event or document.event))
        return self._met[article, event]

    def _about(self, fact: Fact, document: Document) -> list[Wanted]:
        document = replace(document, event=fact.event or document.event)
        return self._standing.match(self._followed.only(document, fact.person) if fact.person else document)


def _articles_of(archive_db: Database, fact: Fact) -> list[int]:
    articles = [fact.article] if fact.article is not None else []
    if fact.kind == "state" and fact.event:
        told = facts.event_article_ids(archive_db, fact.event, EVENT_ARTICLES)
        articles += [article for article in told if article != fact.article]
    return articles
