"""Names of people in any spelling, case and script: which words of an article may be one, under which keys."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Sighting, Tokens


@dataclass(frozen=True, slots=True)
class Name:
    """A watched name, parsed once."""

    spelling: str
    strong: frozenset[str]
    weak: frozenset[str] = frozenset()

    def meets(self, sighting: Sighting, language: str = "") -> bool:
        """Whether a sighting that shares a key is spelled compatibly."""
        return True


def parse_name(spelling: str, language: str = "") -> Name | None:
    """A full name as typed or stored, or None for something that is no full name."""
    return None


def sightings(title: str, text: str, title_tokens: Tokens, text_tokens: Tokens, language: str) -> tuple[Sighting, ...]:
    """Every run of words in an article that may be somebody's full name."""
    return ()
