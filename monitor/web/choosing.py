"""What can be chosen from a list: people by name, topics. Names come with the page, so that no keystroke is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any

from starlette.datastructures import FormData

from monitor.model import Person
from monitor.store import people as register
from monitor.web import forms
from monitor.web.people import matching, name_of
from monitor.web.site import Site
from monitor.web.words import words

#: More names than this would make the page slow on a phone; whoever is not among them is found all the same.
NAMES = 1500
#: What most come for stands first.
TOPICS = ("releases", "families", "held-and-health", "repression", "sanctions-diplomacy", "elections")
SUGGESTED = 12


def read(site: Site, form: FormData, language: str, *, daily: bool = False) -> tuple[forms.Wishes, list[Person] | None]:
    """The form as typed, and who may be meant by the name in it: None where there is nothing to choose.

    A name that can only mean one person is that choice.
    """
    typed = str(form.get("name", ""))[:100].strip()
    found = suggested(site, typed, map(str, form.getlist("person")))
    only = [found[0].id] if len(found) == 1 else []
    wishes = forms.read(form, language, also=only, daily=daily)
    settled = only or form.get("spelling") == typed or not typed
    if settled:
        wishes.typed["name"] = ""
    _name(site, wishes)
    return wishes, None if settled else found


def _name(site: Site, wishes: forms.Wishes) -> None:
    """Call each wish in the messages what it was called where it was chosen."""
    language = wishes.settings["language"]
    called = {f"person:{p.id}": name_of(p, language) for p in picked(site, wishes.people)}
    called |= {f"topic:{topic}": words(language).named("topic", topic).partition(":")[0] for topic in wishes.topics}
    for wish in wishes.subscriptions:
        wish["name"] = called.get(wish["query"], wish["name"])[:80]


def as_typed(site: Site, held: dict[str, Any]) -> forms.Wishes:
    """Settings that are kept, as the form shows them."""
    people = picked(site, forms.Wishes(subscriptions=list(held.get("subscriptions", ()))).people)
    return forms.as_typed(held, {*(f"person:{p.id}" for p in people), *(f"topic:{t}" for t in topics(site))})


def shown(
    site: Site, language: str, wishes: forms.Wishes, people: Sequence[Person], found: Sequence[Person] | None = None
) -> dict[str, Any]:
    """What the fields of a form show."""
    return {
        "typed": wishes.typed,
        "picked": people,
        "suggested": found,
        "names": names(site, language),
        "topics": topics(site),
        "wanted_topics": wishes.topics,
        "name_of": name_of,
        "forms": forms,
    }


def names(site: Site, language: str) -> list[str]:
    """Names that the browser offers while one is typed."""
    return [name_of(p, language) for p in matching(site, "")[:NAMES]]


def picked(site: Site, ids: Iterable[str]) -> list[Person]:
    """The people of the register with these ids."""
    wanted = list(dict.fromkeys(ids))[: forms.MOST_QUERIES]
    people = [register.person(site.archive(), i) for i in wanted if i]
    return [p for p in people if p is not None and not site.veil.hides(p.name_en)]


def suggested(site: Site, typed: str, chosen: Iterable[str]) -> list[Person]:
    """Who may be meant by a name, without those who are chosen already."""
    if not typed:
        return []
    known = set(chosen)
    found = [p for p in matching(site, typed) if p.id not in known]
    exactly = [p for p in found if typed.casefold() in (name_of(p, code).casefold() for code in ("be", "ru", "en"))]
    return (exactly if len(exactly) == 1 else found)[:SUGGESTED]


def topics(site: Site) -> list[str]:
    """The shipped topics in the order of TOPICS, then the operator's."""
    folder = resources.files("monitor").joinpath("data/topics")
    shipped = {f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")}
    known = {*shipped, *(topic.casefold() for topic in site.config.topics)}
    return [*(topic for topic in TOPICS if topic in known), *sorted(known - set(TOPICS))]
