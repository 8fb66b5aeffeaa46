"""One visit to one source: ask, judge the answer, read it. Trouble comes back as the visit's status, never raised."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from monitor.errors import AddressRefused, NoAnswer
from monitor.gather.egress import Door, Response
from monitor.gather.pacing import Memory, conditions
from monitor.gather.parse_pool import ParseFailed
from monitor.gather.parsed import MOST, Parsed
from monitor.model import Answered, Article, Outcome, Source, Status, Validators, Visit

Parse = Callable[..., Parsed]

_STATUSES = {
    200: Status.NEW,
    203: Status.NEW,
    304: Status.UNCHANGED,
    **dict.fromkeys((401, 403, 451), Status.REFUSED),
    404: Status.MISSING,
    410: Status.GONE,
    **dict.fromkeys((429, 503), Status.SLOW_DOWN),
}


def fetch(door: Door, source: Source, memory: Memory, now: datetime, parse: Parse) -> Outcome:
    """Visit a feed or sitemap once, conditionally. `parse` reads the body: `feeds.parse` in a child."""
    sent = conditions(memory, now)
    asked = (("If-None-Match", sent.etag), ("If-Modified-Since", sent.last_modified))
    started = time.monotonic()
    try:
        answer = door.get(memory.address or source.url, headers=[(k, v) for k, v in asked if v], proxy=source.proxy)
        visit, articles = _judge(
            door, source, memory, answer, now, parse, conditional=bool(sent.etag or sent.last_modified)
        )
    except NoAnswer as trouble:
        status = Status.BROKEN if trouble.answered else Status.UNREACHABLE
        visit, articles = Visit(status, now, trouble.http_status, note=str(trouble)), ()
    except AddressRefused as trouble:
        visit, articles = Visit(Status.UNREACHABLE, now, note=str(trouble)), ()
    except ParseFailed as trouble:
        visit, articles = Visit(Status.BROKEN, now, 200, note=str(trouble)), ()
    return Outcome(source.name, replace(visit, ms=round((time.monotonic() - started) * 1000)), articles)


def _judge(
    door: Door, source: Source, memory: Memory, answer: Response, now: datetime, parse: Parse, *, conditional: bool
) -> tuple[Visit, tuple[Article, ...]]:
    visit = _facts(answer, now)
    if visit.status is Status.UNCHANGED:
        if not conditional:
            return replace(visit, status=Status.BROKEN, note="it says “not modified” without being asked whether"), ()
        return replace(visit, validators=_confirmed(memory.validators, answer), moved_to=answer.moved_to), ()
    if visit.status is not Status.NEW:
        return visit, ()
    validators = Validators(answer.header("ETag"), answer.header("Last-Modified"), _hash(answer.body))
    visit = replace(visit, validators=validators, moved_to=answer.moved_to)
    if validators.body_hash == memory.validators.body_hash:
        return replace(visit, status=Status.UNCHANGED), ()
    parsed = parse(answer.body, answer.header("Content-Type"), answer.url, source, now=now)
    if parsed.children:
        parsed = _read_children(door, source, parsed, now, parse)
    visit, articles = _judge_content(visit, memory, parsed)
    if parsed.children:  # they were read from sitemaps of their own
        return visit, articles
    read_from = Answered(answer.url, answer.status, answer.header("Content-Type"), answer.body)
    return visit, tuple(replace(article, answered=read_from) for article in articles)


def _judge_content(visit: Visit, memory: Memory, parsed: Parsed) -> tuple[Visit, tuple[Article, ...]]:
    problem = parsed.problem
    if not problem and not parsed.articles and memory.last_new_at:
        problem = "it is empty, though there was always something in it"
    if problem:
        return replace(visit, status=Status.BROKEN, validators=None, moved_to="", note=problem), ()
    note = "the end of it was missing" if parsed.cut else ""
    manners: dict[str, Any] = {name: getattr(parsed, name) for name in ("ttl_minutes", "skip_hours", "skip_days")}
    validators = None if parsed.cut or parsed.children else visit.validators
    return replace(visit, validators=validators, note=note, **manners), parsed.articles


def _read_children(door: Door, source: Source, index: Parsed, now: datetime, parse: Parse) -> Parsed:
    """The articles of an index's newest sitemaps; without them the index is worth nothing."""
    found: list[Article] = []
    for url in index.children:
        answer = door.get(url, proxy=source.proxy)
        if answer.status == 200:
            found += parse(answer.body, answer.header("Content-Type"), answer.url, source, now=now).articles
    return replace(index, articles=tuple(found[:MOST]))


def _facts(answer: Response, now: datetime) -> Visit:
    status = _STATUSES.get(answer.status, Status.BROKEN)
    if status is Status.GONE and answer.chain:
        status = Status.MISSING  # what it redirected to is gone, not the source
    return Visit(
        status,
        now,
        answer.status,
        cache_control=answer.header("Cache-Control"),
        age=answer.header("Age"),
        expires=answer.header("Expires"),
        date=answer.header("Date"),
        retry_after=answer.header("Retry-After"),
        bytes=answer.wire,
    )


def _confirmed(kept: Validators, answer: Response) -> Validators:
    """A 304 updates what it carries and confirms the rest (RFC 9111, 4.3.4)."""
    return Validators(
        answer.header("ETag") or kept.etag, answer.header("Last-Modified") or kept.last_modified, kept.body_hash
    )


def _hash(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()
