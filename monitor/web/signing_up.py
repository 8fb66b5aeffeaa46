"""Signing up: what to hear, how, and what that would have brought in the last 90 days. Closed until opened.

On one address: the form, a look at what the choice means, and then the request is sealed and put away. The last
answer is the same for every destination. Nobody is on the list before they confirm it from their own mailbox.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.model import Person
from monitor.store import people as register
from monitor.subscribers.readers import is_sure_enough
from monitor.web import forms
from monitor.web.consent import both
from monitor.web.finding import Found, find
from monitor.web.people import matching, name_of
from monitor.web.providers import is_risky
from monitor.web.sample import sample
from monitor.web.site import Site, View, site_of

LOOK_BACK = timedelta(days=90)
SAMPLE = 5
#: Articles that are looked at for the count.
MOST = 200


class Budget:
    """So many sign-ups an hour from one network. Networks are kept as keyed hashes, in memory, for that hour."""

    def __init__(self, most: int = 20, everybody: int = 2000) -> None:
        self.most, self.everybody = most, everybody
        self._key = secrets.token_bytes(16)
        self._counts: dict[bytes, int] = {}
        self._since: datetime | None = None
        self._lock = threading.Lock()

    def takes(self, client: str, now: datetime) -> bool:
        """Whether one more is taken. A proxy in front makes everybody local: then only the limit for all counts."""
        with self._lock:
            if self._since is None or now - self._since > timedelta(hours=1):
                self._since, self._counts = now, {}
            network = self._network(client)
            self._counts[network] = self._counts.get(network, 0) + 1
            few = network == b"" or self._counts[network] <= self.most
            return few and sum(self._counts.values()) <= self.everybody

    def _network(self, client: str) -> bytes:
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return b""
        if address.is_loopback:
            return b""
        prefix = ipaddress.ip_network(f"{client}/{24 if address.version == 4 else 48}", strict=False)
        return hashlib.blake2b(str(prefix).encode(), key=self._key, digest_size=12).digest()


_budget = Budget()


def show(request: Request) -> Response:
    """The empty form, or one with the person somebody came from."""
    site = _open(request)
    picked = _picked(site, [request.query_params.get("person", "")])
    return _form(request, forms.Wishes({}, {}, []), picked)


def take(request: Request, form: FormData) -> Response:
    """What the pressed button means: look a name up, show what the choice would bring, or put it away."""
    site = _open(request)
    view = View(site, request)
    wishes = forms.read(form, view.language)
    picked = _picked(site, [str(p) for p in form.getlist("person")])
    if form.get("do") == "find":
        return _form(request, wishes, picked, found=_suggested(site, wishes.typed.get("name", ""), picked))
    mistakes = _mistakes(wishes)
    if mistakes:
        return _form(request, wishes, picked, mistakes=mistakes)
    if form.get("do") != "send":
        return _preview(request, wishes, picked)
    if not _budget.takes(request.client.host if request.client else "", site.now()):
        raise HTTPException(429)
    channel, to = wishes.typed.get("channel", "email"), wishes.typed.get("to", "")
    asked = {"channel": channel, "to": to, "settings": wishes.settings, "subscriptions": wishes.subscriptions}
    forms.put_away(site, {"kind": "sign-up"} | asked)
    return site.page(request, "asked.html", channel=channel)


def _open(request: Request) -> Site:
    site = site_of(request)
    if not site.takes_sign_ups():
        raise HTTPException(404)
    return site


def _mistakes(wishes: forms.Wishes) -> tuple[str, ...]:
    known = forms.destination(wishes.typed.get("channel", "email"), wishes.typed.get("to", ""))
    return wishes.mistakes if known else (*wishes.mistakes, "to")


def _preview(request: Request, wishes: forms.Wishes, picked: Sequence[Person]) -> Response:
    site = site_of(request)
    found = [_found(site, wishes.others, ""), _found(site, wishes.people, wishes.typed.get("certainty", ""))]
    hits = sorted((h for f in found for h in f.hits), key=lambda h: h.published)
    by_article = {**found[0].stories, **found[1].stories}
    stories = list({s.id: s for h in reversed(hits) if (s := by_article.get(h.article))}.values())
    channel, to = wishes.typed.get("channel", "email"), wishes.typed.get("to", "")
    return site.page(
        request,
        "preview.html",
        wishes=wishes,
        picked=picked,
        trouble=any(f.trouble for f in found),
        stories=stories[:SAMPLE],
        count=len(stories),
        many=any(len(f.hits) >= MOST for f in found),
        instant=any(s["instant"] for s in wishes.subscriptions),
        sample=sample(site, wishes, [h for h in hits if h.article in by_article]) if channel == "email" else None,
        risky=channel == "email" and is_risky(to),
    )


def _found(site: Site, queries: Sequence[str], certainty: str) -> Found:
    """What these wishes would have brought; of people only what was sure enough."""
    if not queries:
        return Found()
    query = forms.any_of(queries)
    found = find(site, query, limit=MOST, since=site.now() - LOOK_BACK, longest=len(query))
    if not certainty:
        return found
    sure = {
        article: story
        for article, story in found.stories.items()
        if story.event and is_sure_enough(story.event.state, certainty)
    }
    return replace(found, hits=tuple(h for h in found.hits if h.article in sure), stories=sure)


def _form(
    request: Request,
    wishes: forms.Wishes,
    picked: Sequence[Person],
    found: Sequence[Person] | None = None,
    mistakes: tuple[str, ...] = (),
) -> Response:
    return site_of(request).page(
        request,
        "subscribe.html",
        400 if mistakes else 200,
        typed=wishes.typed,
        mistakes=mistakes,
        says=wishes.says,
        picked=picked,
        suggested=found,
        name_of=name_of,
        forms=forms,
    )


def _picked(site: Site, ids: Sequence[str]) -> list[Person]:
    people = [register.person(site.archive(), i) for i in dict.fromkeys(ids[: forms.MOST_QUERIES]) if i]
    return [p for p in people if p is not None and not site.veil.hides(p.name_en)]


def _suggested(site: Site, typed: str, picked: Sequence[Person]) -> list[Person]:
    """Who may be meant, without those who are chosen already."""
    if not typed:
        return []
    chosen = {p.id for p in picked}
    return [p for p in matching(site, typed) if p.id not in chosen][:12]


ROUTES = [Route("/subscribe", both(show, take), methods=["GET", "POST"])]
