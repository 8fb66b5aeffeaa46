"""Learn what evidence weighs, from the labelled articles: `python -m tests.eval.learn`, half a minute.

Writes `monitor/data/weights/<question>.csv`, and `taught_by.txt` with a hash of what taught it, so that a test can say
when articles or word lists have changed since. Each answer has its own logistic regression with a ridge (`STIFFNESS`),
solved by Newton's method: no chance is in it, the same articles give the same weights. `--across` writes nothing and
prints instead how well each author's articles are judged by what the others teach: what to expect of articles nobody
here has written. Articles that are never looked at (`score_articles.UNSEEN`) teach nothing.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.model import Mention
from monitor.reading import article_evidence, counts, fates, number_evidence, person_evidence
from monitor.reading.analysed import analyse
from monitor.reading.claims import hear
from monitor.reading.marked import Marked
from monitor.reading.people import Register
from monitor.reading.weights import ALWAYS
from monitor.store.shipped import shipped_people
from tests.eval.headlines import READING, headlines
from tests.eval.score_articles import FILES, UNSEEN, articles, load
from tests.eval.score_articles import FOLDER as ARTICLES

FOLDER = Path(__file__).parents[2] / "monitor" / "data" / "weights"
ANSWERS = {
    "article": ("release",),
    "person": ("freed", "held", "other"),
    "number": ("total", "political", "cumulative"),
}
#: How strongly weights are held near nothing: higher where there are fewer examples for each piece of evidence.
STIFFNESS = {"article": 10.0, "person": 5.0, "number": 8.0}
#: How much one example counts, by who wrote it: a case states a rule.
HEADLINES = "headlines"
COUNTS = {HEADLINES: 1.0, "cases": 3.0}
#: Evidence seen less often is chance.
SELDOM = 3
_LEAST = 0.005  # smaller weights are left out

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """What was shown, which answers are right, how much it counts and who wrote it."""

    shown: frozenset[str]
    answers: frozenset[str]
    weight: float
    author: str


@dataclass(frozen=True)
class Heard:
    """A labelled article as far as it is read before anything is decided."""

    item: dict[str, Any]
    article: Marked
    mentions: Sequence[Mention]
    author: str

    def example(self, shown: set[str], *answers: str) -> Example:
        return Example(frozenset(shown), frozenset(answers), COUNTS.get(self.author, 1.0), self.author)

    @property
    def about(self) -> Example | None:
        """Is it about a release? None where the label does not say."""
        if self.item["relevant"] is None:
            return None
        return self.example(article_evidence.evidence(self.article), *(["release"] if self.item["relevant"] else []))

    def people(self) -> Iterator[Example]:
        """What became of each person it names."""
        for person, places in fates.places(self.article, self.mentions).items():
            if (status := status_of(self.item, person)) is not None:
                yield self.example(person_evidence.evidence(self.article, places), status)

    def numbers(self) -> Iterator[Example]:
        """What each number counts, in an article about a release; nothing of one in an article that tells of a release
        only in passing."""
        relevant = self.item["relevant"]
        if "total" not in self.item or not (relevant or any(s.asserts for s in self.article.about)):
            return
        found = counts.numbers(self.article)
        for value in found:
            meant = [meaning for meaning in ANSWERS["number"] if relevant and self.item.get(meaning) == value][:1]
            yield self.example(number_evidence.evidence(self.article, value, found), *meant)


def taught_by() -> str:
    """A hash of all that teaches: the articles, the headlines, and the word lists they are read with."""
    teaching = [ARTICLES / f"{name}.jsonl" for name in FILES if name not in UNSEEN]
    teaching += [path for folder in ("phrases", "wordings") for path in sorted((READING / folder).glob("*.txt"))]
    teaching += [READING / "near_misses.yaml", *sorted((FOLDER.parent / "claims").glob("*.yaml"))]
    whole = hashlib.sha256()
    for path in teaching:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def status_of(item: dict[str, Any], person: str) -> str | None:
    """What became of a person by the label; None where it does not say."""
    if "everybody" in item:
        return str(item["everybody"])
    if "freed" not in item:
        return None
    return "freed" if person in item["freed"] else "held" if person in item["held"] else "other"


def gather() -> list[Heard]:
    """All labelled articles that may teach."""
    register = Register(list(shipped_people()))
    labelled = [
        (item, article, source, author)
        for author in FILES
        if author not in UNSEEN
        for item, (article, source) in zip(load(author), articles(load(author)), strict=True)
    ]
    labelled += [(*headline, HEADLINES) for headline in headlines()]
    words = analyse([(article, source) for _, article, source, _ in labelled])
    mentions = list(map(register.find, words))
    heard = list(map(hear, words, mentions))
    return [
        Heard(item, article, named, author)
        for (item, _, _, author), article, named in zip(labelled, heard, mentions, strict=True)
    ]


def examples(heard: Sequence[Heard]) -> dict[str, list[Example]]:
    """The examples of every question. What became of people is asked knowing how likely an article is about a release,
    as told by what the other authors teach: a judgement of one's own articles would be too sure."""
    about = [(one, example) for one in heard if (example := one.about) is not None]
    for author in dict.fromkeys(one.author for one in heard):
        learned = learn("article", [example for one, example in about if one.author != author])
        own = [one for one in heard if one.author == author]
        shown = [one.example(article_evidence.evidence(one.article)) for one in own]
        for one, odds in zip(own, learned.scores(shown)[:, 0], strict=True):
            one.article.odds = float(odds)
    return {
        "article": [example for _, example in about],
        "person": [example for one in heard for example in one.people()],
        "number": [example for one in heard for example in one.numbers()],
    }


@dataclass(frozen=True)
class Learned:
    """The weights of one question: a column an answer, a row a piece of evidence, the first what always holds."""

    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    weights: Vector

    def scores(self, found: Sequence[Example]) -> Vector:
        table = _table(found, self.evidence)
        return np.stack([table.times(column) for column in self.weights.T], axis=1)


def learn(question: str, found: Sequence[Example]) -> Learned:
    """Fit every answer of a question."""
    seen = Counter(piece for example in found for piece in example.shown)
    evidence = (ALWAYS, *sorted(piece for piece, times in seen.items() if times >= SELDOM))
    table, importance = _table(found, evidence), np.array([e.weight for e in found])
    columns = [
        _fit(table, np.array([answer in e.answers for e in found], float), importance, STIFFNESS[question])
        for answer in ANSWERS[question]
    ]
    return Learned(ANSWERS[question], evidence, np.stack(columns, axis=1))


@dataclass(frozen=True)
class Table:
    """Which evidence each example shows: the columns that are 1, row after row, and where each row begins. Of a hundred
    columns an example has five."""

    columns: npt.NDArray[np.intp]
    begins: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]  # of each entry of `columns`
    width: int

    def times(self, weights: Vector) -> Vector:
        """The table times a column of weights."""
        return np.add.reduceat(weights[self.columns], self.begins)

    def back(self, values: Vector) -> Vector:
        """The table, turned, times a column of one value a row."""
        return np.bincount(self.columns, values[self.rows], self.width)


def _table(found: Sequence[Example], evidence: Sequence[str]) -> Table:
    place = {piece: number for number, piece in enumerate(evidence)}
    shown = [[0, *sorted(place[piece] for piece in example.shown if piece in place)] for example in found]
    lengths = [len(row) for row in shown]
    begins = np.cumsum([0, *lengths[:-1]])
    columns = np.array([column for row in shown for column in row], np.intp)
    return Table(columns, begins, np.repeat(np.arange(len(shown)), lengths), len(evidence))


def _fit(table: Table, right: Vector, importance: Vector, stiffness: float) -> Vector:
    """Logistic regression with a ridge on all but what always holds, by Newton's method."""
    ridge = np.full(table.width, stiffness)
    ridge[0] = 1e-6
    weights = np.zeros(table.width)
    for _ in range(25):
        odds = 1 / (1 + np.exp(-table.times(weights)))
        slope = table.back(importance * (odds - right)) + ridge * weights
        step = _step(table, importance * odds * (1 - odds), ridge, slope)
        weights -= step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def _step(table: Table, spread: Vector, ridge: Vector, slope: Vector) -> Vector:
    """Newton's step by conjugate gradients: the curvature is never written down, only multiplied with."""
    step = np.zeros_like(slope)
    left = slope.copy()
    direction, size = left.copy(), left @ left
    enough = 1e-12 * size
    while size > enough:
        bent = table.back(spread * table.times(direction)) + ridge * direction
        length = size / (direction @ bent)
        step += length * direction
        left -= length * bent
        size, before = left @ left, size
        direction = left + size / before * direction
    return step


def write(question: str, learned: Learned) -> None:
    """One row for each piece of evidence that says anything."""
    lines = [",".join(("evidence", *learned.answers))]
    for piece, row in zip(learned.evidence, learned.weights, strict=True):
        if piece == ALWAYS or np.abs(row).max() >= _LEAST:
            quoted = f'"{piece.replace(chr(34), chr(34) * 2)}"' if set(piece) & {",", '"'} else piece
            lines.append(",".join((quoted, *(f"{weight:.3f}" for weight in row))))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{question}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def across(found: dict[str, list[Example]]) -> None:
    """Judge each author's examples by what the others teach."""
    for question, examples_ in found.items():
        for author in dict.fromkeys(e.author for e in examples_):
            learned = learn(question, [e for e in examples_ if e.author != author])
            own = [e for e in examples_ if e.author == author]
            scores = learned.scores(own)
            figures = [_figures(scores[:, n] > 0, [a in e.answers for e in own]) for n, a in enumerate(learned.answers)]
            said = "  ".join(f"{a} {figure}" for a, figure in zip(learned.answers, figures, strict=True))
            print(f"{question:8} {author:10} {len(own):5}  {said}")


def _figures(said: Iterable[bool], so: Iterable[bool]) -> str:
    pairs = Counter(zip(map(bool, said), so, strict=True))
    right, wrong, missed = pairs[True, True], pairs[True, False], pairs[False, True]
    return f"P {right / ((right + wrong) or 1):.3f} R {right / ((right + missed) or 1):.3f}"


def main(arguments: Sequence[str]) -> None:
    found = examples(gather())
    if "--across" in arguments:
        across(found)
        return
    for question, examples_ in found.items():
        learned = learn(question, examples_)
        write(question, learned)
        print(f"{question}: {len(examples_)} examples, {len(learned.evidence)} pieces of evidence")
    (FOLDER / "taught_by.txt").write_text(taught_by() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
