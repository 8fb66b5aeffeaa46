"""What arrived, whatever it arrived by, in one form: who got it, what it says, and which stories it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from monitor.alerts.words import load
from monitor.demo.receivers import Arrivals
from monitor.demo.stage import BY_ID

_PAGE = re.compile(r"/n/(\w+)")  # "http://127.0.0.1:8000/n/286bn9g7mx": our own page about a story


@dataclass(frozen=True, slots=True)
class Received:
    """One message. `stories` are the ids behind its links; the rest are its own lines, '' where it has none."""

    reader: str
    subject: str
    stories: tuple[str, ...]
    correction: bool
    says: str
    new: str
    warning: str
    name: str = ""

    @property
    def content(self) -> tuple[str, str, str]:
        """What makes two messages the same one for those who read them side by side."""
        return self.subject, self.says, self.new


def received(arrived: Arrivals) -> list[Received]:
    """Everything that arrived, mails first."""
    mails = [_mail(to.partition("@")[0], mail) for to, mail in arrived.mails]
    return [*mails, *map(_slack, arrived.slack), *map(_hook, arrived.hooks)]


def _mail(reader: str, mail: EmailMessage) -> Received:
    body = mail.get_body(("plain",))
    return _from_lines(reader, str(mail["Subject"]), (body.get_content() if body else "").splitlines())


def _slack(post: Mapping[str, Any]) -> Received:
    lines = [line for text in _texts(post["blocks"]) for line in text.splitlines()]
    return _from_lines("channel", post["text"].splitlines()[0], lines)


def _hook(call: Mapping[str, Any]) -> Received:
    entries = call["data"]["entries"]
    kinds = load("en")
    lead = entries[0] if entries else {}
    voices = ", ".join(f"{v['outlet']} ({kinds('outlets.' + v['type'])})" for v in lead.get("voices", ()))
    return Received(
        "system",
        lead.get("happened") or lead.get("title", ""),
        _pages(e["page"] for e in entries),
        call["type"].endswith("correction"),
        voices,
        "; ".join(lead.get("new", ())),
        "",
    )


def _from_lines(reader: str, subject: str, lines: list[str]) -> Received:
    words = load(BY_ID[reader].language)
    return Received(
        reader,
        subject,
        _pages(lines),
        subject.startswith(words("open.correction", what="")),
        _after(words("entry.says"), lines),
        _after(words("entry.new"), lines),
        next((line[2:] for line in lines if line.startswith("! ")), ""),
        _after(words("entry.names"), lines),
    )


def _after(label: str, lines: Iterable[str]) -> str:
    """The rest of the first line that begins with a label."""
    return next((line.removeprefix(f"{label}: ") for line in lines if line.startswith(f"{label}: ")), "")


def _pages(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for line in lines for found in _PAGE.findall(line)))


def _texts(block: Any) -> Iterator[str]:
    """Every piece of text in Slack's blocks, however deep."""
    if isinstance(block, dict):
        if isinstance(block.get("text"), str):
            yield block["text"]
        block = list(block.values())
    if isinstance(block, list):
        for part in block:
            yield from _texts(part)
