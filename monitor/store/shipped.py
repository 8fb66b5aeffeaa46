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
from monitor.reading.ledger import HISTORY, Figure, Ledger, Line
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
        at = datetime.fromisoformat(r["date"]).replace(hour=12, tzinfo=UTC)
        ledger = _ledger(r, clock.to_text(at))
        if row(db, "SELECT 1 FROM events WHERE slug = ?", slug) is None:
            events.new_event(db, slug, ledger, r["precision"], at, history=True)
        else:
            events.refresh_history(db, slug, ledger)


def _ledger(r: dict[str, str], at: str) -> Ledger:
    """An event of the shipped history: its figures have no article behind them, but sources.

    `official` is what the authorities of Belarus said, `verified` what Viasna counted; whoever else gave the total
    stands in `reported_by`. People are as sure as the event.
    """
    reported_by = _list(r["reported_by"])
    first = r["who"] or next(iter(reported_by), "")
    told = [
        ("official", r["official"], r["who"]),
        *(("reported", r["reported"], who) for who in reported_by),
        ("political", r["political"], first),
        ("verified", r["verified"], r["verified_by"]),
        ("cumulative", r["cumulative"], "Viasna"),
        *((meaning, n, r["per_by"] or first) for meaning, _, n in (p.rpartition(" ") for p in _list(r["per"]))),
    ]
    figures: dict[str, tuple[Figure, ...]] = {}
    for meaning, value, who in told:
        if value:
            figures[meaning] = (*figures.get(meaning, ()), Figure(int(value), HISTORY, who, at))
    line = Line(r["state"], at, (HISTORY,), ((at, r["state"], HISTORY),))
    return Ledger(
        kind=r["kind"],
        state=r["state"],
        date=r["date"],
        origins={HISTORY: at},
        figures=figures,
        people=dict.fromkeys(_list(r["people"]), line),
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
