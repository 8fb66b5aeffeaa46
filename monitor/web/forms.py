"""What readers may ask for in a form, read strictly: settings, queries, a destination. Nothing typed is ever logged.

A form is only taken from one of our own pages. Mistakes are named by a key of the words, for the page to say kindly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
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
from monitor.subscribers.readers import CERTAINTIES, RELEASES, usual_certainty
from monitor.subscribers.vault import Vault
from monitor.web.budget import client_of
from monitor.web.guard import is_ours
from monitor.web.site import Site, site_of
from monitor.web.words import LANGUAGES

MOST_FIELDS = 60
MOST_QUERIES = 50
LONGEST_QUERY = 500
DISCRETIONS = ("discreet", "pointer", "open")
CHANNELS = ("email", "slack", "webhook")

MORNING = "08:00"
#: Offered while somebody types; any other zone is taken, too.
ZONES = (
    "Europe/Minsk", "Europe/Vilnius", "Europe/Warsaw", "Europe/Kyiv", "Europe/Riga", "Europe/Tallinn", "Europe/Berlin",
    "Europe/Prague", "Europe/Vienna", "Europe/Paris", "Europe/London", "Europe/Stockholm", "Europe/Rome",
    "Europe/Madrid", "Europe/Istanbul", "Asia/Tbilisi", "Asia/Jerusalem", "America/New_York", "America/Chicago",
    "America/Los_Angeles", "America/Toronto", "UTC",
)  # fmt: skip

#: A name that is in no register is followed as it was spelt, by those who wait for somebody nobody writes about.
_SPELT = re.compile(r'person:"([^"]{1,80})"')
_SPOILS = re.compile(r'["\x00-\x1f\\]')
_CHOSEN = re.compile(r"(person|topic):([\w-]{1,80})")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

Handler = Callable[[Request, FormData], Response]


@dataclass(frozen=True, slots=True)
class Wishes:
    """A form as typed, what it means, and what is wrong with it (keys of `mistake.…`)."""

    typed: dict[str, str] = field(default_factory=dict, repr=False)
    settings: dict[str, Any] = field(default_factory=dict, repr=False)
    subscriptions: list[dict[str, Any]] = field(default_factory=list, repr=False)
    mistakes: tuple[str, ...] = ()
    says: str = ""

    @property
    def people(self) -> list[str]:
        """Ids of the people who are followed."""
        return _named("person", self.subscriptions)

    @property
    def topics(self) -> list[str]:
        return _named("topic", self.subscriptions)

    @property
    def by_certainty(self) -> dict[str, list[str]]:
        """How sure it must be → what is wished for at that. A digest of releases also brings what is less sure."""
        found: dict[str, list[str]] = {}
        for wish in self.subscriptions:
            anything = wish["query"] == RELEASES and not wish["instant"]
            found.setdefault("" if anything else wish["certainty"], []).append(wish["query"])
        return found


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


def put_away_within_budget(request: Request, asked: dict[str, Any], about: str) -> None:
    """What anybody may ask without a token, as often as the budget allows. Raises HTTPException 429, 503."""
    site = site_of(request)
    if not site.budget.takes(client_of(request, site.config.web.proxies), about, site.now()):
        raise HTTPException(429)
    put_away(site, asked)


def put_away(site: Site, asked: dict[str, Any]) -> None:
    """Seal a request for `send`. Raises HTTPException 503 where this site keeps no readers."""
    desk = site.desk()
    try:
        vault = Vault.load(site.state / "private")
    except KeysMissing:
        desk = None
    if desk is None:
        raise HTTPException(503)
    requests.append(desk, vault, asked, site.now())


def read(form: FormData, language: str, *, also: Iterable[str] = (), daily: bool = False) -> Wishes:
    """Settings and queries as somebody typed them; `also` are further people, `daily` stands over what was chosen."""
    typed = {name: str(value)[:5000].strip() for name, value in form.items()}
    if daily:
        typed |= {"when": "daily", "hour": typed.get("hour") or MORNING}
    if name := _SPOILS.sub(" ", typed.pop("spelling", "")).strip()[:80]:
        typed["queries"] = f'{typed.get("queries", "")}\nperson:"{name}"'.strip()
    lines = [line.strip() for line in typed.get("queries", "").splitlines()]
    queries = [*_ticked(form, "topic"), *filter(None, lines), *_ticked(form, "person", also)]
    queries = list(dict.fromkeys(queries))
    mistakes, says = _mistakes(typed, queries)
    return Wishes(typed, _settings(typed, language), [_subscription(q, typed) for q in queries], mistakes, says)


def _ticked(form: FormData, name: str, also: Iterable[str] = ()) -> list[str]:
    """What was chosen from a list, as queries."""
    codes = [*map(str, form.getlist(name)), *also]
    return [f"{name}:{code}" for code in codes if re.fullmatch(r"[\w-]{1,80}", code)]


def as_typed(held: dict[str, Any], offered: Collection[str]) -> Wishes:
    """Settings that are kept, as the form shows them; wishes that it does not offer (any more) stand as lines."""
    chosen, wanted = held.get("settings", {}), list(held.get("subscriptions", ()))
    quiet = [*chosen.get("quiet", ()), "", ""]
    typed = {
        "queries": "\n".join(s["query"] for s in wanted if s["query"] not in offered),
        "when": "daily" if chosen.get("hour") and not any(s.get("instant") for s in wanted) else "now",
        "certainty": next((s["certainty"] for s in wanted if s["query"].startswith("person:")), "corroborated"),
        "hints": "yes" if any(s["query"] == RELEASES and not s["certainty"] for s in wanted) else "",
        "quiet_from": quiet[0],
        "quiet_to": quiet[1],
        "weekly": "yes" if chosen.get("weekly", True) else "no",
        **{name: str(chosen.get(name, "")) for name in ("language", "zone", "hour", "discretion", "code_word")},
    }
    return Wishes(typed, chosen, wanted)


def _named(kind: str, subscriptions: list[dict[str, Any]]) -> list[str]:
    found = (_CHOSEN.fullmatch(s["query"]) for s in subscriptions)
    return [m[2] for m in found if m and m[1] == kind]


def _subscription(query: str, typed: dict[str, str]) -> dict[str, Any]:
    spelt = _SPELT.fullmatch(query)
    return {
        "name": spelt[1] if spelt else query[:80],
        "query": query,
        "instant": typed.get("when", "now") != "daily",
        "certainty": _certainty(query, typed),
    }


def _certainty(query: str, typed: dict[str, str]) -> str:
    """How sure it must be: of somebody as chosen, of anything else as usual, unless hints are wished for."""
    if not (_CHOSEN.fullmatch(query) or _SPELT.fullmatch(query)) or not query.startswith("person:"):
        return "" if typed.get("hints") else usual_certainty(query)
    chosen = typed.get("certainty", "corroborated")
    return chosen if chosen in ("", *CERTAINTIES) else "corroborated"


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
