"""Foreign text and foreign addresses, made harmless before a page shows them.

Escaping is the template's job and always on. Here goes what escaping leaves alone: characters that reorder, hide or
pile up over their neighbours, addresses that are no web addresses, and spreadsheet cells that would be run as formulas.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

_SPACES = re.compile(r"\s+")
#: Control characters, those that turn the direction of what follows (Unicode TR9: ALM, LRM … RLO, LRI … PDI), and
#: U+FFFE and U+FFFF, one of which makes an Atom feed unreadable as a whole.
_TURNING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
#: Invisible: zero-width space, word joiner, byte order mark, soft hyphen, fillers. ZWJ and ZWNJ belong to real scripts.
_HIDDEN = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff\u115f\u1160\u3164\uffa0]")
_MARKS_PER_LETTER = 3
_LONGEST_LINK = 2000


def plain(text: str) -> str:
    """One line of text: turning characters become a visible �, hidden ones go, accents stop piling up."""
    return soft(text).strip()


def soft(text: str) -> str:
    """The same for a piece of a text, whose spaces at both ends matter."""
    return _thin(_HIDDEN.sub("", _TURNING.sub("\ufffd", _SPACES.sub(" ", text))))


def _thin(text: str) -> str:
    """At most three combining marks on one letter, as much as any living orthography writes."""
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= _MARKS_PER_LETTER:
            kept.append(letter)
    return "".join(kept)


def link(url: str) -> str:
    """The address if it may be a link: http or https, a host, nobody's name before it, nothing odd inside; else ''."""
    if len(url) > _LONGEST_LINK or re.search(r"[\s\\\x00-\x1f\x7f-\x9f<>\"]", url):
        return ""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises ValueError for a port that is none)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return ""
    return url


def host(url: str) -> str:
    """The host a link really goes to, as shown beside it; '' where it is no link."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if link(url) else ""


def cell(value: object) -> str:
    """One CSV cell that no spreadsheet takes for a formula (OWASP: a leading = + - @ tab or return)."""
    text = "" if value is None else plain(str(value))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(\.\d+)?", text))


class Veil:
    """Hides names that must not be shown, in any case ending, wherever foreign text quotes them.

    The register already gives such names no mention and no key; headlines and sentences still carry them as text.
    """

    def __init__(self, names: Sequence[str]) -> None:
        patterns = [_endings(name) for name in names if name.strip()]
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def hides(self, name: str) -> bool:
        """Whether this is, or contains, a name that must not be shown."""
        return bool(self._pattern and self._pattern.search(name))

    def __call__(self, text: str) -> str:
        return self._pattern.sub("[…]", text) if self._pattern else text


def _endings(name: str) -> str:
    """A pattern for a full name whose words may take other endings: the last two letters of a long word are free."""
    words = [re.escape(w[:-2] if len(w) > 5 else w[:-1] if len(w) > 3 else w) + r"\w{0,4}" for w in name.split()]
    return r"\b" + r"\s+".join(words) + r"\b"
