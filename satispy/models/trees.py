"""Boosted trees, evaluated from the few terms that a text has.

A walk down 900 trees for each text costs a millisecond. But a text counts some forty terms of
thousands, so nearly all conditions of all trees are as for an empty text. Each tree keeps the set
of its leaves that can still be reached as the bits of a number; a condition that a text does not
meet takes the leaves on its left away; the leftmost that remains is the answer (QuickScorer,
Lucchese et al., SIGIR 2015). Which leaves a term takes from each tree is known beforehand: a text
is the bitwise `and` of one row for each term that it has, four trees or so at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from satispy.models.bag import BagOfWords, Occurrences
from satispy.models.polarity import Polarity, Read

ALL_LEAVES = 0xFFFF_FFFF_FFFF_FFFF
#: Leaves of a tree that fit the bits of one number.
MOST_LEAVES = 64


class Features(NamedTuple):
    """What the trees look at: terms counted, and columns of numbers, float32 (texts, columns)."""

    occurrences: Occurrences
    columns: np.ndarray


@dataclass(frozen=True)
class TermsAndPolarity:
    """What the trees look at: which terms a text has, and which way they point."""

    bag: BagOfWords
    polarity: Polarity
    #: Finds the terms of both at once; by its terms, one more than their places in the bag, or 0.
    finder: Polarity = field(init=False, repr=False, compare=False)
    _in_bag: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weighed = set(self.polarity.coefficients.terms)
        others = [term for term in self.bag.terms if term not in weighed]
        finder = replace(self.polarity, others=others) if others else self.polarity
        place = {term: at for at, term in enumerate(self.bag.terms, 1)}
        in_bag = [0, *(place.get(term, 0) for term in finder.typed)]
        object.__setattr__(self, "finder", finder)
        object.__setattr__(self, "_in_bag", np.array(in_bag, dtype=np.int64))

    def read(self, documents: Sequence[list[str]], terms: Read) -> tuple[Features, np.ndarray]:
        """Also how many known words each document has: of the trees, or with log-odds."""
        starts = np.flatnonzero(terms.terms == 0)
        found = Occurrences.of(starts, self._in_bag[terms.terms], terms.times)
        known = np.maximum(self.bag.known_words(found), terms.known)
        return Features(found, terms.columns), known


@dataclass(frozen=True)
class Forest:
    """Node arrays of all trees, as saved: a leaf points to itself, `<= threshold` goes left."""

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    #: How many of the features are terms that are counted; the others are columns of numbers.
    terms: int
    _bits: "_Bits" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_bits", _compile(self))

    def margins(self, features: Features) -> np.ndarray:
        """Sum of the leaves of each text: log-odds, float64."""
        bits = self._bits
        (_, rows, terms, times), columns = features
        left = np.bitwise_and.reduce(bits.keeps[bits.rows_of_numbers(columns)], axis=1)
        at = bits.first[terms] + np.minimum(times, bits.times[terms])
        begins = _begins(rows)
        left[rows[begins]] &= np.bitwise_and.reduceat(bits.keeps.take(at, axis=0), begins, axis=0)
        leaves = left.view(bits.tree_bits)[:, : len(self.roots)]
        # The place of the lowest bit that is set: the number of zeros below it.
        leftmost = np.bitwise_count(~leaves & (leaves - bits.tree_bits.type(1)))
        return np.asarray(bits.leaf_value[bits.first_leaf + leftmost].sum(axis=1))


@dataclass(frozen=True)
class _Bits:
    """What each term takes from each tree."""

    #: Rows of `keeps`: the leaves that remain with a term once, twice … `times`; the last: all.
    keeps: np.ndarray
    first: np.ndarray
    times: np.ndarray
    #: How many of these are terms; the others are columns of numbers.
    terms: int
    #: The bits of one tree in such a row.
    tree_bits: np.dtype[Any]
    #: Values of the leaves of all trees, each tree's from left to right.
    leaf_value: np.ndarray
    first_leaf: np.ndarray
    #: Of each column of numbers, in order.
    thresholds: list[np.ndarray]

    def rows_of_numbers(self, columns: np.ndarray) -> np.ndarray:
        """Rows of `keeps`, (texts, columns): a number counts as often as thresholds are below."""
        at = np.empty((len(columns), len(self.thresholds)), dtype=np.int64)
        for column, thresholds in enumerate(self.thresholds):
            at[:, column] = thresholds.searchsorted(columns[:, column])
        none = at == 0
        at += self.first[self.terms :]
        at[none] = len(self.keeps) - 1
        return at


def _begins(ordered: np.ndarray) -> np.ndarray:
    """Where each value stands first."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])


def _compile(forest: Forest) -> _Bits:
    left, right = forest.left.tolist(), forest.right.tolist()
    thresholds = _thresholds(forest)
    feature, threshold = forest.feature.tolist(), _as_counts(forest, thresholds).tolist()
    conditions: list[tuple[int, int, int, int]] = []
    leaves: list[int] = []
    first_leaf: list[int] = []

    def visit(node: int, tree: int) -> tuple[int, int]:
        """Number the leaves below from left to right; returns the first and the one after."""
        if left[node] == node:
            leaves.append(node)
            return len(leaves) - 1 - start, len(leaves) - start
        if threshold[node] < 0:
            raise ValueError("a condition on a count below zero, which no text has")
        begin, middle = visit(left[node], tree)
        _, end = visit(right[node], tree)
        taken = (1 << middle) - (1 << begin)
        # The least count that does not meet it.
        times = int(threshold[node]) + 1
        conditions.append((feature[node], tree, times, ~taken & ALL_LEAVES))
        return begin, end

    for tree, root in enumerate(forest.roots.tolist()):
        start = len(leaves)
        first_leaf.append(start)
        visit(root, tree)
        if len(leaves) - start > MOST_LEAVES:
            raise ValueError(f"a tree has {len(leaves) - start} leaves; {MOST_LEAVES} is the most")
    most = int(np.diff(first_leaf, append=len(leaves)).max(initial=1))
    bits = _smallest(most)
    per_word = 8 // bits.itemsize
    width = -(-len(first_leaf) // per_word) * per_word
    *places, remain = np.array(conditions, dtype=np.uint64).reshape(-1, 4).T
    term, which, begin = (column.astype(np.int64) for column in places)
    times = np.ones(max(int(forest.feature.max(initial=0)) + 1, forest.terms), dtype=np.int64)
    np.maximum.at(times, term, begin)
    first = np.cumsum(times) - times - 1
    # A condition that is not met with a term twice is not met with it three times either.
    repeats = times[term] - begin + 1
    rows = np.repeat(first[term] + begin, repeats) + _steps(repeats)
    keeps = np.full((int(times.sum()) + 1, width), ~bits.type(0), dtype=bits)
    taken_from = rows * width + np.repeat(which, repeats)
    np.bitwise_and.at(keeps.ravel(), taken_from, np.repeat(remain.astype(bits), repeats))
    return _Bits(
        keeps=keeps.view(np.uint64),
        first=first,
        times=times,
        terms=forest.terms,
        tree_bits=bits,
        leaf_value=forest.value[leaves],
        first_leaf=np.array(first_leaf, dtype=np.int64),
        thresholds=thresholds,
    )


def _thresholds(forest: Forest) -> list[np.ndarray]:
    """The different ones of each column of numbers."""
    inner = forest.left != np.arange(len(forest.left))
    last = int(forest.feature.max(initial=0))
    return [
        np.unique(forest.threshold[inner & (forest.feature == column)])
        for column in range(forest.terms, last + 1)
    ]


def _as_counts(forest: Forest, thresholds: list[np.ndarray]) -> np.ndarray:
    """The thresholds, those on a number by how many are below: as if that were counted."""
    counts = np.array(forest.threshold, dtype=np.float64)
    for at, known in enumerate(thresholds):
        of_column = forest.feature == forest.terms + at
        counts[of_column] = np.searchsorted(known, forest.threshold[of_column])
    return counts


def _steps(repeats: np.ndarray) -> np.ndarray:
    """0, 1, 2 … anew for each of `repeats`."""
    ends = np.cumsum(repeats)
    return np.asarray(np.arange(repeats.sum()) - np.repeat(ends - repeats, repeats))


def _smallest(leaves: int) -> np.dtype[Any]:
    return np.dtype(np.uint16 if leaves <= 16 else np.uint32 if leaves <= 32 else np.uint64)
