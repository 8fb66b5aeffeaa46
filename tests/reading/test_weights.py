"""Weighing evidence, and the weights that are shipped."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pytest

from monitor.reading.weights import ALWAYS, Weights, load
from tests.eval.learn import FOLDER, STIFFNESS, Example, learn, taught_by

ANSWERS = {
    "article": ("release",),
    "person": ("freed", "held", "other"),
    "number": ("total", "political", "cumulative"),
}


def test_scores_are_sums_over_what_is_shown_and_what_always_holds():
    weights = Weights(("yes", "no"), {ALWAYS: (-1.0, 0.5), "seen": (2.0, -1.0), "said": (0.25, 0.0)})
    assert weights.scores({"seen", "said", "never learned"}) == {"yes": 1.25, "no": -0.5}
    assert weights.scores(()) == {"yes": -1.0, "no": 0.5}


@pytest.mark.parametrize("question", ANSWERS)
def test_the_shipped_weights_answer_their_question(question):
    weights = load(question)
    assert weights.answers == ANSWERS[question]
    assert ALWAYS in weights.table
    text = (files("monitor") / "data" / "weights" / f"{question}.csv").read_text(encoding="utf-8")
    pieces = [row[0] for row in csv.reader(text.splitlines())][1:]
    assert len(pieces) == len(set(pieces)) > 100


def test_the_shipped_weights_were_taught_by_the_present_articles_and_words():
    taught = (FOLDER / "taught_by.txt").read_text(encoding="utf-8").strip()
    assert taught == taught_by(), "labelled articles or word lists have changed: `make weights`"


def _example(shown: str, answer: str) -> Example:
    return Example(frozenset(shown.split()), frozenset({answer} if answer else ()), 1.0, "")


def test_what_tells_answers_apart_gets_the_weight_and_what_does_not_gets_none():
    found = [_example("told common", "release")] * 40 + [_example("wished common", "")] * 40 + [_example("once", "")]
    learned = learn("article", found)
    weight = dict(zip(learned.evidence, learned.weights[:, 0], strict=True))
    assert weight["told"] > 0.5 > 0 > -0.5 > weight["wished"]
    assert abs(weight["common"]) < 0.2 * weight["told"]
    assert "once" not in weight


def test_learning_settles_where_the_slope_is_level():
    rng = np.random.default_rng(1)
    found = [
        _example(" ".join(f"e{n}" for n in np.flatnonzero(row)), "release" if row[0] ^ (noise < 0.2) else "")
        for row, noise in zip(rng.random((300, 6)) < 0.5, rng.random(300), strict=True)
    ]
    learned = learn("article", found)
    table = np.array([[1.0, *(piece in e.shown for piece in learned.evidence[1:])] for e in found])
    odds = 1 / (1 + np.exp(-table @ learned.weights[:, 0]))
    slope = table.T @ (odds - [bool(e.answers) for e in found])
    slope[1:] += STIFFNESS["article"] * learned.weights[1:, 0]
    assert np.abs(slope).max() < 1e-3
