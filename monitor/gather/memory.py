"""What is remembered of a source, between the columns of its row and `pacing.Memory`. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor import clock
from monitor.gather.pacing import Manners, Memory
from monitor.model import Status, Validators

_MOMENTS = (
    *("validators_since", "status_since", "first_success_at", "last_success_at", "previous_success_at"),
    *("last_new_at", "moved_since"),
)
_PLAIN = ("failures", "unchanged", "address", "moved_to", "moved_seen")


def from_row(columns: Mapping[str, Any]) -> Memory:
    """The memory that a row of `sources` holds."""
    moments: dict[str, Any] = {name: _moment(columns[name]) for name in _MOMENTS}
    return Memory(
        validators=Validators(columns["etag"], columns["last_modified"], columns["body_hash"]),
        manners=_manners(columns["manners"]),
        status=Status(columns["status"]) if columns["status"] else None,
        **moments,
        **{name: columns[name] for name in _PLAIN},
    )


def to_row(memory: Memory) -> dict[str, Any]:
    """The inverse of `from_row`."""
    moments = {name: getattr(memory, name) for name in _MOMENTS}
    return {
        "etag": memory.validators.etag,
        "last_modified": memory.validators.last_modified,
        "body_hash": memory.validators.body_hash,
        **{name: getattr(memory, name) for name in _PLAIN},
        **{name: clock.to_text(moment) if moment else None for name, moment in moments.items()},
        "status": memory.status.value if memory.status else "",
        "manners": json.dumps(asdict(memory.manners)) if memory.manners != Manners() else "{}",
    }


def _manners(text: str) -> Manners:
    data = json.loads(text)
    hours, days = tuple(data.get("skip_hours", ())), tuple(data.get("skip_days", ()))
    return Manners(data.get("ttl_minutes", 0), hours, days)


def _moment(text: str | None) -> datetime | None:
    return clock.from_text(text) if text else None
