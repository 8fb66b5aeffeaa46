"""What a message says: matches become entries, one per event or story, as things stand when it is sent.

An `Editor` lives for one round of sending, in which thousands of readers may be told the same: what an entry says of
the news itself is made once for all of them, what says "because you asked for it" for each.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Literal

from monitor.alerts import known
from monitor.alerts.words import load
from monitor.alerts.wrap import Content
from monitor.errors import QueryError
from monitor.matching.index import meets
from monitor.matching.query import Query, parse
from monitor.matching.snippets import snippets
from monitor.model import Coverage, DeliveryKind, Document, Entry, Evidence, Fact, Voice
from monitor.store import Database, archive, facts, health
from monitor.store.facts import ArticleRow, EventRow
from monitor.store.matches import MatchRow
from monitor.subscribers.readers import Subscription

#: An alert that goes out this long after the fact says that it is late.
LATE_AFTER = timedelta(hours=6)
#: Other stories in one message; the rest is a number and a link.
STORIES = 15

#: The settings of a subscription by its id, None where it has gone.
SettingsOf = Callable[[str], Subscription | None]
Section = Literal["correction", "person", "event", "story"]
SECTIONS: tuple[Section, ...] = ("correction", "person", "event", "story")


class Editor:
    """Makes entries from matches, and remembers within one round what many of them share."""

    def __init__(self, archive_db: Database, settings_of: SettingsOf, base_url: str) -> None:
        self.archive, self.settings_of = archive_db, settings_of
        self.base_url = base_url.rstrip("/")
        self._facts: dict[int, Fact] = {}
        self._articles: dict[int, ArticleRow | None] = {}
        self._documents: dict[int, Document] = {}
        self._evidence: dict[tuple[str, int], Evidence | None] = {}
        self._shared: dict[tuple[object, ...], Entry] = {}
        self._coverage: Coverage | None = None

    def content(self, found: Sequence[MatchRow], kind: str, language: str, now: datetime) -> Content:
        """What a delivery says: its entries, and under a digest what was looked at and how many are still held."""
        digest = kind in (DeliveryKind.DIGEST, DeliveryKind.QUIET)
        entries, more = self.entries(found, language, now, late=not digest) if found else ((), 0)
        if not digest:
            return Content(entries, more)
        if self._coverage is None:
            self._coverage = health.coverage(self.archive, now)
        count = facts.last_held(self.archive)
        return Content(entries, more, self._coverage, known.held(*count, load(language)) if count else "")

    def entries(
        self, found: Sequence[MatchRow], language: str, now: datetime, *, late: bool = True
    ) -> tuple[tuple[Entry, ...], int]:
        """(the entries in the order of a digest, how many further stories there are).

        `late` marks what goes out long after it was known; a digest, which always does, passes False.
        """
        told = self._told([m.fact for m in found])
        by_subject = sorted((m for m in found if m.fact in told), key=subject)
        parts = [list(part) for _, part in groupby(by_subject, key=subject)]
        made = [
            replace(entry, late=late and any(is_late(told[m.fact], now) for m in part))
            for part in parts
            if (entry := self._entry(part, [told[m.fact] for m in part], language))
        ]
        ordered = sorted(made, key=lambda e: (SECTIONS.index(e.section), _newest_first(e)))
        stories = sum(e.section == "story" for e in ordered)
        more = max(0, stories - STORIES)
        return tuple(ordered[: len(ordered) - more]), more

    def _told(self, ids: Sequence[int]) -> dict[int, Fact]:
        if unread := [i for i in ids if i not in self._facts]:
            self._facts |= {fact.id: fact for fact in facts.by_ids(self.archive, unread)}
        return {i: self._facts[i] for i in ids if i in self._facts}

    def _entry(self, found: Sequence[MatchRow], group: Sequence[Fact], language: str) -> Entry | None:
        lead = self._lead(group)
        if lead is None:
            return None
        asked = [s for reason in sorted({r for m in found for r in m.reasons}) if (s := self.settings_of(reason))]
        queries = tuple(sorted({s.query for s in asked}))
        evidence = [e for q in queries if (e := self._why(q, lead.id))]
        people = sorted({p for e in evidence for p in e.people})
        return replace(
            self._shared_entry(lead, group, queries, evidence, language),
            section=_section(group, bool(people)),
            names=tuple(self._names(people, language).get(label, label) for label in people),
            alerts=tuple(s.name for s in asked),
        )

    def _lead(self, group: Sequence[Fact]) -> ArticleRow | None:
        """The article that is linked: what corrects, else the first that was matched, else the first of the event."""
        for fact in sorted(group, key=lambda f: f.kind != "correction"):
            if fact.article is not None and (found := self._article(fact.article)):
                return found
        slug = _event_of(group)
        return next(iter(facts.event_articles(self.archive, slug, 1)), None) if slug else None

    def _shared_entry(
        self,
        lead: ArticleRow,
        group: Sequence[Fact],
        queries: tuple[str, ...],
        evidence: Sequence[Evidence],
        language: str,
    ) -> Entry:
        """What everybody is told who was told by the same facts and queries, in one language."""
        key = (lead.id, tuple(f.id for f in group), queries, language)
        if key not in self._shared:
            slug = _event_of(group)
            event = facts.event(self.archive, slug) if slug else None
            entry = Entry(
                section="story",
                title=lead.title,
                link=lead.url,
                page=f"{self.base_url}/n/{lead.story}",
                voices=voices(self._who_says(lead, group, slug) or [lead], self._told_it(group)),
                published=lead.published,
                seen=lead.seen,
                snippets=snippets(lead.title, lead.text, evidence),
            )
            self._shared[key] = self._with_event(entry, event, group, language) if event else entry
        return self._shared[key]

    def _who_says(self, lead: ArticleRow, group: Sequence[Fact], slug: str) -> list[ArticleRow]:
        """The articles that say so: of a correction those that correct, who announced the event say nothing of it."""
        correcting = dict.fromkeys(f.article for f in group if f.kind == "correction" and f.article is not None)
        if correcting:
            return [found for ident in correcting if (found := self._article(ident))]
        return facts.event_articles(self.archive, slug) if slug else facts.story_articles(self.archive, lead.story)

    def _told_it(self, group: Sequence[Fact]) -> set[str]:
        """The owners of the articles that tell what is new, where the event itself was told before."""
        if any(f.kind == "announced" for f in group):
            return set()
        new = {f.article for f in group if f.kind != "coverage" and f.article is not None}
        return {found.owner or found.outlet for ident in new if (found := self._article(ident))}

    def _with_event(self, entry: Entry, event: EventRow, group: Sequence[Fact], language: str) -> Entry:
        words = load(language)
        names = self._names(sorted({f.person for f in group if f.person}), language)
        happened = known.happened(event.kind, event.state, event.ledger, words, entry.published or entry.seen)
        return replace(
            entry,
            happened=known.corrected(group, names, words, happened),
            state=event.state,
            ledger=known.figures(event.ledger, words),
            unknown=known.unknown(event.ledger, words),
            new=known.news(group, names, words, event.ledger),
        )

    def _why(self, query: str, article: int) -> Evidence | None:
        key = (query, article)
        if key not in self._evidence:
            understood = _parse(query)
            self._evidence[key] = meets(understood, self._document(article)) if understood else None
        return self._evidence[key]

    def _article(self, ident: int) -> ArticleRow | None:
        if ident not in self._articles:
            self._articles[ident] = facts.article(self.archive, ident)
        return self._articles[ident]

    def _document(self, article: int) -> Document:
        if article not in self._documents:
            self._documents[article] = archive.document(self.archive, article)
        return self._documents[article]

    def _names(self, people: Sequence[str], language: str) -> dict[str, str]:
        named = facts.people_named(self.archive, people) if people else {}
        return {ident: names.get(language) or names["en"] for ident, names in named.items()}


def subject(match: MatchRow) -> str:
    """What a match is about: `event:e1:named:p1` and `event:e1` are one entry."""
    return ":".join(match.key.split(":")[:2])


def is_late(fact: Fact, now: datetime) -> bool:
    """Seen late through our own downtime, or sent long after it was known."""
    return bool(fact.data.get("late")) or now - fact.at > LATE_AFTER


def voices(articles: Iterable[ArticleRow], told_it: Container[str] = ()) -> tuple[Voice, ...]:
    """Who says so: one article per owner, the first of each. In front is who tells what is new, then official ones. A
    copy says nothing itself."""
    given = list(articles)
    first: dict[str, ArticleRow] = {}
    for article in [a for a in given if not a.repeats] or given:
        first.setdefault(article.owner or article.outlet, article)
    ordered = sorted(first.values(), key=lambda a: ((a.owner or a.outlet) not in told_it, a.type != "official"))
    return tuple(Voice(a.outlet, a.type, a.url, a.language) for a in ordered)


def _event_of(group: Sequence[Fact]) -> str:
    return next((fact.event for fact in group if fact.event), "")


def _section(group: Sequence[Fact], follows: bool) -> Section:
    if any(f.kind == "correction" for f in group):
        return "correction"
    if follows:
        return "person"
    return "event" if _event_of(group) else "story"


def _newest_first(entry: Entry) -> float:
    return -(entry.published or entry.seen).timestamp()


@lru_cache(maxsize=4096)
def _parse(query: str) -> Query | None:
    try:
        return parse(query)
    except QueryError:
        return None
