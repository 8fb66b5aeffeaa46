"""Compiled queries filed under their rarest terms, so that a document brings up only those that it may meet."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching.postings import CLAUSES, Arranged, Postings
from monitor.matching.program import Either, Program, Test, cover, holds
from monitor.matching.scan import Found


class Filing:
    """Queries by number and by text, each with its row in the postings; a row without numbers is a tombstone."""

    def __init__(self) -> None:
        self.by_number: dict[int, int] = {}  # number → row
        self.by_text: dict[str, int] = {}
        self.programs: list[Program] = []  # by row
        self.numbers: list[tuple[int, ...]] = []
        self._texts: list[str] = []
        self._tests: dict[int, tuple[Test, ...]] = {}  # of the rows that have any
        self._postings = Postings()

    @property
    def tombstones(self) -> int:
        return len(self.programs) - len(self.by_text)

    def add(self, text: str, program: Program, numbers: tuple[int, ...], costs: Sequence[float]) -> None:
        """File a new query."""
        row = self.by_text[text] = len(self.programs)
        self.programs.append(program)
        self.numbers.append(numbers)
        self._texts.append(text)
        for number in numbers:
            self.by_number[number] = row
        clauses = (*zip(program.required), *program.groups)
        tests = program.tests + tuple(map(Either, clauses[CLAUSES:]))
        if tests:
            self._tests[row] = tests
        # Last: from here on other threads find it.
        self._postings.add(clauses[:CLAUSES], program.banned, cover(program.tests, costs) if program.tests else ())

    def join(self, number: int, row: int) -> None:
        """One more number for a query that is filed."""
        self.numbers[row] += (number,)
        self.by_number[number] = row

    def remove(self, number: int) -> None:
        """A number that is not there is no mistake."""
        row = self.by_number.pop(number, None)
        if row is None:
            return
        self.numbers[row] = tuple([each for each in self.numbers[row] if each != number])
        if not self.numbers[row]:
            del self.by_text[self._texts[row]]

    def again(self, costs: Sequence[float]) -> Filing:
        """The same queries filed by other costs, without the tombstones."""
        filing = Filing()
        for text, row in self.by_text.items():
            filing.add(text, self.programs[row], self.numbers[row], costs)
        return filing

    def arranged(self, costs: Sequence[float]) -> Arranged:
        """The queries of this moment, to be met by an article that is looked through afterwards."""
        return self._postings.arranged(costs)

    def met(self, arranged: Arranged, found: Found) -> list[int]:
        """The rows of queries that a document meets: tombstones among them, and some twice."""
        tests = self._tests
        return [
            row for row in arranged.met(found.has) if row not in tests or all(holds(test, found) for test in tests[row])
        ]
