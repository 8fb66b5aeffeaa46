"""The many ways of saying it in four languages: an article a line, what it tells in front (`wordings/<language>.txt`).

`yes 8` is a release of eight, `yes pardon` a pardon; `out` and `held` say what became of those named; `denied`,
`demand`, `forecast` and `hint` are modalities; `no` is a near miss.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.model import PersonStatus
from tests.reading.claim_cases import claims_of


def cases() -> Iterator[tuple[str, str, str]]:
    for path in sorted(Path(__file__).with_name("wordings").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                expected, _, headline = line.partition(" | ")
                yield path.stem, expected, headline


@pytest.mark.parametrize(("language", "expected", "headline"), list(cases()))
def test_a_headline_tells_what_it_says_however_it_is_worded(language, expected, headline):
    title, _, text = headline.partition(" | ")
    found = claims_of(title, text, language)
    meaning, *details = expected.split()
    if meaning in ("out", "held"):
        assert found.mentions
        status = PersonStatus.FREED if meaning == "out" else PersonStatus.HELD
        assert {m.status for m in found.mentions} == {status}
    elif meaning in ("demand", "forecast", "hint"):
        assert not found.relevant
        assert found.claims[0].modality == meaning
    elif meaning == "denied":
        assert found.claims[0].modality in ("denied", "retracted")
    else:
        assert found.relevant == (meaning == "yes")
        for detail in details:
            assert detail in (found.claims[0].kind, str(found.claims[0].total))
