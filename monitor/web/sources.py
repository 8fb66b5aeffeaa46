"""The sources and how each of them is doing, in words; the same list as OPML for a feed reader."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.store import health
from monitor.store.health import SourceHealth
from monitor.web import inert
from monitor.web.site import View, site_of

_ORDER = ("suspicious", "failing", "blocked", "moved", "quiet", "waiting", "well", "off")


def listing(request: Request) -> Response:
    """Every source by how it is doing, those in trouble first."""
    site = site_of(request)
    found = health.sources(site.archive(), site.now())
    groups = [(c, [s for s in found if s.condition == c]) for c in _ORDER]
    return site.page(request, "sources.html", groups=[(c, members) for c, members in groups if members])


def opml(request: Request) -> Response:
    """The sources that are feeds, as a subscription list (OPML 2.0): readable without us."""
    site = site_of(request)
    feeds = [s for s in health.sources(site.archive(), site.now()) if s.kind == "feed" and s.condition != "off"]
    body = Xml.tostring(_outline(site.title(View(site, request).words), feeds), encoding="utf-8", xml_declaration=True)
    headers = {"Content-Disposition": 'attachment; filename="sources.opml"', "Cache-Control": "max-age=3600"}
    headers["Vary"] = "Accept-Language"
    return Response(body, media_type="text/x-opml", headers=headers)


def _outline(title: str, feeds: list[SourceHealth]) -> Xml.Element:
    root = Xml.Element("opml", version="2.0")
    Xml.SubElement(Xml.SubElement(root, "head"), "title").text = inert.plain(title)
    body = Xml.SubElement(root, "body")
    for feed in feeds:
        if inert.link(feed.url):
            name = inert.plain(feed.name)
            Xml.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
    return root


ROUTES = [Route("/sources", listing), Route("/opml", opml)]
