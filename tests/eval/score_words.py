"""How often a form meets its lemma, and a mere look-alike: `python -m tests.eval.score_words`."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from monitor.languages import LANGUAGES, query_keys

_FOLDER = Path(__file__).parent / "words"


def main() -> None:
    """Print recall of forms and the share of confusables joined, with every miss and confusion."""
    for language in LANGUAGES:
        met: Counter[tuple[str, str]] = Counter()
        seen: Counter[tuple[str, str]] = Counter()
        for form, lemma, kind, split in pairs(language):
            joined = meet(form, lemma, language)
            seen[kind, split] += 1
            met[kind, split] += joined
            if joined != (kind == "form"):
                print(f"  {language} {split}: {form} {'misses' if kind == 'form' else 'is taken for'} {lemma}")
        for split in ("dev", "unseen"):
            forms, confusables = ("form", split), ("confusable", split)
            print(
                f"{language} {split:7} forms {met[forms]}/{seen[forms]} = {met[forms] / seen[forms]:.3f}"
                f"  confusables joined {met[confusables]}/{seen[confusables]}"
            )


def pairs(language: str) -> list[tuple[str, str, str, str]]:
    """(form, lemma, kind, split) of one language; kind is `form` or `confusable`."""
    with (_FOLDER / f"{language}.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["form"], row["lemma"], row["kind"], row["split"]) for row in rows]


def meet(one: str, other: str, language: str) -> bool:
    """Whether two words share a key in a language."""
    return not query_keys(one, language).isdisjoint(query_keys(other, language))


if __name__ == "__main__":
    main()
