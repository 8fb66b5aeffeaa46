"""What parent and child say to each other: JSON, one object a line. Pure; refuses fields nobody knows."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor import clock
from monitor.config import NetworkConfig
from monitor.model import Answered, Article, Kind, ListedPerson, Listing, Outcome, OutletType, Source, Status, Visit

Line = dict[str, Any]

_MOMENTS = ("published", "edited")
_DATES = ("released_on",)


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is to do.

    `robots` are robots files known already, by site (`https://example.org`); `inbox` is a folder where a prisoner list
    may lie as a CSV file.
    """

    sources: tuple[Source, ...]
    network: NetworkConfig
    now: datetime
    limit_seconds: float
    robots: Mapping[str, str] = field(default_factory=dict)
    inbox: Path | None = None


def job(job: Job) -> Line:
    """The line that starts the child."""
    return {
        "sources": [asdict(source) for source in job.sources],
        "network": job.network.model_dump(),
        "now": clock.to_text(job.now),
        "limit_seconds": job.limit_seconds,
        "robots": dict(job.robots),
        "inbox": str(job.inbox.resolve()) if job.inbox else "",
    }


def read_job(line: Mapping[str, Any]) -> Job:
    """The inverse of `job`."""
    return Job(
        sources=tuple(_source(fields) for fields in line["sources"]),
        network=NetworkConfig.model_validate(line["network"]),
        now=clock.from_text(line["now"]),
        limit_seconds=line["limit_seconds"],
        robots=line["robots"],
        inbox=Path(line["inbox"]) if line["inbox"] else None,
    )


def outcome(line: Mapping[str, Any], source: Source, at: datetime) -> Outcome:
    """What the child says of one source, as an Outcome of the moment `at`."""
    visit = Visit(
        status=Status(line["status"]),
        at=at,
        http_status=line.get("http_status", 0),
        retry_after=line.get("retry_after", ""),
        bytes=line.get("bytes", 0),
        ms=line.get("ms", 0),
        note=line.get("note", ""),
    )
    answers = [read_answer(fields) for fields in line.get("answers", ())]
    articles = tuple(_from(fields, source, answers) for fields in line.get("articles", ()))
    people = line.get("people")
    listing = Listing(source.name, at, tuple(map(person, people))) if people is not None else None
    return Outcome(source.name, visit, articles, listing)


def answer(url: str, status: int, kind: str, body: bytes) -> Line:
    """What a server answered, in plain form."""
    return {"url": url, "status": status, "kind": kind, "body": b64encode(zlib.compress(body)).decode()}


def read_answer(fields: Mapping[str, Any]) -> Answered:
    """The inverse of `answer`."""
    return Answered(fields["url"], fields["status"], fields["kind"], zlib.decompress(b64decode(fields["body"])))


def _from(fields: Mapping[str, Any], source: Source, answers: Sequence[Answered]) -> Article:
    said = {name: value for name, value in fields.items() if name != "answer"}
    answered = answers[fields["answer"]] if "answer" in fields else None
    return article({**said, "source": source.name, "answered": answered})


def article(fields: Mapping[str, Any]) -> Article:
    """An article from its plain form, as spiders yield it."""
    moments: Line = {k: clock.from_text(fields[k]) for k in _MOMENTS if k in fields}
    return Article(**{**fields, **moments})


def person(fields: Mapping[str, Any]) -> ListedPerson:
    """One row of a list from its plain form, as spiders yield it."""
    dates: Line = {k: date.fromisoformat(fields[k]) for k in _DATES if k in fields}
    return ListedPerson(**{**fields, **dates})


def dumps(line: Mapping[str, Any]) -> bytes:
    """One line, its end included."""
    return json.dumps(line, ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} does not travel")


def _source(fields: Mapping[str, Any]) -> Source:
    return Source(
        **{
            **fields,
            "kind": Kind(fields["kind"]),
            "type": OutletType(fields["type"]),
            "languages": tuple(fields["languages"]),
            "mirrors": tuple(fields["mirrors"]),
            "interval": timedelta(seconds=fields["interval"]),
        }
    )
