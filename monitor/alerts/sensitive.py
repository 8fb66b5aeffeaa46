"""What must not be seen over a shoulder: stems of words in seven languages, matched at the start of a word.

For `doctor` (which looks at what stands in every header) and for the tests of what is composed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")


@cache
def stems() -> tuple[str, ...]:
    """All of data/sensitive.txt."""
    text = (Path(__file__).parents[1] / "data" / "sensitive.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(stem for line in lines for stem in line.casefold().split())


def found_in(text: str) -> list[str]:
    """The stems that some word of a text begins with."""
    words = _WORD.findall(text.casefold().replace("’", "'").replace("ʼ", "'"))
    return [stem for stem in stems() if any(word.startswith(stem) for word in words)]
