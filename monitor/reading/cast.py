"""People of the shipped register who rule, negotiate or speak: the cast of every article about a release."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from io import StringIO


@cache
def never_prisoners() -> frozenset[str]:
    """The ids of those who never were prisoners of this regime."""
    text = (files("monitor") / "data" / "people.csv").read_text(encoding="utf-8")
    return frozenset(row["id"] for row in csv.DictReader(StringIO(text)) if row["category"] == "context")
