"""The linear machine behind the approximate SVM."""

from functools import partial

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from satispy.models.training import hinge

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(size=(600, 12)).astype(np.float32)
LABELS = (ROWS[:, 0] + 0.5 * ROWS[:, 1] + RANDOM.normal(size=600) > 0.2).astype(int)
SIGNS = np.where(LABELS == 1, 1.0, -1.0)
COSTS = RANDOM.uniform(0.1, 2.0, size=600)


def test_it_finds_what_liblinear_finds() -> None:
    found = hinge.fit(partial(hinge.squared_hinge, ROWS, SIGNS, COSTS), 12)
    exact = LinearSVC(C=1.0, dual=False, tol=1e-10).fit(ROWS, LABELS, sample_weight=COSTS)
    assert found[:-1] == pytest.approx(exact.coef_[0], abs=1e-4)
    assert found[-1] == pytest.approx(exact.intercept_[0], abs=1e-4)


def test_rows_in_parts_add_up_to_the_rows_together() -> None:
    at = RANDOM.normal(size=13)
    value, gradient = hinge.squared_hinge(ROWS, SIGNS, COSTS, at)
    parts = [
        hinge.squared_hinge(ROWS[part], SIGNS[part], COSTS[part], at)
        for part in (slice(0, 250), slice(250, 600))
    ]
    assert sum(each[0] for each in parts) == pytest.approx(value, rel=1e-5)
    assert sum(each[1] for each in parts) == pytest.approx(gradient, rel=1e-4, abs=1e-2)


def test_a_row_of_no_cost_teaches_nothing() -> None:
    costs = np.where(np.arange(600) < 400, COSTS, 0.0)
    all_rows = hinge.fit(partial(hinge.squared_hinge, ROWS, SIGNS, costs), 12)
    some = hinge.fit(partial(hinge.squared_hinge, ROWS[:400], SIGNS[:400], COSTS[:400]), 12)
    assert all_rows == pytest.approx(some, abs=1e-4)
