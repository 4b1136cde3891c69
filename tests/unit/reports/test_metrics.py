"""Scores, against scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics as theirs

from satispy.reports.metrics import measure


def drawn(rows: int = 500) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    probabilities = random.random(rows).round(2)
    return (random.random(rows) < probabilities).astype(int), probabilities


def test_the_scores_are_those_of_scikit_learn() -> None:
    labels, probabilities = drawn()
    said = probabilities >= 0.5
    ours = measure(labels, probabilities)
    assert ours.accuracy == pytest.approx(theirs.accuracy_score(labels, said))
    assert ours.f1_0 == pytest.approx(theirs.f1_score(labels, said, pos_label=0))
    assert ours.f1_1 == pytest.approx(theirs.f1_score(labels, said))
    assert ours.roc_auc == pytest.approx(theirs.roc_auc_score(labels, probabilities))
    assert ours.brier == pytest.approx(theirs.brier_score_loss(labels, probabilities))
    assert ours.confusion == theirs.confusion_matrix(labels, said).tolist()


def test_honest_probabilities_have_a_small_calibration_error() -> None:
    labels, probabilities = drawn(20_000)
    assert measure(labels, probabilities).calibration_error < 0.02
    assert measure(labels, np.full(20_000, 0.99)).calibration_error > 0.4


def test_rows_of_one_class_have_no_roc_auc() -> None:
    assert measure(np.ones(3), np.array([0.2, 0.6, 0.9])).roc_auc is None
