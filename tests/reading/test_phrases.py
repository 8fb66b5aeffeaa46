"""How newsrooms, channels and ministries say that somebody was let go, or was not: a table for each language.

A line of `phrases/<language>.txt` is what must be read, then the headline, after `//` the body. `released`: relevant,
told as having happened; `not`: not relevant; a modality: that of the main claim; a number: its total; a kind of
release; `since 430`: its running total; `freed` or `held`: the status of Ales Bialiatski.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.reading.claims import ClaimReading
from monitor.reading.statements import RELEASES
from tests.reading.claim_cases import claims_of

#: What an article only wishes for or foresees makes it no news of a release.
WISHES = ("demand", "forecast", "hint")
FOLDER = Path(__file__).parent / "phrases"
PHRASES = [
    (path.stem, *(part.strip() for part in line.split("|", 1)))
    for path in sorted(FOLDER.glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("language", "expected", "article"), PHRASES)
def test_a_phrase_is_read_as_its_newsroom_meant_it(language, expected, article):
    title, _, text = article.partition("//")
    assert _read(claims_of(title.strip(), text.strip(), language), expected.split()) == expected


def _read(found: ClaimReading, wanted: list[str]) -> str:
    """What was read, in the words of the table and as far as it asks."""
    return " ".join(_answer(found, word, before) for before, word in zip(["", *wanted], wanted, strict=False))


def _answer(found: ClaimReading, word: str, before: str) -> str:
    claim = found.claims[0] if found.claims else None
    status = [m.status.value for m in found.mentions if m.person == "bialiatski-ales"]
    happened = found.relevant and claim is not None and claim.modality in ("announced", "reported")
    if word == "not":
        return "released" if found.relevant else word
    if word == "released":
        return word if happened else claim.modality if claim else "nothing"
    if claim is None:
        return "nothing"
    if word.isdecimal():
        return str(claim.cumulative if before == "since" else claim.total)
    if word in ("freed", "held"):
        return status[0] if status else "nobody"
    if word == "since":
        return word
    if word in RELEASES:
        return claim.kind
    return "relevant" if found.relevant and word in WISHES else claim.modality
