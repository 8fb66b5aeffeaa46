"""One event: who gives which number, the sentence behind it, who was named, and what nobody has said yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.model import Person
from monitor.reading.ledger import TOTALS, Figure, Ledger, Line, from_json
from monitor.store import Database, pages
from monitor.store import people as register
from monitor.web.people import name_of
from monitor.web.site import Site, View, site_of
from monitor.web.words import Words

#: The order of the ledger; places and nationalities follow.
MEANINGS = ("official", "verified", "reported", "political", "cumulative")

#: Origins that are named when an outlet of another type reports their word.
_SPEAKS_THROUGH = {
    "official-by": ("official", "state-aligned"),
    "viasna": ("ngo",),
    "ngo": ("ngo",),
    "agency": ("agency",),
    "destination-state": ("destination-state",),
    "relative": (),
    "us": (),
}

Basis = Mapping[int, tuple[pages.Article, tuple[dict[str, Any], ...]]]


@dataclass(frozen=True, slots=True)
class Voice:
    """One number as somebody gave it: who, and the sentence it was read from where an article stands behind it."""

    value: int
    origin: str
    owner: str
    at: str
    article: pages.Article | None
    sentence: str

    @property
    def relays(self) -> bool:
        """Whether the article passes on somebody else's word, rather than being that somebody."""
        return (
            self.origin in _SPEAKS_THROUGH
            and self.article is not None
            and (self.article.type not in _SPEAKS_THROUGH[self.origin])
        )


@dataclass(frozen=True, slots=True)
class Count:
    """One meaning of the ledger: the figure that stands, and everybody who gave one."""

    meaning: str
    value: int | None
    voices: tuple[Voice, ...]


def page(request: Request) -> Response:
    """The event's page, or the way to the event it was merged into."""
    site = site_of(request)
    slug = request.path_params["slug"]
    found = pages.event(site.archive(), slug)
    if found is None:
        raise HTTPException(404)
    if found.slug != slug:
        return RedirectResponse(View(site, request).url(f"/event/{found.slug}"), 301)
    ledger = from_json(found.ledger)
    return site.page(
        request,
        "event.html",
        event=found,
        ledger=ledger,
        counts=counts(site.archive(), ledger),
        freed=_people(site, ledger, ("named", "corroborated", "confirmed")),
        refused=_people(site, ledger, ("refused",)),
        withdrawn=_people(site, ledger, ("retracted",)),
        stories=pages.stories_of(site.archive(), found),
        meaning=meaning,
        name_of=name_of,
    )


def counts(db: Database, ledger: Ledger) -> list[Count]:
    """The ledger line by line, totals first."""
    basis = pages.basis(db, {f.article for figures in ledger.figures.values() for f in figures if f.article})
    ordered = sorted(ledger.figures, key=lambda m: (MEANINGS.index(m) if m in MEANINGS else len(MEANINGS), m))
    return [
        Count(
            m,
            ledger.value(m),
            tuple(_voice(m, f, basis) for f in ledger.figures[m] if not f.article or f.article in basis),
        )
        for m in ordered
    ]


def meaning(words: Words, code: str) -> str:
    """What a number counts, in words: `to:Lithuania` is a destination, `of:Poland` a nationality."""
    kind, _, place = code.partition(":")
    return words(f"meaning_of.{kind}", place=words.named("place", place)) if place else words.named("meaning_of", code)


def _voice(meaning: str, figure: Figure, basis: Basis) -> Voice:
    article, claims = basis.get(figure.article, (None, ()))
    sentence = _sentence(meaning, figure.value, claims)
    return Voice(figure.value, figure.origin, figure.owner, figure.at, article, sentence)


def _sentence(meaning: str, value: int, claims: Sequence[dict[str, Any]]) -> str:
    """The sentence in which the number stands with this meaning; of an article read by an older program that of its
    claim."""
    meaning = "total" if meaning in TOTALS else meaning
    for claim in claims:
        said = dict(claim.get("said", ()))
        if meaning in said and value in (claim.get(meaning), dict(claim.get("per", ())).get(meaning)):
            return str(said[meaning])
    return str(claims[0].get("sentence", "")) if claims else ""


def _people(site: Site, ledger: Ledger, states: Sequence[str]) -> list[tuple[Person, Line]]:
    """People of the register in one of these states; `held` is left to a human, whatever a report says."""
    found = [
        (person, line)
        for name, line in ledger.people.items()
        if line.state in states and (person := register.person(site.archive(), name)) is not None
    ]
    return [(person, line) for person, line in found if not site.veil.hides(person.name_en)]


ROUTES = [Route("/event/{slug}", page)]
