"""Release events in archive.db: which one an article tells of, and what is known of each."""

from __future__ import annotations

from datetime import datetime

from monitor.model import Fact, Reading
from monitor.store import Database
from monitor.store.archive import NewArticle


def take(
    db: Database, article: int, story: int, new: NewArticle, reading: Reading, now: datetime
) -> tuple[str, list[Fact]]:
    """File an article's claims. Returns the event's slug ('' for none) and drafts of what became newsworthy."""
    return "", []
