"""What the numbers of an article count: the event's total, its political subset, a running total, or a part of it.

A number is first read with the words around it (`number_meaning`). Then all the article shows of it is weighed
(`number_evidence`), and the meanings are shared out among the numbers so that most is shown for them together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.reading import number_evidence, weights
from monitor.reading.cast import never_prisoners
from monitor.reading.marked import Marked
from monitor.reading.number_evidence import Place
from monitor.reading.number_meaning import EVERYBODY, are_others, is_age, is_of_one_sex, meaning, noun_of

_MOST = 60  # numbers of an article; more is a table
#: Languages whose word for one is also an article.
_INDEFINITE = frozenset({"de", "nl", "sv", "da", "no", "fr", "es", "it", "pt", "ro", "hu"})


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one event as one article gives them. `per` is by `to:<place>` or `of:<nationality>`; `said` gives
    for each of them the sentence in which it stands."""

    total: int | None = None
    political: int | None = None
    cumulative: int | None = None
    per: tuple[tuple[str, int], ...] = ()
    said: tuple[tuple[str, str], ...] = ()


NEVER = float("-inf")
#: The logarithm of the odds from which on a number is taken to have a meaning.
ENOUGH = {"total": -1.2, "political": -1.75, "cumulative": -1.5}


def count(article: Marked) -> Counts:
    """The counts of the event an article is about: of all ways to share meanings out among its numbers the one for
    which most is shown."""
    places = numbers(article)
    weighed = weights.load("number")
    scores = {n: weighed.scores(number_evidence.evidence(article, n, places)) for n in places}
    for value, found in places.items():  # `eight journalists among them` counts a profession
        if all(place.noun == "subset" for place in found):
            scores[value]["political"] = NEVER
    likely = [n for n, score in scores.items() if score["total"] > ENOUGH["total"]]
    total, political, cumulative = max(
        (_with_total(total, scores) for total in (None, *likely)), key=lambda shared: shared[0]
    )[1]
    if total is None and (one := _one(article)):
        total, places = 1, {**places, 1: one}
    per = _shared_out(article, places)
    given = (("total", total), ("political", political), ("cumulative", cumulative), *per)
    said = tuple((name, _sentence_of(name, places[n])) for name, n in given if n is not None)
    return Counts(total, political, cumulative, per, said)


def _one(article: Marked) -> list[Place]:
    """Where one person is said to have been freed, in a language in which `one` is no article, and at most one named:
    `one citizen was pardoned`."""
    if article.language in _INDEFINITE or len(article.prisoners) > 1:
        return []
    telling = [s for s in article.lead if any(told.asserts for told in article.told[id(s)])]
    ones = [(s, q) for s in telling for q in s.quantities if 1 in (q.value, q.about)]
    ones = [(s, q) for s, q in ones if not any(m.start == q.end for m in s.find("partof", "among"))]  # `one of those`
    if any((q.value or 1) > 1 and meaning(s, q).startswith(EVERYBODY) for s in telling for q in s.quantities):
        return []
    read = [Place(s, q, meaning(s, q), noun_of(s, q)) for s, q in ones]
    return [place for place in read if place.noun and place.meaning.startswith(EVERYBODY)]


def _with_total(total: int | None, scores: Mapping[int, Mapping[str, float]]) -> tuple[float, tuple[int | None, ...]]:
    """How much is shown for a total with the likeliest smaller number as its political subset and the likeliest larger
    one as a running total."""
    others = {n: s for n, s in scores.items() if n != total}
    parts = {n: s for n, s in others.items() if total is None or n < total}
    political, subset = _likeliest("political", parts)
    sums = {n: s for n, s in others.items() if n != political and (total is None or n > total)}
    cumulative, since = _likeliest("cumulative", sums)
    shown = scores[total]["total"] - ENOUGH["total"] if total is not None else 0.0
    return shown + subset + since, (total, political, cumulative)


def _sentence_of(name: str, found: Sequence[Place]) -> str:
    """The sentence that says most plainly what a number counts: one that means it so, a body's before the headline."""
    return min(found, key=lambda p: (name not in p.meaning, p.sentence.where == "title")).sentence.text.strip()


def numbers(article: Marked) -> dict[int, list[Place]]:
    """Every number of an article with its places, in order of appearance: `X, Y and 121 others` are 121 and 123."""
    found: dict[int, list[Place]] = {}
    seen: set[str] = set()  # who was named in the sentences before
    for sentence in article.sentences:
        if len(found) > _MOST:
            break
        named = [n for n in article.named.get(id(sentence), ()) if n.person not in never_prisoners()]
        for quantity in sentence.quantities:
            value = quantity.value or quantity.about
            if not value or value == 1 or is_age(sentence, quantity):
                continue
            noun = noun_of(sentence, quantity)
            if noun == "unit" or noun.startswith("month.") or is_of_one_sex(sentence, quantity, noun):
                continue
            said = meaning(sentence, quantity)
            place = Place(sentence, quantity, said, noun)
            found.setdefault(value, []).append(place)
            before = {n.person for n in named if n.start < quantity.start} or seen
            if said == "besides" and (before or are_others(sentence, quantity)):
                summed = replace(place, meaning="with them" if before else "with one")
                found.setdefault(value + (len(before) or 1), []).append(summed)
        seen = seen | {n.person for n in named}
    return found


def _likeliest(name: str, scores: Mapping[int, Mapping[str, float]]) -> tuple[int | None, float]:
    """The number for which most is shown and by how much that is more than enough; None and 0 where it is not."""
    best = max(scores, key=lambda number: scores[number][name], default=None)
    shown = scores[best][name] - ENOUGH[name] if best is not None else 0.0
    return (best, shown) if shown > 0 else (None, 0.0)


def _shared_out(article: Marked, places: Mapping[int, Sequence[Place]]) -> tuple[tuple[str, int], ...]:
    """By destination or nationality, where a sentence tells of the release itself."""
    telling = {id(s.sentence) for s in article.about or article.statements if s.asserts}
    per: dict[str, int] = {}
    for value, found in places.items():
        for place in found:
            if ":" in place.meaning and id(place.sentence) in telling:
                per.setdefault(place.meaning.removeprefix("only "), value)
    return tuple(per.items())
