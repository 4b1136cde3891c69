"""How far a score may be trusted, and what a headline figure hides."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from satispy.reports.metrics import measure
from satispy.reports.schema import ConfidentError, Interval, Metrics, Reliability, Slice

DRAWS = 2_000
SMALLEST_SLICE = 30
LENGTHS = ((1, 5), (6, 15), (16, 50), (51, 150), (151, None))


def intervals(labels: np.ndarray, probabilities: np.ndarray, seed: int = 0) -> dict[str, Interval]:
    """Bootstrap 95 % interval of each metric.

    Drawing rows again and again with replacement only changes how many fall in each cell of the
    confusion matrix, so the cells are drawn instead of the rows.
    """
    cells = np.bincount(2 * labels + (probabilities >= 0.5), minlength=4)
    drawn = _scores(_draw(cells, seed).reshape(-1, 2, 2))
    return {name: interval(values) for name, values in drawn.items()}


def paired_difference(
    labels: np.ndarray, new: np.ndarray, old: np.ndarray, seed: int = 0
) -> dict[str, Interval]:
    """Bootstrap 95 % interval of each metric's gain from the old model to the new on these rows."""
    return {name: interval(values) for name, values in gains(labels, new, old, seed).items()}


def gains(
    labels: np.ndarray, new: np.ndarray, old: np.ndarray, seed: int = 0
) -> dict[str, np.ndarray]:
    """Of each metric, its gain in each of the bootstrap's draws."""
    cells = np.bincount(4 * labels + 2 * (new >= 0.5) + (old >= 0.5), minlength=8)
    drawn = _draw(cells, seed).reshape(-1, 2, 2, 2)
    after, before = _scores(drawn.sum(axis=3)), _scores(drawn.sum(axis=2))
    return {name: after[name] - before[name] for name in after}


def slices(
    labels: np.ndarray, probabilities: np.ndarray, groups: Mapping[str, Sequence[str]]
) -> list[Slice]:
    """Scores within each value of each grouping, if it has rows enough to say anything."""
    found = []
    for by, values in groups.items():
        column = np.asarray(values, dtype=object)
        for value in sorted(set(values)):
            rows = column == value
            if rows.sum() >= SMALLEST_SLICE:
                scores = measure(labels[rows], probabilities[rows])
                found.append(
                    Slice(
                        by=by,
                        value=value,
                        rows=scores.rows,
                        accuracy=scores.accuracy,
                        f1_0=scores.f1_0,
                        f1_1=scores.f1_1,
                        rows_0=sum(scores.confusion[0]),
                        rows_1=sum(scores.confusion[1]),
                        recall_0=_recall(scores.confusion, 0),
                        recall_1=_recall(scores.confusion, 1),
                    )
                )
    return found


def _recall(confusion: list[list[int]], of: int) -> float | None:
    return confusion[of][of] / sum(confusion[of]) if any(confusion[of]) else None


def length_groups(words: np.ndarray) -> list[str]:
    """The group of each text of so many words."""
    names = [
        f"{least}-{most} words" if most else f"{least} words and more" for least, most in LENGTHS
    ]
    ends = [most for _, most in LENGTHS if most]
    return [*map(names.__getitem__, np.searchsorted(ends, words).tolist())]


def baselines(
    train: Mapping[str, Sequence[str]],
    train_labels: np.ndarray,
    test: Mapping[str, Sequence[str]],
    test_labels: np.ndarray,
) -> dict[str, Metrics]:
    """What knowing nothing (`majority`) or only one fact of a review, and no word, would score."""
    base = float(train_labels.mean())
    scored = {"majority": measure(test_labels, np.full(len(test_labels), base))}
    for fact, values in train.items():
        column = np.asarray(values, dtype=object)
        share = {value: float(train_labels[column == value].mean()) for value in set(values)}
        said = np.array([share.get(value, base) for value in test[fact]])
        scored[fact] = measure(test_labels, said)
    return scored


def confident_errors(
    labels: np.ndarray,
    probabilities: np.ndarray,
    comments: Callable[[Sequence[int]], list[str]],
    stars: Sequence[int],
    most: int = 20,
) -> list[ConfidentError]:
    """The wrong answers that were given with the most confidence, the surest first."""
    wrong = np.flatnonzero((probabilities >= 0.5) != labels)
    surest = wrong[np.argsort(-np.abs(probabilities[wrong] - 0.5), kind="stable")][:most].tolist()
    return [
        ConfidentError(comment=comment, star=stars[row], probability=float(probabilities[row]))
        for row, comment in zip(surest, comments(surest), strict=True)
    ]


def reliability(labels: np.ndarray, probabilities: np.ndarray, bins: int = 10) -> list[Reliability]:
    """For each tenth of P(positive): what was said on average, and what was so."""
    which = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        Reliability(
            rows=int(rows.sum()),
            said=float(probabilities[rows].mean()),
            so=float(labels[rows].mean()),
        )
        for rows in (which == number for number in range(bins))
        if rows.any()
    ]


def _draw(cells: np.ndarray, seed: int) -> np.ndarray:
    rows = int(cells.sum())
    return np.random.default_rng(seed).multinomial(rows, cells / max(rows, 1), size=DRAWS)


def _scores(confusion: np.ndarray) -> dict[str, np.ndarray]:
    """accuracy, f1_0, f1_1 of each (label, said) matrix."""
    total = np.maximum(confusion.sum(axis=(1, 2)), 1)
    scores = {"accuracy": (confusion[:, 0, 0] + confusion[:, 1, 1]) / total}
    for of in (0, 1):
        called = confusion[:, of].sum(axis=1) + confusion[:, :, of].sum(axis=1)
        scores[f"f1_{of}"] = 2 * confusion[:, of, of] / np.maximum(called, 1)
    return scores


def interval(values: np.ndarray) -> Interval:
    """The middle 95 % of what was drawn."""
    low, high = np.quantile(values, (0.025, 0.975))
    return Interval(low=float(low), high=float(high))
