"""What reading a feed or a page gives, and what readers agree on: links lead to the web, languages have two letters."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.model import Article

SIZES = struct.Struct(">II")  # of the two parts of a message to or from a child: JSON, then bytes
MOST = 500  # entries of one feed
_WHOLE = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a feed says. `problem` is a sentence about why nothing in it can be used, '' where something can.

    `cut` is set where the end is missing: what came is used, but the answer's validators are worth nothing.
    `children` are the sitemaps that a sitemap index names, newest first.
    """

    articles: tuple[Article, ...] = ()
    ttl_minutes: int = 0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    title: str = ""
    cut: bool = False
    problem: str = ""
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What an article's page says about itself. '' and None where it does not say."""

    title: str = ""
    text: str = ""
    published: datetime | None = None
    author: str = ""
    language: str = ""
    canonical: str = ""
    description: str = ""


def web_link(link: object, base: str = "") -> str:
    """The address that a link leads to if it is on the web (not `javascript:`), else ''."""
    text = link.strip() if isinstance(link, str) else ""
    try:
        text = urljoin(base, text) if text and base and not text.startswith(_WHOLE) else text
        parts = urlsplit(text)
        return text if parts.scheme in ("http", "https") and parts.hostname and len(text) < 2000 else ""
    except ValueError:
        return ""


def two_letters(tag: object) -> str:
    """`be` of `be-BY`; '' for what is no language tag."""
    code = str(tag or "")[:2].lower()
    return code if re.fullmatch("[a-z]{2}", code) else ""
