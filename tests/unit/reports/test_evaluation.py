"""Intervals, slices and baselines."""

import numpy as np
import pytest

from satispy.reports import evaluation


def drawn(rows: int, accuracy: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = (random.random(rows) < 0.7).astype(int)
    right = random.random(rows) < accuracy
    return labels, np.where(right, labels, 1 - labels) * 0.8 + 0.1


def test_an_interval_holds_the_score_and_shrinks_with_more_rows() -> None:
    few, many = (evaluation.intervals(*drawn(rows, 0.9))["accuracy"] for rows in (200, 5_000))
    assert few.low < 0.9 < few.high
    assert many.low < 0.9 < many.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_the_interval_is_that_of_the_normal_approximation() -> None:
    labels, probabilities = drawn(3_000, 0.9)
    found = evaluation.intervals(labels, probabilities)["accuracy"]
    share = np.mean((probabilities >= 0.5) == labels)
    width = 2 * 1.96 * np.sqrt(share * (1 - share) / 3_000)
    assert found.high - found.low == pytest.approx(width, rel=0.1)


def test_a_model_compared_with_itself_gains_exactly_nothing() -> None:
    labels, probabilities = drawn(500, 0.8)
    gain = evaluation.paired_difference(labels, probabilities, probabilities)
    assert all((by.low, by.high) == (0, 0) for by in gain.values())


def test_a_clearly_worse_model_is_worse_beyond_noise() -> None:
    labels, good = drawn(2_000, 0.9)
    _, bad = labels, np.where(np.arange(2_000) % 10 < 2, 1 - labels, labels) * 0.8 + 0.1
    assert evaluation.paired_difference(labels, bad, good)["accuracy"].high < 0


def test_a_slice_too_small_to_tell_anything_is_left_out() -> None:
    labels, probabilities = drawn(100, 0.9)
    source = ["TrustPilot"] * 90 + ["elsewhere"] * 10
    found = evaluation.slices(labels, probabilities, {"source": source})
    assert [(each.value, each.rows) for each in found] == [("TrustPilot", 90)]


def test_the_source_alone_scores_what_its_majority_scores() -> None:
    train = {"source": ["bad"] * 50 + ["good"] * 50}
    labels = np.array([0] * 45 + [1] * 5 + [1] * 50)
    test = {"source": ["bad", "bad", "good", "new"]}
    scored = evaluation.baselines(train, labels, test, np.array([0, 1, 1, 1]))
    assert scored["source"].accuracy == 0.75
    assert scored["majority"].accuracy == 0.75


def test_the_surest_errors_come_first() -> None:
    labels, probabilities = np.array([1, 0, 1, 0]), np.array([0.4, 0.99, 0.9, 0.7])
    found = evaluation.confident_errors(
        labels, probabilities, lambda rows: [*map(str, rows)], [5, 1, 4, 2]
    )
    assert [each.comment for each in found] == ["1", "3", "0"]
