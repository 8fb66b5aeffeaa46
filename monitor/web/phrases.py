"""What other rooms say in English, in the language of the page: how a visit went, why an article joined a story, what
is wrong with a query. They store or raise one sentence for the operator; `words/phrases.toml` has it for the reader.
"""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path

from monitor.web.words import Words, plural

_FILE = Path(__file__).parent / "words" / "phrases.toml"
#: A blank in a phrase: taken over as it stands, or `{place}`, which is a word of the page's own.
_BLANK = re.compile(r"\{(\d|place)\}")
#: How `gather.pacing` writes the note of a visit: what it is (the page says that itself), the status, the reason.
_NOTE = re.compile(r"(?:read; |it )[^:(]*(?: \((?P<code>HTTP \d+)\))?(?:: (?P<reason>.+))?", re.DOTALL)


def translated(said: str, t: Words) -> str:
    """A sentence of ours in the page's language, part by part where it is a list; '' where nobody wrote it there."""
    if t.language == "en" or not said:
        return said
    whole = _phrase(said, t)
    if whole:
        return whole
    mark = next((m for m in ("; ", ", ") if m in said), "")
    parts = [_phrase(part, t) for part in said.split(mark)] if mark else []
    return mark.join(parts) if parts and all(parts) else ""


def reason(note: str, t: Words) -> str:
    """Why a visit went as it did, without the words that the page has for its status."""
    found = _NOTE.fullmatch(note)
    if not found:
        return ""
    why = (found["reason"] or "").removeprefix("it answered ")  # a spider's reason may be the status once more
    return " · ".join(dict.fromkeys(filter(None, (found["code"], _as_it_is(why) or translated(why, t)))))


def _as_it_is(why: str) -> str:
    return why if re.fullmatch(r"HTTP \d+", why) else ""


def _phrase(said: str, t: Words) -> str:
    for pattern, blanks, phrase in _book():
        found = pattern.fullmatch(said)
        if found:
            return _filled(phrase[t.language], dict(zip(blanks, found.groups(), strict=True)), t)
    return ""


def _filled(text: str | dict[str, str], given: dict[str, str], t: Words) -> str:
    if not isinstance(text, str):
        text = text[plural(t.language, int(given["0"]))]
    return _BLANK.sub(lambda b: t.named("place", given[b[1]]) if b[1] == "place" else given[b[1]], text)


@functools.cache
def _book() -> tuple[tuple[re.Pattern[str], tuple[str, ...], dict[str, str | dict[str, str]]], ...]:
    book = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        (_pattern(english, phrase), tuple(_BLANK.findall(english)), phrase) for english, phrase in book.items()
    )


def _pattern(english: str, phrase: dict[str, str | dict[str, str]]) -> re.Pattern[str]:
    pieces = _BLANK.split(english)  # text, name of the blank, text, …
    blank = "(.+?)" if isinstance(phrase["be"], str) else r"(\d+)"
    return re.compile(blank.join(re.escape(text) for text in pieces[::2]), re.DOTALL)
