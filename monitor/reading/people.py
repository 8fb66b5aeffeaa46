"""Which known people an article names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.model import Mention, Person, Sighting, Tokens


class Register:
    """The people the operator made public, ready to be found in any article."""

    def __init__(self, people: Iterable[Person], withheld: Iterable[str] = ()) -> None:
        self._people = {person.id: person for person in people}

    def find(
        self,
        title: str,
        text: str,
        sightings: Sequence[Sighting],
        title_tokens: Tokens,
        text_tokens: Tokens,
        language: str,
    ) -> tuple[Mention, ...]:
        """Known people named in the article, in order of appearance."""
        return ()

    def resolve(self, spelling: str) -> tuple[Person, ...]:
        """Whom a spelling may mean."""
        return ()

    def suggest(self, spelling: str) -> tuple[Person, ...]:
        """Whom a misspelling may have meant."""
        return ()

    def spellings(self, person_id: str) -> tuple[str, ...]:
        """Spellings under which a person is recognised, for readers."""
        return ()
