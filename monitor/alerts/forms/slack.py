"""A note as Slack posts in Block Kit: one post per story for alerts, as few as the limits allow for a digest.

Foreign text stands only in `plain_text` objects, where Slack reads no mark-up, and is escaped besides; `mrkdwn` holds
our own words and checked links. Limits per post: 50 blocks, 150 characters in a header, 3,000 in a section; more than
about 13,000 in all are refused (measured by others, not documented), so a post stays below 10,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from monitor.alerts import inert
from monitor.alerts.forms.mail import starred
from monitor.alerts.said import Item, Note
from monitor.model import DeliveryKind, SlackPost

HEADER = 150
SECTION = 3000
BLOCKS = 45
TOTAL = 9_000
FALLBACK = 300  # the line of a notification
PLAIN = 2_000
_ITEM = {DeliveryKind.DIGEST: 1_200}  # characters of one story's text; elsewhere a story has a post to itself

Block = dict[str, Any]


def form(note: Note) -> SlackPost:
    """The first post, with those that follow it in `rest`."""
    kind = note.bundle.kind
    if kind is DeliveryKind.CONFIRM:
        return _code(note, "letters.confirm_code")
    if kind is DeliveryKind.NOTICE:
        return _letter(note, note.bundle.text or note.words("open.notice"))
    if kind is DeliveryKind.MANAGE:
        return _code(note, "letters.manage_code")
    posts = list(_digest(note) if kind is DeliveryKind.DIGEST or not note.sections else _stories(note))
    return SlackPost(posts[0].text, posts[0].blocks, tuple(posts[1:]))


def plain_form(note: Note) -> SlackPost:
    """The note as one short text without blocks, for a receiver that refused the blocks."""
    kind = note.bundle.kind
    if kind in (DeliveryKind.CONFIRM, DeliveryKind.MANAGE, DeliveryKind.NOTICE):
        return SlackPost(form(note).text)
    lines = [_title(note)]
    for item in note.all_items():
        line = inert.cut(item.headline, 200) + (f" {item.page}" if item.page else "")
        if sum(map(len, lines)) + len(line) > PLAIN:
            lines.append("…")
            break
        lines.append(line)
    return SlackPost(escape("\n".join(lines)))


def escape(text: str) -> str:
    """The three characters Slack gives a meaning to, in the order that keeps them apart."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitted(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, never cut inside an entity."""
    while len(escaped := escape(text)) > limit:
        text = inert.cut(text, max(1, len(text) - (len(escaped) - limit + 5) // 5))
    return escaped


# ---------------------------------------------------------------------------------------------------------- the posts


def _code(note: Note, key: str) -> SlackPost:
    """A code, and the page where it is typed in."""
    post = _letter(note, note.words(key, code=inert.text(note.bundle.text, 80)))
    page = inert.link(note.bundle.action_url)
    return replace(post, blocks=(*post.blocks, _context([_link(page, page)]))) if page else post


def _letter(note: Note, text: str) -> SlackPost:
    said = inert.text(text, PLAIN)
    return SlackPost(fitted(said, FALLBACK), (_section(said),))


def _stories(note: Note) -> Iterator[SlackPost]:
    items = list(note.all_items())
    for number, item in enumerate(items):
        blocks = [_header(_marked(note, item.headline)), *_story(note, item, whole=len(item.headline) <= HEADER)]
        if number == len(items) - 1:
            blocks += _closing(note)
        yield SlackPost(fitted(_marked(note, item.headline), FALLBACK), tuple(blocks))


def _digest(note: Note) -> Iterator[SlackPost]:
    """Groups of blocks that belong together, laid into posts until one is full."""
    title = _title(note)
    post: list[Block] = [_header(title)]
    for group in (*_groups(note), _closing(note)):
        if len(post) + len(group) > BLOCKS or weight(post) + weight(group) > TOTAL:
            yield SlackPost(fitted(title, FALLBACK), tuple(post))
            post = [_header(title)]
        post += group
    yield SlackPost(fitted(title, FALLBACK), tuple(post))


def _groups(note: Note) -> Iterator[list[Block]]:
    if not note.sections:
        quiet = note.bundle.kind is DeliveryKind.QUIET
        yield [_section(note.words("closing.quiet_week" if quiet else "closing.nothing_new"))]
    for section in note.sections:
        for number, item in enumerate(section.items):
            heading = [_mrkdwn(f"*{escape(section.heading)}*")] if number == 0 else []
            yield [*heading, _section(item.headline), *_story(note, item, whole=True)]


def _story(note: Note, item: Item, *, whole: bool) -> list[Block]:
    """State, voices, words and links of one story; `whole` where the headline above was not cut."""
    limit = _ITEM.get(note.bundle.kind, SECTION)
    head = [] if whole else [item.headline]
    body = [*head, item.title, *(f"! {w}" for w in item.warnings), *(f"“{starred(q)}”" for q in item.quotes)]
    body += [f"{label}: {line}" for label, line in item.lines]
    voices = ", ".join(map(str, item.speakers)) + (f" {item.more_speakers}" if item.more_speakers else "")
    said = f"{note.words('entry.says')}: {voices}" if voices else ""
    state = " · ".join(filter(None, (item.state, item.when)))
    links = [_link(u, note.words(w)) for u, w in ((item.link, "entry.source"), (item.page, "entry.page")) if u]
    return [
        *([_section("\n".join(filter(None, body)), limit)] if any(body) else []),
        _context([_plain(state, 300), *([_plain(said, 900)] if said else [])]),
        *([_context([_mrkdwn_text(" · ".join(links))])] if links else []),
    ]


def _closing(note: Note) -> list[Block]:
    words, bundle = note.words, note.bundle
    lines = [*note.coverage, note.held, note.code_word]
    links = [
        _link(url, label)
        for url, label in (
            (note.more_link, note.more_line),
            (bundle.manage_url, words("closing.manage")),
            (bundle.unsubscribe_url, words("closing.leave")),
        )
        if inert.link(url) and label
    ]
    said = "\n".join(filter(None, lines))
    return [
        *([_context([_plain(said, 1_500)])] if said else []),
        *([_context([_mrkdwn_text(" · ".join(links))])] if links else []),
    ]


def _title(note: Note) -> str:
    words = note.words
    if note.bundle.kind is DeliveryKind.QUIET:
        return words("open.quiet", day=note.day)
    title = words("open.digest" if note.total else "open.nothing", day=note.day, items=note.items)
    return _marked(note, title)


def _marked(note: Note, text: str) -> str:
    """Corrections and tests say so in their first word."""
    kind = note.bundle.kind
    marked = kind in (DeliveryKind.CORRECTION, DeliveryKind.TEST)
    return note.words(f"open.{kind}", what=text) if marked else text


# --------------------------------------------------------------------------------------------------------- the blocks


def weight(blocks: Iterable[Block]) -> int:
    """Characters of all texts in some blocks."""
    return sum(
        len(element["text"] if isinstance(element["text"], str) else element["text"]["text"])
        for block in blocks
        for element in block.get("elements", [block])
    )


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": fitted(text, limit), "emoji": False}


def _mrkdwn_text(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text, HEADER)}


def _section(text: str, limit: int = SECTION) -> Block:
    return {"type": "section", "text": _plain(text, limit)}


def _mrkdwn(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn_text(text)}


def _context(elements: list[Any]) -> Block:
    return {"type": "context", "elements": [e if isinstance(e, dict) else _mrkdwn_text(e) for e in elements]}


def _link(url: str, label: str) -> str:
    return f"<{escape(inert.link(url))}|{escape(label)}>"
