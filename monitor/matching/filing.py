"""Compiled queries filed under pairs of terms, so that a document brings up only those that it may meet."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching.program import Program, cover
from monitor.matching.scan import Found
from monitor.matching.table import Terms
from monitor.matching.vocabulary import ALWAYS

_NO_GROUP = (ALWAYS,)


class Filed:
    """A query in its place: for which numbers, and what that place leaves to be checked.

    Still to be checked: no term of `banned`, one of `group`, and `rest`. Without numbers it is a tombstone.
    """

    __slots__ = ("age", "banned", "group", "numbers", "program", "rest", "text")

    def __init__(self, text: str, program: Program, numbers: tuple[int, ...], age: int) -> None:
        self.text = text
        self.age = age  # how many queries were filed before
        self.program = program
        self.numbers = numbers
        self.banned = program.banned
        self.group: Terms = _NO_GROUP
        self.rest: Program | None = None

    def place(self, costs: Sequence[float]) -> tuple[Terms, int]:
        """(the terms to file it under, each with this second one): a document that meets it has the second, and one
        of the first.
        """
        program = self.program
        required = sorted(program.required, key=costs.__getitem__)
        anchors = cover(program, required[:1], costs)
        if anchors == (*required[:1],):
            del required[0]
        second = required.pop(0) if required else ALWAYS
        groups = [group for group in program.groups if group != anchors]
        if groups:
            self.group = groups.pop(0)
        if required or groups or program.tests:
            self.rest = Program(tuple(required), (), tuple(groups), program.tests)
        return anchors, second


class Filing:
    """Queries by number and by text. `_postings` leads from the rarest term and the second rarest to queries."""

    def __init__(self) -> None:
        self.by_number: dict[int, Filed] = {}
        self.by_text: dict[str, Filed] = {}
        self.tombstones = 0
        self._postings: dict[int, dict[int, list[Filed]]] = {}

    def add(self, filed: Filed, costs: Sequence[float]) -> None:
        """File a new query."""
        self.by_text[filed.text] = filed
        for number in filed.numbers:
            self.by_number[number] = filed
        anchors, second = filed.place(costs)
        for anchor in anchors:  # last: from here on other threads find it
            seconds = self._postings.get(anchor)
            if seconds is None:
                seconds = self._postings[anchor] = {}
            if second in seconds:
                seconds[second].append(filed)
            else:
                seconds[second] = [filed]

    def join(self, number: int, filed: Filed) -> None:
        """One more number for a query that is filed."""
        filed.numbers += (number,)
        self.by_number[number] = filed

    def remove(self, number: int) -> None:
        """A number that is not there is no mistake."""
        filed = self.by_number.pop(number, None)
        if filed is None:
            return
        filed.numbers = tuple(each for each in filed.numbers if each != number)
        if not filed.numbers:
            del self.by_text[filed.text]
            self.tombstones += 1

    def again(self, costs: Sequence[float]) -> Filing:
        """The same queries filed by other costs, without the tombstones."""
        filing = Filing()
        for filed in self.by_text.values():
            filing.add(Filed(filed.text, filed.program, filed.numbers, filed.age), costs)
        return filing

    def met(self, found: Found) -> list[Filed]:
        """The queries that a document meets: tombstones among them, and some twice."""
        terms, postings = found.terms, self._postings
        may: list[Filed] = []
        for anchor in terms & postings.keys():
            seconds = postings[anchor]
            for second in seconds.keys() & terms:
                may += seconds[second]
        apart = terms.isdisjoint
        return [
            filed
            for filed in may
            if not apart(filed.group) and apart(filed.banned) and (filed.rest is None or filed.rest.holds(found))
        ]
