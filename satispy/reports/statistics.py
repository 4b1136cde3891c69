"""Tests that know the size of their samples, and what it takes when several are made at once."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.special import bdtr, chdtrc  # scipy.stats takes seconds to import

#: Below this expected count the chi-square distribution does not hold (Cochran's rule).
FEWEST_EXPECTED: Final = 5
DRAWS: Final = 1_000


def holm(p_values: Mapping[str, float], alpha: float) -> set[str]:
    """Which of these are significant, so that one that is not is named with a chance of alpha.

    S. Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    found: set[str] = set()
    for tried, (name, p_value) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        if p_value > alpha / (len(p_values) - tried):
            break
        found.add(name)
    return found


def fewer_right(lost: int, won: int) -> float:
    """P-value of « no worse », one-sided and exact (McNemar), from the rows that changed sides.

    lost: rows that the old model had right and the new one has wrong; won: the reverse.
    """
    return float(bdtr(won, lost + won, 0.5))


def as_low_as(right: int, rows: int, share: float) -> float:
    """Chance of no more right answers than these, if each were right with a chance of `share`."""
    return float(bdtr(right, rows, share))


def same_shares(before: Sequence[int], after: Sequence[int], seed: int = 0) -> float:
    """P-value of « both samples are of one distribution », from their counts by category.

    Pearson's chi-square; where categories are rare, the same statistic among samples of the same
    sizes that are drawn from both together without replacement (a permutation test).
    """
    counts = np.array([before, after], dtype=np.int64)
    counts = counts[:, counts.sum(axis=0) > 0]
    pooled, sizes = counts.sum(axis=0), counts.sum(axis=1)
    if len(pooled) < 2 or not sizes.all():
        return 1.0
    expected = sizes[1] * pooled / sizes.sum()
    # The first sample's part of the statistic is proportional to the second's.
    found = float(((counts[1] - expected) ** 2 / expected).sum())
    if min(expected.min(), (pooled - expected).min()) >= FEWEST_EXPECTED:
        return float(chdtrc(len(pooled) - 1, found * sizes.sum() / sizes[0]))
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(
        pooled, sizes[1], size=DRAWS, method="marginals"
    )
    statistic = ((drawn - expected) ** 2 / expected).sum(axis=1)
    # As far away to within rounding; the sample itself is one of those that could be drawn.
    return float((1 + (statistic >= found * (1 - 1e-9)).sum()) / (1 + DRAWS))


def rise(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """How much the share of the second column in the first grew, and the standard error of that.

    Each row is a text: (tokens, those of a kind). Words of one text go together, so texts, not
    words, are what was drawn: the variance of a ratio estimator (Cochran, Sampling Techniques).
    """
    shares, variance = [], 0.0
    for sample in (before, after):
        tokens, hits = sample[:, 0], sample[:, 1]
        total, texts = max(tokens.sum(), 1), len(sample)
        share = hits.sum() / total
        clustered = ((hits - share * tokens) ** 2).sum() / total**2 * texts / max(texts - 1, 1)
        variance += max(clustered, share * (1 - share) / total)
        shares.append(share)
    return float(shares[1] - shares[0]), float(np.sqrt(variance))
