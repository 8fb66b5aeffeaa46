"""What changed between two states of a published list of prisoners, told as articles like any other source's.

So that list and newspapers feed the same ledger, a change becomes a short text of its own, with the list as its
source. Only people of the public register are named; the others are a number. A row that vanished proves nothing: it
is removed, merged, or withheld on purpose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.model import Article, ListedPerson, Listing

#: More rows than this share changing at once is a rebuilt site, not news, unless a release is being reported.
SUSPICIOUS = 0.03

ACTIVE, FORMER = "active", "former"


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a listed person: no name, no id that could be read back."""

    status: str
    released_on: str = ""
    died: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """`rows` is the list's new state, `articles` what is news in it; `doubt` says why it was not believed, or ''."""

    rows: Mapping[str, Row]
    articles: tuple[Article, ...] = ()
    doubt: str = ""


def changes(
    before: Mapping[str, Row],
    listing: Listing,
    name_of: Callable[[str], str],
    *,
    event_is_open: bool = False,
    suspicious: float = SUSPICIOUS,
) -> Change:
    """Compare a list with its last accepted state.

    `name_of` gives a listed name's form in the public register, '' for everybody else. Without an earlier state
    everything is as it was: a first visit is no news.
    """
    rows = {
        key_of(p.id): Row(p.status, p.released_on.isoformat() if p.released_on else "", p.died) for p in listing.people
    }
    if not before:
        return Change(rows)
    changed = [p for p in listing.people if before.get(key_of(p.id)) not in (None, rows[key_of(p.id)])]
    if len(changed) > suspicious * len(before) and not event_is_open:
        return Change(
            before, doubt=f"{len(changed)} of {len(before)} rows changed at once: held until a person has looked"
        )
    told = [a for p in changed if (name := name_of(p.name)) and (a := _told(before[key_of(p.id)], p, name, listing))]
    freed = [p for p in changed if _left(before[key_of(p.id)], rows[key_of(p.id)])]
    if unnamed := len(freed) - sum("released" in a.text for a in told):
        told.append(_number(unnamed, listing))
    return Change(rows, tuple(told))


def key_of(person: str) -> str:
    """A listed person's id as it is kept."""
    return hashlib.sha256(person.encode()).hexdigest()[:24]


def _left(before: Row, now: Row) -> bool:
    return not now.died and (
        (before.status, now.status) == (ACTIVE, FORMER) or (not before.released_on and bool(now.released_on))
    )


def _told(before: Row, person: ListedPerson, name: str, listing: Listing) -> Article | None:
    now = Row(person.status, person.released_on.isoformat() if person.released_on else "", person.died)
    if now.died and not before.died:
        title, text = (
            f"{name} is listed as having died",
            f"The rights group's list says that {name} died in prison in Belarus.",
        )
    elif _left(before, now):
        on = f" on {person.released_on.day} {person.released_on:%B %Y}" if person.released_on else ""
        title = f"Viasna: political prisoner {name} released"
        text = f"Political prisoner {name} was released{on} in Belarus, according to the rights group Viasna's list."
    elif (before.status, now.status) == (FORMER, ACTIVE):
        title = f"{name} is on the list of political prisoners again"
        text = f"{name} was detained again in Belarus and is behind bars, according to the rights group Viasna's list."
    else:
        return None
    return Article(
        _address(person.url, listing, now), title, text, published=listing.at, source=listing.source, language="en"
    )


def _number(count: int, listing: Listing) -> Article:
    people = f"{count} people" if count > 1 else "1 person"
    return Article(
        f"https://list.invalid/{listing.source}/{listing.at:%Y%m%d%H}",
        f"{people} left the list of political prisoners",
        f"{people} left the list of those held in Belarus. Their names are not in the public register.",
        published=listing.at,
        source=listing.source,
        language="en",
    )


def _address(url: str, listing: Listing, now: Row) -> str:
    """The person's page on the list, told apart by what it says now: a second change is a second article."""
    return (
        f"{url or f'https://list.invalid/{listing.source}'}?state={now.status}-{now.released_on or listing.at.date()}"
    )
