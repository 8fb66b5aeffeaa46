"""What a message says: matches become entries, one per event or story, as things stand when it is sent.

An `Editor` lives for one round of sending, in which thousands of readers may be told the same: what an entry says of
the news itself is made once for all of them, what says "because you asked for it" for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Literal

from monitor.alerts.wrap import Content
from monitor.errors import QueryError
from monitor.matching.index import meets
from monitor.matching.query import Query, parse
from monitor.matching.snippets import snippets
from monitor.model import Coverage, DeliveryKind, Document, Entry, Evidence, Fact, Voice
from monitor.store import Database, archive, facts, health, matches, subscribers
from monitor.store.facts import ArticleRow
from monitor.store.matches import MatchRow
from monitor.subscribers.keys import Keys
from monitor.subscribers.readers import Subscription

#: An alert that goes out this long after the fact says that it is late.
LATE_AFTER = timedelta(hours=6)
#: Other stories in one message; the rest is a number and a link.
STORIES = 15

Section = Literal["correction", "person", "event", "story"]


class Editor:
    """Makes entries from matches, and remembers within one round what many of them share."""

    def __init__(self, archive_db: Database, private: Database, keys: Keys, base_url: str) -> None:
        self.archive, self.private, self.keys = archive_db, private, keys
        self.base_url = base_url.rstrip("/")
        self._coverage: Coverage | None = None
        self._facts: dict[int, Fact] = {}
        self._articles: dict[int, ArticleRow | None] = {}
        self._shared: dict[tuple[object, ...], Entry] = {}
        self._evidence: dict[tuple[str, int], Evidence | None] = {}
        self._documents: dict[int, Document] = {}

    def content(self, delivery: str, kind: str, language: str, now: datetime) -> Content:
        """What a delivery says: its entries, and under a digest what was looked at and how many are still held."""
        digest = kind == DeliveryKind.DIGEST
        found = matches.of_delivery(self.private, delivery)
        entries, more = self.entries(found, language, now, late=not digest) if found else ((), 0)
        if not digest:
            return Content(entries, more)
        if self._coverage is None:
            self._coverage = health.coverage(self.archive, now)
        return Content(entries, more, self._coverage)

    def sample(self, article: int, reason: str, language: str, now: datetime) -> Content:
        """An article as it would be told to whoever has the subscription `reason`."""
        found = self._article(article)
        if found is None:
            return Content()
        self._facts[0] = Fact(0, f"story:{found.story}", "coverage", found.seen, found.id, found.story)
        match = MatchRow(0, "", f"story:{found.story}", "", 0, (reason,), now)
        return Content(*self.entries([match], language, now, late=False))

    def entries(
        self, found: Sequence[MatchRow], language: str, now: datetime, *, late: bool = True
    ) -> tuple[tuple[Entry, ...], int]:
        """(the entries in the order of a digest, how many further stories there are).

        `late` marks what went out long after it was known; a digest, which always does, passes False.
        """
        known = self._known([m.fact for m in found])
        found = sorted((m for m in found if m.fact in known), key=subject)
        made = [
            entry
            for _, group in groupby(found, key=subject)
            if (entry := self._entry(part := list(group), [known[m.fact] for m in part], language, now, late))
        ]
        ordered = sorted(made, key=lambda e: (SECTIONS.index(e.section), _newest_first(e)))
        stories = [e for e in ordered if e.section == "story"]
        more = max(0, len(stories) - STORIES)
        return tuple(ordered[: len(ordered) - more]), more

    def _known(self, ids: Sequence[int]) -> dict[int, Fact]:
        if unknown := [i for i in ids if i not in self._facts]:
            self._facts |= {fact.id: fact for fact in facts.by_ids(self.archive, unknown)}
        return {i: self._facts[i] for i in ids if i in self._facts}

    def _entry(
        self, found: Sequence[MatchRow], group: Sequence[Fact], language: str, now: datetime, late: bool
    ) -> Entry | None:
        lead = self._lead(group)
        if lead is None:
            return None
        asked = [s for reason in sorted({r for m in found for r in m.reasons}) if (s := self._subscription(reason))]
        queries = tuple(sorted({s.query for s in asked}))
        evidence = [e for q in queries if (e := self._why(q, lead.id))]
        shared = self._story(lead, group, queries, evidence, language)
        people = sorted({p for e in evidence for p in e.people})
        return replace(
            shared,
            section=_section(group, bool(people)),
            names=self._names(people, language),
            alerts=tuple(s.name for s in asked),
            late=late and _is_late(group, now),
        )

    def _lead(self, group: Sequence[Fact]) -> ArticleRow | None:
        """The article that is linked: the first one that was matched, else the first of the event."""
        for fact in group:
            if fact.article is not None and (found := self._article(fact.article)):
                return found
        event = next((f.event for f in group if f.event), "")
        return next(iter(facts.event_articles(self.archive, event, 1)), None) if event else None

    def _article(self, ident: int) -> ArticleRow | None:
        if ident not in self._articles:
            self._articles[ident] = facts.article(self.archive, ident)
        return self._articles[ident]

    def _story(
        self,
        lead: ArticleRow,
        group: Sequence[Fact],
        queries: tuple[str, ...],
        evidence: Sequence[Evidence],
        language: str,
    ) -> Entry:
        key = (lead.id, tuple(f.id for f in group), queries, language)
        if key not in self._shared:
            event = next((f.event for f in group if f.event), "")
            known = facts.event(self.archive, event) if event else None
            told = (
                facts.event_articles(self.archive, event) if event else facts.story_articles(self.archive, lead.story)
            )
            self._shared[key] = Entry(
                section="story",
                title=lead.title,
                link=lead.url,
                page=f"{self.base_url}/n/{lead.story}",
                voices=voices(told or [lead]),
                published=lead.published,
                seen=lead.seen,
                snippets=snippets(lead.title, lead.text, evidence),
                state=known.state if known else "",
            )
        return self._shared[key]

    def _subscription(self, ident: str) -> Subscription | None:
        sealed = subscribers.sealed_of(self.private, "subscriptions", ident)
        return Subscription.unpack(self.keys.open(sealed)) if sealed else None

    def _why(self, query: str, article: int) -> Evidence | None:
        key = (query, article)
        if key not in self._evidence:
            understood = _parse(query)
            self._evidence[key] = meets(understood, self._document(article)) if understood else None
        return self._evidence[key]

    def _document(self, article: int) -> Document:
        if article not in self._documents:
            self._documents[article] = archive.document(self.archive, article)
        return self._documents[article]

    def _names(self, people: Sequence[str], language: str) -> tuple[str, ...]:
        known = facts.people_named(self.archive, people) if people else {}
        return tuple(names.get(language) or names["en"] for names in known.values())


SECTIONS: tuple[Section, ...] = ("correction", "person", "event", "story")


def subject(match: MatchRow) -> str:
    """What a match is about: `event:e1:named:p1` and `event:e1` are one entry."""
    return ":".join(match.key.split(":")[:2])


def voices(articles: Iterable[ArticleRow]) -> tuple[Voice, ...]:
    """Who says so: one article per owner, the first of each, official ones in front."""
    first: dict[str, ArticleRow] = {}
    for article in articles:
        first.setdefault(article.owner or article.outlet, article)
    ordered = sorted(first.values(), key=lambda a: a.type != "official")
    return tuple(Voice(a.outlet, a.type, a.url, a.language) for a in ordered)


def _section(group: Sequence[Fact], follows: bool) -> Section:
    if any(f.kind == "correction" for f in group):
        return "correction"
    if follows:
        return "person"
    return "event" if any(f.event for f in group) else "story"


def _is_late(group: Sequence[Fact], now: datetime) -> bool:
    return any(f.data.get("late") for f in group) or now - min(f.at for f in group) > LATE_AFTER


def _newest_first(entry: Entry) -> float:
    return -(entry.published or entry.seen).timestamp()


@lru_cache(maxsize=4096)
def _parse(query: str) -> Query | None:
    try:
        return parse(query)
    except QueryError:
        return None
