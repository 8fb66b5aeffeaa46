"""The synthetic item: made on a schedule, it goes the way of all news, and its arrival shows that the way is open.

`gather` writes a feed with one invented entry, has it parsed where every feed is parsed, and takes it in as every
article is taken in; but of that transaction nothing stays except one fact with the words in it. So it is in no list,
page, feed, search or count, and no other reader is ever matched with it. `send` matches, bundles and mails it to the
test mailbox; `monitor.alerts.arrival` looks whether it came there.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from monitor.config import ProbeConfig
from monitor.gather.parse_pool import ParseFailed, ParsePool
from monitor.ingest import Ingester
from monitor.matching.document import pack
from monitor.model import Article, Document, Fact, Source
from monitor.store import Database, archive, captures, facts, write

#: A word that nobody writes, so that the only query which asks for it meets nothing else.
WORD = "zzprobeitem"
SOURCE = Source("test item", "http://test-item.invalid/feed", languages=("en",))
_FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>test item</title><link>{base}</link>
<item><title>{word} {number}</title><link>{base}/{number}</link><guid>{base}/{number}</guid>
<pubDate>{date}</pubDate><description>An invented item number {number}: {word}.</description></item></channel></rss>"""


class NotRead(Exception):
    """The invented feed came back from the parser or from ingest as something else: the line is broken there."""


def due(db: Database, settings: ProbeConfig, now: datetime, since: datetime) -> bool:
    """Whether it is time for the next item; the first one waits for its turn after the start (`since`)."""
    last = facts.last_probe(db)
    return now - (last.at if last and last.at <= now else since) >= settings.every


def make(db: Database, ingester: Ingester, pool: ParsePool, now: datetime) -> Fact:
    """One item from its feed to its fact. Raises NotRead, naming the step that failed."""
    number = int(now.timestamp())
    article = _gathered(pool, number, now)
    with write(db):
        document = _taken_in(db, ingester, article, now)
        facts.forget_probes(db)
        data = {"document": b64encode(pack(document)).decode(), "language": document.language}
        draft = Fact(0, f"probe:{number}", "probe", now, data=data)
        return facts.append(db, [draft])[0]


def _gathered(pool: ParsePool, number: int, now: datetime) -> Article:
    base = SOURCE.url.removesuffix("/feed")
    body = _FEED.format(base=base, number=number, word=WORD, date=format_datetime(now)).encode()
    try:
        parsed = pool.feed(body, "application/rss+xml", SOURCE.url, SOURCE, now=now)
    except ParseFailed as trouble:
        raise NotRead(f"the parser did not survive it: {trouble}") from None
    if len(parsed.articles) != 1:
        raise NotRead(f"the parser made {len(parsed.articles)} articles of it")
    return parsed.articles[0]


def _taken_in(db: Database, ingester: Ingester, article: Article, now: datetime) -> Document:
    """The article as the matcher sees it, as `ingest` stored it, before that is rolled back."""
    db.conn.execute("SAVEPOINT probe")
    try:
        taken = ingester.ingest(db, [article], now=now, source=SOURCE)[0]
        number = captures.article_named(db, taken.uid)
        if not taken.new or number is None or not any(fact.kind == "coverage" for fact in taken.facts):
            raise NotRead("ingest made no news of it")
        return archive.document(db, number)
    finally:
        db.conn.execute("ROLLBACK TO probe")
        db.conn.execute("RELEASE probe")


def tell(make_one: Callable[[], Fact]) -> str:
    """Make an item; a sentence where the line is broken, '' where it is on its way."""
    try:
        make_one()
    except NotRead as trouble:
        return f"the test item got stuck: {trouble}"
    return ""
