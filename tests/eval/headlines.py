"""The headlines of `tests/reading` as labelled articles: what its tables say of each, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from monitor.model import Article, Kind, OutletType, Source

READING = Path(__file__).parents[1] / "reading"
PUBLISHED = datetime(2025, 12, 13, 15, tzinfo=UTC)
_RELEVANT = {"released": True, "yes": True, "denied": True, "retracted": True}
_NOT = ("not", "no", "demand", "forecast", "hint")
#: The person of whom `phrases` say what became of him.
_HIM = "bialiatski-ales"


def headlines() -> Iterator[tuple[dict[str, Any], Article, Source]]:
    """Each headline with its label: `relevant` (or None), and where told `total`, `freed` and `held` or `everybody`."""
    for language, label, title, text in _lines():
        host = f"{language}.example"
        source = Source(host, f"https://{host}/feed", Kind.FEED, type=OutletType.INDEPENDENT, languages=(language,))
        yield _item(label.split()), Article(f"https://{host}/a", title.strip(), text.strip(), "", PUBLISHED), source


def _lines() -> Iterator[tuple[str, str, str, str]]:
    for folder, parting in (("phrases", "//"), ("wordings", " | ")):
        for path in sorted((READING / folder).glob("*.txt")):
            for line in path.read_text(encoding="utf-8").splitlines():
                label, _, article = line.partition(" | ")
                title, _, text = article.partition(parting)
                if not line.startswith("#"):
                    yield path.stem, label, title, text
    kinds = yaml.safe_load((READING / "near_misses.yaml").read_text(encoding="utf-8"))
    for language, lines in kinds.items():
        for label, kind in (("yes", "release"), ("no", "other")):
            for line in lines[kind]:
                title, _, text = line.partition(" | ")
                yield language, label, title, text


def _item(label: list[str]) -> dict[str, Any]:
    item: dict[str, Any] = {"relevant": _RELEVANT.get(label[0], False if label[0] in _NOT else None)}
    numbers = [int(word) for word in label if word.isdecimal()]
    if numbers:
        item |= {"cumulative": numbers[0], "total": None} if "since" in label else {"total": numbers[0]}
    if label[0] in ("out", "held"):
        item["everybody"] = "freed" if label[0] == "out" else "held"
    elif "freed" in label or "held" in label:
        item |= {"freed": [_HIM], "held": []} if "freed" in label else {"freed": [], "held": [_HIM]}
    return item
