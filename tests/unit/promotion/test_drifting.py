"""The rows that a fair comparison may use, and the newest upload as production sees it."""

import datetime as dt

import numpy as np

from satispy.models.training.rows import FOLDS
from satispy.promotion.facts import Evidence
from satispy.retraining.prepare import split
from satispy.reviews import ReviewSet
from satispy.runs.split import test_rows as rows_of_the_test_part


def evidence(rows: int) -> Evidence:
    comments = [f"avis numéro {'abcdefghij'[row % 10] * (row // 10 + 1)}" for row in range(rows)]
    stars = [1 + row % 5 for row in range(rows)]
    blank = [""] * rows
    reviews = ReviewSet(
        3, blank, comments, stars, blank, blank, [dt.date(2021, 1, 1)] * rows, blank
    )
    ready = split(comments, stars, seed=0)
    return Evidence(reviews, ready, np.flatnonzero(ready.test), *ready.testing())


def test_rows_that_an_older_model_learned_from_are_no_fair_test() -> None:
    now = evidence(100)
    learned = set(range(60)) - set(rows_of_the_test_part(60).tolist())
    fair = now.rows[now.not_trained_on(60)]
    assert set(fair.tolist()) == set(now.rows.tolist()) - learned
    assert any(row < 60 for row in now.rows)


def test_every_row_is_of_one_part_and_training_rows_have_folds() -> None:
    ready = evidence(200).ready
    assert ready.test.sum() == 40
    assert (ready.folds[ready.test] == -1).all()
    assert set(ready.folds[~ready.test]) <= set(range(FOLDS))


def test_a_test_row_whose_twin_is_in_training_is_seen() -> None:
    ready = split(["Parfait", "parfait,"] * 50, [5] * 100, seed=0)
    assert ready.test.sum() == 20
    assert not ready.unseen.any()
