"""Whom a fact is about, as the matcher understands people: by id and by every spelling the register knows.

A list of forty names is forty facts from one article. Whoever follows one of them is told of that one; so a fact about
a person is matched as if its article named nobody else.
"""

from __future__ import annotations

from dataclasses import replace

from monitor.languages.names import Name, parse_name, sightings
from monitor.model import Document, Sighting, Tokens
from monitor.store import Database, people

NOTHING = Tokens()


class Followed:
    """What the register knows of the people that facts and queries name; remembered for one round of matching."""

    def __init__(self, archive_db: Database) -> None:
        self.archive = archive_db
        self._sightings: dict[str, tuple[Sighting, ...]] = {}
        self._names: dict[str, Name | None] = {}

    def only(self, document: Document, person: str) -> Document:
        """The document as if it named nobody but `person` (a register id)."""
        return replace(document, people=(person,), names=self.sightings(person))

    def means(self, label: str, person: str) -> bool:
        """Whether a name as somebody follows it (an id or a spelling) is this person's."""
        if label == person:
            return True
        if label not in self._names:
            self._names[label] = parse_name(label)
        name = self._names[label]
        return name is not None and any(
            not name.strong.isdisjoint(seen.strong) and name.meets(seen) for seen in self.sightings(person)
        )

    def sightings(self, person: str) -> tuple[Sighting, ...]:
        """The person's names as sightings; none for somebody who is not in the register."""
        if person not in self._sightings:
            self._sightings[person] = self._spelled(person)
        return self._sightings[person]

    def _spelled(self, person: str) -> tuple[Sighting, ...]:
        known = people.person(self.archive, person)
        if known is None:
            return ()
        spelled = [("en", known.name_en), ("be", known.name_be), ("ru", known.name_ru)]
        spelled += [("be", alias) for alias in known.aliases]
        return tuple(s for language, name in spelled if name for s in sightings(name, "", NOTHING, NOTHING, language))
