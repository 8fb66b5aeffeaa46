"""Leaving: `/u/{token}`. A GET shows a button and changes nothing, because link scanners follow links; a POST leaves.

The POST of RFC 8058 comes from a mail program: no cookie, no Referer, any Origin. Whoever has the token may use it, for
nothing but this. Anything else that is put in a token's place gets one and the same page, which says that the link does
not work any more.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.subscribers import requests
from monitor.web.site import Site, site_of


def leave(request: Request) -> Response:
    """The page with the button, or the answer to pressing it. What the posted form says does not matter."""
    site = site_of(request)
    done = request.method == "POST"
    known = (_mark if done else _knows)(site, request.path_params["token"])
    answer = site.page(request, "leave.html", 200 if known else 404, done=done, known=known)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _mark(site: Site, token: str) -> bool:
    desk = site.desk()
    return desk is not None and requests.mark_left(desk, token, site.now())


def _knows(site: Site, token: str) -> bool:
    private = site.private()
    return private is not None and requests.token_scope(private, token, site.now()) == "leave"


ROUTES = [Route("/u/{token}", leave, methods=["GET", "POST"])]
