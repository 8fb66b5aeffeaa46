"""Signing up: what to hear, how, and what that would have brought in the last 90 days. Closed until opened.

On one address: the form, a look at what the choice means, and then the request is sealed and put away. The last
answer is the same for every destination. Nobody is on the list before they confirm it from their own mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.model import Person
from monitor.subscribers.readers import is_sure_enough
from monitor.web import choosing, forms
from monitor.web.consent import both
from monitor.web.finding import Found, find
from monitor.web.providers import is_risky
from monitor.web.sample import sample
from monitor.web.site import Site, View, site_of

LOOK_BACK = timedelta(days=90)
SAMPLE = 5
#: Articles that are looked at for the count.
MOST = 200


def show(request: Request) -> Response:
    """The empty form, or one with the person somebody came from."""
    site = _open(request)
    return _form(request, forms.Wishes(), choosing.picked(site, [request.query_params.get("person", "")]))


def take(request: Request, form: FormData) -> Response:
    """What the pressed button means: look a name up, show what the choice would bring, or put it away."""
    site, wish = _open(request), str(form.get("do", ""))
    wishes, found = choosing.read(site, form, View(site, request).language, daily=wish == "daily")
    if found is not None or (wish == "find" and form.get("name")):
        return _form(request, wishes, choosing.picked(site, wishes.people), found=found)
    mistakes = _mistakes(wishes)
    if mistakes:
        return _form(request, wishes, choosing.picked(site, wishes.people), mistakes=mistakes)
    if wish != "send":
        return _preview(request, wishes)
    channel, to = wishes.typed.get("channel", "email"), wishes.typed.get("to", "")
    asked = {"channel": channel, "to": to, "settings": wishes.settings, "subscriptions": wishes.subscriptions}
    forms.put_away_within_budget(request, {"kind": "sign-up"} | asked, to)
    return site.page(request, "asked.html", channel=channel)


def _open(request: Request) -> Site:
    site = site_of(request)
    if not site.takes_sign_ups():
        raise HTTPException(404)
    return site


def _mistakes(wishes: forms.Wishes) -> tuple[str, ...]:
    known = forms.destination(wishes.typed.get("channel", "email"), wishes.typed.get("to", ""))
    return wishes.mistakes if known else (*wishes.mistakes, "to")


def _preview(request: Request, wishes: forms.Wishes) -> Response:
    site = site_of(request)
    found = [_found(site, queries, certainty) for certainty, queries in wishes.by_certainty.items()]
    hits = sorted((h for f in found for h in f.hits), key=lambda h: h.published)
    by_article = {article: story for f in found for article, story in f.stories.items()}
    stories = list({s.id: s for h in reversed(hits) if (s := by_article.get(h.article))}.values())
    channel, to = wishes.typed.get("channel", "email"), wishes.typed.get("to", "")
    many = any(len(f.hits) >= MOST for f in found)
    return site.page(
        request,
        "preview.html",
        wishes=wishes,
        channel=channel,
        trouble=any(f.trouble for f in found),
        stories=stories[:SAMPLE],
        count=len(stories),
        many=many,
        noisy=many and any(s["instant"] for s in wishes.subscriptions),
        sample=sample(site, wishes, [h for h in hits if h.article in by_article]) if channel == "email" else None,
        risky=channel == "email" and is_risky(to),
    )


def _found(site: Site, queries: Sequence[str], certainty: str) -> Found:
    """What these wishes would have brought: where it must be sure, only what was."""
    query = forms.any_of(queries)
    found = find(site, query, limit=MOST, since=site.now() - LOOK_BACK, longest=len(query))
    sure = {
        article: story
        for article, story in found.stories.items()
        if is_sure_enough(story.event.state if story.event else "", certainty)
    }
    return replace(found, hits=tuple(h for h in found.hits if h.article in sure), stories=sure)


def _form(
    request: Request,
    wishes: forms.Wishes,
    picked: Sequence[Person],
    found: Sequence[Person] | None = None,
    mistakes: tuple[str, ...] = (),
) -> Response:
    status = 400 if mistakes else 200
    shown = choosing.shown(site_of(request), View(site_of(request), request).language, wishes, picked, found)
    return site_of(request).page(request, "subscribe.html", status, mistakes=mistakes, says=wishes.says, **shown)


ROUTES = [Route("/subscribe", both(show, take), methods=["GET", "POST"])]
