"""A query compiled to term numbers, in the order in which it is cheapest to check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeGuard, TypeVar

from monitor.matching.phrases import Place
from monitor.matching.scan import Found
from monitor.matching.syntax import And, Near, Node, Not, Or, Person, Phrase, Tag, Word
from monitor.matching.table import Terms
from monitor.matching.vocabulary import Vocabulary

_T = TypeVar("_T")


class Either(NamedTuple):
    tests: tuple[Test, ...]


class All(NamedTuple):
    tests: tuple[Test, ...]


class Without(NamedTuple):
    test: Test


class Close(NamedTuple):
    """NEAR: a term of `left` and one of `right`, in one field, at most `distance` words apart."""

    distance: int
    left: Terms
    right: Terms


Test = int | Either | All | Without | Close


class Program(NamedTuple):
    """Every `required` term, no `banned` one, one of each of the `groups`, and all of the `tests`."""

    required: Terms
    banned: Terms
    groups: tuple[Terms, ...]
    tests: tuple[Test, ...]


def compiled(root: Node, vocabulary: Vocabulary) -> Program:
    """The program of a tidy tree; its words, phrases, people and tags become terms."""
    required: list[int] = []
    banned: list[int] = []
    groups: list[Terms] = []
    tests: list[Test] = []
    for part in root.parts if isinstance(root, And) else (root,):
        test = _test(part, vocabulary)
        if isinstance(test, int):
            required.append(test)
        elif isinstance(test, Without) and isinstance(test.test, int):
            banned.append(test.test)
        elif isinstance(test, Either) and _are_terms(test.tests):
            groups.append(test.tests)
        else:
            tests.append(test)
            for side in (test.left, test.right) if isinstance(test, Close) else ():
                required.extend(side) if len(side) == 1 else groups.append(side)
    return Program(_once(required), _once(banned), _once(groups), tuple(tests))


def _are_terms(tests: tuple[Test, ...]) -> TypeGuard[Terms]:
    return {int}.issuperset(map(type, tests))


def _once(each: list[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(each)) if len(each) > 1 else tuple(each)


def _test(node: Node, vocabulary: Vocabulary) -> Test:
    if isinstance(node, Word):  # the usual case
        return vocabulary.word(node)
    if isinstance(node, Or):
        return Either(tuple([_test(part, vocabulary) for part in node.parts]))
    if isinstance(node, And):
        return All(tuple([_test(part, vocabulary) for part in node.parts]))
    if isinstance(node, Not):
        return Without(_test(node.part, vocabulary))
    if isinstance(node, Near):
        left, right = (tuple([_term(each, vocabulary) for each in side]) for side in node.sides)
        return Close(node.distance, left, right)
    return _term(node, vocabulary)


def _term(leaf: Word | Phrase | Person | Tag, vocabulary: Vocabulary) -> int:
    if isinstance(leaf, Word):
        return vocabulary.word(leaf)
    if isinstance(leaf, Phrase):
        return vocabulary.phrase(leaf)
    if isinstance(leaf, Person):
        return vocabulary.person(leaf)
    return vocabulary.tag(leaf)


def holds(test: Test, found: Found) -> bool:
    """Whether a document meets one test."""
    if isinstance(test, int):
        return test in found.terms
    if isinstance(test, Either):
        return any(holds(each, found) for each in test.tests)
    if isinstance(test, All):
        return all(holds(each, found) for each in test.tests)
    if isinstance(test, Without):
        return not holds(test.test, found)
    return next(close_places(test, found), None) is not None


def close_places(near: Close, found: Found) -> Iterator[tuple[Place, Place]]:
    """The pairs of places that are near enough. Words of one place do not count as near themselves."""
    rights = [place for term in near.right if term in found.terms for place in found.places(term)]
    for term in near.left:
        if rights and term in found.terms:
            for left in found.places(term):
                for right in rights:
                    apart = max(right[0] - left[1], left[0] - right[1])
                    if 0 < apart <= near.distance and found.same_field(left, right):
                        yield left, right


def cover(tests: Sequence[Test], costs: Sequence[float]) -> Terms:
    """The cheapest set of terms of which every document that holds all the tests has one; () where there is none.

    The sides of NEAR are left out: they are among the clauses of a program.
    """
    covers = [_cover(test, costs) for test in tests if not isinstance(test, Close)]
    return min(filter(None, covers), key=lambda terms: _cost(terms, costs), default=())


def _cover(test: Test, costs: Sequence[float]) -> Terms:
    """The same for one test; () where a document may meet it with none of its terms."""
    if isinstance(test, int):
        return (test,)
    if isinstance(test, Close):
        return min(test.left, test.right, key=lambda terms: _cost(terms, costs))
    if isinstance(test, Without):
        return ()
    covers = [_cover(each, costs) for each in test.tests]
    if isinstance(test, All):
        return min((each for each in covers if each), key=lambda terms: _cost(terms, costs), default=())
    return tuple(dict.fromkeys(term for each in covers for term in each)) if all(covers) else ()


def _cost(terms: Terms, costs: Sequence[float]) -> float:
    return sum([costs[term] for term in terms])


def terms_met(program: Program, found: Found) -> Sequence[int]:
    """The terms of a program that a document has, without those under NOT."""
    required, _, groups, tests = program
    if not groups and not tests:
        return required
    terms = [*required]
    for group in groups:
        terms += found.terms.intersection(group)
    for test in tests:
        terms += _met(test, found)
    return terms


def _met(test: Test, found: Found) -> list[int]:
    if isinstance(test, int):
        return [test] if test in found.terms else []
    if isinstance(test, Either | All):
        return [term for each in test.tests for term in _met(each, found)]
    return []
