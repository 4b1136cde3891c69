"""How many points of the share of negative reviews each aspect's complaints explain.

The causes of a negative review are taken to work independently (noisy-or; J. Pearl, Probabilistic
Reasoning in Intelligent Systems, 1988, ch. 4): P(negative) = 1 - (1 - q_0) ∏ (1 - q_a) over the
aspects a that it complains of, where q_0 is for all that no aspect names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Bootstrap samples behind an interval.
DRAWS = 100
#: Of 95 %.
_QUANTILES = (0.025, 0.975)
_STEPS = 200
_ENOUGH = 1e-6
#: Aspects at once: the patterns of complaints are numbers of so many bits.
MOST_ASPECTS = 60


@dataclass(frozen=True)
class Impact:
    """Points (0 to 100) by which the share of negative reviews would fall without an aspect.

    That is: every review that complains of it would be as often negative as reviews that complain
    of the same other aspects and not of it, all else being equal. `low` and `high` hold the 95 %
    of a bootstrap over reviews.
    """

    points: float
    low: float
    high: float


def impacts(negative: Sequence[bool] | np.ndarray, complains: np.ndarray) -> list[Impact]:
    """Of each aspect: `negative` (reviews,), `complains` bool (reviews, aspects)."""
    said = np.asarray(negative, dtype=bool)
    aspects = complains.shape[1]
    if aspects > MOST_ASPECTS:
        raise ValueError(f"{aspects} aspects at once; {MOST_ASPECTS} is the most")
    if not len(said):
        return [Impact(0.0, 0.0, 0.0)] * aspects
    codes = complains.astype(np.int64) @ (1 << np.arange(aspects, dtype=np.int64))
    found, of = np.unique(codes, return_inverse=True)
    patterns = (found[:, None] >> np.arange(aspects)) & 1 > 0
    # Negative and other reviews of each pattern.
    counts = np.zeros((2, len(found)))
    np.add.at(counts, (np.where(said, 0, 1), of), 1)
    draws = np.random.default_rng(0).multinomial(len(said), counts.ravel() / len(said), size=DRAWS)
    every = np.concatenate([counts.reshape(1, -1), draws]).reshape(-1, 2, len(found))
    points = _points(every, patterns)
    low, high = np.quantile(points[1:], _QUANTILES, axis=0)
    return [
        Impact(*each) for each in zip(*(a.tolist() for a in (points[0], low, high)), strict=True)
    ]


def _points(counts: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Float64 (samples, aspects) from counts (samples, 2, patterns)."""
    causes = _causes(counts, patterns)
    spared = np.log1p(-causes)
    good = np.exp(spared[:, :1] + spared[:, 1:] @ patterns.T)
    reviews = counts.sum(axis=1)
    # Without a, P(positive) of a pattern that has it would be larger by 1 / (1 - q_a).
    lost = (reviews * good) @ patterns * (1 / (1 - causes[:, 1:]) - 1)
    return np.asarray(100 * lost / reviews.sum(axis=1, keepdims=True))


def _causes(counts: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """q_0 and q_a of each sample by expectation and maximisation: (samples, 1 + aspects)."""
    present = np.column_stack([np.ones(len(patterns)), patterns])
    negative, reviews = counts[:, 0], counts.sum(axis=1)
    having = np.maximum(reviews @ present, 1e-9)
    causes = np.full((len(counts), present.shape[1]), 0.3)
    for _ in range(_STEPS):
        bad = -np.expm1(np.log1p(-causes) @ present.T)
        # A negative review was caused by a with a chance of q_a among all that could have.
        new = causes * ((negative / np.maximum(bad, 1e-12)) @ present) / having
        new = np.clip(new, 0, 1 - 1e-9)
        step = np.abs(new - causes).max()
        causes = new
        if step < _ENOUGH:
            break
    return causes
