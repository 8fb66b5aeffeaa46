"""Pages that a mailed token opens: confirm, "this was not me", settings; and the way to a fresh link to the settings.

A GET never changes anything, only a POST from the page itself does. No page repeats its token or an address. What is
asked is sealed and put away; `send` decides, and no answer here tells whether anybody is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from monitor.model import Person
from monitor.subscribers import requests
from monitor.web import choosing, forms
from monitor.web.site import Site, View, site_of
from monitor.web.why import sentence

_KINDS = {"confirm": "confirm", "not-me": "not-me"}


def _button(scope: str) -> Any:
    """The page of a token that does one thing: a button, and what is said when it was pressed."""

    def show(request: Request) -> Response:
        return _answer(request, scope, _opens(site_of(request), request.path_params["token"], scope), done=False)

    def act(request: Request, form: FormData) -> Response:
        site, token = site_of(request), request.path_params["token"]
        known = _opens(site, token, scope)
        if known:
            forms.put_away(site, {"kind": _KINDS[scope], "token": token})
        return _answer(request, scope, known, done=True)

    return both(show, act)


def _answer(request: Request, scope: str, known: bool, *, done: bool) -> Response:
    status = 200 if known else 404
    return forms.unkept(
        site_of(request).page(request, "consent.html", status, scope=scope.replace("-", "_"), known=known, done=done)
    )


def both(show: Callable[[Request], Response], act: forms.Handler) -> Any:
    """An endpoint that shows on GET and acts on POST; neither answer is kept by anybody."""
    take = forms.taking(act)

    async def endpoint(request: Request) -> Response:
        if request.method == "POST":
            answer: Response = await take(request)
            return answer
        return forms.unkept(await run_in_threadpool(show, request))

    return endpoint


def _opens(site: Site, token: str, scope: str) -> bool:
    private = site.private()
    return private is not None and requests.token_scope(private, token, site.now()) == scope


def code(request: Request) -> Response:
    """Where the code is typed that was posted to a Slack channel."""
    return site_of(request).page(request, "code.html", done=False, manage="")


def take_code(request: Request, form: FormData) -> Response:
    """A right and a wrong code get the same answer, with a link that only a right one makes work.

    The link's token is made here and goes to `send` sealed: it is on no page but this one, and never in the channel.
    """
    code, manage = str(form.get("code", ""))[:60].strip().upper(), requests.new_token()
    forms.put_away_within_budget(request, {"kind": "confirm", "token": code, "manage": manage}, code)
    return site_of(request).page(request, "code.html", done=True, manage=f"{requests.MANAGE_PATH}/{manage}")


def ask(request: Request) -> Response:
    """Where a fresh link to one's settings is asked for."""
    return site_of(request).page(request, "ask.html", done=False, slack=False)


def take_ask(request: Request, form: FormData) -> Response:
    """The same answer for an address that is known and one that is not."""
    to = str(form.get("to", ""))[:2000].strip()
    forms.put_away_within_budget(request, {"kind": "manage-link", "to": to}, to)
    return site_of(request).page(request, "ask.html", done=True, slack=forms.destination("slack", to))


def settings(request: Request) -> Response:
    """What somebody asked to hear, and how; opened by the token in the address and by nothing else."""
    held = _held(request)
    if held is None:
        return site_of(request).page(request, "consent.html", 404, scope="manage", known=False, done=False)
    return _settings_page(request, choosing.as_typed(site_of(request), held))


def take_settings(request: Request, form: FormData) -> Response:
    """Save, pause, resume, erase, ask why, or take a copy of everything that is held."""
    site, token, held = site_of(request), request.path_params["token"], _held(request)
    if held is None:
        return site.page(request, "consent.html", 404, scope="manage", known=False, done=False)
    wish = str(form.get("do", ""))
    if wish == "export":
        return JSONResponse(held, headers={"Content-Disposition": 'attachment; filename="settings.json"'})
    if wish == "why":
        return _settings_page(
            request, choosing.as_typed(site_of(request), held), why=sentence(site, held, str(form.get("what", "")))
        )
    wishes, found = choosing.read(site, form, View(site, request).language)
    if wish == "find" or (wish == "save" and found is not None):
        return _settings_page(request, wishes, found)
    if wish == "save" and wishes.mistakes:
        return _settings_page(request, wishes, mistakes=wishes.mistakes)
    asked = _change(wishes, wish)
    forms.put_away(site, asked | {"token": token})
    return site.page(request, "consent.html", scope="manage", known=True, done=True)


def _change(wishes: forms.Wishes, wish: str) -> dict[str, Any]:
    """The request that a pressed button means."""
    if wish == "erase":
        return {"kind": "erase"}
    if wish in ("pause", "resume"):
        return {"kind": "change", "state": "paused" if wish == "pause" else "active"}
    return {"kind": "change", "settings": wishes.settings, "subscriptions": wishes.subscriptions}


def _settings_page(
    request: Request,
    wishes: forms.Wishes,
    found: Sequence[Person] | None = None,
    mistakes: tuple[str, ...] = (),
    why: str = "",
) -> Response:
    site, held = site_of(request), _held(request) or {}
    people = choosing.picked(site, wishes.people)
    shown = choosing.shown(site, View(site, request).language, wishes, people, found)
    return site.page(
        request,
        "settings.html",
        400 if mistakes else 200,
        mistakes=mistakes,
        says=wishes.says,
        why=why,
        paused=held.get("state") == "paused",
        **shown,
    )


def _held(request: Request) -> dict[str, Any] | None:
    site = site_of(request)
    private = site.private()
    return requests.settings(private, request.path_params["token"], site.now()) if private else None


_POST = ["GET", "POST"]
ROUTES = [
    Route("/c/{token}", _button("confirm"), methods=_POST),
    Route("/x/{token}", _button("not-me"), methods=_POST),
    Route("/c", both(code, take_code), methods=_POST),
    Route("/m", both(ask, take_ask), methods=_POST),
    Route("/m/{token}", both(settings, take_settings), methods=_POST),
]
