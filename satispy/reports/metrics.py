"""Scores from labels and probabilities. Class 1 is positive (3-5 stars)."""

import numpy as np

from satispy.reports.schema import Metrics

#: From so many stars on a review is positive.
POSITIVE_STARS = 3
BINS = 10


def measure(labels: np.ndarray, probabilities: np.ndarray) -> Metrics:
    """Scores of P(positive) against what was so; 0.5 and more is taken as positive."""
    labels = np.asarray(labels, dtype=int)
    said = (probabilities >= 0.5).astype(int)
    confusion = np.bincount(2 * labels + said, minlength=4).reshape(2, 2)
    f1_0, f1_1 = _f1(confusion, 0), _f1(confusion, 1)
    return Metrics(
        rows=len(labels),
        accuracy=float(np.trace(confusion) / max(len(labels), 1)),
        f1_0=f1_0,
        f1_1=f1_1,
        macro_f1=(f1_0 + f1_1) / 2,
        roc_auc=roc_auc(labels, probabilities),
        confusion=confusion.tolist(),
        brier=float(np.mean((probabilities - labels) ** 2)) if len(labels) else 0.0,
        calibration_error=calibration_error(labels, probabilities),
    )


def _f1(confusion: np.ndarray, of: int) -> float:
    hits = confusion[of, of]
    total = confusion[of].sum() + confusion[:, of].sum()
    return float(2 * hits / total) if total else 0.0


def roc_auc(labels: np.ndarray, scores: np.ndarray) -> float | None:
    """Chance that a positive review scores above a negative one, ties counting half."""
    positive = int(labels.sum())
    negative = len(labels) - positive
    if not positive or not negative:
        return None
    _, which, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    ranks = (last - (sizes - 1) / 2)[which]
    return float((ranks[labels == 1].sum() - positive * (positive + 1) / 2) / (positive * negative))


def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean distance, over equal bins of P(positive), of what was said from what was so."""
    if not len(labels):
        return 0.0
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    said = np.bincount(bins, weights=probabilities, minlength=BINS)
    so = np.bincount(bins, weights=labels, minlength=BINS)
    return float(np.abs(said - so).sum() / len(labels))
