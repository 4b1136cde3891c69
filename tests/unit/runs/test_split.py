"""A review's side is its own: train or test, once and for all."""

from hashlib import blake2b

import numpy as np
import pytest

from satispy.models.training.rows import FOLDS
from satispy.retraining.prepare import read_texts, split
from satispy.runs.split import learned_from, on_test_side


def identities(count: int) -> list[str]:
    return [blake2b(str(number).encode(), digest_size=16).hexdigest() for number in range(count)]


def test_a_fifth_of_the_reviews_are_test_rows() -> None:
    assert on_test_side("identity", identities(20_000)).mean() == pytest.approx(0.2, abs=0.01)


def test_a_review_keeps_its_side_whatever_comes_goes_or_moves() -> None:
    before = identities(500)
    side = dict(zip(before, on_test_side("identity", before), strict=True))
    after = before[:100] + before[101:] + identities(900)[500:]
    after.sort()
    for review, is_test in zip(after, on_test_side("identity", after), strict=True):
        assert side.get(review, is_test) == is_test


def test_no_version_has_learned_from_a_test_row_of_today() -> None:
    reviews = identities(1_000)
    test = on_test_side("identity", reviews)
    for rows in (0, 300, 1_000):
        assert not (learned_from("identity", reviews, rows) & test).any()


def test_the_published_split_is_known_row_by_row_for_models_that_were_trained_on_it() -> None:
    reviews = identities(100)
    learned = learned_from("published", reviews, 60)
    assert learned[:60].sum() == 48
    assert not learned[60:].any()
    assert not (learned[:60] & on_test_side("published", reviews[:60])).any()


def test_training_rows_have_folds_and_test_rows_have_none() -> None:
    comments = [f"avis {'abcdefghij'[row % 10] * (row // 10 + 1)}" for row in range(200)]
    test = np.arange(200) % 5 == 0
    ready = split(read_texts(comments), [1 + row % 5 for row in range(200)], test, seed=0)
    assert (ready.test == test).all()
    assert (ready.folds[test] == -1).all()
    assert set(ready.folds[~test]) <= set(range(FOLDS))


def test_a_test_row_whose_duplicate_is_in_training_is_seen() -> None:
    ready = split(read_texts(["Parfait", "parfait,"] * 50), [5] * 100, np.arange(100) < 20, seed=0)
    assert ready.test.sum() == 20
    assert not ready.unseen.any()


@pytest.mark.parametrize("rows", [10, 101, 1_234, 15_703])
def test_the_published_split_is_that_of_scikit_learn(rows: int) -> None:
    from sklearn.model_selection import train_test_split

    _, test = train_test_split(np.arange(rows), test_size=0.2, random_state=20)
    assert np.flatnonzero(on_test_side("published", ["" for _ in range(rows)])).tolist() == sorted(
        test
    )
