"""What readers may ask for in a form, read strictly: settings, queries, a destination. Nothing typed is ever logged.

A form is only taken from one of our own pages. Mistakes are named by a key of the words, for the page to say kindly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.errors import KeysMissing, QueryError
from monitor.subscribers import requests
from monitor.subscribers.vault import Vault
from monitor.web.guard import is_ours
from monitor.web.site import Site, site_of
from monitor.web.words import LANGUAGES

MOST_FIELDS = 60
MOST_QUERIES = 50
LONGEST_QUERY = 500
CERTAINTIES = ("", "hint", "announced", "named", "corroborated", "confirmed")
DISCRETIONS = ("discreet", "pointer", "open")
CHANNELS = ("email", "slack", "webhook")

_PERSON = re.compile(r"person:[\w-]+")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

Handler = Callable[[Request, FormData], Response]


@dataclass(frozen=True, slots=True)
class Wishes:
    """A form as typed, what it means, and what is wrong with it (keys of `mistake.…`).

    `query` is any of the wishes; how sure it must be is asked of the people who are followed, so `people` and `others`
    keep them apart.
    """

    typed: dict[str, str] = field(repr=False)
    settings: dict[str, Any] = field(repr=False)
    subscriptions: list[dict[str, Any]] = field(repr=False)
    mistakes: tuple[str, ...] = ()
    says: str = ""
    people: tuple[str, ...] = field(default=(), repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)

    @property
    def query(self) -> str:
        return any_of((*self.others, *self.people))


def any_of(queries: Iterable[str]) -> str:
    """One query that several are together."""
    return " OR ".join(f"({q})" for q in queries)


def taking(handle: Handler) -> Callable[[Request], Any]:
    """An endpoint that takes a form of ours and answers it off the event loop; 403 for anybody else's form."""

    async def answer(request: Request) -> Response:
        if not is_ours(request.headers, site_of(request).hosts):
            raise HTTPException(403)
        async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
            return unkept(await run_in_threadpool(handle, request, form))

    return answer


def unkept(answer: Response) -> Response:
    """Nobody keeps a page that a token opened or that holds what a reader typed."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def put_away(site: Site, request: dict[str, Any]) -> None:
    """Seal a request for `send`. Raises HTTPException 503 where this site keeps no readers."""
    desk = site.desk()
    try:
        vault = Vault.load(site.state / "private")
    except KeysMissing:
        desk = None
    if desk is None:
        raise HTTPException(503)
    requests.append(desk, vault, request, site.now())


def read(form: FormData, language: str) -> Wishes:
    """Settings and queries as somebody typed them."""
    typed = {name: str(value)[:5000].strip() for name, value in form.items()}
    people = [str(p) for p in form.getlist("person") if re.fullmatch(r"[a-z0-9-]{1,80}", str(p))]
    queries = [line.strip() for line in typed.get("queries", "").splitlines() if line.strip()]
    queries += [f"person:{p}" for p in people]
    mistakes, says = _mistakes(typed, queries)
    subscriptions = [_subscription(q, typed) for q in queries]
    return Wishes(
        typed,
        _settings(typed, language),
        subscriptions,
        mistakes,
        says,
        tuple(q for q in queries if follows_somebody(q)),
        tuple(q for q in queries if not follows_somebody(q)),
    )


def follows_somebody(query: str) -> bool:
    """Whether a wish is one person of the register, and nothing else."""
    return bool(_PERSON.fullmatch(query))


def _subscription(query: str, typed: dict[str, str]) -> dict[str, Any]:
    """Somebody's release is told when it is sure enough; what is wished for in words is told as it is found."""
    certainty = typed.get("certainty", "corroborated") if follows_somebody(query) else ""
    return {
        "name": query[:80],
        "query": query,
        "instant": typed.get("when", "now") != "daily",
        "certainty": certainty if certainty in CERTAINTIES else "corroborated",
    }


def _settings(typed: dict[str, str], language: str) -> dict[str, Any]:
    chosen = typed.get("language", language)
    quiet = (typed.get("quiet_from", ""), typed.get("quiet_to", ""))
    return {
        "language": chosen if chosen in LANGUAGES else language,
        "zone": typed.get("zone", "") or "Europe/Minsk",
        "hour": typed.get("hour", "") if typed.get("when") == "daily" else "",
        "quiet": quiet if all(quiet) else (),
        "discretion": typed.get("discretion", "discreet"),
        "code_word": typed.get("code_word", ""),
        "weekly": typed.get("weekly") != "no",
    }


def _mistakes(typed: dict[str, str], queries: list[str]) -> tuple[tuple[str, ...], str]:
    found, says = [], ""
    if not queries:
        found.append("nothing")
    if len(queries) > MOST_QUERIES or any(len(q) > LONGEST_QUERY for q in queries):
        found.append("too_much")
    elif trouble := _unreadable(queries):
        found.append("query")
        says = trouble
    if typed.get("when") == "daily" and not _HOUR.fullmatch(typed.get("hour", "")):
        found.append("hour")
    if any(typed.get(name) and not _HOUR.fullmatch(typed[name]) for name in ("quiet_from", "quiet_to")):
        found.append("hour")
    if typed.get("zone") and typed["zone"] not in available_timezones():
        found.append("zone")
    if typed.get("discretion", "discreet") not in DISCRETIONS or len(typed.get("code_word", "")) > 80:
        found.append("settings")
    return tuple(dict.fromkeys(found)), says


def _unreadable(queries: list[str]) -> str:
    """What is wrong with the first query that cannot be read (one that meets everything is refused, too)."""
    from monitor.matching.query import parse  # with it come the words of seven languages

    for query in queries:
        try:
            parse(query)
        except QueryError as trouble:
            return str(trouble)
    return ""


def destination(channel: str, to: str) -> bool:
    """Whether a message could be sent there at all. Whether somebody is there is not our question."""
    if channel == "email":
        return _is_mailbox(to)
    if channel == "slack":
        return bool(re.fullmatch(r"https://hooks\.slack(-gov)?\.com/[\w/-]{10,300}", to))
    return channel == "webhook" and bool(re.fullmatch(r"https://[^\s@\\/]+\.[^\s@\\/]+(/\S{0,1500})?", to))


def _is_mailbox(to: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(to, check_deliverability=False, allow_domain_literal=False, allow_quoted_local=False)
    except EmailNotValidError:
        return False
    return True
