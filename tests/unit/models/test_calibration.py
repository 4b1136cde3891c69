"""How a margin becomes a probability, by a text's length."""

import numpy as np
import pytest

from satispy.models.sentiment import LENGTHS, Calibration, near_lengths
from satispy.models.training.rows import SHORT_BLAME, calibrate


def reviews(length: int, praise: float, rows: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    """Labels of which so many are praise, and the lengths."""
    return (np.arange(rows) < praise * rows).astype(int), np.full(rows, length)


def test_a_length_promises_what_its_reviews_say() -> None:
    short, long = reviews(3, 0.9), reviews(96, 0.3)
    labels, lengths = (np.concatenate(parts) for parts in zip(short, long, strict=True))
    margins = np.random.default_rng(0).normal(size=len(labels))
    fitted = calibrate(margins, labels, lengths, np.ones(len(labels)))
    few, many = fitted.probabilities(np.zeros(2), [3, 96])
    assert many == pytest.approx(0.3, abs=0.02)
    # Nine glad ones of ten, and the angry one weighs twice.
    assert few == pytest.approx(0.9 / (0.9 + 0.1 * SHORT_BLAME[0]), abs=0.02)


def test_between_two_lengths_it_goes_from_one_to_the_other() -> None:
    told = Calibration(1.0, 0.0, [0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0])
    at_9, *between, at_14 = told.probabilities(np.zeros(6), np.arange(9, 15))
    assert at_9 > between[0] > between[1] > between[2] > between[3] > at_14
    assert len({*told.probabilities(np.zeros(3), [96, 500, 9_000])}) == 1


def test_a_text_is_near_to_one_length_or_between_two() -> None:
    near = near_lengths(np.array([1, 3, 4, 96, 700]))
    assert near.sum(axis=1) == pytest.approx(1)
    assert (near > 0).sum(axis=1).tolist() == [1, 1, 2, 1, 1]
    assert near.shape == (5, len(LENGTHS))


def test_few_reviews_of_a_length_say_little_of_it() -> None:
    labels, lengths = reviews(40, 0.6, rows=400)
    labels, lengths = np.append(labels, [0, 0]), np.append(lengths, [3, 3])
    margins = np.where(labels == 1, 1.0, -1.0) + np.random.default_rng(0).normal(size=402)
    fitted = calibrate(margins, labels, lengths, np.ones(402))
    assert fitted.probabilities(np.array([2.0]), [3]) > 0.5


def test_of_one_label_only_nothing_is_fitted() -> None:
    labels, lengths = reviews(9, 1.0, rows=10)
    assert calibrate(np.zeros(10), labels, lengths, np.ones(10)) == Calibration(1.0, 0.0)
