"""The website as one ASGI application. It reads archive.db, and appends sealed requests; it cannot list anybody.

Pages are made on the server and work without scripts, cookies and foreign hosts. There is no admin page: what an
operator does, an operator does by command.
"""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp

from monitor import clock
from monitor.config import Config
from monitor.store import sqlite3
from monitor.web import (
    api,
    consent,
    event,
    feeds,
    finding,
    health,
    leaving,
    people,
    reading,
    signing_up,
    sources,
    timeline,
)
from monitor.web.guard import Guard
from monitor.web.site import Site, site_of
from monitor.web.words import words

log = logging.getLogger(__name__)

#: The largest form we take is a sign-up: far below this.
MAX_BODY = 64 * 1024
#: What SQLite says when the disk is full or broken, or somebody holds the lock.
PASSES = ("locked", "busy", "full", "disk i/o", "readonly")


#: What a page of refusal says, by status.
_WHY = {404: "missing", 410: "missing", 403: "foreign", 429: "often", 503: "closed"}
_LATER = """Please try again in a minute.
Калі ласка, паспрабуйце яшчэ раз праз хвіліну.
Пожалуйста, попробуйте ещё раз через минуту.
"""


class _Website(FastAPI):
    """FastAPI with the guard around everything, the framework's own refusals included."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack(), self.state.site.hosts)


def create_app(config: Config, state: Path, *, now: clock.Clock = clock.now) -> FastAPI:
    """The application over the databases in `state`. `now` is the clock its pages go by."""
    site = Site(config, state, now)
    app = _Website(
        title=site.title(words("en")),
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        max_body_size=MAX_BODY,
        exception_handlers={
            HTTPException: _refusal,
            RequestValidationError: _misasked,
            sqlite3.OperationalError: _busy,
        },
        redirect_slashes=False,
    )
    app.state.site = site
    for room in (reading, event, finding, people, timeline, sources, feeds, leaving, consent, signing_up, health):
        app.router.routes.extend(room.ROUTES)
    app.include_router(api.router)
    return app


async def _refusal(request: Request, trouble: HTTPException) -> Response:
    """404 and its relatives: a page for people, JSON under /api, nothing of what was asked for in either."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": trouble.detail}, trouble.status_code, trouble.headers)
    if request.method not in ("GET", "HEAD") and "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(f"{trouble.detail}\n", trouble.status_code, trouble.headers)
    why = _WHY.get(trouble.status_code, "other")
    answer = site_of(request).page(request, "refusal.html", trouble.status_code, why=why)
    answer.headers.update(trouble.headers or {})
    return answer


async def _busy(request: Request, trouble: sqlite3.OperationalError) -> Response:
    """A full disk, or somebody else's lock: it passes. Anything else is our mistake."""
    if not any(word in str(trouble).casefold() for word in PASSES):
        raise trouble
    log.error("nothing can be written now: %s", trouble)
    return PlainTextResponse(_LATER, 503, {"Retry-After": "60", "Cache-Control": "no-store"})


async def _misasked(request: Request, trouble: RequestValidationError) -> Response:
    names = sorted({str(e["loc"][-1]) for e in trouble.errors()})
    return JSONResponse({"error": f"not understood: {', '.join(names)}"}, 400)
