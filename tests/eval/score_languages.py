"""How often the language of a headline is recognised: `python -m tests.eval.score_languages`."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from monitor.languages import detect

_HEADLINES = Path(__file__).parent / "languages" / "headlines.tsv"


def main() -> None:
    """Print recall per language and split, and every confusion."""
    right: Counter[tuple[str, str]] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    for row in read():
        kind, split, text = row["language"], row["split"], row["text"]
        truth = kind.partition("-")[0]
        found = detect(text, "")
        for place in ((kind, split), ("all but Łacinka" if kind != "be-latn" else "Łacinka", split)):
            seen[place] += 1
            right[place] += found == truth
        if found != truth:
            print(f"  {split}: {kind} read as {found}: {text}")
    for kind, split in sorted(seen):
        hits, of = right[kind, split], seen[kind, split]
        print(f"{kind:16} {split:7} {hits:4}/{of:<4} {hits / of:.3f}")


def read() -> list[dict[str, str]]:
    """The headlines: language, split, text."""
    with _HEADLINES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


if __name__ == "__main__":
    main()
