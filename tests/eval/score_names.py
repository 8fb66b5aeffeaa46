"""How surely watched people are found by full name, in every language and case: `python -m tests.eval.score_names`.

Every spelling of every person is judged against every watched person, so relatives and namesakes count as false hits.
A person is watched once by the Belarusian spelling alone and once by the three names the register holds. Then the
shipped register is asked for forty of its people as papers of fifteen languages print them, and for other people
whose names are near (person `-`): whoever is found for those is a false hit. A third of that table is never listed.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

from monitor.model import Person, Tokens
from monitor.reading.analysed import Analysed
from monitor.reading.people import Register
from monitor.store.shipped import shipped_people

_FOLDER = Path(__file__).parent / "names"
_NONE = Tokens()


def main() -> None:
    """Print recall and precision per language, case and split, and misses and false hits of the larger settings."""
    spellings = read("people")
    for setting, register in (
        ("be", watched(spellings, ("be",))),
        ("be+ru+en", watched(spellings, ("be", "ru", "en"))),
    ):
        print(f"watched by {setting}")
        score(spellings, register, shown=("dev", "unseen") if setting == "be+ru+en" else ())
    print("the shipped register")
    score(read("register"), Register(shipped_people()), shown=("dev",))


def read(name: str) -> list[dict[str, str]]:
    """All spellings of a table: person, split, language, case, spelling."""
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def watched(spellings: list[dict[str, str]], languages: tuple[str, ...]) -> Register:
    """A register that knows each person by the first nominative in each of `languages`."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for row in spellings:
        if row["case"] == "nominative" and row["language"] in languages:
            names[row["person"]].setdefault(row["language"], row["spelling"])
    return Register(
        Person(person, name_en=known.get("en", ""), name_be=known.get("be", ""), name_ru=known.get("ru", ""))
        for person, known in names.items()
    )


def score(spellings: list[dict[str, str]], register: Register, *, shown: tuple[str, ...]) -> None:
    """Print the table of one setting, and the errors in the splits `shown`."""
    hit: Counter[tuple[str, str]] = Counter()
    false: Counter[tuple[str, str]] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    for row in spellings:
        text, language = f"– {row['spelling']} –", row["language"]
        mentions = register.find(Analysed.of(text, "", language))
        found = {mention.person for mention in mentions}
        others = found - {row["person"]}
        for place in ((row["language"], row["split"]), (row["case"], row["split"]), ("all", row["split"])):
            seen[place] += row["person"] != "-"
            hit[place] += row["person"] in found
            false[place] += len(others)
        if row["split"] in shown and (others or row["person"] not in found | {"-"}):
            print(
                f"  {row['split']}: {row['spelling']} ({language}) of {row['person']}",
                *(f"read as {other}" for other in others),
            )
    for kind, split in sorted(seen, key=lambda place: (place[1], place[0])):
        place = kind, split
        recall = hit[place] / max(1, seen[place])
        precision = hit[place] / max(1, hit[place] + false[place])
        rates = f"recall {recall:.4f} precision {precision:.4f}" if seen[place] else "nobody to be found:"
        print(f"{split:7} {kind:13} {rates} of {seen[place]}, {false[place]} false")


if __name__ == "__main__":
    main()
