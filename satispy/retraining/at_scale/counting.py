"""Terms of partitions as numbers, counted and summed by reduction.

A term is a word's code, or two codes as one number; what is found of terms is kept as sorted keys
with a row of figures each, which two partitions add up by merging.
"""

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from satispy.models.log_odds import KINDS, summed_up
from satispy.models.training.counted import Terms, terms_in
from satispy.models.training.log_odds import (
    CLASS_SMOOTHING,
    LENGTHS,
    PRIMER_COUNTS,
    of_sums,
    weights_by_length,
)
from satispy.models.training.rows import FOLDS
from satispy.retraining.at_scale.blocks import PRIMER, Blocks

CLASSES: Final = len(LENGTHS) + 1
#: Of a term: how often it was seen, how often praise was expected there, how often it was.
FIGURES: Final = 3 * KINDS


class Keyed(NamedTuple):
    """Sorted keys, each once, and the figures of each."""

    keys: np.ndarray
    figures: np.ndarray


def added(*found: Keyed) -> Keyed:
    keys = np.concatenate([each.keys for each in found])
    figures = np.concatenate([each.figures for each in found])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    if not len(begins):
        return Keyed(keys, figures)
    return Keyed(keys[begins], np.add.reduceat(figures[order], begins, axis=0))


def terms_of(part: int, blocks: Blocks, name: str, words: int, *, once: bool = True) -> Terms:
    """`name`: train, as typed; or polar."""
    codes, sizes = blocks.load(part, f"{name}_codes", f"{name}_sizes")
    return terms_in(codes, sizes, words, once=once)


def frequencies(part: int, blocks: Blocks, name: str, words: int) -> Keyed:
    """In how many of the partition's texts each term stands."""
    keys, counts = np.unique(terms_of(part, blocks, name, words).numbers, return_counts=True)
    return Keyed(keys, counts)


def classes(part: int, blocks: Blocks, sources: int) -> np.ndarray:
    """Int64 (CLASSES, sources, 2): reviews of each class of length and source, by label."""
    sizes, source, labels = blocks.load(part, "train_sizes", "sources", "labels")
    at = (np.digitize(sizes, LENGTHS) * sources + source) * 2 + labels
    return np.bincount(at, minlength=CLASSES * sources * 2).reshape(CLASSES, sources, 2)


def all_classes(*found: np.ndarray) -> np.ndarray:
    return np.asarray(np.sum(found, axis=0))


class Expected(NamedTuple):
    """The share of praise in reviews of a class of length, and of such a class and source."""

    by_length: np.ndarray
    by_both: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray) -> "Expected":
        """As `satispy.models.training.log_odds.expected_shares`, from counts by class."""
        reviews, praised = counts.sum(), counts[..., 1].sum()
        overall = (praised + 1) / (reviews + 2)

        def share(of: np.ndarray) -> np.ndarray:
            return np.asarray(
                (of[..., 1] + CLASS_SMOOTHING * overall) / (of.sum(axis=-1) + CLASS_SMOOTHING)
            )

        return cls(share(counts.sum(axis=1)), share(counts))

    def shares(self, sizes: np.ndarray, sources: np.ndarray) -> np.ndarray:
        """Float64 (rows, KINDS)."""
        of = np.digitize(sizes, LENGTHS)
        return np.column_stack([self.by_length[of], self.by_both[of, sources]])


def sums(part: int, blocks: Blocks, words: int, expected: Expected) -> Keyed:
    """Of each fold and term (fold · terms + term) that stand together: FIGURES, float64."""
    kept = blocks.shared("polar_keys")
    rows, at = terms_of(part, blocks, "polar", words).among(kept)
    sizes, labels, folds = blocks.load(part, "train_sizes", "labels", "folds")
    if part == PRIMER:
        shares, counts = np.full((len(sizes), KINDS), 0.5), float(PRIMER_COUNTS)
    else:
        [sources] = blocks.load(part, "sources")
        shares, counts = expected.shares(sizes, sources), 1.0
    weights = weights_by_length(sizes, np.full(len(sizes), counts))
    of_row = np.hstack([weights, shares * weights, labels[:, None] * weights])
    keys = folds[rows].astype(np.int64) * len(kept) + at
    distinct, which = np.unique(keys, return_inverse=True)
    figures = np.column_stack(
        [np.bincount(which, of_row[rows, figure], len(distinct)) for figure in range(FIGURES)]
    )
    return Keyed(distinct, figures)


def log_odds(found: Keyed, terms: int, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Float32 (terms, KINDS) of all folds; and (FOLDS, terms, KINDS) of all but each.

    labels: (FOLDS, 2), rows of each fold by label.
    """
    total = np.zeros((terms, FIGURES))
    fold, term = np.divmod(found.keys, terms)
    edges = np.searchsorted(fold, np.arange(FOLDS + 1))
    own = [slice(begin, end) for begin, end in pairwise(edges.tolist())]
    for part in own:
        total[term[part]] += found.figures[part]
    without = np.empty((FOLDS, terms, KINDS), dtype=np.float32)
    for number, part in enumerate(own):
        others = total.copy()
        others[term[part]] -= found.figures[part]
        without[number] = _log_odds(others, labels.sum(axis=0) - labels[number])
    return _log_odds(total, labels.sum(axis=0)), without


def _log_odds(figures: np.ndarray, labels: np.ndarray) -> np.ndarray:
    praise, texts = int(labels[1]), int(labels.sum())
    return of_sums(*np.split(figures, 3, axis=1), praise=praise, texts=texts)


def polar_columns(part: int, blocks: Blocks, words: int) -> np.ndarray:
    """Float32 (rows, COLUMNS of log-odds): of each row, by terms of the other folds only."""
    kept, without = blocks.shared("polar_keys"), blocks.shared("log_odds_without")
    rows, at = terms_of(part, blocks, "polar", words).among(kept)
    sizes, folds = blocks.load(part, "train_sizes", "folds")
    values = without[folds[rows], at]
    begins = np.searchsorted(rows, np.arange(len(sizes)))
    padded = np.insert(values, begins, np.zeros(KINDS, dtype=np.float32), axis=0)
    return summed_up(padded, begins + np.arange(len(sizes)))[0]
