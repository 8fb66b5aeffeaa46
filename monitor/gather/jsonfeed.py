"""JSON Feed (jsonfeed.org, versions 1.0 and 1.1). It refuses JSON that has no list of items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.gather.dates import parse_date
from monitor.gather.parsed import MOST, Parsed, two_letters, web_link
from monitor.gather.plain import one_line, plain
from monitor.model import Article


def parse_json_feed(text: str, url: str, now: datetime) -> Parsed:
    """The items of a JSON Feed 1.0 or 1.1."""
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return Parsed(problem="broken JSON came instead of a feed")
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return Parsed(problem="JSON came that is not a feed")
    items = [item for item in data["items"][:MOST] if isinstance(item, dict)]
    language = two_letters(data.get("language"))
    return Parsed(
        articles=tuple(_item(item, url, language, now) for item in items), title=one_line(_string(data, "title"))
    )


def _item(item: Mapping[str, Any], url: str, language: str, now: datetime) -> Article:
    return Article(
        url=web_link(_string(item, "url") or _string(item, "external_url"), url),
        title=one_line(_string(item, "title")),
        text=plain(_string(item, "content_html")) or plain(_string(item, "content_text")),
        summary=plain(_string(item, "summary"), 20_000),
        published=parse_date(_string(item, "date_published"), now),
        edited=parse_date(_string(item, "date_modified"), now),
        language=two_letters(item.get("language")) or language,
        author=one_line(", ".join(_names(item)), 200),
        guid=str(item.get("id") or "")[:1000],
    )


def _names(item: Mapping[str, Any]) -> list[str]:
    people = item.get("authors") or [item.get("author")]
    return [_string(p, "name") for p in people if isinstance(p, dict)] if isinstance(people, list) else []


def _string(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
