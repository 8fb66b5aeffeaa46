"""The people the operator made public: a list to look somebody up in, and a page for each with its status chain."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.model import Person
from monitor.reading.ledger import Line, from_json
from monitor.store import chronicle, pages
from monitor.store import people as register
from monitor.web.site import Site, site_of

#: A report that somebody is held is called old after this long.
STALE = timedelta(days=90)
_LATELY = timedelta(days=30)
_GROUPS = {"held": "held", "released": "released", "died": "died"}


def listing(request: Request) -> Response:
    """Everybody in the register, or those whose spelling contains what was typed."""
    site = site_of(request)
    typed = request.query_params.get("q", "")[:100]
    found = matching(site, typed)
    return site.page(
        request,
        "people.html",
        typed=typed,
        found=len(found),
        groups=_grouped(found),
        lately=chronicle.named_lately(site.archive(), site.now() - _LATELY),
        name_of=name_of,
    )


def person(request: Request) -> Response:
    """One person: spellings, what was said of them when and by whom, and the coverage."""
    site = site_of(request)
    found = register.person(site.archive(), request.path_params["id"])
    if found is None or site.veil.hides(found.name_en):
        raise HTTPException(404)
    said = chronicle.said_of(site.archive(), found.id)
    links = chronicle.chain(said)
    return site.page(
        request,
        "person.html",
        person=found,
        name_of=name_of,
        spellings=spellings(found),
        releases=_releases(site, found.id),
        links=links[::-1],
        said=said[::-1],
        known_since=_last_known(found, links),
        stale=is_stale(found, links, site.now()),
    )


def _releases(site: Site, person: str) -> list[tuple[pages.EventLine, Line]]:
    """The releases whose ledger names somebody, latest first, each with what became of them in it."""
    named = [event for event in pages.events_naming(site.archive(), person) if event.state != "retracted"]
    return [(event, line) for event in named if (line := from_json(event.ledger).people.get(person))]


def matching(site: Site, typed: str) -> list[Person]:
    """People of the register with a spelling that was typed; everybody for nothing typed."""
    return [p for p in register.all_people(site.archive()) if _contains(p, typed) and not site.veil.hides(p.name_en)]


def name_of(person: Person, language: str) -> str:
    """The name in a language of ours, else as it is known in English."""
    return {"be": person.name_be, "ru": person.name_ru}.get(language) or person.name_en


def spellings(person: Person) -> tuple[str, ...]:
    """Every spelling that is known, each once."""
    return tuple(dict.fromkeys(s for s in (person.name_be, person.name_ru, person.name_en, *person.aliases) if s))


def is_stale(person: Person, links: tuple[chronicle.Link, ...], now: datetime) -> bool:
    """Whether the last word is that somebody is held, and it is an old one (or nobody knows how old)."""
    last = links[-1].status if links else person.status
    if last != "held":
        return False
    known = _last_known(person, links)
    return known is None or now.date() - known > STALE


def _last_known(person: Person, links: tuple[chronicle.Link, ...]) -> date | None:
    """The day of the latest word on somebody's status; partial dates count from their first day."""
    said = [links[-1].last.at.date()] if links else []
    try:
        padded = f"{person.status_date}-01-01"[:10] if len(person.status_date) == 4 else f"{person.status_date}-01"[:10]
        said.append(date.fromisoformat(padded))
    except ValueError:
        pass
    return max(said, default=None)


def _grouped(people: list[Person]) -> list[tuple[str, list[Person]]]:
    """People by status: held, released, died, and everybody else."""
    groups: dict[str, list[Person]] = {"held": [], "released": [], "died": [], "unknown": []}
    for p in sorted(people, key=lambda p: p.name_en.split()[-1].casefold() if p.name_en else ""):
        groups[_GROUPS.get(p.status, "unknown")].append(p)
    return [(status, members) for status, members in groups.items() if members]


def _contains(person: Person, typed: str) -> bool:
    """Whether every word that was typed begins a word of one spelling, whatever the accents and case."""
    words = _folded(typed).split()
    return any(
        all(any(part.startswith(word) for part in _folded(spelling).split()) for word in words)
        for spelling in spellings(person)
    )


def _folded(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return bare.replace("-", " ")


ROUTES = [Route("/people", listing), Route("/person/{id}", person)]
