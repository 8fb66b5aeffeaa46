"""HTML in, plain text out: paragraphs on lines, nothing that could act. It refuses nothing and never raises."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from lxml import etree

#: What starts and ends a line of its own.
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header"  # noqa: SIM905
    " hr li main nav ol p pre section table td th tr ul".split()
)
#: What is never text.
_SILENT = frozenset(
    "script style noscript iframe object embed template svg math select textarea button head".split()  # noqa: SIM905
)
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#?\w+;")
#: Control characters, and halves of characters that no file can hold.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(html: str, limit: int = 200_000) -> str:
    """The words of an HTML fragment (or of text that is none), at most `limit` characters."""
    html = _UNPRINTABLE.sub("", html)
    if not _MARKUP.search(html):
        return _lines(html)[:limit]
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")
    try:
        root = etree.fromstring(f"<div>{html}</div>".encode(), parser)
    except etree.LxmlError:
        root = None
    if root is None:
        return _lines(unescape(re.sub(r"<[^>]*>", " ", html)))[:limit]
    return _lines(_words(root))[:limit]


def one_line(html: str, limit: int = 1000) -> str:
    """The same for a title: no line ends, and short."""
    return " ".join(plain(html, limit).split())


def _words(root: etree._Element) -> str:
    """All text in document order. A loop, because hostile nesting is deeper than the stack."""
    found: list[str] = []
    silent: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if silent is None and event == "start":
            if element.tag in _SILENT:
                silent = element
                continue
            found.append("\n" if element.tag in _BLOCKS else "")
            found.append(element.text or "")
        elif event == "end" and (silent is None or silent is element):
            found.append("\n" if silent is None and element.tag in _BLOCKS else "")
            found.append(element.tail or "")
            silent = None
    return "".join(found)


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(line for line in lines if line)
