"""What only looks like a release of Belarusian political prisoners, beside releases told in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.reading.claim_cases import claims_of

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("near_misses.yaml").read_text(encoding="utf-8"))


def cases(kind: str) -> Iterator[tuple[str, str, str]]:
    for language, kinds in CASES.items():
        for line in kinds[kind]:
            title, _, text = line.partition(" | ")
            yield language, title, text


@pytest.mark.parametrize(("language", "title", "text"), list(cases("release")))
def test_a_release_is_seen_in_many_words(language, title, text):
    assert claims_of(title, text, language).relevant


@pytest.mark.parametrize(("language", "title", "text"), list(cases("other")))
def test_what_only_looks_like_a_release_is_none(language, title, text):
    found = claims_of(title, text, language)
    assert not found.relevant or found.claims[0].modality == "denied"
