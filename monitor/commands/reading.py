"""read, ingest, search, match: articles in as JSON Lines, what the program makes of them out."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.commands.session import Session, out, say, warn_of_volume
from monitor.config import parse_span
from monitor.errors import ConfigError
from monitor.model import Article, Mention, Reading

File = Annotated[Path, typer.Argument(help="JSON Lines with url, title, text, published …; - is standard input.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


_SHAPE = "Each line is a JSON object with at least url and title"


def register(app: typer.Typer) -> None:
    app.command()(read)
    app.command()(ingest)
    app.command()(search)
    app.command("match")(match_since)


def read(context: typer.Context, file: File, json: Json = True) -> None:
    """Print what the program reads in each article; nothing is stored."""
    from monitor.ingest import Ingester

    session: Session = context.obj
    ingester = Ingester(session.archive, session.config)
    for article in articles(file):
        out({"url": article.url, **reading_row(ingester.read(article))})


def ingest(context: typer.Context, file: File, json: Json = True) -> None:
    """Take articles in through the same path as gathered ones (never a baseline), and print what became of each."""
    from monitor.ingest import BATCH, Ingester

    session: Session = context.obj
    ingester = Ingester(session.archive, session.config)
    waiting: list[Article] = []
    for article in articles(file):
        waiting.append(article)
        if len(waiting) == BATCH:
            _ingest(session, ingester, waiting)
            waiting = []
    _ingest(session, ingester, waiting)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Words, or the query language: see README.md and /search on the page.")],
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    json: Json = False,
) -> None:
    """Search the archive: what you find is what you would have been told."""
    from monitor.search import search as find

    session: Session = context.obj
    show_hits(find(session.archive, query, limit=limit), as_json=json)


def match_since(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Words, or the query language: see README.md and /search on the page.")],
    since: Annotated[str, typer.Option(help="How far back: 90d, or a date.")] = "90d",
    json: Json = False,
) -> None:
    """What a query would have brought since then, one line a story."""
    from monitor.search import match_since as find

    session: Session = context.obj
    show_hits(find(session.archive, query, since=moment_ago(since, session.clock())), as_json=json)
    warn_of_volume(session, query)


def articles(file: Path) -> Iterator[Article]:
    """The articles of a JSON Lines file. Raises ConfigError that names the line which cannot be read."""
    lines = sys.stdin if str(file) == "-" else _open(file)
    number = 0
    try:
        for line in lines:
            number += 1
            if line.strip():
                yield article_of(jsonlib.loads(line))
    except jsonlib.JSONDecodeError as trouble:
        raise ConfigError(f"{file}, line {number}: this is no JSON ({trouble.msg}). {_SHAPE}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}, after line {number}: this is no UTF-8. {_SHAPE}") from None
    except ValueError as trouble:
        raise ConfigError(f"{file}, line {number}: {trouble}. {_SHAPE}") from None


def article_of(fields: Any) -> Article:
    """One article from its JSON object. Raises ValueError for what is missing, of a wrong kind, or no moment."""
    if not isinstance(fields, dict):
        raise ValueError("this is no JSON object")
    if not fields.get("url"):
        raise ValueError("url is missing")
    return Article(
        url=str(fields["url"]),
        title=str(fields.get("title") or ""),
        text=str(fields.get("text") or ""),
        summary=str(fields.get("summary") or ""),
        published=moment_of(fields.get("published")),
        source=str(fields.get("source") or ""),
        language=str(fields.get("language") or ""),
        author=str(fields.get("author") or ""),
    )


def moment_of(value: object) -> datetime | None:
    """An ISO 8601 date or moment; without a zone it is UTC."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{str(value)[:40]!r} is no moment, such as 2026-03-19T12:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_ago(text: str, now: datetime) -> datetime:
    """`90d` before now, or the moment that is written. Raises ConfigError for anything else."""
    try:
        return now - parse_span(text)
    except ValueError:
        pass
    try:
        moment = moment_of(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ConfigError(f"--since {text!r}: write a span such as 90d or a date such as 2026-03-01")
    return moment


def reading_row(reading: Reading) -> dict[str, Any]:
    """A reading in the published form of `monitor read`."""
    claim = reading.claim
    return {
        "language": reading.language,
        "relevant": reading.relevant,
        "topics": list(reading.topics),
        "people": [_person(m) for m in one_each(reading.mentions)],
        "claim": claim
        and {
            "kind": claim.kind,
            "modality": claim.modality,
            "total": claim.total,
            "political": claim.political,
            "cumulative": claim.cumulative,
            "date": claim.date.isoformat() if claim.date else None,
            "destination": claim.destination or None,
            "origin": claim.origin or None,
            "sentence": claim.sentence,
        },
    }


def one_each(mentions: tuple[Mention, ...]) -> list[Mention]:
    """One mention a person: the first that says something of them."""
    best: dict[str, Mention] = {}
    for m in mentions:
        if m.person not in best or (best[m.person].status == "other" and m.status != "other"):
            best[m.person] = m
    return list(best.values())


def show_hits(hits: list[Any], *, as_json: bool) -> None:
    for hit in hits:
        if as_json:
            out(hit)
        else:
            print(f"{hit.published:%Y-%m-%d}  {hit.outlet}: {hit.title}\n            {hit.url}")
    if not as_json:
        say(f"{len(hits)} found")


def _person(m: Mention) -> dict[str, Any]:
    return {"id": m.person, "name": m.name, "status": str(m.status), "spelling": m.spelling}


def _ingest(session: Session, ingester: Any, waiting: list[Article]) -> None:
    for taken in ingester.ingest(session.archive, waiting, now=session.clock()):
        out(
            {
                "url": taken.article.url,
                **reading_row(taken.reading or ingester.read(taken.article)),
                "new": taken.new,
                "duplicate_of": taken.duplicate_of or None,
                "story": taken.story,
                "event": taken.event or None,
                "facts": [
                    {"id": f.id, "key": f.key, "kind": f.kind, "person": f.person or None, **f.data}
                    for f in taken.facts
                ],
            }
        )


def _open(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8") as lines:
            yield from lines
    except OSError as trouble:
        raise ConfigError(f"{file}: {trouble.strerror}") from None
