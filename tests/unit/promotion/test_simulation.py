"""The bars of `make bench NAME=verdict`, on few runs."""

import numpy as np

from benchmarks import verdict


def test_uploads_of_the_same_source_seldom_raise_an_alarm_and_angrier_ones_do() -> None:
    assert verdict.false_alarms(np.random.default_rng(1), 48) <= 0.1
    assert verdict.power(np.random.default_rng(2), 20) >= 0.8


def test_equal_models_are_seldom_blocked_and_seldom_change_the_default() -> None:
    assert verdict.equal_blocked(np.random.default_rng(3), 40) <= 0.1
    assert verdict.default_model_changes(np.random.default_rng(4), 40) <= 0.1


def test_of_twenty_candidates_a_point_worse_at_most_one_is_promoted() -> None:
    assert verdict.losses_promoted(np.random.default_rng(5), 2) <= 1
