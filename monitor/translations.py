"""What the shipped data say in English, in Belarusian and Russian: roles, notes, who counted.

`data/translations.csv` has a row for each text of people.csv and releases.csv; an operator's own people have none.
"""

from __future__ import annotations

import csv
import functools
from importlib.resources import files
from io import StringIO


def translated(text: str, language: str) -> str:
    """A text of the shipped data in a language of ours; '' where nobody wrote it there. English is as it stands."""
    return text if language == "en" else _book().get(text, {}).get(language, "")


@functools.cache
def _book() -> dict[str, dict[str, str]]:
    text = (files("monitor") / "data" / "translations.csv").read_text(encoding="utf-8")
    return {r["en"]: r for r in csv.DictReader(StringIO(text))}
