"""Compiled queries filed under pairs of terms, so that a document brings up only those that it may meet."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching.program import Program, cover
from monitor.matching.scan import Found
from monitor.matching.vocabulary import ALWAYS, Terms


class Filing:
    """Programs by slot. `postings` leads from the rarest and the second rarest term to slots."""

    def __init__(self) -> None:
        self.programs: list[Program | None] = []  # None is a tombstone
        self.numbers: list[tuple[int, ...]] = []
        self.slot_of: dict[int, int] = {}
        self.dead = 0
        self._rests: list[Program | None] = []  # what the posting has not decided yet; None where nothing
        self._slots: dict[Program, int] = {}
        self._postings: dict[int, dict[int, list[int]]] = {}

    def add(self, number: int, program: Program, costs: Sequence[float]) -> None:
        """File a program under one more number."""
        slot = self._slots.get(program)
        if slot is None:
            slot = self._file(program, costs)
        self.numbers[slot] += (number,)
        self.slot_of[number] = slot

    def remove(self, number: int) -> None:
        slot = self.slot_of.pop(number, None)
        if slot is None:
            return
        self.numbers[slot] = tuple(each for each in self.numbers[slot] if each != number)
        program = self.programs[slot]
        if not self.numbers[slot] and program is not None:
            del self._slots[program]
            self.programs[slot] = self._rests[slot] = None
            self.dead += 1

    def again(self, costs: Sequence[float]) -> Filing:
        """The same queries filed by other costs."""
        filing = Filing()
        for program, numbers in zip(self.programs, self.numbers, strict=True):
            if program is not None:
                for number in numbers:
                    filing.add(number, program, costs)
        return filing

    def met(self, found: Found) -> list[int]:
        """The slots whose programs hold, tombstones among them."""
        terms, rests = found.terms, self._rests
        slots: set[int] = set()
        for anchor in terms & self._postings.keys():
            seconds = self._postings[anchor]
            for second in terms.intersection(seconds):
                slots.update(seconds[second])
        return [slot for slot in slots if (rest := rests[slot]) is None or rest.holds(found)]

    def _file(self, program: Program, costs: Sequence[float]) -> int:
        slot = self._slots[program] = len(self.programs)
        self.programs.append(program)
        self.numbers.append(())
        anchors = cover(program, costs)
        seconds = sorted((term for term in program.required if (term,) != anchors), key=costs.__getitem__)
        second = seconds[0] if seconds else ALWAYS
        self._rests.append(_rest(program, anchors, second))
        for anchor in anchors:  # last: from here on other threads find it
            self._postings.setdefault(anchor, {}).setdefault(second, []).append(slot)
        return slot


def _rest(program: Program, anchors: Terms, second: int) -> Program | None:
    """What must still be checked of a program found under an anchor and a second term."""
    done = {second, *anchors} if len(anchors) == 1 else {second}
    rest = Program(
        tuple(term for term in program.required if term not in done),
        program.banned,
        tuple(group for group in program.groups if group != anchors),
        program.tests,
    )
    return rest if any(rest) else None
