"""The figures, as a table."""

from __future__ import annotations

from collections.abc import Mapping

from tests.torture.plan import Tally

HEAD = ("fault", "scene", "faults", "missed", "lost", "doubled", "corrupt", "amiss", "repeated", "seconds")
KINDS = {"kill": "SIGKILL", "term": "SIGTERM", "error": "error", "lock": "lock"}


def table(tallies: Mapping[str, Tally]) -> str:
    """One line for each kind of fault in each scene, and the sums."""
    lines = [HEAD, *(_line(name, tally) for name, tally in sorted(tallies.items()))]
    if tallies:
        lines.append(_line("all all", _sum(list(tallies.values()))))
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if n < 2 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _line(name: str, t: Tally) -> tuple[str, ...]:
    kind, _, scene = name.partition(" ")
    figures = (t.faults, t.missed, t.lost, t.doubled, t.corrupt, t.amiss, t.repeated, round(t.seconds))
    return (KINDS.get(kind, kind), scene, *(str(f) for f in figures))


def _sum(tallies: list[Tally]) -> Tally:
    names = ("faults", "missed", "lost", "doubled", "corrupt", "amiss", "repeated")
    sums = {name: sum(getattr(t, name) for t in tallies) for name in names}
    return Tally(**sums, seconds=sum(t.seconds for t in tallies))
