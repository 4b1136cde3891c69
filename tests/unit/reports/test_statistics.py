"""Tests that know the size of their samples."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from satispy.reports.statistics import as_low_as, fewer_right, holm, rise, same_shares


def test_holm_names_the_smallest_first_and_stops_at_the_first_that_may_be_noise() -> None:
    p_values = {"a": 0.001, "b": 0.02, "c": 0.04}
    assert holm(p_values, 0.05) == {"a", "b", "c"}
    assert holm({**p_values, "d": 0.9}, 0.05) == {"a"}
    assert holm({}, 0.05) == set()


def test_changed_answers_are_counted_exactly() -> None:
    assert fewer_right(lost=5, won=0) == pytest.approx(1 / 32)
    assert fewer_right(lost=0, won=0) == 1


def test_few_rows_cannot_show_that_a_share_is_missed() -> None:
    assert as_low_as(6, 10, 0.8) > 0.1
    assert as_low_as(600, 1_000, 0.8) < 1e-9


def test_with_many_of_each_value_it_is_the_test_of_the_textbooks() -> None:
    before, after = [400, 300, 300], [30, 45, 40]
    assert same_shares(before, after) == pytest.approx(chi2_contingency([before, after])[1])


def test_rare_values_are_told_from_samples_of_the_same_sizes() -> None:
    random = np.random.default_rng(1)
    shares = random.dirichlet(np.ones(40))
    p_values = [
        same_shares(random.multinomial(2_000, shares), random.multinomial(20, shares))
        for _ in range(100)
    ]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.06)


@pytest.mark.parametrize(("before", "after"), [([5], [3]), ([4, 2], [0, 0]), ([], [])])
def test_what_cannot_be_compared_has_not_moved(before: list[int], after: list[int]) -> None:
    assert same_shares(before, after) == 1


def test_a_rise_is_known_the_better_the_more_texts_there_are() -> None:
    before = np.array([[10, 1]] * 1_000)
    (few, unsure), (many, sure) = (
        rise(before, np.array([[10, 2], [10, 4]] * texts)) for texts in (5, 500)
    )
    assert few == many == pytest.approx(0.2)
    assert unsure > 5 * sure
