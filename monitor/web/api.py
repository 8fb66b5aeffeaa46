"""A small JSON API over the same rows as the pages; described at /api/openapi.json. Reading only, nothing to log in to.

Moments are ISO 8601 in UTC. `next` is the address of the following page, null on the last.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from monitor.store import chronicle, health, pages
from monitor.store import people as register
from monitor.web import inert
from monitor.web.finding import LONGEST_QUERY, find
from monitor.web.people import spellings
from monitor.web.site import Site, View, site_of

router = APIRouter(prefix="/api", tags=["reading"])

Limit = Annotated[int, Query(ge=1, le=100)]
_STATUS = {"mistake": 400, "too-long": 400, "busy": 503}


class ArticleOut(BaseModel):
    """One article: who says it, where, and the sentences that matter. `score` is how it joined its story."""

    url: str | None
    title: str
    language: str
    outlet: str
    owner: str
    type: str
    published: datetime | None
    seen: datetime
    repeats: bool
    score: float
    why: str
    sentences: list[str]


class EventOut(BaseModel):
    """A release event; `ledger` keeps apart who gives which number."""

    slug: str
    url: str
    kind: str
    state: str
    date: str | None
    precision: str
    title: str
    ledger: dict[str, Any]
    first_seen: datetime
    last_seen: datetime


class StoryOut(BaseModel):
    """Articles that report the same thing."""

    id: str
    url: str
    title: str
    language: str
    first_seen: datetime
    last_seen: datetime
    independent_voices: int
    event: str | None
    articles: list[ArticleOut]


class StoriesOut(BaseModel):
    stories: list[StoryOut]
    next: str | None = None


class EventsOut(BaseModel):
    events: list[EventOut]


class SaidOut(BaseModel):
    """What one article says of a person."""

    status: str
    at: datetime
    outlet: str
    type: str
    url: str | None
    sentence: str
    story: str


class PersonOut(BaseModel):
    """Somebody the operator made public. `status` is the register's, `said` what articles said, latest first."""

    id: str
    name_en: str
    name_be: str
    name_ru: str
    spellings: list[str]
    status: str
    status_date: str
    status_source: str
    destination: str
    said: list[SaidOut]


class SourceOut(BaseModel):
    """A source and how it is doing: well, quiet, failing, waiting or off."""

    name: str
    url: str | None
    kind: str
    outlet: str
    type: str
    languages: list[str]
    condition: str
    since: datetime | None
    last_success: datetime | None
    last_new: datetime | None
    articles: int


class SourcesOut(BaseModel):
    checked: int
    sources: list[SourceOut]


@router.get("/stories")
def stories(request: Request, limit: Limit = 30, after: str = "", relevant: bool | None = None) -> StoriesOut:
    """The newest stories; `relevant` narrows to those about releases, `after` is the id of the last one you have."""
    view = View(site_of(request), request)
    found = pages.newest(view.site.archive(), limit=limit + 1, after=after, relevant=relevant)
    more = found[limit - 1].uid if len(found) > limit else ""
    following = f"{view.origin}/api/stories{view.here(after=more)}" if more else None
    return StoriesOut(stories=[_story(view, s) for s in found[:limit]], next=following)


@router.get("/stories/{uid}")
def story(request: Request, uid: str) -> StoryOut:
    """One story; one that was merged answers as the story it was merged into."""
    view = View(site_of(request), request)
    found = pages.story(view.site.archive(), uid)
    if found is None:
        raise HTTPException(404)
    return _story(view, found)


@router.get("/search", responses={400: {"description": "the query cannot be read"}, 503: {"description": "busy"}})
def search(
    request: Request,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)],
    limit: Limit = 50,
    before: datetime | None = None,
    since: datetime | None = None,
) -> StoriesOut:
    """Stories with an article that meets the query, newest first: what a standing query would have brought."""
    view = View(site_of(request), request)
    found = find(view.site, q, limit=limit, before=before, since=since)
    if found.trouble:
        raise HTTPException(_STATUS[found.trouble], {"trouble": found.trouble, "says": found.says, "at": found.at})
    met = {s.uid: s for h in found.hits if (s := found.stories.get(h.article))}
    return StoriesOut(stories=[_story(view, s) for s in met.values()])


@router.get("/events")
def events(request: Request, limit: Limit = 100, since: str = "") -> EventsOut:
    """Release events, latest first, from an ISO date on."""
    view = View(site_of(request), request)
    found = pages.events(view.site.archive(), limit=limit, since=since)
    return EventsOut(events=[_event(view, e) for e in found])


@router.get("/events/{slug}")
def event(request: Request, slug: str) -> EventOut:
    """One event with its ledger."""
    view = View(site_of(request), request)
    found = pages.event(view.site.archive(), slug)
    if found is None:
        raise HTTPException(404)
    return _event(view, found)


@router.get("/people/{id}")
def person(request: Request, id: str) -> PersonOut:
    """One person of the public register, with what was said of them."""
    site = site_of(request)
    found = register.person(site.archive(), id)
    if found is None or site.veil.hides(found.name_en):
        raise HTTPException(404)
    said = chronicle.said_of(site.archive(), found.id)
    return PersonOut(
        id=found.id,
        name_en=found.name_en,
        name_be=found.name_be,
        name_ru=found.name_ru,
        spellings=list(spellings(found)),
        status=found.status or "unknown",
        status_date=found.status_date,
        status_source=inert.link(found.status_source),
        destination=found.destination,
        said=[_said(site, s) for s in said[::-1]],
    )


@router.get("/sources")
def sources(request: Request) -> SourcesOut:
    """Every source and how it is doing."""
    site = site_of(request)
    found = health.sources(site.archive(), site.now())
    return SourcesOut(
        checked=sum(s.condition != "off" for s in found),
        sources=[
            SourceOut(
                name=s.name,
                url=inert.link(s.url) or None,
                kind=s.kind,
                outlet=s.outlet,
                type=s.type,
                languages=list(s.languages),
                condition=s.condition,
                since=s.since,
                last_success=s.last_success,
                last_new=s.last_new,
                articles=s.articles,
            )
            for s in found
        ],
    )


@router.get("/{rest:path}", include_in_schema=False)
def unknown(rest: str) -> JSONResponse:
    raise HTTPException(404)


def _story(view: View, story: pages.Story) -> StoryOut:
    lead = story.lead(view.language)
    return StoryOut(
        id=story.uid,
        url=f"{view.origin}/story/{story.uid}",
        title=view.site.shown(lead.title),
        language=lead.language,
        first_seen=story.first_seen,
        last_seen=story.last_seen,
        independent_voices=story.owners,
        event=story.event.slug if story.event else None,
        articles=[_article(view.site, a) for a in story.articles],
    )


def _article(site: Site, a: pages.Article) -> ArticleOut:
    return ArticleOut(
        url=inert.link(a.url) or None,
        title=site.shown(a.title),
        language=a.language,
        outlet=site.shown(a.outlet),
        owner=site.shown(a.owner),
        type=a.type,
        published=a.published,
        seen=a.seen,
        repeats=a.edition_of is not None or a.duplicate_of is not None,
        score=a.score,
        why=a.why,
        sentences=[site.shown(s) for s in a.sentences],
    )


def _event(view: View, e: pages.EventLine) -> EventOut:
    return EventOut(
        slug=e.slug,
        url=f"{view.origin}/event/{e.slug}",
        kind=e.kind,
        state=e.state,
        date=e.date or None,
        precision=e.precision,
        title=view.site.shown(e.title),
        ledger=e.ledger,
        first_seen=e.first_seen,
        last_seen=e.last_seen,
    )


def _said(site: Site, s: chronicle.Said) -> SaidOut:
    return SaidOut(
        status=s.status,
        at=s.at,
        outlet=site.shown(s.outlet),
        type=s.type,
        url=inert.link(s.url) or None,
        sentence=site.shown(s.sentence),
        story=s.story,
    )
