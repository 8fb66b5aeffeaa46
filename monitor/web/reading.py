"""The pages people come to read: newest stories, one story, one event, one person; and the files pages need."""

from __future__ import annotations

import itertools
from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.store import chronicle, pages
from monitor.web.site import View, site_of
from monitor.web.timeline import releases
from monitor.web.words import MINSK

STORIES_PER_PAGE = 30
OTHERS = 20


def front(request: Request) -> Response:
    """The newest stories by day; on the first page also what else was gathered."""
    site = site_of(request)
    after = request.query_params.get("after", "")
    found = pages.newest(site.archive(), limit=STORIES_PER_PAGE + 1, after=after, relevant=True)
    others = () if after else pages.newest(site.archive(), limit=OTHERS, relevant=False)
    latest = None if after else next((r for r in releases(site) if not r.line.history), None)
    return site.page(
        request,
        "front.html",
        days=by_day(found[:STORIES_PER_PAGE]),
        others=others,
        held=None if after else chronicle.held_now(site.archive()),
        latest=latest,
        next=found[STORIES_PER_PAGE - 1].uid if len(found) > STORIES_PER_PAGE else "",
        after=after,
    )


def everything(request: Request) -> Response:
    """Every story, about releases or not."""
    site = site_of(request)
    after = request.query_params.get("after", "")
    found = pages.newest(site.archive(), limit=STORIES_PER_PAGE * 2 + 1, after=after)
    shown = found[: STORIES_PER_PAGE * 2]
    more = shown[-1].uid if len(found) > len(shown) else ""
    return site.page(request, "everything.html", days=by_day(shown), next=more, after=after)


def by_day(stories: tuple[pages.Story, ...]) -> list[tuple[date, list[pages.Story]]]:
    """Stories, which come newest first, under the Minsk day they were last seen on."""
    grouped = itertools.groupby(stories, key=lambda s: s.last_seen.astimezone(MINSK).date())
    return [(day, list(of_day)) for day, of_day in grouped]


def story(request: Request) -> Response:
    """One story: every article in it, and how each came to be there."""
    site = site_of(request)
    uid = request.path_params["uid"]
    found = pages.story(site.archive(), uid)
    if found is None:
        raise HTTPException(404)
    if found.uid != uid:
        return RedirectResponse(View(site, request).url(f"/story/{found.uid}"), 301)
    return site.page(request, "story.html", story=found, tree=_tree(found))


def _tree(story: pages.Story) -> list[tuple[pages.Article, list[pages.Article]]]:
    """Each original with its editions and copies under it; an edition whose original is not shown stands alone."""
    by_id = {a.id: a for a in story.articles}
    under: dict[int, list[pages.Article]] = {}
    for article in story.articles:
        above = article.edition_of or article.duplicate_of
        if above in by_id and above != article.id:
            under.setdefault(above, []).append(article)
    below = {a.id for group in under.values() for a in group}
    return [(a, under.get(a.id, [])) for a in story.articles if a.id not in below]


def neutral(request: Request) -> Response:
    """`/n/{uid}`: the link in a discreet mail, which names nothing. Goes to the story or event it stands for."""
    site = site_of(request)
    what, name = pages.find(site.archive(), request.path_params["uid"])
    if not what:
        raise HTTPException(404)
    return RedirectResponse(View(site, request).url(f"/{what}/{name}"), 302)


def about(request: Request) -> Response:
    """How to read, follow and be told; what the certainty words mean."""
    return site_of(request).page(request, "about.html")


def asset(request: Request) -> Response:
    """A static file under its hashed name, which may be kept for a year."""
    found = site_of(request).asset(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    body, kind = found
    return Response(body, media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"})


def robots(request: Request) -> Response:
    """Everything may be indexed but the endless pages."""
    return PlainTextResponse("User-agent: *\nDisallow: /search\nDisallow: /u/\nDisallow: /n/\n")


ROUTES = [
    Route("/", front),
    Route("/all", everything),
    Route("/story/{uid}", story),
    Route("/n/{uid}", neutral),
    Route("/about", about),
    Route("/static/{name}", asset),
    Route("/robots.txt", robots),
]
