"""Compares what the receivers got with what was due to them, and looks into the files. Knows nothing of the program."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.world import Told


@dataclass
class Finding:
    """What one fault did. Everything but `repeated` and `late` must stay empty.

    `lost`: due and not told. `doubled`: told again in another message. `uninvited`: told to whom nothing was due.
    `repeated`: the same message again, with its old id. `corrupt`: what the databases say of themselves.
    `amiss`: anything else that must not be, in words.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    uninvited: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)
    repeated: int = 0

    @property
    def bad(self) -> list[str]:
        """Every broken promise, in words."""
        named = {"lost": self.lost, "doubled": self.doubled, "uninvited": self.uninvited, "corrupt": self.corrupt}
        return [*(f"{name}: {what}" for name, all_ in named.items() for what in all_), *self.amiss]


def audit(told: Iterable[Told], due: Mapping[str, Collection[str]], *, in_hand: int) -> Finding:
    """`due`: receiver → slugs, each to be told in exactly one message. At most `in_hand` messages may come again."""
    finding = Finding()
    told = [t for t in told if t.of]
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for message in told:
        for slug in message.of:
            ids[message.to, slug].add(message.id)
    for to, slugs in due.items():
        finding.lost += [f"{slug} for {to}" for slug in sorted(set(slugs)) if not ids[to, slug]]
    for (to, slug), messages in sorted(ids.items()):
        if len(messages) > 1:
            finding.doubled.append(f"{slug} for {to} in {len(messages)} messages")
        if messages and slug not in due.get(to, ()):
            finding.uninvited.append(f"{slug} for {to}")
    copies = Counter((t.to, t.id) for t in told)
    finding.repeated = sum(times - 1 for times in copies.values())
    if finding.repeated > in_hand:
        finding.amiss.append(f"{finding.repeated} messages came again, {in_hand} were in hand at most")
    return finding


def damage(state: Path) -> list[str]:
    """What the databases under a state folder say of themselves; [] for whole ones."""
    found: list[str] = []
    for path in (state / "archive.db", state / "private" / "private.db"):
        if not path.exists():
            continue
        db = sqlite3.connect(path)
        try:
            found += [f"{path.name}: {r[0]}" for r in db.execute("PRAGMA integrity_check") if r[0] != "ok"]
            found += [f"{path.name}: a row of {r[0]} hangs in the air" for r in db.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as trouble:
            found.append(f"{path.name}: {trouble}")
        finally:
            db.close()
    return found


def schema(path: Path) -> list[str]:
    """Every table and index as created."""
    db = sqlite3.connect(path)
    try:
        return sorted(r[0] for r in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    finally:
        db.close()


def one(path: Path, query: str) -> int:
    """The only figure of a query."""
    db = sqlite3.connect(path)
    try:
        return int(db.execute(query).fetchone()[0])
    finally:
        db.close()
