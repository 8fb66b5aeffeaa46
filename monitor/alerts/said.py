"""A bundle in the reader's words: ordered, dated, harmless, and the same for every channel.

Pure. Here it is decided what a message contains and in which order; the forms only decide how it looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.alerts import inert
from monitor.alerts.words import Words, load
from monitor.model import Bundle, Coverage, Entry, OutletType, Snippet

SECTIONS = ("correction", "person", "event", "story")
STORIES = 15  # "other stories" in one message; the rest is a number and a link
VOICES = 5
NAMES = 8  # sources named in the coverage line
TITLE = 300  # characters of a headline, of a quotation, of any other line
QUOTE = 600
LINE = 1000

_STATE_OUTLETS = {OutletType.OFFICIAL, OutletType.STATE_ALIGNED}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of quoted text, marked where it is a word that matched."""

    text: str
    marked: bool = False


Quote = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone who says so: the outlet, what kind of outlet it is, and its article ('' where the link is unsafe)."""

    outlet: str
    type: str
    link: str

    def __str__(self) -> str:
        return f"{self.outlet} ({self.type})" if self.type else self.outlet


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, worded. `title` is '' where the headline already is the article's title."""

    headline: str
    title: str
    state: str
    when: str
    speakers: tuple[Speaker, ...]
    more_speakers: str
    quotes: tuple[Quote, ...]
    lines: tuple[tuple[str, str], ...]  # (label, text): new, counts, not known, names, what matched
    warnings: tuple[str, ...]
    link: str
    page: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Everything one message says, before it takes the form of its channel."""

    bundle: Bundle
    words: Words
    zone: ZoneInfo
    day: str
    total: int
    items: str  # "3 items"
    sections: tuple[Section, ...]
    more: int  # stories that are only counted
    more_line: str
    more_link: str
    home: str  # the site's own address, '' where no entry shows it
    coverage: tuple[str, ...]
    held: str
    code_word: str

    def all_items(self) -> Iterator[Item]:
        return (item for section in self.sections for item in section.items)


def say(bundle: Bundle) -> Note:
    """Order a bundle's entries and put everything around them into its reader's language and time zone."""
    words, zone = load(bundle.language), ZoneInfo(bundle.zone)
    ordered, stories_cut = _ordered(bundle.entries)
    more = bundle.more + stories_cut
    total = len(ordered) + more
    home = next((found for e in ordered if (found := _home(e.page))), "")
    item = _worder(words, zone, bundle.at)
    return Note(
        bundle=bundle,
        words=words,
        zone=zone,
        day=words.day(bundle.at, zone, year=False),
        total=total,
        items=words.count("items", total),
        sections=tuple(
            Section(words(f"sections.{name}"), tuple(item(e) for e in ordered if e.section == name))
            for name in SECTIONS
            if any(e.section == name for e in ordered)
        ),
        more=more,
        more_line=words("closing.more", stories=words.count("stories", more)) if more else "",
        more_link=inert.link(bundle.more_url) or home,
        home=home,
        coverage=_coverage(bundle.coverage, words, zone),
        held=inert.text(bundle.held, LINE),
        code_word=words("closing.code_word", word=inert.text(bundle.code_word, 80)) if bundle.code_word else "",
    )


def quote(snippet: Snippet, limit: int = QUOTE) -> Quote:
    """A snippet as harmless pieces; white space is squeezed across them, and it ends after `limit` characters."""
    pieces: list[Piece] = []
    room = limit
    for raw, marked in _runs(snippet):
        text = re.sub(r"\s+", " ", inert.clean(raw))
        if not pieces or pieces[-1].text.endswith(" "):
            text = text.lstrip()
        if len(text) > room:
            pieces.append(Piece(inert.cut(text, room) if room > 1 else "…", marked))
            break
        if text:
            pieces.append(Piece(text, marked))
            room -= len(text)
    return tuple(pieces)


def _ordered(entries: Iterable[Entry]) -> tuple[list[Entry], int]:
    """Entries by section, otherwise as given, and how many stories were left out."""
    by_section = sorted(entries, key=lambda e: SECTIONS.index(e.section))
    stories = [e for e in by_section if e.section == "story"]
    return by_section[: len(by_section) - len(stories)] + stories[:STORIES], max(0, len(stories) - STORIES)


def _worder(words: Words, zone: ZoneInfo, now: datetime) -> Callable[[Entry], Item]:
    def word(entry: Entry) -> Item:
        title = inert.text(entry.title, TITLE) or words("entry.untitled")
        happened = inert.text(entry.happened, TITLE)
        spoken = [
            Speaker(inert.text(v.outlet, 80), _known(words, "outlets", v.type), inert.link(v.url)) for v in entry.voices
        ]
        unheard = len(spoken) - VOICES
        return Item(
            headline=happened or title,
            title=title if happened and happened != title else "",
            state=_known(words, "certainty", entry.state),
            when=words.moment(entry.published or entry.seen, zone, now),
            speakers=tuple(spoken[:VOICES]),
            more_speakers=words("entry.more_voices", others=words.count("others", unheard)) if unheard > 0 else "",
            quotes=tuple(q for s in entry.snippets if (q := quote(s))),
            lines=tuple(_lines(entry, words)),
            warnings=tuple(_warnings(entry, words, zone, now)),
            link=inert.link(entry.link),
            page=inert.link(entry.page),
        )

    return word


def _lines(entry: Entry, words: Words) -> Iterator[tuple[str, str]]:
    for label, values, between in (
        ("new", entry.new, "; "),
        ("counts", entry.ledger, "; "),
        ("unknown", entry.unknown, "; "),
        ("names", entry.names, ", "),
        ("alerts", entry.alerts, ", "),
    ):
        said = between.join(filter(None, (inert.text(v, LINE) for v in values)))
        if said:
            yield words(f"entry.{label}"), inert.cut(said, LINE)


def _warnings(entry: Entry, words: Words, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    if entry.voices and all(v.type in _STATE_OUTLETS for v in entry.voices):
        yield words("entry.state_only")
    if entry.late:
        appeared, seen = (words.moment(m, zone, now) for m in (entry.published or entry.seen, entry.seen))
        yield words("entry.late", when=appeared, seen=seen)


def _coverage(coverage: Coverage | None, words: Words, zone: ZoneInfo) -> tuple[str, ...]:
    if coverage is None or not coverage.checked:
        return ()
    checked = words.count("sources", coverage.checked)
    if coverage.failing:
        names = _names(
            [
                words("closing.since", name=inert.text(name, 80), day=words.day(since, zone, year=False))
                for name, since in coverage.failing
            ],
            words,
        )
        lines = [words("closing.some_failing", sources=checked, names=names)]
    else:
        lines = [words("closing.all_answered", sources=checked)]
    if coverage.quiet:
        lines.append(words("closing.quiet", names=_names([inert.text(n, 80) for n in coverage.quiet], words)))
    return tuple(lines)


def _names(names: list[str], words: Words) -> str:
    """A list a person reads to its end."""
    said = ", ".join(names[:NAMES])
    unnamed = len(names) - NAMES
    return f"{said} {words('entry.more_voices', others=words.count('others', unnamed))}" if unnamed > 0 else said


def _known(words: Words, vocabulary: str, value: str) -> str:
    """The word for a value of one of our vocabularies; the value itself where it is newer than the words."""
    return words(f"{vocabulary}.{value}") if words.has(f"{vocabulary}.{value}") else inert.text(value, 40)


def _runs(snippet: Snippet) -> Iterator[tuple[str, bool]]:
    """The snippet's text cut at its marks; marks that overlap, run backwards or leave the text are ignored."""
    at = 0
    for start, end in sorted(snippet.marks):
        if at <= start < end <= len(snippet.text):
            yield snippet.text[at:start], False
            yield snippet.text[start:end], True
            at = end
    yield snippet.text[at:], False


def _home(page: str) -> str:
    parts = urlsplit(inert.link(page))
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""
