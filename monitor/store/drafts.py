"""News of an event as drafts of facts: under which key, and what of it was told before."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.model import Fact
from monitor.reading import news
from monitor.store import Database, rows


def draft_of(
    draft: news.FactDraft, slug: str, article: int | None, story: str, now: datetime, more: dict[str, Any]
) -> Fact:
    """A fact about an event, or about a story that has none; `more` goes into its data."""
    about = f"event:{slug}" if slug else f"story:{story}"
    data = {**draft.data, **more}
    if "corrects" in data:
        data["corrects"] = [_key(about, kind, subject) for kind, subject in data["corrects"]]
    key = _key(about, draft.kind, draft.subject)
    return Fact(0, key, draft.kind, now, article, story, slug, draft.person, data, draft.held_for_human)


def told_of(db: Database, slug: str) -> dict[str, int]:
    """The last value of each meaning that a fact of this event carried."""
    told: dict[str, int] = {}
    for r in rows(db, "SELECT kind, key, data FROM facts WHERE event = ? ORDER BY id", slug):
        data = json.loads(r["data"])
        if r["kind"] == "announced":
            told.update(data["values"])
        elif r["kind"] == "count":
            told[r["key"].rpartition(":")[2]] = data["value"]
    return told


def _key(about: str, kind: str, subject: str) -> str:
    return ":".join(part for part in (about, kind, subject) if part)
