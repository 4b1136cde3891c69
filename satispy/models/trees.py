"""Boosted trees, evaluated from the few terms that a text has.

A walk down 1,200 trees for each text costs a millisecond. But a text counts some forty terms of
thousands, so nearly all conditions of all trees are as for an empty text. Each tree keeps the set
of its leaves that can still be reached as the bits of a number; a condition that a text does not
meet takes the leaves on its left away; the leftmost that remains is the answer (QuickScorer,
Lucchese et al., SIGIR 2015). Only conditions on terms that the text has are looked at.
"""

from dataclasses import dataclass, field

import numpy as np

ALL_LEAVES = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
#: Leaves of a tree that fit the bits of one number.
MOST_LEAVES = 64


@dataclass(frozen=True)
class Forest:
    """Node arrays of all trees, as saved: a leaf points to itself, `<= threshold` goes left."""

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    _bits: "_Bits" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_bits", _compile(self))

    def margins(self, texts: int, rows: np.ndarray, terms: np.ndarray) -> np.ndarray:
        """Sum of the leaves of each text: log-odds, float64.

        `rows` and `terms` say which text has which term, once for each time that it has it.
        """
        bits = self._bits
        trees = len(self.roots)
        pairs, counts = np.unique(rows * len(bits.first) + terms, return_counts=True)
        row, term = np.divmod(pairs, len(bits.first))
        # The conditions on each of these terms, one after another.
        conditions = bits.last[term] - bits.first[term]
        ends = np.cumsum(conditions)
        at = np.arange(ends[-1] if len(ends) else 0)
        at += np.repeat(bits.first[term] - (ends - conditions), conditions)
        missed = np.repeat(counts, conditions) > bits.threshold[at]
        leaves = np.full(texts * trees, ALL_LEAVES)
        touched = np.repeat(row * trees, conditions) + bits.tree[at]
        np.bitwise_and.at(leaves, touched, np.where(missed, bits.keeps[at], ALL_LEAVES))
        # The place of the lowest bit that is set: the number of zeros below it.
        leftmost = np.bitwise_count(~leaves & (leaves - np.uint64(1))).reshape(texts, trees)
        return np.asarray(bits.leaf_value[bits.first_leaf + leftmost].sum(axis=1))


@dataclass(frozen=True)
class _Bits:
    """The conditions of all trees, ordered by term."""

    first: np.ndarray
    last: np.ndarray
    tree: np.ndarray
    threshold: np.ndarray
    #: The leaves that remain when the condition is not met.
    keeps: np.ndarray
    #: Values of the leaves of all trees, each tree's from left to right.
    leaf_value: np.ndarray
    first_leaf: np.ndarray


def _compile(forest: Forest) -> _Bits:
    left, right = forest.left.tolist(), forest.right.tolist()
    feature, threshold = forest.feature.tolist(), forest.threshold.tolist()
    conditions: list[tuple[int, int, float, int]] = []
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
        conditions.append((feature[node], tree, threshold[node], ~taken & int(ALL_LEAVES)))
        return begin, end

    for tree, root in enumerate(forest.roots.tolist()):
        start = len(leaves)
        first_leaf.append(start)
        visit(root, tree)
        if len(leaves) - start > MOST_LEAVES:
            raise ValueError(f"a tree has {len(leaves) - start} leaves; {MOST_LEAVES} is the most")

    conditions.sort()
    terms = np.array([condition[0] for condition in conditions], dtype=np.int64)
    every = np.arange(int(forest.feature.max(initial=0)) + 1)
    return _Bits(
        first=np.searchsorted(terms, every, "left"),
        last=np.searchsorted(terms, every, "right"),
        tree=np.array([condition[1] for condition in conditions], dtype=np.int64),
        threshold=np.array([condition[2] for condition in conditions], dtype=np.float64),
        keeps=np.array([condition[3] for condition in conditions], dtype=np.uint64),
        leaf_value=forest.value[leaves],
        first_leaf=np.array(first_leaf, dtype=np.int64),
    )
