"""What one number of a sentence counts, by the words around it alone.

Its noun, the clause's cues (`of them`, `since July 2024`, `remain behind bars`), its destination or nationality. Ages,
terms, sexes, professions and those still held are no counts of a release.
"""

from __future__ import annotations

from monitor.reading.lexicon import Mark
from monitor.reading.numbers import Quantity
from monitor.reading.sentences import Sentence

_AFTER = 4  # words between a number and its noun
_FEW = 4  # `the two` may be any two
_YEARS = 4  # characters of `(69 l.)`
_BEFORE = 8  # words between `of them` and its number


def meaning(sentence: Sentence, quantity: Quantity) -> str:
    """total, political, subset, besides, cumulative, `to:<place>`, `of:<nationality>` (`only …` where nobody else is
    counted), or '' for a number of something else."""
    number = sentence.clauses
    clause = number[quantity.start]
    here = [m for m in sentence.marks if number[m.start] == clause]
    noun = noun_of(sentence, quantity)
    if noun in ("unit", "names") or noun.startswith("month."):
        return ""
    if is_age(sentence, quantity) or (not _is_followed(sentence, quantity, noun) and _is_day(sentence, quantity)):
        return ""
    if noun == "theirs" or _is_given_back(sentence, quantity):
        return ""  # spies given back by the other side
    if noun in ("sex", "subset") and not _is_whole(sentence, quantity):
        after = [m for m in sentence.find("among") if 0 <= m.start - quantity.end <= 3]
        if any(not _parted_from(sentence, quantity, m) for m in after):
            return ""  # `four journalists among those freed`; `four priests, among them X` are all
        return "weak" if _is_all(sentence, quantity, here) else ""
    if any(m.role == "since" and _sums_up(sentence, quantity, m) for m in here):
        return "cumulative"
    in_all = [m for m in sentence.find("in-all") if -2 <= m.start - quantity.end <= 1]
    in_all = [m for m in in_all if number[m.start] == clause or m.end == quantity.start]  # `Altogether – 12.`
    if any(m.start < quantity.start or not _parted_from(sentence, quantity, m) for m in in_all):
        return "in all"
    if any(m.role == "group" and m.end == quantity.start for m in sentence.marks):
        return "political before" if _political_before(sentence, quantity, noun) else "total"
    whole = _whole(sentence, quantity)
    if whole is None and _apart(sentence, quantity) and not _is_shared(sentence, quantity):
        return "besides" if sentence.has(*_FREED) else ""
    if whole is not None:
        said = [m for m in here if m.role in _POLITICAL and m.start > whole.end + 1]
        return "subset" if said else _nationality(noun) or _place(sentence, quantity)
    if _is_whole(sentence, quantity):
        return "total"
    listed = any(m.role == "among" and m.end == quantity.start for m in here)  # `including 33 held for extremism`
    if _held(sentence, quantity, here) and not (listed and noun in _POLITICAL):
        return ""
    if _is_definite(sentence, quantity, noun):
        return "total"
    if _is_part(sentence, quantity):
        return (
            "subset" if any(m.role in _POLITICAL and 0 < m.start - quantity.end <= 10 for m in sentence.marks) else ""
        )
    among = any(m.role in ("among", "among.freed") and 0 <= quantity.start - m.end < _BEFORE for m in sentence.marks)
    if any(m.role == "among.freed" and 0 < m.start - quantity.end <= 2 for m in sentence.marks):
        return "subset" if noun in _POLITICAL else _nationality(noun)  # `six reporters among those expelled`
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
        return "political before" if _political_before(sentence, quantity, noun) else ""
    if _political_before(sentence, quantity, noun):
        return "political before"
    return "total" if noun in ("people", "prisoner", "foreigners") or _bare(sentence, quantity) else ""


def _nationality(noun: str) -> str:
    """`three Poles among the 52`"""
    return f"of:{noun[3:]}" if noun.startswith("of.") else ""


def _place(sentence: Sentence, quantity: Quantity) -> str:
    """`nine of the 123 were taken to Lithuania`"""
    place = _destination(sentence, quantity)
    return f"to:{place}" if place else ""


def _political_before(sentence: Sentence, quantity: Quantity, noun: str) -> bool:
    """`Of political prisoners there are 29 among them`, `for "extremism" 20 were jailed`: the noun stands first."""
    if noun not in ("", "prisoner"):
        return False
    last = max((q.end for q in sentence.quantities if q.end <= quantity.start), default=0)
    before = (m for m in sentence.marks if m.role in _POLITICAL)
    return any(last <= m.start and 0 <= quantity.start - m.end <= _AFTER for m in before)


def noun_of(sentence: Sentence, quantity: Quantity) -> str:
    """The role of the first noun a number may count, looking right."""
    following = [
        m
        for m in sentence.marks
        if quantity.end <= m.start <= quantity.end + _AFTER
        and (m.role in _NOUNS or m.role[:3] == "of." or m.role[:6] == "month.")
    ]
    following = [m for m in following if m.role[:6] != "month." or m.start == quantity.end]
    following = [m for m in following if m.role != "unit" or m.start == quantity.end or _halves(sentence, quantity, m)]
    between = [q for q in sentence.quantities if q.start > quantity.start]
    limit = between[0].start if between else len(sentence.forms)
    following = [m for m in following if m.at[-1] < limit]
    following.sort(key=lambda m: (m.start, _NOUNS.get(m.role, 1)))
    parted = [m.start for m in sentence.find("among") if m.start > quantity.end]
    following = [m for m in following if not parted or m.start < parted[0]]
    strong = [m for m in following if m.role in ("political", "extremist")]
    if following and following[0].role in ("people", "prisoner", "foreigners") and strong:
        return strong[0].role
    if (
        following
        and following[0].role == "prisoner"
        and any(m.start == following[0].end for m in sentence.find("theirs"))
    ):
        return "theirs"  # `two convicted spies`
    return following[0].role if following else ""


def _halves(sentence: Sentence, quantity: Quantity, unit: Mark) -> bool:
    """`five and a half years`"""
    joined = any(m.start == quantity.end for m in sentence.find("and", "partof"))
    joined = joined and not any(m.start == quantity.end for m in sentence.find("among"))
    return joined and unit.start - quantity.end <= 3


_POLITICAL = ("political", "extremist", "political.word")
_NOUNS = {
    "unit": 0,
    "names": 0,
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


def _gap_after(sentence: Sentence, quantity: Quantity) -> tuple[int, int]:
    """From the end of a number to the next word."""
    last = sentence.spans[quantity.end - 1][1]
    return last, sentence.spans[quantity.end][0] if quantity.end < len(sentence.spans) else last


def _is_part(sentence: Sentence, quantity: Quantity) -> bool:
    """`44 of those freed`, `44 из освобожденных`"""
    of = any(m.start == quantity.end for m in sentence.find("partof"))
    of = of and "," not in sentence.gap(*_gap_after(sentence, quantity))
    them = any(m.role == "among" and m.start == quantity.end for m in sentence.marks)
    freed = any(m.role == "freed" and 0 < m.start - quantity.end <= 2 for m in sentence.marks)
    return of and (them or freed)


def are_others(sentence: Sentence, quantity: Quantity) -> bool:
    """`a monk and two others`, `a monk and another two`: somebody was named, even if nobody knows the name; not
    `another two were freed`."""
    return any(
        m.role == "others" and (m.start == quantity.end or (m.end == quantity.start and len(m.at) > 1))
        for m in sentence.marks
    )


def _apart(sentence: Sentence, quantity: Quantity) -> bool:
    """`X and 121 others`, `together with X 13 people`: those besides the people named."""
    shut = "," in sentence.gap(*_gap_after(sentence, quantity))  # `fifteen, the others …`
    return any(
        (m.role == "others" and ((m.start == quantity.end and not shut) or 0 <= quantity.start - m.end <= 3))
        or (m.role == "others.after" and m.start == quantity.end)
        or (m.role == "others.with" and 0 <= quantity.start - m.end <= 7)
        for m in sentence.marks
    )


def _whole(sentence: Sentence, quantity: Quantity) -> Quantity | None:
    """The number that this one is a part of: `15 of the 250`, `168 people of those 250`, `of the 16 who left, 14`."""
    wholes = [q for q in sentence.quantities if q is not quantity and _is_shared(sentence, q)]
    after = [q for q in wholes if 0 < q.start - quantity.end <= _AFTER]
    before = [q for q in wholes if q.end <= quantity.start and (q.value or 0) > (quantity.value or 0)]
    return next(iter(after or before), None)


def _is_shared(sentence: Sentence, quantity: Quantity) -> bool:
    """Does `of`, `of those`, `among` stand before a number?"""
    together = {place for m in sentence.find("others.with") for place in m.at}
    parts = [m.end for m in sentence.find("partof", "amid") if m.start not in together]
    known = [m.start for m in sentence.find("definite") if m.end == quantity.start]
    return quantity.start in parts or any(start in parts for start in known)


def _is_whole(sentence: Sentence, quantity: Quantity) -> bool:
    """`13 of the 30`: the number of which another is a part."""
    parted = _is_shared(sentence, quantity) and any(_whole(sentence, q) is quantity for q in sentence.quantities)
    return parted and not any(m.role == "held" for m in sentence.find("held"))


def _is_definite(sentence: Sentence, quantity: Quantity, noun: str) -> bool:
    """`the 46 people brought to Lithuania`: a number that is known already, and of everybody."""
    known = any(m.end == quantity.start for m in sentence.find("definite"))
    shared = sentence.has("others") or len({m.role for m in sentence.find("place")}) > 1
    return known and not shared and noun in ("", "people", "prisoner") and (quantity.value or 0) > _FEW


def _is_given_back(sentence: Sentence, quantity: Quantity) -> bool:
    """`For two people convicted of spying, Minsk gave five political prisoners`: those of the other side."""
    others = [q for q in sentence.quantities if q is not quantity]
    between = min((q.start for q in others if q.start > quantity.start), default=0)
    spies = any(quantity.end <= m.start < between for m in sentence.find("theirs"))
    return spies and any(noun_of(sentence, q) == "political" for q in others)


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
    arrested = not sentence.has(*_FREED) and any(
        sentence.clauses[m.start] == clause for m in sentence.find("held", "detainee", "re-arrest")
    )
    return not nearer and not held and not arrested


def _parted_from(sentence: Sentence, quantity: Quantity, mark: Mark) -> bool:
    """Does a comma part a number with its noun from a word after it?"""
    return "," in sentence.gap(sentence.spans[quantity.end - 1][1], sentence.spans[mark.start][0])


def _parted(sentence: Sentence, quantity: Quantity, since: Mark) -> bool:
    first, second = sorted((quantity.start, since.start))
    return "," in sentence.gap(sentence.spans[first][1], sentence.spans[second][0])


def is_age(sentence: Sentence, quantity: Quantity) -> bool:
    """`Mikola Statkevich, 69, has been released`: a number between commas."""
    first, last = sentence.spans[quantity.start], sentence.spans[quantity.end - 1]
    before = sentence.text[: first[0] - sentence.offset].rstrip()
    after = sentence.text[last[1] - sentence.offset :].lstrip()
    years = before.endswith("(") and 0 < after.find(")") <= _YEARS
    return quantity.digits and before.endswith((",", "(")) and (after.startswith((",", ")")) or years)


def _is_all(sentence: Sentence, quantity: Quantity, here: list[Mark]) -> bool:
    """`Nine journalists were freed`: whoever is counted, nobody else is; no part of others."""
    parted = any(m.start < quantity.start for m in sentence.find("among", "list", "partof"))
    others = [
        q for q in sentence.quantities if q is not quantity and noun_of(sentence, q) in ("sex", "subset", "people")
    ]
    return not others and not parted and any(m.role.partition(".")[0] in _FREED for m in here)


def _is_followed(sentence: Sentence, quantity: Quantity, noun: str) -> bool:
    """`in July 16 women`, not `on July 2`"""
    return bool(noun) and any(m.role == noun and m.start == quantity.end for m in sentence.marks)


def is_of_one_sex(sentence: Sentence, quantity: Quantity, noun: str) -> bool:
    """`14 women and 16 men`: each of them a part."""
    others = [q for q in sentence.quantities if q is not quantity and q.value]
    return noun == "sex" and any(noun_of(sentence, other) == "sex" for other in others)


def _is_day(sentence: Sentence, quantity: Quantity) -> bool:
    return any(m.role.startswith("month.") and abs(m.start - quantity.start) == 1 for m in sentence.marks)


def _held(sentence: Sentence, quantity: Quantity, here: list[Mark]) -> bool:
    """Does the clause count those still inside rather than those let out?"""
    held = [abs(m.start - quantity.start) for m in here if m.role in ("held", "held.count")]
    freed = [abs(m.start - quantity.start) for m in here if m.role.split(".")[0] in _FREED]
    return bool(held) and (not freed or min(held) < min(freed))


#: What a number reads that counts everybody of whom its sentence tells.
EVERYBODY = ("total", "only of:", "political", "in all")
_FREED = ("release", "pardon", "amnesty", "exchange", "deportation", "arrival")


def _destination(sentence: Sentence, quantity: Quantity) -> str:
    """Where the number was taken, when the sentence shares people out."""
    if not sentence.has("moved"):
        return ""
    following = [m for m in sentence.marks if m.role.startswith("place.") and 0 < m.start - quantity.end <= 8]
    others = [q for q in sentence.quantities if q.start > quantity.start and not _is_shared(sentence, q)]
    if following and (not others or following[0].start < others[0].start):
        return following[0].role[6:]
    return ""


def _bare(sentence: Sentence, quantity: Quantity) -> bool:
    """A number beside its trigger: `помилованы 22`, `123 freed`."""
    return any(
        m.role.split(".")[0] in _FREED and (-4 <= m.start - quantity.end <= 3 or -3 <= quantity.start - m.end <= 3)
        for m in sentence.marks
    )
