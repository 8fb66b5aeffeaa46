"""The data this program comes with: people widely covered, releases since July 2024, how many were held when.

Loaded into archive.db at every start, so that register, timeline and ledger are full on the first day and follow the
files. Shipped people never replace those an operator imported. `docs/data.md` says how the files are kept up to date.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from io import StringIO

from monitor import clock
from monitor.model import Person
from monitor.reading.ledger import Figure, Ledger, Line
from monitor.store import Database, events, people, row, write

_FOLDER = files("monitor") / "data"


def load(db: Database) -> None:
    """Bring register, timeline and counts to the shipped state; harmless to repeat."""
    with write(db):
        _people(db)
        _history(db)
        _held_counts(db)


def shipped_people() -> Iterator[Person]:
    """The register as shipped. A person whose status was not found is 'unknown', never 'held'."""
    for r in _rows("people.csv"):
        spellings = r.pop("aliases").split(";")
        yield replace(Person(**r), aliases=tuple(s.strip() for s in spellings if s.strip()))  # type: ignore[arg-type]


def _people(db: Database) -> None:
    own = {r["id"] for r in db.conn.execute("SELECT id FROM people WHERE origin = 'operator'")}
    people.save(db, [p for p in shipped_people() if p.id not in own], "shipped")


def _history(db: Database) -> None:
    for r in _rows("releases.csv"):
        slug = events.neutral_slug(r["slug"])
        if row(db, "SELECT 1 FROM events WHERE slug = ?", slug) is None:
            at = datetime.fromisoformat(r["date"]).replace(hour=12, tzinfo=UTC)
            events.new_event(db, slug, _ledger(r, clock.to_text(at)), r["precision"], at, history=True)


def _ledger(r: dict[str, str], at: str) -> Ledger:
    """An event of the shipped history: its figures have no article behind them, but sources."""
    told = {
        "official": (r["official"], r["who"]),
        "political": (r["political"], r["who"]),
        "verified": (r["verified"], r["verified_by"]),
        "cumulative": (r["cumulative"], "Viasna"),
        **{meaning: (value, r["who"]) for meaning, _, value in (p.rpartition(" ") for p in _list(r["per"]))},
    }
    figures = {m: (Figure(int(value), "history", who, at),) for m, (value, who) in told.items() if value}
    confirmed = Line("confirmed", at, ("history",), ((at, "confirmed", "history"),))
    return Ledger(
        kind=r["kind"],
        state="confirmed" if r["verified"] else "corroborated",
        date=r["date"],
        origins={"history": at},
        figures=figures,
        people=dict.fromkeys(_list(r["people"]), confirmed),
        destinations=dict.fromkeys(_list(r["destination"]), at),
        sources=tuple(_list(r["sources"])),
        note=r["note"],
    )


def _held_counts(db: Database) -> None:
    db.conn.executemany(
        "INSERT INTO held_counts (date, count, who, url) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (date, who) DO UPDATE SET count = excluded.count, url = excluded.url",
        [(r["date"], int(r["count"]), r["who"], r["url"]) for r in _rows("held_counts.csv")],
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    yield from csv.DictReader(StringIO(text))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
