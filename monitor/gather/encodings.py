"""Bytes in, text out: what is declared is believed only as long as it makes sense.

Real feeds declare utf-8 and send windows-1251, or the other way round; read naively that gives "Ðàäûё" and no keyword
ever matches. An operator's `encoding` for a source is final.
"""

from __future__ import annotations

import codecs
import re

#: How a text begins that is written in something wider than bytes; the longer marks first.
_MARKS = (
    *((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32")),
    *((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
    *((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be")),
    *((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be")),
)
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
_SEVEN_BITS = frozenset({"hz", "iso2022_jp", "iso2022_kr"})  # valid ASCII, so also valid UTF-8
_PROBE = rb"xn--80ak6aa92e +AGE- <\x41>"
_IN_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']""")
_IN_HTML = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
_IN_TYPE = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
#: What a language was written in before UTF-8.
_OLD = {
    **dict.fromkeys(("be", "ru", "uk", "bg"), "windows-1251"),
    **dict.fromkeys(("lt", "lv", "et"), "windows-1257"),
    **dict.fromkeys(("pl", "cs", "hu"), "windows-1250"),
}
#: In Cyrillic text letters above ASCII come in words, elsewhere one at a time.
_HIGH_RUNS = re.compile(rb"[\xc0-\xff]{3,}")
#: "Ð’ÑÑÐ½Ð°": UTF-8 that somebody read as windows-1252 and encoded once more. Both halves of a Cyrillic letter.
_TWICE = re.compile("[\u00d0\u00d1][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")


def decode(body: bytes, content_type: str = "", forced: str = "", languages: tuple[str, ...] = ()) -> str:
    """The text of a feed or page. Never raises; what cannot be read becomes U+FFFD."""
    text = _decoded(body, content_type, forced, languages)
    return _undoubled(text) if len(_TWICE.findall(text[:20_000])) > 20 else text


def _undoubled(text: str) -> str:
    """Undo a second encoding, where that gives clean text."""
    try:
        once = b"".join(bytes([ord(c)]) if "\x80" <= c <= "\x9f" else c.encode("cp1252") for c in text)
        return once.decode("utf-8")
    except UnicodeError:
        return text


def _decoded(body: bytes, content_type: str, forced: str, languages: tuple[str, ...]) -> str:
    if forced and (name := _known(forced)):
        return body.decode(name, "replace")
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    declared = _declared(body, content_type)
    if declared in (_WIDE | _SEVEN_BITS) and (text := _strictly(body, declared)):
        return text
    return _strictly(body, "utf-8") or _legacy(body, declared, languages)


def _declared(body: bytes, content_type: str) -> str:
    for found in (_IN_XML.search(body[:1024]), _IN_TYPE.search(content_type), _IN_HTML.search(body[:2048])):
        if found and (name := _known(found[1] if isinstance(found[1], str) else found[1].decode("ascii"))):
            return name
    return ""


def _known(name: str) -> str:
    """The codec's own name if it is a character set that contains ASCII as it is (not utf-7, punycode, zlib …)."""
    try:
        codec = codecs.lookup(name).name
        return codec if codec in _WIDE or _PROBE.decode(name) == _PROBE.decode("ascii") else ""
    except (LookupError, ValueError):
        return ""


def _strictly(body: bytes, name: str) -> str:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return ""


def _legacy(body: bytes, declared: str, languages: tuple[str, ...]) -> str:
    """It is not UTF-8, whatever it says: a few broken letters in UTF-8, or one of the old code pages."""
    if declared in ("", "utf-8", "ascii"):
        mended = body.decode("utf-8", "replace")
        if mended.count("\ufffd") * 50 <= sum(letter > "\x7f" for letter in mended):
            return mended
        declared = _old_code_page(body, languages)
    elif declared in ("iso8859-1", "cp1252") and _old_code_page(body, languages) == "windows-1251":
        declared = "windows-1251"
    if declared == "iso8859-1":
        declared = "cp1252"  # what everybody means who writes iso-8859-1 (WHATWG Encoding)
    return body.decode(declared, "replace")


def _old_code_page(body: bytes, languages: tuple[str, ...]) -> str:
    named = next((_OLD[language] for language in languages if language in _OLD), "")
    if named:
        return named
    high = sum(letter > 0x7F for letter in body)
    runs = sum(len(run) for run in _HIGH_RUNS.findall(body))
    return "windows-1251" if high and runs * 2 > high else "cp1252"
