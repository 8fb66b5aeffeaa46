"""Foreign words made harmless before they stand in a message: they may say anything and do nothing.

Headlines, outlet names and excerpts come from the outside. After `text` they are one line of visible characters; after
`link` an address is a plain http(s) one or nothing. Escaping for HTML or Slack is the form's own business.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# Line and paragraph separators, C0 and C1 controls: everything that could end a line, a header or a cell.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Marks that turn the reading direction around; shown as a replacement sign, because nobody writes them by accident.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Characters without width or glyph: soft hyphens, joiners, directional hints, tags, foreign selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS_IN_A_ROW = 3  # a letter of ours has at most a diaeresis or breve and a stress mark

LINK_LENGTH = 2000


def text(value: str, limit: int = 0) -> str:
    """One clean line; at most `limit` characters (0: any number), ending in an ellipsis where something was cut."""
    return cut(squeeze(clean(value)), limit)


def clean(value: str) -> str:
    """Harmless characters only, spaces kept as they are: for pieces that are joined later."""
    value = _CONTROL.sub(" ", _LONE_SURROGATE.sub("\ufffd", value))
    value = _INVISIBLE.sub("", _DIRECTION.sub("\ufffd", value))
    value = unicodedata.normalize("NFC", value)
    return value if value.isascii() else _without_floods(value)


def squeeze(value: str) -> str:
    """Every run of white space becomes one space; none at the ends."""
    return " ".join(value.split())


def cut(value: str, limit: int) -> str:
    """At most `limit` characters, cut between words where one ends near; 0 is no limit."""
    if not limit or len(value) <= limit:
        return value
    kept = value[: limit - 1]
    at_a_space = kept.rsplit(" ", 1)[0]
    return (at_a_space if len(at_a_space) > limit * 0.7 else kept).rstrip() + "…"


def link(url: str) -> str:
    """The address if it is a plain http or https one, otherwise ''."""
    url = url.strip()
    if not url or len(url) > LINK_LENGTH or re.search(r"[\s\\]", url) or clean(url) != url:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return url.translate({ord(c): f"%{ord(c):02X}" for c in "<>\"'`|{}^"})


def unlinked(value: str) -> str:
    """Addresses inside running text lose their grip: mail programs would turn them into links we did not check."""
    return value.replace("://", ": //")


def _without_floods(value: str) -> str:
    kept, row = [], 0
    for character in value:
        row = row + 1 if unicodedata.combining(character) else 0
        if row <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
