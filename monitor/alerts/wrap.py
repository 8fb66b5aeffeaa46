"""What one delivery says and what surrounds it: a claimed row and its opened reader become a Bundle and an Envelope."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from monitor.alerts.channels import Envelope
from monitor.model import Bundle, Coverage, DeliveryKind, Entry
from monitor.store.outbox import DueRow
from monitor.subscribers.readers import Reader
from monitor.subscribers.requests import CODE_PATH, MANAGE_PATH, link

#: Kinds that bring news, and so carry the ways to change and to stop them.
NEWS = (DeliveryKind.ALERT, DeliveryKind.DIGEST, DeliveryKind.CORRECTION, DeliveryKind.QUIET, DeliveryKind.TEST)


class Content(NamedTuple):
    """The news of a message: entries, how many further stories there are, and what closes a digest."""

    entries: tuple[Entry, ...] = ()
    more: int = 0
    coverage: Coverage | None = None
    held: str = ""


def wrap(
    row: DueRow, held: dict[str, Any], reader: Reader, content: Content, base_url: str, now: datetime
) -> tuple[Bundle, Envelope]:
    """The bundle of a delivery and its envelope; `held` is what was sealed with the row (tokens, a notice's text)."""
    kind = DeliveryKind(row.kind)
    base_url = base_url.rstrip("/")
    leave = link(base_url, "leave", reader.leave) if kind in NEWS else ""
    bundle = Bundle(
        delivery=row.id,
        kind=kind,
        at=row.created if reader.channel == "webhook" else now.replace(second=0, microsecond=0),
        language=reader.language,
        zone=reader.zone,
        discretion=reader.discretion,
        html=reader.html,
        entries=content.entries,
        more=content.more,
        more_url=f"{base_url}/" if content.more else "",
        coverage=content.coverage,
        held=content.held,
        code_word=reader.code_word if kind is not DeliveryKind.CONFIRM else "",
        unsubscribe_url=_not_me(base_url, held) if kind is DeliveryKind.CONFIRM else leave,
        manage_url=f"{base_url}{MANAGE_PATH}" if kind in NEWS else "",
        action_url=_action(base_url, kind, held),
        text=str(held.get("code") or held.get("text") or ""),
    )
    return bundle, Envelope(unsubscribe_url=leave, operator=row.origin in ("config", "operator", "notices", "probe"))


def _action(base_url: str, kind: DeliveryKind, held: dict[str, Any]) -> str:
    """The page of a confirmation or of a manage link, or where its code is typed in."""
    if kind not in (DeliveryKind.CONFIRM, DeliveryKind.MANAGE):
        return ""
    return link(base_url, str(kind), held["token"]) if "token" in held else f"{base_url}{CODE_PATH}"


def _not_me(base_url: str, held: dict[str, Any]) -> str:
    return link(base_url, "not-me", held["not_me"]) if "not_me" in held else ""
