"""Weighing evidence: what each piece of it says for and against each answer, learned from labelled articles.

`monitor/data/weights/<question>.csv` has a row for each piece of evidence and a column for each answer. An answer's
score is the sum of its column over the evidence shown, plus what always holds: the logarithm of its odds. Evidence
without a row says nothing. The files are learned by `python -m tests.eval.learn`, never written by hand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO

#: The row of what holds before any evidence.
ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Weights:
    """One question's weights: its answers, and for each piece of evidence what it adds to each of them."""

    answers: tuple[str, ...]
    table: dict[str, tuple[float, ...]]

    def scores(self, shown: Iterable[str]) -> dict[str, float]:
        """The logarithm of the odds of each answer."""
        rows = [self.table[ALWAYS], *(row for piece in shown if (row := self.table.get(piece)))]
        return dict(zip(self.answers, map(sum, zip(*rows, strict=True)), strict=True))


@cache
def load(question: str) -> Weights:
    """The weights of `article`, `person` or `number`."""
    text = (files("monitor") / "data" / "weights" / f"{question}.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(StringIO(text))
    return Weights(tuple(header[1:]), {row[0]: tuple(map(float, row[1:])) for row in rows})
