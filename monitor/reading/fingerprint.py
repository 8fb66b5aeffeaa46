"""What is compared of an article: about 700 bytes, found again by a handful of features.

The store files an article under its `features()` and looks a new one's up within a window of days; `worth_comparing`
then passes over, all at once, the candidates that have neither wording nor words in common with it, so that the cost
of a new article grows with neither the archive nor the day's flood. Nothing here says that two articles are the same:
`sameness` does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from monitor.languages.remembered import Remembered
from monitor.matching.document import Words, words
from monitor.model import Claim, PersonStatus, Reading, Tokens

Numbers = NDArray[Any]

SKETCH = 96  # three-word runs kept of a text
_TERMS = 48  # telling words kept of an article
_READ = 300  # words of a body that are looked at for them
_LEAD_WORDS = 60
_TITLE, _LEAD = 3, 2  # how often a word of the headline or the lead counts
_NAME, _NUMBER = 2.0, 1.5  # what a name or a number is worth beside an ordinary word
_BANDS = 6
_RARE = 8

# A run's number is made of its words' numbers by odd factors, so that their order counts
_FIRST, _SECOND, _THIRD = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)
_LAYOUT = np.dtype([("relevant", "u1"), ("runs", "<u4", SKETCH), ("terms", "<u4", _TERMS), ("weights", "u1", _TERMS)])
_SLOTS = 1 << 16

#: Newsroom words that every story of a day shares.
_SMALL = frozenset(
    """
    который также этот самый свой весь быть мочь стать сообщить сообщать сообщение заявить сказать рассказать слово
    время после перед около более менее однако только чтобы ранее сегодня вчера человек место новость агентство данные
    отметить отмечать добавить написать передавать канал журналист сайт пресса служба
    this that with from have been were will their which also said says more than after before about over into year
    people news according told when where what there other them they would could
    який також цей свій весь бути могти повідомити заявити сказати після перед більше людина слово
    który także oraz jest były został powiedzieć poinformować podać przez przed więcej osoba dzień
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Fingerprint:
    """`sketch` are the smallest hashes of an article's three-word runs, `terms` its telling words with their weights
    (1–255), both as 32-bit hashes and never 0; `people`, `totals` … are what tells release stories apart.
    """

    language: str
    at: int | None  # minutes since 1970, UTC
    relevant: bool = False
    sketch: tuple[int, ...] = ()
    terms: tuple[tuple[int, int], ...] = ()
    people: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    totals: tuple[int, ...] = ()
    kind: str = ""
    modality: str = ""
    day: int | None = None  # ordinal of the event's date
    destination: str = ""

    @cached_property
    def runs(self) -> frozenset[int]:
        """The sketch as a set."""
        return frozenset(self.sketch)

    @cached_property
    def weights(self) -> dict[int, int]:
        """The telling words with their weights."""
        return dict(self.terms)

    @cached_property
    def length(self) -> float:
        """Of the weights as a vector."""
        return math.hypot(*self.weights.values())

    def pack(self) -> bytes:
        """Bytes for the store, the numbers first and all of one length; `unpack` is the inverse."""
        numbers = np.zeros(1, _LAYOUT)
        numbers["relevant"] = self.relevant
        numbers["runs"][0, : len(self.sketch)] = self.sketch
        numbers["terms"][0, : len(self.terms)] = [term for term, _ in self.terms]
        numbers["weights"][0, : len(self.terms)] = [weight for _, weight in self.terms]
        rest = [self.language, self.at, self.people, self.freed, self.totals, self.kind, self.modality, self.day]
        text = json.dumps([*rest, self.destination], ensure_ascii=False, separators=(",", ":"))
        return numbers.tobytes() + text.encode()

    @staticmethod
    def unpack(blob: bytes) -> Fingerprint:
        """The fingerprint that `Fingerprint.pack` made bytes of."""
        numbers = np.frombuffer(blob, _LAYOUT, 1)[0]
        runs, terms, weights = (numbers[name].tolist() for name in ("runs", "terms", "weights"))
        language, at, people, freed, totals, *others = json.loads(blob[_LAYOUT.itemsize :])
        return Fingerprint(
            language,
            at,
            bool(numbers["relevant"]),
            tuple([run for run in runs if run]),
            tuple([(term, weight) for term, weight in zip(terms, weights, strict=True) if weight]),
            tuple(people),
            tuple(freed),
            tuple(totals),
            *others,
        )


def fingerprint(
    title: str, text: str, reading: Reading, at: datetime | None, known: Words | None = None
) -> Fingerprint:
    """The fingerprint of an article that was read, published (or seen) `at`."""
    claim = reading.claim
    known = known or words(reading.title, reading.text)
    told = np.fromiter(chain.from_iterable(map(_WORDS.__getitem__, known.distinct)), float, 3 * len(known.distinct))
    return Fingerprint(
        language=reading.language,
        at=int(at.timestamp() // 60) if at else None,
        relevant=reading.relevant,
        sketch=_sketch(told[::3].astype(np.uint32)[known.text]) if len(known.text) > 2 else (),
        terms=_terms((title, text), (reading.title, reading.text), known, told[1::3], told[2::3]),
        people=tuple(dict.fromkeys(m.person for m in reading.mentions)),
        freed=tuple(dict.fromkeys(m.person for m in reading.mentions if m.status is PersonStatus.FREED)),
        totals=_totals(claim),
        kind=claim.kind if claim else "",
        modality=claim.modality if claim else "",
        day=claim.date.toordinal() if claim and claim.date else None,
        destination=claim.destination if claim else "",
    )


def features(fp: Fingerprint) -> tuple[str, ...]:
    """Under what the store files an article: whoever shares none of these within the window is another story."""
    texts = [f"s:{value:x}" for value in fp.sketch[:_BANDS]]
    words = [f"w:{value:x}" for value, _ in fp.terms[:_RARE]]
    event: list[str] = []
    if fp.relevant:
        event += [f"p:{person}" for person in (fp.freed or fp.people)[:6]]
        event += [f"n:{total}" for total in fp.totals[:2]]
        event += [f"d:{date.fromordinal(fp.day).isoformat()}"] if fp.day else []
    return tuple(dict.fromkeys([*texts, *words, *event]))


def worth_comparing(new: Fingerprint, packed: Sequence[bytes], likeness: float) -> list[bool]:
    """Which packed fingerprints may be the same text or story as `new`: never too few, rarely too many.

    True where two wordings or more are shared, where the telling words may be alike by `likeness` (a cosine) or more,
    or where both tell of a release.
    """
    if not packed:
        return []
    stored = np.frombuffer(b"".join([blob[: _LAYOUT.itemsize] for blob in packed]), _LAYOUT)
    wording = np.zeros(_SLOTS, bool)  # by the lower half of a hash: a stranger in a slot only adds
    wording[[run % _SLOTS for run in new.sketch]] = True
    worth = wording[stored["runs"] % _SLOTS].sum(axis=1) >= min(2, len(new.sketch) or SKETCH)
    weight_of = np.zeros(_SLOTS)
    weight_of[[term % _SLOTS for term, _ in new.terms]] = [weight for _, weight in new.terms]
    weights = stored["weights"].astype(float)
    product = (weight_of[stored["terms"] % _SLOTS] * weights).sum(axis=1)
    lengths = np.sqrt((weights * weights).sum(axis=1)) * new.length
    worth |= (product >= likeness * lengths * 0.999) & (product > 0)
    if new.relevant:
        worth |= stored["relevant"] > 0
    return [bool(yes) for yes in worth]


def _totals(claim: Claim | None) -> tuple[int, ...]:
    if claim is None:
        return ()
    return tuple(dict.fromkeys(n for n in (claim.total, claim.political) if n))


def _sketch(forms: Numbers) -> tuple[int, ...]:
    """The smallest numbers of three words in a row; `forms` are 32 bits wide, and so are products and sums of them."""
    runs = np.unique(forms[:-2] * _FIRST + forms[1:-1] * _SECOND + forms[2:] * _THIRD)
    return tuple(runs[runs > 0][:SKETCH].tolist())


def _terms(
    bodies: Sequence[str], fields: Sequence[Tokens], known: Words, readings: Numbers, worth: Numbers
) -> tuple[tuple[int, int], ...]:
    """The telling words of an article: names and numbers above all, the headline's and the lead's before the rest."""
    heard = np.zeros(len(readings))
    named: list[int] = []
    for body, tokens, numbers, lead in zip(bodies, fields, (known.title, known.text), (_TITLE, _LEAD), strict=True):
        if numbers:
            heard += np.bincount(numbers[:_READ], minlength=len(heard))
            heard += np.bincount(numbers[:_LEAD_WORDS], minlength=len(heard)) * (lead - 1)
        named += [numbers[place] for place in _names(body, tokens)]
    terms, term_of = np.unique(readings, return_inverse=True)  # a word's forms are one term
    values = np.zeros(len(terms))
    values[term_of] = worth
    values[term_of[named]] = _NAME
    weights = np.sqrt(np.bincount(term_of, heard, len(terms))) * values
    # equal weights are told apart by hash: every article then keeps the same ones of the words it shares with others
    heaviest = np.lexsort((terms, -weights))[: min(_TERMS, np.count_nonzero(weights))]
    if not len(heaviest):
        return ()
    scaled = np.maximum(1, np.rint(255 * weights[heaviest] / weights[heaviest[0]])).astype(int).tolist()
    return tuple(
        [(word, weight) for word, weight in zip(terms[heaviest].astype(int).tolist(), scaled, strict=True) if word]
    )


def _names(text: str, tokens: Tokens) -> list[int]:
    """Positions of capitalised words inside a sentence: most are names."""
    capitals = tokens.capitals
    if capitals is None:
        capitals = [place for place, (start, _) in enumerate(tokens.spans) if text[start].isupper()]
    return [place for place in capitals if 0 < place < _READ and _goes_on(text, tokens.spans[place][0])]


def _goes_on(text: str, start: int) -> bool:
    """Does the sentence go on here, rather than begin?"""
    before = text[max(0, start - 3) : start].rstrip(" «„“\"'(")
    return bool(before) and before[-1] not in ".!?:…\n—–-"


class _Word(NamedTuple):
    """What is asked of a word: the number of its form, the number of its first reading, and what that says."""

    form: int
    reading: int
    worth: float


def _word(keys: tuple[str, ...]) -> _Word:
    reading = keys[1].partition("-")[2] or keys[1] if len(keys) > 1 else keys[0][1:]
    return _Word(crc32(keys[0].encode()), crc32(reading.encode()), _worth(reading))


def _worth(word: str) -> float:
    """What a word that is no name says about the story: nothing for small words, much for numbers."""
    if word.isdecimal():
        return _NUMBER if len(word) > 1 and not (len(word) == 4 and word[:2] in ("19", "20")) else 0.0
    return 1.0 if len(word) > 3 and word not in _SMALL else 0.0


_WORDS = Remembered(_word, 2**16)
