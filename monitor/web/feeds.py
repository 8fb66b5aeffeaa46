"""Atom and JSON Feed of everything, of any search, of one story: so that readers need no subscription.

`?q=` is any search (a person, an event, a topic are searches): one entry per story. `?story=` is one story: one entry
per article that joins it.

Identifiers begin with `web.base_url` whatever name the feed was asked under; links begin with that name, so that who
reads by the onion address is not led off it. Answers carry an ETag: our own feeds can be asked as politely as we ask.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as Xml

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor import clock
from monitor.store import pages
from monitor.web import inert
from monitor.web.finding import Found, find
from monitor.web.site import Site, View, site_of

ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_STATUS = {"mistake": 400, "too-long": 400, "busy": 503}


class Entry(NamedTuple):
    """An entry and its name, which never changes; of one story's feed, a story with one article."""

    name: str
    story: pages.Story


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed is of: `page` is the page that shows the same, `asked` the feed's own parameters."""

    name: str
    title: str
    page: str
    asked: dict[str, str]
    entries: tuple[Entry, ...]


_Build = Callable[[Site, View, Channel], bytes]


def atom(request: Request) -> Response:
    """Atom 1.0 (RFC 4287)."""
    return _answer(request, "application/atom+xml", _atom)


def json_feed(request: Request) -> Response:
    """JSON Feed 1.1."""
    return _answer(request, "application/feed+json", _json)


def _answer(request: Request, kind: str, build: _Build) -> Response:
    site, view = site_of(request), View(site_of(request), request)
    query, uid = (request.query_params.get(name, "").strip() for name in ("q", "story"))
    if uid:
        channel = _of_story(site, view, uid)
    else:
        found = find(site, query, limit=ENTRIES) if query else None
        if found and found.trouble:
            return _apology(found)
        channel = _of_search(site, view, query, found)
    return _unless_known(request, build(site, view, channel), kind)


def _of_search(site: Site, view: View, query: str, found: Found | None) -> Channel:
    """Newest first, each story once."""
    stories = pages.newest(site.archive(), limit=ENTRIES) if found is None else _found(found)
    entries = tuple(Entry(f"story/{s.uid}", s) for s in stories)
    if not query:
        return Channel("all", _title(site, view, ""), view.url("/"), {}, entries)
    return Channel(
        f"search/{quote(query, safe='')}",
        _title(site, view, query),
        view.url("/search", q=query),
        {"q": query},
        entries,
    )


def _found(found: Found) -> Iterable[pages.Story]:
    return {s.id: s for h in found.hits if (s := found.stories.get(h.article))}.values()


def _of_story(site: Site, view: View, uid: str) -> Channel:
    """Whoever joins in telling it, newest first. Raises HTTPException 404."""
    story = pages.story(site.archive(), uid)
    if story is None:
        raise HTTPException(404)
    newest = sorted(story.articles, key=lambda a: (a.seen, a.id), reverse=True)[:ENTRIES]
    entries = tuple(
        Entry(f"article/{a.uid}", replace(story, articles=(a,), first_seen=a.seen, last_seen=a.seen)) for a in newest
    )
    name = f"story/{story.uid}"
    return Channel(
        name, _title(site, view, story.lead(view.language).title), view.url(f"/{name}"), {"story": uid}, entries
    )


def _apology(found: Found) -> Response:
    status = _STATUS[found.trouble]
    words = f"{found.says} (at character {found.at + 1})" if found.says else f"the search was {found.trouble}"
    headers = {"Retry-After": "60"} if status == 503 else {}
    return PlainTextResponse(f"{words}\n", status, headers)


def _unless_known(request: Request, body: bytes, kind: str) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "max-age=300", "Vary": "Accept-Language"}
    known = [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=f"{kind}; charset=utf-8", headers=headers)


def _atom(site: Site, view: View, channel: Channel) -> bytes:
    Xml.register_namespace("", _ATOM)
    root = Xml.Element(f"{{{_ATOM}}}feed")
    _text(root, "title", channel.title)
    _text(root, "id", identifier(site, channel.name))
    _text(root, "updated", clock.to_text(max((e.story.last_seen for e in channel.entries), default=_day(view.now))))
    _text(_add(root, "author"), "name", site.title(view.words))
    address = f"{view.origin}{view.url('/feed.atom', **channel.asked)}"
    _add(root, "link", rel="self", type="application/atom+xml", href=address)
    _add(root, "link", rel="alternate", type="text/html", href=f"{view.origin}{channel.page}")
    for entry in channel.entries:
        _entry(root, site, view, entry)
    body: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _entry(root: Xml.Element, site: Site, view: View, told: Entry) -> None:
    story, lead = told.story, told.story.lead(view.language)
    entry = _add(root, "entry")
    entry.set("{http://www.w3.org/XML/1998/namespace}lang", lead.language or "und")
    _text(entry, "title", site.shown(lead.title) or "…")
    _text(entry, "id", identifier(site, told.name))
    _text(entry, "updated", clock.to_text(story.last_seen))
    _text(entry, "published", clock.to_text(story.first_seen))
    _add(entry, "link", rel="alternate", type="text/html", href=f"{view.origin}/story/{story.uid}")
    for voice in story.voices[:10]:
        if inert.link(voice.url):
            _add(entry, "link", rel="related", href=voice.url, title=site.shown(voice.outlet))
    _text(entry, "summary", summary(site, view, story))


def _json(site: Site, view: View, channel: Channel) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": f"{view.origin}{channel.page}",
        "feed_url": f"{view.origin}{view.url('/feed.json', **channel.asked)}",
        "language": view.language,
        "items": [_item(site, view, entry) for entry in channel.entries],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _item(site: Site, view: View, told: Entry) -> dict[str, object]:
    story, lead = told.story, told.story.lead(view.language)
    item: dict[str, object] = {
        "id": identifier(site, told.name),
        "url": f"{view.origin}/story/{story.uid}",
        "title": site.shown(lead.title) or "…",
        "content_text": summary(site, view, story),
        "date_published": clock.to_text(story.first_seen),
        "date_modified": clock.to_text(story.last_seen),
        "language": lead.language,
    }
    return item | ({"external_url": lead.url} if inert.link(lead.url) else {})


def summary(site: Site, view: View, story: pages.Story) -> str:
    """The sentences that matter, and who says so: never a body."""
    lead, t = story.lead(view.language), view.words
    voices = ", ".join(f"{site.shown(v.outlet)} ({t.named('type', v.type)})" for v in story.voices[:10])
    said = [site.shown(s if s.rstrip()[-1:] in ".!?…»”" else f"{s}.") for s in lead.beside_title[:2]]
    state = [f"{t.named('state', story.event.state)}."] if story.event else []
    return " ".join([*state, *said, f"{t('story.who')}: {voices}."])


def identifier(site: Site, path: str) -> str:
    """A tag URI (RFC 4151) that stays the same under every name of the site."""
    return f"tag:{urlsplit(site.hosts.base).hostname},2026:{path}"


def _title(site: Site, view: View, query: str) -> str:
    name = site.title(view.words)
    return site.shown(f"{name}: {query}" if query else name)


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _add(above: Xml.Element, name: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(above, f"{{{_ATOM}}}{name}", attributes)


def _text(above: Xml.Element, name: str, text: str) -> None:
    _add(above, name).text = text


ROUTES = [Route("/feed.atom", atom), Route("/feed.json", json_feed)]
