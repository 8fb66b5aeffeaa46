"""A note as JSON for another program.

An open endpoint gets everything; a discreet or pointer one gets ids, times and neutral addresses only (a "thin"
payload), and asks our pages for the rest. The body stays below the 20 kB that Standard Webhooks recommends.
"""

from __future__ import annotations

import json
from typing import Any

from monitor.alerts import inert
from monitor.alerts.said import QUOTE, TITLE, Note
from monitor.clock import to_text
from monitor.model import DeliveryKind, Entry, HookCall

BYTES = 18_000  # of the JSON of `data`; the envelope around it is small


def form(note: Note) -> HookCall:
    """The call of a note: type `monitor.<kind>`."""
    bundle = note.bundle
    call_type, at = f"monitor.{bundle.kind}", to_text(bundle.at)
    if bundle.kind is DeliveryKind.CONFIRM:
        return HookCall(call_type, {"challenge": inert.text(bundle.text, 200)}, at)
    if bundle.kind is DeliveryKind.MANAGE:
        return HookCall(call_type, {"manage_url": inert.link(bundle.action_url)}, at)
    if bundle.kind is DeliveryKind.NOTICE:
        return HookCall(call_type, {"text": inert.text(bundle.text, 4000)}, at)
    thin = bundle.discretion != "open"
    entries = [_thin(e) if thin else _full(e) for e in bundle.entries]
    data: dict[str, Any] = {"language": bundle.language, "entries": entries, "more": bundle.more}
    if not thin:
        data |= {"more_url": inert.link(bundle.more_url), "held": inert.text(bundle.held, 200)}
    if bundle.code_word:
        data["code_word"] = inert.text(bundle.code_word, 80)
    return HookCall(call_type, _fitted(data), at)


def _thin(entry: Entry) -> dict[str, Any]:
    return {
        "section": entry.section,
        "state": inert.text(entry.state, 40),
        "page": inert.link(entry.page),
        "late": entry.late,
    }


def _full(entry: Entry) -> dict[str, Any]:
    return _thin(entry) | {
        "title": inert.text(entry.title, TITLE),
        "happened": inert.text(entry.happened, TITLE),
        "link": inert.link(entry.link),
        "published": to_text(entry.published) if entry.published else None,
        "seen": to_text(entry.seen),
        "voices": [
            {
                "outlet": inert.text(v.outlet, 80),
                "type": inert.text(v.type, 40),
                "url": inert.link(v.url),
                "language": inert.text(v.language, 10),
            }
            for v in entry.voices
        ],
        "snippets": [inert.text(s.text, QUOTE) for s in entry.snippets],
        "names": [inert.text(n, 100) for n in entry.names],
        "ledger": [inert.text(n, TITLE) for n in entry.ledger],
        "unknown": [inert.text(n, TITLE) for n in entry.unknown],
        "new": [inert.text(n, TITLE) for n in entry.new],
        "alerts": [inert.text(n, 100) for n in entry.alerts],
    }


def _fitted(data: dict[str, Any]) -> dict[str, Any]:
    """The same within the limit: first without excerpts, then with fewer entries, which are counted in `more`."""
    if _size(data) > BYTES:
        for entry in data["entries"]:
            entry.pop("snippets", None)
    while _size(data) > BYTES and data["entries"]:
        data["entries"].pop()
        data["more"] += 1
    return data


def _size(data: dict[str, Any]) -> int:
    return len(json.dumps(data, ensure_ascii=False).encode())
