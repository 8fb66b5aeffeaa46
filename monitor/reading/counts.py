"""What the numbers of an article count: the event's total, its political subset, a running total, or a part of it.

A number is read with the words around it: its noun, the clause's cues (`of them`, `since July 2024`, `remain behind
bars`), its destination or nationality. Ages, terms, sexes, professions and those still held are no counts of a release.
Inexact numbers never become a count, except of a running total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.reading.lexicon import Mark
from monitor.reading.numbers import Quantity
from monitor.reading.sentences import Sentence
from monitor.reading.statements import Named

_AFTER = 4  # words between a number and its noun
_BEFORE = 8  # words between `of them` and its number


@dataclass(slots=True)
class Counts:
    """The counts of one event as one article gives them; each is the first of its meaning."""

    total: int | None = None
    political: int | None = None
    cumulative: int | None = None
    per: dict[str, int] = field(default_factory=dict)


def count(sentences: Iterable[Sentence], named: Mapping[int, Sequence[Named]]) -> Counts:
    """The counts of the event that these sentences tell of, in this order: the title comes first.

    `named` gives the known prisoners named in a sentence, by its id: `X, Y and 121 others` are 123.
    """
    found: dict[str, list[int]] = {}
    for sentence in sentences:
        for quantity in sentence.quantities:
            exact = quantity.value is not None
            if (exact or quantity.about) and (meaning := _meaning(sentence, quantity)):
                if not exact and meaning != "cumulative" and not _at_least(sentence, quantity):
                    continue  # a running total is never exact: `more than 430 since July 2024`
                before = {n.person for n in named.get(id(sentence), ()) if n.start < quantity.start}
                value = (quantity.value or quantity.about or 0) + (len(before) if meaning == "besides" else 0)
                found.setdefault(meaning, []).append(value if before or meaning != "besides" else 0)
    counts = Counts(cumulative=next(iter(found.pop("cumulative", [])), None))
    summed, plain, political, subsets = (found.pop(m, []) for m in ("in all", "total", "political", "subset"))
    plain = summed + plain
    besides = [n for n in found.pop("besides", []) if n]
    besides += found.pop("weak", [])[:1]
    alone = [values[0] for meaning, values in found.items() if meaning.startswith("only ")]
    counts.per = {meaning.removeprefix("only "): values[0] for meaning, values in found.items()}
    return _settled(counts, plain or alone[:1] or besides, political, subsets)


def _at_least(sentence: Sentence, quantity: Quantity) -> bool:
    """`at least eight` are eight of whom somebody knows."""
    return any(m.role == "at-least" and 0 <= quantity.start - m.end <= 1 for m in sentence.marks)


def _settled(counts: Counts, plain: list[int], political: list[int], subsets: list[int]) -> Counts:
    """One total and one subset: all are political where nothing else is said."""
    totals = [n for n in plain if n != counts.cumulative and (not political or n >= min(political))]
    parts = subsets + political
    if totals:
        counts.total = totals[0]
    elif political:
        counts.total = political[0]
    counts.political = next((n for n in parts if counts.total is None or n <= counts.total), None)
    return counts


def _meaning(sentence: Sentence, quantity: Quantity) -> str:
    """total, political, subset, besides, cumulative, `to:<place>`, `of:<nationality>` (`only …` where nobody else is
    counted), or '' for a number of something else."""
    number = sentence.clauses
    clause = number[quantity.start]
    here = [m for m in sentence.marks if number[m.start] == clause]
    noun = _noun(sentence, quantity)
    if noun == "unit" or noun.startswith("month."):
        return ""
    if _is_age(sentence, quantity) or (not noun and _is_day(sentence, quantity)):
        return ""
    if noun == "theirs":
        return ""  # spies given back by the other side
    if noun in ("sex", "subset"):
        if any(m.role in ("among", "among.freed") and 0 <= m.start - quantity.end <= 3 for m in sentence.marks):
            return ""
        return "weak" if _is_all(sentence, quantity, here) else ""
    if any(m.role == "since" and _sums_up(sentence, quantity, m) for m in here):
        return "cumulative"
    if _apart(sentence, quantity):
        return "besides" if any(m.role.partition(".")[0] in _FREED for m in here) else ""
    whole = _whole(sentence, quantity)
    if whole is not None:
        said = [m for m in here if m.role in _POLITICAL and m.start > whole.end + 1]
        return "subset" if said else ""
    if any(m.role == "in-all" and -2 <= m.start - quantity.end <= 1 for m in here):
        return "in all"
    listed = any(m.role == "among" and m.end == quantity.start for m in here)  # `including 33 held for extremism`
    if _held(sentence, quantity, here) and not (listed and noun in _POLITICAL):
        return ""
    parts = {m.start for m in sentence.find("partof")}
    if any(m.role == "among" and m.start == quantity.end and m.start in parts for m in here):  # `44 of those freed`
        return (
            "subset" if any(m.role in _POLITICAL and 0 < m.start - quantity.end <= 10 for m in sentence.marks) else ""
        )
    among = any(m.role in ("among", "among.freed") and 0 <= quantity.start - m.end < _BEFORE for m in sentence.marks)
    if any(m.role == "among.freed" and m.start < quantity.start < m.at[-1] for m in sentence.marks):
        return "total"  # `among the 52 released`
    if noun in _POLITICAL:
        return "subset" if among else "political"
    if noun.startswith("of."):
        return f"of:{noun[3:]}" if among else f"only of:{noun[3:]}"
    place = _destination(sentence, quantity)
    if place:
        return f"to:{place}" if among else f"only to:{place}"
    if among:
        return ""
    return "total" if noun in ("people", "prisoner", "foreigners") or _bare(sentence, quantity) else ""


def _noun(sentence: Sentence, quantity: Quantity) -> str:
    """The role of the first noun a number may count, looking right."""
    following = [
        m
        for m in sentence.marks
        if quantity.end <= m.start <= quantity.end + _AFTER
        and (m.role in _NOUNS or m.role[:3] == "of." or m.role[:6] == "month.")
    ]
    following = [m for m in following if m.role != "unit" or m.start == quantity.end]
    between = [q for q in sentence.quantities if q.start > quantity.start]
    limit = between[0].start if between else len(sentence.forms)
    following = [m for m in following if m.at[-1] < limit]
    following.sort(key=lambda m: (m.start, _NOUNS.get(m.role, 1)))
    parted = [m.start for m in sentence.find("among") if m.start > quantity.end]
    following = [m for m in following if not parted or m.start < parted[0]]
    strong = [m for m in following if m.role in ("political", "extremist")]
    if following and following[0].role in ("people", "prisoner", "foreigners") and strong:
        return strong[0].role
    return following[0].role if following else ""


_POLITICAL = ("political", "extremist", "political.word")
_NOUNS = {
    "unit": 0,
    "political": 0,
    "political.word": 3,
    "extremist": 0,
    "theirs": 0,
    "sex": 1,
    "subset": 1,
    "people": 2,
    "prisoner": 2,
    "foreigners": 2,
}


def _apart(sentence: Sentence, quantity: Quantity) -> bool:
    """`X and 121 others`, `together with X 13 people`: those besides the people named."""
    return any(
        (m.role == "others" and (m.start == quantity.end or 0 <= quantity.start - m.end <= 3))
        or (m.role == "others.with" and 0 <= quantity.start - m.end <= 7)
        for m in sentence.marks
    )


def _whole(sentence: Sentence, quantity: Quantity) -> Quantity | None:
    """The number that this one is a part of: `15 of the 250`."""
    for whole in sentence.quantities:
        if 0 < whole.start - quantity.end <= 2:
            parted = any(quantity.end <= m.start < whole.start for m in sentence.find("partof"))
            return whole if parted else None
    return None


def _sums_up(sentence: Sentence, quantity: Quantity, since: Mark) -> bool:
    """Does `since July 2024` belong to this number? To the nearest that no comma parts from it (`410 freed since
    July, with the 23 of Thursday`); `in prison since 2021` counts nobody."""
    clause = sentence.clauses[quantity.start]
    beside = [q for q in sentence.quantities if sentence.clauses[q.start] == clause]
    beside = [q for q in beside if q is quantity or (q.value is not None and not _is_day(sentence, q))]
    nearer = quantity is not min(beside, key=lambda q: (_parted(sentence, q, since), abs(q.start - since.start)))
    freed = any(m.end == since.start for m in sentence.marks if m.role.partition(".")[0] in _FREED)
    held = any(0 <= since.start - m.end <= 2 for m in sentence.find("held", "prisoner") if m.role != "held.count")
    held = held and not freed
    return not nearer and not held


def _parted(sentence: Sentence, quantity: Quantity, since: Mark) -> bool:
    first, second = sorted((quantity.start, since.start))
    return "," in sentence.gap(sentence.spans[first][1], sentence.spans[second][0])


def _is_age(sentence: Sentence, quantity: Quantity) -> bool:
    """`Mikola Statkevich, 69, has been released`: a number between commas."""
    first, last = sentence.spans[quantity.start], sentence.spans[quantity.end - 1]
    before = sentence.text[: first[0] - sentence.offset].rstrip()
    after = sentence.text[last[1] - sentence.offset :].lstrip()
    return quantity.digits and before.endswith((",", "(")) and after.startswith((",", ")"))


def _is_all(sentence: Sentence, quantity: Quantity, here: list[Mark]) -> bool:
    """`Nine journalists were freed`: whoever is counted, nobody else is; no part of others."""
    parted = any(m.start < quantity.start for m in sentence.find("among", "list", "partof"))
    others = [q for q in sentence.quantities if q is not quantity and _noun(sentence, q) in ("sex", "subset", "people")]
    return not others and not parted and any(m.role.partition(".")[0] in _FREED for m in here)


def _is_day(sentence: Sentence, quantity: Quantity) -> bool:
    return any(m.role.startswith("month.") and abs(m.start - quantity.start) == 1 for m in sentence.marks)


def _held(sentence: Sentence, quantity: Quantity, here: list[Mark]) -> bool:
    """Does the clause count those still inside rather than those let out?"""
    held = [abs(m.start - quantity.start) for m in here if m.role in ("held", "held.count")]
    freed = [abs(m.start - quantity.start) for m in here if m.role.split(".")[0] in _FREED]
    return bool(held) and (not freed or min(held) < min(freed))


_FREED = ("release", "pardon", "amnesty", "exchange", "deportation", "arrival")


def _destination(sentence: Sentence, quantity: Quantity) -> str:
    """Where the number was taken, when the sentence shares people out."""
    if not sentence.has("moved"):
        return ""
    following = [m for m in sentence.marks if m.role.startswith("place.") and 0 < m.start - quantity.end <= 8]
    others = [q for q in sentence.quantities if q.start > quantity.start]
    if following and (not others or following[0].start < others[0].start):
        return following[0].role[6:]
    return ""


def _bare(sentence: Sentence, quantity: Quantity) -> bool:
    """A number beside its trigger: `помилованы 22`, `123 freed`."""
    return any(
        m.role.split(".")[0] in _FREED and (-4 <= m.start - quantity.end <= 3 or -3 <= quantity.start - m.end <= 3)
        for m in sentence.marks
    )
