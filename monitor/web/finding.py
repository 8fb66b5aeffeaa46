"""Search, as a page and for the feeds: the archive's own search, its mistakes shown kindly.

Search terms are names of prisoners: they are never logged. One search is bounded in time by the archive; here at most
a few run at once, so that the rest of the site stays quick.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.errors import QueryError
from monitor.model import OutletType
from monitor.store import pages
from monitor.web.site import Site, site_of

if TYPE_CHECKING:
    from monitor.search import Hit

LONGEST_QUERY = 500
HITS = 50
#: Seconds to wait until a search may begin.
QUEUE = 0.4
LANGUAGES = ("be", "ru", "uk", "pl", "lt", "de", "en")

_at_once = threading.BoundedSemaphore(3)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought. `trouble` is '' or too-long, busy or mistake; `at` says where the mistake is."""

    hits: tuple[Hit, ...] = ()
    trouble: str = ""
    says: str = ""
    at: int = 0
    stories: dict[int, pages.Story] = field(default_factory=dict)


def find(
    site: Site,
    query: str,
    *,
    limit: int = HITS,
    before: datetime | None = None,
    since: datetime | None = None,
    longest: int = LONGEST_QUERY,
) -> Found:
    """Search the archive. Never raises for anything that was typed."""
    if len(query) > longest:
        return Found(trouble="too-long")
    if not _at_once.acquire(timeout=QUEUE):
        return Found(trouble="busy")
    try:
        return _find(site, query, limit, before, since)
    except QueryError as mistake:
        return Found(trouble="mistake", says=str(mistake), at=mistake.position)
    finally:
        _at_once.release()


def _find(site: Site, query: str, limit: int, before: datetime | None, since: datetime | None) -> Found:
    from monitor.search import search  # the languages come with it: only when somebody searches

    db = site.archive()
    hits = search(db, query, limit=limit, before=before, since=since)
    stories = pages.stories_by_articles(db, [h.article for h in hits])
    return Found(tuple(h for h in hits if h.article in stories), stories=stories)


def page(request: Request) -> Response:
    """The search page: a box, a few filters, and what was found, newest first."""
    site = site_of(request)
    given = request.query_params
    typed = given.get("q", "").strip()
    query = narrowed(typed, given.get("in", ""), given.get("type", ""))
    since, before = _day(given.get("from", "")), _day(given.get("to", ""), end=True)
    before = _moment(given.get("before", "")) or before
    found = find(site, query, limit=HITS + 1, before=before, since=since) if query else None
    return site.page(
        request,
        "search.html",
        400 if found and found.trouble in ("mistake", "too-long") else 200,
        typed=typed[:LONGEST_QUERY],
        query=query,
        found=found,
        more=found.hits[HITS - 1] if found and len(found.hits) > HITS else None,
        languages=LANGUAGES,
        types=tuple(OutletType),
    )


def narrowed(typed: str, language: str, kind: str) -> str:
    """The query with the filters of the form added to it; filters alone are a query too."""
    parts = [f"({typed})"] if typed and (language or kind) else [typed] if typed else []
    if language in LANGUAGES:
        parts.append(f"lang:{language}")
    if kind in tuple(OutletType):
        parts.append(f"type:{kind}")
    return " ".join(parts)


def _day(text: str, *, end: bool = False) -> datetime | None:
    """A day as a form sends it; the end of a range includes its day."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return day + timedelta(days=1) if end else day


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


ROUTES = [Route("/search", page)]
