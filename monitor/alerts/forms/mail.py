"""A note as a mail: a subject, a text, and where the reader chose it an HTML part that loads nothing.

Three discretions. Open: the subject says what happened. Discreet: subject and the first 200 characters of the text say
nothing to whoever looks over a shoulder, and links are only to our own neutral pages. Pointer: a count and an address.
"""

from __future__ import annotations

from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from monitor.alerts import inert
from monitor.alerts.said import Note, Quote
from monitor.model import DeliveryKind, Mail

SUBJECT = 160  # characters; longer ones are cut by every mail program anyway
_NEWS = {DeliveryKind.ALERT, DeliveryKind.DIGEST, DeliveryKind.CORRECTION, DeliveryKind.QUIET, DeliveryKind.TEST}


def form(note: Note) -> Mail:
    """The mail of a note. HTML only where it was chosen and the mail is open."""
    bundle = note.bundle
    name = "news" if bundle.kind in _NEWS else "letter"
    if bundle.kind in _NEWS and bundle.discretion == "pointer":
        name = "pointer"
    text = _template(f"{name}.txt").render(note=note, words=note.words, bundle=bundle)
    html = ""
    if name == "news" and bundle.html and bundle.discretion == "open":
        html = _inlined(_template("news.html").render(note=note, words=note.words, bundle=bundle))
    return Mail(subject=subject(note), text=_tidy(text), html=html)


def subject(note: Note) -> str:
    """What the subject line says."""
    words, kind = note.words, note.bundle.kind
    if note.bundle.discretion == "open":
        return inert.cut(_open_subject(note), SUBJECT)
    if kind in (DeliveryKind.ALERT, DeliveryKind.DIGEST, DeliveryKind.QUIET):
        key = "pointer" if note.bundle.discretion == "pointer" else "note" if note.total else "nothing"
        return words(f"discreet.{key}", day=note.day, items=note.items)
    return words(f"discreet.{kind}", day=note.day)


def _open_subject(note: Note) -> str:
    words, kind = note.words, note.bundle.kind
    if kind in (DeliveryKind.CONFIRM, DeliveryKind.MANAGE):
        return words(f"discreet.{kind}")
    if kind is DeliveryKind.NOTICE:
        return words("open.notice")
    if kind is DeliveryKind.QUIET:
        return words("open.quiet", day=note.day)
    first = next(note.all_items(), None)
    if kind is DeliveryKind.DIGEST or first is None:
        return words("open.digest" if note.total else "open.nothing", day=note.day, items=note.items)
    what = first.headline.removesuffix(".")
    if note.total > 1:
        others = words.count("others", note.total - 1)
        what = words("open.and_more", what=inert.cut(what, SUBJECT - len(others) - 20), others=others)
    return words(f"open.{kind}", what=what)


def starred(quote: Quote) -> str:
    """A quotation as text, its matched words between asterisks."""
    return "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in quote)


@cache
def _environment() -> Environment:
    """Templates of mails: HTML escapes everything, text nothing; a name that is not there is a mistake, not ''."""
    environment = Environment(
        loader=PackageLoader("monitor.alerts", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(starred=starred, unlinked=inert.unlinked, line=inert.text)
    return environment


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _inlined(html: str) -> str:
    """Styles in the elements, where mail programs look for them; media queries stay in the head for dark mode."""
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
    inlined: str = inliner.inline(html)
    return inlined


def _tidy(text: str) -> str:
    """No trailing spaces, never more than one empty line, one line end at the end."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).rstrip("\n") + "\n"
