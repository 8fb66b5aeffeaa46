"""person: the public register of widely covered people."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.session import Session, out, say
from monitor.errors import ConfigError
from monitor.model import Person

person = typer.Typer(help="The public register of people.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(person, name="person")


@person.command("import")
def import_(context: typer.Context, file: Path) -> None:
    """Add people from a CSV file (id,name_en,name_be,name_ru,aliases,status; aliases separated by ;)."""
    from monitor.store import people, write

    session: Session = context.obj
    found = list(read_people(file))
    db = session.archive
    with write(db):
        people.save(db, found, "operator")
    say(f"{len(found)} people imported")


@person.command("list")
def list_(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    """Everybody in the register."""
    from monitor.store import people

    session: Session = context.obj
    for p in people.all_people(session.archive):
        if json:
            out(p)
        else:
            print(f"{p.id:32} {p.name_en:32} {p.status:10} {p.status_date}")


def read_people(file: Path) -> Iterator[Person]:
    """The people of a CSV file. Raises ConfigError that names what is missing."""
    try:
        lines = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as trouble:
        raise ConfigError(f"{file}: {trouble.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: this is no UTF-8; save the table as CSV in UTF-8") from None
    for number, line in enumerate(lines, 2):
        fields = {k: (v or "").strip() for k, v in line.items() if k}
        if not fields.get("id") or not any(fields.get(c) for c in ("name_en", "name_be", "name_ru")):
            raise ConfigError(f"{file}, line {number}: id and at least one of name_en, name_be, name_ru are needed")
        yield Person(
            id=fields["id"],
            name_en=fields.get("name_en") or fields.get("name_be") or fields.get("name_ru") or "",
            name_be=fields.get("name_be", ""),
            name_ru=fields.get("name_ru", ""),
            aliases=tuple(a for a in re.split(r"\s*;\s*", fields.get("aliases", "")) if a),
            status=fields.get("status", ""),
        )
