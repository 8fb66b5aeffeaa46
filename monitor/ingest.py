"""The archive transaction: is it known, what does it say, which story, which event, what is new?

Analysis happens before the transaction, identity is checked again inside it, and one transaction takes at most
`BATCH` articles. Whatever becomes newsworthy is written as a fact in the same transaction; who wants to know is
another room's question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import compress, islice
from typing import Any

from monitor import clock, languages, store
from monitor.config import Config
from monitor.matching.topics import load_topics
from monitor.model import Article, Fact, Listing, Reading, Source
from monitor.reading import article as reading
from monitor.reading import sameness
from monitor.reading.fingerprint import Fingerprint, worth_comparing
from monitor.reading.identity import Identity, Outlets, identify
from monitor.reading.listing import changes
from monitor.reading.people import Register
from monitor.reading.prepared import Prepared, Task, prepare
from monitor.reading.withheld import Withheld
from monitor.store import Database, archive, captures, facts, filing, listings, people, sources
from monitor.store import search as index
from monitor.store.archive import NewArticle, Placed
from monitor.store.filing import Taken

BATCH = 50
#: How long after its last report a release counts as being reported.
EVENT_IS_OPEN = timedelta(hours=48)
#: An item dated further ahead than this was misdated by its source.
AHEAD = timedelta(days=1)
#: A body longer than this is a whole book or an error page; the news stands in its beginning.
LONGEST = 60_000


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one article. `duplicate_of` is the address of the earlier one.

    `reading` is None for an article that was known and unchanged: it was not read again.
    """

    article: Article
    reading: Reading | None
    new: bool
    uid: str
    story: str
    event: str = ""
    duplicate_of: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class _Analysed:
    article: Article
    row: NewArticle

    @property
    def reading(self) -> Reading:
        return self.row.prepared.reading


_Named = tuple[Article, Identity]


class Ingester:
    """Takes articles in. Holds what reading needs: the register of people, the topics, the outlets."""

    def __init__(self, db: Database, config: Config) -> None:
        self.config = config
        self.register = Register(people.all_people(db))
        self.withheld = Withheld(config.withhold)
        self.topics = load_topics(config.topics)
        self.outlets = Outlets(config.all_sources())
        self._version = people.version(db)

    def outdated(self, db: Database) -> bool:
        """Whether the register changed since."""
        return people.version(db) != self._version

    def read(self, article: Article, source: Source | None = None) -> Reading:
        """What one article says; nothing is stored."""
        article = self.withheld.mask(article)
        return reading.read(article, self.outlets.of(article.url) or source, self.register, self.topics)

    def ingest(
        self,
        db: Database,
        articles: Sequence[Article],
        *,
        now: datetime,
        source: Source | None = None,
        baseline: bool = False,
        last_visit: datetime | None = None,
    ) -> list[Ingested]:
        """Take articles in, in order; one answer for each.

        `baseline` articles came with the first visit to a source and alert nobody. `last_visit` is when the source was
        last seen working: an article is too old to alert when it was old even then, so our own downtime costs nothing.
        """
        done: list[Ingested] = []
        rest = iter(map(self.withheld.mask, articles))
        while batch := list(islice(rest, BATCH)):
            named = [(article, self._identity(article, source)) for article in batch]
            unknown = _unknown(db, named)
            tasks = [self._task(article, source, now) for article, _ in unknown]
            read = zip(unknown, tasks, prepare(tasks, self.register, self.topics), strict=True)
            analysed = {
                article.url: self._analysed(task, identity, made, source, now, baseline, last_visit)
                for (article, identity), task, made in read
            }
            with store.write(db):
                done += self._take_all(db, named, analysed, now)
        return done

    def _task(self, article: Article, source: Source | None, now: datetime) -> Task:
        outlet = self.outlets.of(article.url) or source
        published = _credible(article.published, now)
        sound = replace(article, published=published, text=_body(article))
        return Task(sound, outlet, published or now)

    def take_list(self, db: Database, listing: Listing, source: Source, *, now: datetime) -> str:
        """Take in what changed in a published list. Returns why it was not believed, or ''."""
        before = listings.load(db, source.name)
        open_event = sources.is_event_open(db, now - EVENT_IS_OPEN)
        change = changes(before, listing, self._public_name, event_is_open=open_event)
        if not change.doubt:
            self.ingest(db, change.articles, now=now, source=source)
            with store.write(db):
                listings.save(db, source.name, change.rows, now)
        return change.doubt

    def _public_name(self, listed: str) -> str:
        found = self.register.resolve(listed)
        return found[0].name_en if len(found) == 1 else ""

    def read_again(self, db: Database, limit: int = BATCH) -> int:
        """Bring stored articles, the newest first, to this program's analysers; returns how many were behind.

        Only keys, search and mentions change: what an article was taken to claim when it was new is history.
        """
        behind = archive.behind(db, languages.ANALYSER_VERSION, limit)
        read = prepare(list(map(self._again, behind)), self.register, self.topics)
        with store.write(db):
            for r, again in zip(behind, read, strict=True):
                index.unindex_article(db, r["id"])
                archive.reread(db, r["id"], again.reading, again.packed)
                index.index_article(db, r["id"], again.search)
        return len(behind)

    def _again(self, r: Any) -> Task:
        published = r["published_at"] and clock.from_text(r["published_at"])
        article = self.withheld.mask(Article(r["url"], r["title"], r["text"], published=published))
        return Task(article, self.outlets.of(r["url"]), published)

    def _identity(self, article: Article, source: Source | None) -> Identity:
        return identify(article.url, self.outlets.of(article.url) or _if_same_host(source, article))

    def _analysed(
        self,
        task: Task,
        identity: Identity,
        made: Prepared,
        source: Source | None,
        now: datetime,
        baseline: bool,
        last_visit: datetime | None,
    ) -> _Analysed:
        article, outlet = task.article, task.outlet
        row = NewArticle(
            key=identity.key,
            item=f"{identity.outlet}|{identity.item}",
            url=article.url,
            source=article.source or (source.name if source else ""),
            outlet=outlet.outlet if outlet else identity.outlet,
            owner=article.forwarded_from or (outlet.owner if outlet else identity.outlet),
            type=str(outlet.type) if outlet else "",
            title=article.title,
            text=article.text,
            author=article.author,
            published=article.published,
            seen=now,
            prepared=made,
            baseline=baseline,
            late=lateness(article.published, now, last_visit, self.config.delivery.late_after),
        )
        return _Analysed(article, row)

    def _take_all(
        self, db: Database, named: Sequence[_Named], analysed: Mapping[str, _Analysed], now: datetime
    ) -> Iterator[Ingested]:
        rows = archive.known(db, [identity.key for _, identity in named])
        filed: set[str] = set()
        for article, identity in named:
            key = identity.key
            if key in filed:  # twice in one batch
                rows |= archive.known(db, [key])
            yield self._take(db, article, rows.get(key), analysed.get(article.url), now)
            filed.add(key)

    def _take(self, db: Database, article: Article, row: Any, analysed: _Analysed | None, now: datetime) -> Ingested:
        if row is not None and (analysed is None or not _reworded(row, analysed.article)):
            return _already(article, row, analysed.reading if analysed else None)
        assert analysed is not None
        if row is not None:
            return self._reword(db, row, analysed, now)
        return self._file(db, analysed, now)

    def _file(self, db: Database, new: _Analysed, now: datetime) -> Ingested:
        placed, earlier = place(db, new.row)
        filed = archive.insert(db, new.row, placed)
        index.index_article(db, filed.article, new.row.prepared.search)
        taken = filing.take(db, filed.article, filed.story, new.row, now, first=True)
        written = tuple(
            facts.append(db, [*taken.drafts, _coverage(filed.article, filed.story_uid, taken, new.row, now)])
        )
        self._capture(db, filed.article, new, written, now)
        return Ingested(new.article, new.reading, True, filed.uid, filed.story_uid, taken.event, earlier, written)

    def _reword(self, db: Database, row: Any, new: _Analysed, now: datetime) -> Ingested:
        index.unindex_article(db, row["id"])
        archive.reword(db, row["id"], new.row, now)
        index.index_article(db, row["id"], new.row.prepared.search)
        taken = filing.take(db, row["id"], row["story_id"], new.row, now)
        again = replace(new.row, baseline=bool(row["baseline"]), late=row["late"])
        written = tuple(facts.append(db, [*taken.drafts, _coverage(row["id"], row["story"], taken, again, now)]))
        self._capture(db, row["id"], new, written, now)
        return Ingested(new.article, new.reading, False, row["uid"], row["story"], taken.event, row["url"], written)

    def _capture(self, db: Database, number: int, new: _Analysed, written: Sequence[Fact], now: datetime) -> None:
        """Keep what a fact about an event rests on, before anybody can be told of it."""
        if any(fact.event and "silent" not in fact.data for fact in written):
            article = new.article
            answered = self.withheld.seal(article.answered) if article.answered else None
            said, largest = said_by(article, new.reading), self.config.evidence.largest
            captures.append(db, number, now, article.url, said, answered=answered, largest=largest)


def _unknown(db: Database, named: Sequence[_Named]) -> list[_Named]:
    """The articles that are new or were reworded: only these cost an analysis."""
    rows = archive.known(db, [identity.key for _, identity in named])
    return [(a, i) for a, i in named if (row := rows.get(i.key)) is None or _reworded(row, a)]


def place(db: Database, new: NewArticle) -> tuple[Placed, str]:
    """Which story does it belong to? Also the address of the earlier article it repeats, or ''."""
    twin = archive.first_of_item(db, new.item)
    if twin is not None:
        return Placed(twin["story_id"], edition_of=twin["id"], why="an edition of the same item"), twin["url"]
    best: tuple[tuple[bool, float], Placed, str] | None = None
    found = archive.candidates(
        db, new.prepared.features, new.at, sameness.WINDOW, each=sameness.EACH, most=sameness.MOST
    )
    if not found:
        return Placed(None), ""
    made = Fingerprint.unpack(new.prepared.fingerprint)
    worth = worth_comparing(made, [c.fingerprint for c in found], sameness.SAME_STORY)
    for c in compress(found, worth):
        same = sameness.compare(made, Fingerprint.unpack(c.fingerprint))
        copy = same.layer == "text"  # a copy is one, however well others tell the same
        if not same.layer or (best and (copy, same.score) <= best[0]):
            continue
        placed = Placed(c.story, duplicate_of=c.article if copy else None, score=same.score, why=same.why)
        best = ((copy, same.score), placed, c.url if copy else "")
    return (best[1], best[2]) if best else (Placed(None), "")


def lateness(published: datetime | None, now: datetime, last_visit: datetime | None, late_after: timedelta) -> int:
    """0 fresh, 1 delayed by our own downtime, 2 too old to alert (it was old when it could first have been seen)."""
    if published is None or now - published <= late_after:
        return 0
    could_have_been_seen = last_visit if last_visit and last_visit < now else now
    return 1 if could_have_been_seen - published <= late_after else 2


def _coverage(number: int, story: str, taken: Taken, row: NewArticle, now: datetime) -> Fact:
    """One fact per article, keyed by what it is about: whoever was told of the event or story is not told again.

    `waits` says why it is no news at once. An article that tells of a death or a re-arrest waits for a human itself.
    """
    silent = "baseline" if row.baseline else "too old" if row.late == 2 else ""
    marks = {name: why for name, why in (("silent", silent), ("waits", taken.waits)) if why}
    about = f"event:{taken.event}" if taken.event else f"story:{story}"
    held = any(draft.held_for_human for draft in taken.drafts)
    return Fact(0, about, "coverage", now, number, story, taken.event, "", {"late": row.late == 1, **marks}, held)


def said_by(article: Article, read: Reading) -> dict[str, Any]:
    """What evidence of an article holds: its words, who signed it when, and the sentences that were taken as claims."""
    return {
        "title": article.title,
        "text": article.text or article.summary,
        "author": article.author,
        "published": clock.to_text(article.published) if article.published else None,
        "source": article.source,
        "claims": [asdict(claim) for claim in read.claims],
    }


def _already(article: Article, row: Any, read: Reading | None) -> Ingested:
    return Ingested(article, read, False, row["uid"], row["story"], row["event"] or "", row["url"])


def _reworded(row: Any, article: Article) -> bool:
    """A changed headline or body. A shorter text than the one kept (a feed's summary after the page) is no change."""
    if _words(article.title) != _words(row["title"]):
        return True
    text = _words(_body(article))
    return bool(text) and not _words(row["text"]).startswith(text[:200]) and len(text) > len(row["text"]) // 2


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _body(article: Article) -> str:
    return (article.text or article.summary)[:LONGEST]


def _credible(published: datetime | None, now: datetime) -> datetime | None:
    """A publication date that can be true: not ahead of now by more than a clock's error, not before the web."""
    if published is None or published > now + AHEAD or published.year < 1995:
        return None
    return min(published, now)


def _if_same_host(source: Source | None, article: Article) -> Source | None:
    """A source vouches only for addresses of its own host: an aggregator's links belong to whoever they lead to."""
    return source if source and Outlets([source]).of(article.url) else None
