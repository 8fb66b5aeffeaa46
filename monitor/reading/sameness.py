"""The same item, the same text, the same story: three layers, each with its score and the reason in words.

An article is compared by a fingerprint of about 700 bytes and found by a handful of features, so that the cost of a
comparison does not grow with the archive: the store looks up `features()` within `WINDOW`, takes the newest `EACH`
articles of each and at most `MOST` in all, and compares those. Within a language the story is told by its words; across
languages only by who, how many, when and where to. Two stories left apart cost a reader one more line, two merged ones
cost a release: when in doubt, apart.
"""

from __future__ import annotations

import json
import math
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Literal

from monitor.model import Claim, PersonStatus, Reading, Tokens

#: Candidates for a text or story are looked for among articles at most this much older or newer.
WINDOW = timedelta(days=5)
#: … and among the newest `EACH` articles of each feature, at most `MOST` in all.
EACH = 40
MOST = 200
#: Two texts are one from this share of common three-word runs on.
SAME_TEXT = 0.45
#: … or where so much of the shorter one stands in the longer.
CONTAINED = 0.8
_ENOUGH = 20  # sampled runs below which containment is chance
#: Two articles in one language are one story from this likeness of their words on.
SAME_STORY = 0.4
#: … and, where both count people freed and the counts differ, from this one on.
SAME_STORY_OTHER_COUNT = 0.6

_SHINGLE = 3
_SKETCH = 96
_TERMS = 48
_READ = 300  # words of a body that are looked at
_LEAD_WORDS = 60
_TITLE, _LEAD = 3, 2  # how often a word of the headline or the lead counts
_NAME, _NUMBER = 2.0, 1.5  # what a name or a number is worth beside an ordinary word
_BANDS = 6
_RARE = 8

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

Layer = Literal["item", "text", "story", ""]


@dataclass(frozen=True)
class Fingerprint:
    """What is compared of an article. `sketch` are the smallest hashes of its three-word runs, `terms` its telling
    words with their weights (0–255), both as 32-bit hashes; `claims` only what tells events apart."""

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
    item: str = ""

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
        """Compact bytes for the store; `unpack` is the inverse."""
        head = [
            self.language,
            self.at,
            int(self.relevant),
            self.people,
            self.freed,
            self.totals,
            self.kind,
            self.modality,
            self.day,
            self.destination,
            self.item,
            len(self.sketch),
        ]
        hashes = array("I", [*self.sketch, *(term for term, _ in self.terms)])
        body = hashes.tobytes() + bytes(weight for _, weight in self.terms)
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return len(text).to_bytes(2, "big") + text + body

    @staticmethod
    @lru_cache(maxsize=2048)  # the articles of the last days are compared again and again; about 15 kB each
    def unpack(blob: bytes) -> Fingerprint:
        """The fingerprint that `Fingerprint.pack` made bytes of."""
        size = int.from_bytes(blob[:2], "big")
        language, at, relevant, people, freed, totals, kind, modality, day, destination, item, length = json.loads(
            blob[2 : 2 + size]
        )
        body = blob[2 + size :]
        count = (len(body) - 4 * length) // 5
        hashes = array("I", body[: 4 * (length + count)])
        weights = body[4 * (length + count) :]
        return Fingerprint(
            language,
            at,
            bool(relevant),
            tuple(hashes[:length]),
            tuple(zip(hashes[length:], weights, strict=True)),
            tuple(people),
            tuple(freed),
            tuple(totals),
            kind,
            modality,
            day,
            destination,
            item,
        )


@dataclass(frozen=True, slots=True)
class Sameness:
    """The deepest layer two articles share, '' for none; `why` is for the operator who asks."""

    layer: Layer
    score: float
    why: str


def fingerprint(title: str, text: str, reading: Reading, at: datetime | None, item: str = "") -> Fingerprint:
    """The fingerprint of an article that was read, published (or seen) `at`.

    `item` is its identity within the outlet without language, '' where the caller settles that by other means.
    """
    claim = reading.claim
    return Fingerprint(
        language=reading.language,
        at=int(at.timestamp() // 60) if at else None,
        relevant=reading.relevant,
        sketch=_sketch(reading.text),
        terms=_terms(title, text, reading),
        people=tuple(dict.fromkeys(m.person for m in reading.mentions)),
        freed=tuple(dict.fromkeys(m.person for m in reading.mentions if m.status is PersonStatus.FREED)),
        totals=_totals(claim),
        kind=claim.kind if claim else "",
        modality=claim.modality if claim else "",
        day=claim.date.toordinal() if claim and claim.date else None,
        destination=claim.destination if claim else "",
        item=item,
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
    item = [f"i:{fp.item}"] if fp.item else []
    return tuple(dict.fromkeys([*item, *texts, *words, *event]))


def compare(a: Fingerprint, b: Fingerprint) -> Sameness:
    """How much two articles are the same. Symmetric; costs microseconds."""
    if a.item and a.item == b.item:
        return Sameness("item", 1.0, "the same item of the same outlet")
    if a.language == b.language:
        share = resemblance(a, b)
        if share >= SAME_TEXT:
            return Sameness("text", round(share, 3), f"{share:.0%} of the wording is the same")
    if not _near(a, b):
        return Sameness("", 0.0, "too far apart in time")
    if a.relevant and b.relevant:
        told = _same_event(a, b)
        if told is not None:
            return told
    if a.language == b.language:
        return _same_words(a, b)
    return Sameness("", 0.0, "nothing that both tell")


def resemblance(a: Fingerprint, b: Fingerprint) -> float:
    """The estimated share of common three-word runs, 0 to 1; the shorter text's share where the longer contains it."""
    if a.runs.isdisjoint(b.runs):
        return 0.0  # as nearly always
    if len(a.runs) < 4 or len(b.runs) < 4:
        return float(a.runs == b.runs)
    limit = min(fp.sketch[-1] if len(fp.sketch) == _SKETCH else 1 << 32 for fp in (a, b))
    left, right = ({run for run in fp.sketch if run <= limit} for fp in (a, b))
    common, shorter = len(left & right), min(len(left), len(right))
    if shorter >= _ENOUGH and common >= CONTAINED * shorter:
        return common / shorter
    return common / len(left | right)


def _same_event(a: Fingerprint, b: Fingerprint) -> Sameness | None:
    """Do two release stories tell of one event? None where their words must decide."""
    score, reasons = 0.0, []
    if a.day and b.day:
        apart = abs(a.day - b.day)
        if apart > 2:
            return Sameness("", 0.0, f"the events are {apart} days apart")
        score += 0.35 if apart <= 1 else 0.2
        reasons.append("the same day" if not apart else f"{apart} days apart")
    both = set(a.totals) & set(b.totals)
    if both:
        score += 0.45 if max(both) > 2 else 0.15
        reasons.append(f"{max(both)} freed")
    people = set(a.freed or a.people) & set(b.freed or b.people)
    if people:
        smaller = min(len(set(a.freed or a.people)), len(set(b.freed or b.people)))
        score += 0.25 + 0.3 * len(people) / smaller
        reasons.append(f"{len(people)} of the same people")
    if a.destination and a.destination == b.destination:
        score += 0.1
        reasons.append(f"to {a.destination}")
    if a.totals and b.totals and not both:
        score -= 0.2
    return Sameness("story", round(min(1.0, score), 3), ", ".join(reasons)) if score >= 0.6 else None


def _same_words(a: Fingerprint, b: Fingerprint) -> Sameness:
    likeness = _cosine(a, b)
    if likeness >= (SAME_STORY_OTHER_COUNT if _count_differently(a, b) else SAME_STORY):
        return Sameness("story", round(likeness, 3), f"{likeness:.0%} of the telling words are shared")
    return Sameness("", round(likeness, 3), "different words")


def _count_differently(a: Fingerprint, b: Fingerprint) -> bool:
    return bool(a.totals and b.totals and not set(a.totals) & set(b.totals)) and not set(a.freed) & set(b.freed)


def _near(a: Fingerprint, b: Fingerprint) -> bool:
    return a.at is None or b.at is None or abs(a.at - b.at) <= WINDOW.total_seconds() / 60


def _totals(claim: Claim | None) -> tuple[int, ...]:
    if claim is None:
        return ()
    return tuple(dict.fromkeys(n for n in (claim.total, claim.political) if n))


def _cosine(a: Fingerprint, b: Fingerprint) -> float:
    shared = a.weights.keys() & b.weights.keys()
    return sum([a.weights[term] * b.weights[term] for term in shared]) / (a.length * b.length) if shared else 0.0


def _sketch(tokens: Tokens) -> tuple[int, ...]:
    words = [keys[0] for keys in tokens.keys]
    runs = {_hash(f"{a} {b} {c}") for a, b, c in zip(words, words[1:], words[2:], strict=False)}
    return tuple(sorted(runs)[:_SKETCH])


def _terms(title: str, text: str, reading: Reading) -> tuple[tuple[int, int], ...]:
    """The telling words of an article: names and numbers above all, the headline's and the lead's before the rest."""
    counts: Counter[str] = Counter()
    named: set[str] = set()
    for body, tokens, lead in ((title, reading.title, _TITLE), (text, reading.text, _LEAD)):
        words = [_word(keys) for keys in tokens.keys[:_READ]]
        counts.update(words)
        counts.update(words[:_LEAD_WORDS] * (lead - 1))
        named.update([words[place] for place in _names(body, tokens)])
    worth = {word: _NAME if word in named else _worth(word) for word in counts}
    telling = [(-math.sqrt(n) * worth[word], word) for word, n in counts.items() if worth[word]]
    top = sorted(telling)[:_TERMS]
    return tuple([(_hash(word), max(1, round(255 * weight / top[0][0]))) for weight, word in top])


def _names(text: str, tokens: Tokens) -> set[int]:
    """Positions of capitalised words inside a sentence: most are names."""
    found = set()
    for place, (start, _) in enumerate(tokens.spans[:_READ]):
        if place and text[start].isupper():
            before = text[max(0, start - 3) : start].rstrip(" «„“\"'(")
            if before and before[-1] not in ".!?:…\n—–-":
                found.add(place)
    return found


@lru_cache(maxsize=2**16)
def _worth(word: str) -> float:
    """What a word that is no name says about the story: nothing for small words, much for numbers."""
    if word.isdecimal():
        return _NUMBER if len(word) > 1 and not (len(word) == 4 and word[:2] in ("19", "20")) else 0.0
    return 1.0 if len(word) > 3 and word not in _SMALL else 0.0


@lru_cache(maxsize=2**16)
def _word(keys: tuple[str, ...]) -> str:
    """A word's first reading without its language, else the word itself."""
    return keys[1].partition("-")[2] or keys[1] if len(keys) > 1 else keys[0][1:]


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())
