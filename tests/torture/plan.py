"""Which faults, in which order: every call that a scene makes, shuffled by a seed, remembered from run to run."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.torture.launch import Fault

#: Errors as the kernel gives them, the calls they make sense at, and for how many calls the trouble lasts.
ERRORS = {
    "ENOSPC": (("pwrite64", "write", "ftruncate"), (1, 5, 200)),
    "EIO": (("pwrite64", "fsync", "fdatasync", "ftruncate"), (1, 5)),
    "EMFILE": (("connect",), (1, 5)),
    "ECONNRESET": (("sendto", "recvfrom"), (1, 3)),
}
#: Scenes that write to both databases, and for how many tenths of a second they may run before one is locked.
LOCKED = ("alert", "desk", "digest")
DATABASES = ("archive.db", "private/private.db")
TENTHS = 16


@dataclass(frozen=True)
class Point:
    """One fault in one scene. `kind`: kill, term, error or lock."""

    scene: str
    fault: Fault

    @property
    def kind(self) -> str:
        return {"KILL": "kill", "TERM": "term", "LOCK": "lock"}.get(self.fault.what, "error")


@dataclass
class Tally:
    """What came out so far, of one kind of fault in one scene."""

    faults: int = 0
    missed: int = 0  # the run ended before the fault could happen
    lost: int = 0
    doubled: int = 0
    corrupt: int = 0
    amiss: int = 0
    repeated: int = 0
    seconds: float = 0.0


@dataclass
class Memory:
    """What a run leaves for the next one: which points are done, and what they showed."""

    path: Path
    counted: dict[str, dict[str, int]] = field(default_factory=dict)  # scene → call → how often
    done: dict[str, int] = field(default_factory=dict)  # "seed kind" → how many points of the plan
    tallies: dict[str, Tally] = field(default_factory=dict)  # "kind scene" → figures
    bad: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> Memory:
        if not path.exists():
            return cls(path)
        data = json.loads(path.read_text())
        tallies = {k: Tally(**t) for k, t in data["tallies"].items()}
        return cls(path, data["counted"], data["done"], tallies, data["bad"])

    def save(self) -> None:
        data = {"counted": self.counted, "done": self.done, "bad": self.bad}
        data["tallies"] = {k: asdict(t) for k, t in self.tallies.items()}  # type: ignore[assignment]
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(data, indent=1))
        part.replace(self.path)


def points(counted: dict[str, dict[str, int]], kind: str, seed: int) -> list[Point]:
    """Every fault of a kind, in an order that depends on nothing but the seed."""
    every = {"kill": _signals("KILL"), "term": _signals("TERM"), "error": _errors, "lock": _locks}[kind]
    if kind == "lock":
        counted = {scene: calls for scene, calls in counted.items() if scene in LOCKED}
    found = [Point(scene, fault) for scene, calls in sorted(counted.items()) for fault in every(Counter(calls))]
    random.Random(f"{seed} {kind}").shuffle(found)
    return found


def _signals(what: str):  # type: ignore[no-untyped-def]
    def every(calls: Counter[str]) -> Iterator[Fault]:
        for call, times in sorted(calls.items()):
            yield from (Fault(what, call, nth) for nth in range(1, times + 1))

    return every


def _locks(calls: Counter[str]) -> Iterator[Fault]:
    yield from (Fault("LOCK", database, tenth) for database in DATABASES for tenth in range(TENTHS))


def _errors(calls: Counter[str]) -> Iterator[Fault]:
    for what, (where, lasting) in ERRORS.items():
        for call in where:
            for times in lasting:
                yield from (Fault(what, call, nth, times) for nth in range(1, calls[call] + 1))
