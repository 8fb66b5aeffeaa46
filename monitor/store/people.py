"""The public register: people the operator made public, never anybody because somebody follows them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from monitor.model import Person
from monitor.store import Database, row, rows

_COLUMNS = [
    *("id", "name_en", "name_be", "name_ru", "aliases", "gender", "role", "category"),
    *("status", "status_date", "status_source", "destination", "namesakes"),
]


def all_people(db: Database) -> list[Person]:
    """Everybody in the register."""
    return [_person(r) for r in rows(db, "SELECT * FROM people ORDER BY id")]


def person(db: Database, number: str) -> Person | None:
    """One person by id, or None."""
    found = row(db, "SELECT * FROM people WHERE id = ?", number)
    return _person(found) if found else None


def save(db: Database, people: Iterable[Person], origin: str) -> int:
    """Add people or replace those with the same id. Returns how many."""
    values = [
        tuple(json.dumps(p.aliases, ensure_ascii=False) if c == "aliases" else getattr(p, c) for c in _COLUMNS)
        for p in people
    ]
    changes = ", ".join(f"{c} = excluded.{c}" for c in _COLUMNS[1:])
    db.conn.executemany(
        f"INSERT INTO people ({', '.join(_COLUMNS)}, origin) VALUES ({', '.join('?' * len(_COLUMNS))}, '{origin}')"
        f" ON CONFLICT (id) DO UPDATE SET {changes}, origin = excluded.origin",
        values,
    )
    return len(values)


def version(db: Database) -> tuple[int, int]:
    """Changes whenever the register does: how many people, and the sum of their rows' lengths."""
    found = row(
        db,
        "SELECT count(*) AS n, coalesce(sum(length(name_en || name_be || name_ru || aliases || id)), 0) AS m"
        " FROM people",
    )
    assert found is not None
    return found["n"], found["m"]


def _person(r: object) -> Person:
    fields = {c: r[c] for c in _COLUMNS}  # type: ignore[index]
    return Person(**{**fields, "aliases": tuple(json.loads(fields["aliases"]))})
