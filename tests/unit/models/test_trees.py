"""The bit-mask evaluation says what a walk down each tree says."""

import numpy as np
import pytest

from satispy.models.bag import Occurrences
from satispy.models.trees import Forest


def grown(seed: int, trees: int = 40, terms: int = 12, leaves: int = 30) -> Forest:
    """Random trees: any leaf may be split again, on any term and count."""
    random = np.random.default_rng(seed)
    nodes: list[list[float]] = []
    roots = []
    for _ in range(trees):
        roots.append(len(nodes))
        mine = [len(nodes)]
        nodes.append([0, 0.0, len(nodes), len(nodes), random.normal()])
        for _ in range(random.integers(0, leaves)):
            at = mine.pop(random.integers(len(mine)))
            below = len(nodes), len(nodes) + 1
            nodes += [[0, 0.0, node, node, random.normal()] for node in below]
            nodes[at] = [random.integers(terms), random.integers(3) + 0.5, *below, 0.0]
            mine += below
    feature, threshold, left, right, value = (
        np.array(column) for column in zip(*nodes, strict=True)
    )
    whole = (np.array(roots), feature.astype(int), threshold, left.astype(int), right.astype(int))
    return Forest(*whole, value)


def walked(forest: Forest, counts: np.ndarray) -> np.ndarray:
    totals = np.zeros(len(counts))
    for row, text in enumerate(counts):
        for root in forest.roots:
            node = root
            while forest.left[node] != node:
                goes_left = text[forest.feature[node]] <= forest.threshold[node]
                node = forest.left[node] if goes_left else forest.right[node]
            totals[row] += forest.value[node]
    return totals


@pytest.mark.parametrize("leaves", [15, 30, 60])
@pytest.mark.parametrize("seed", range(3))
def test_margins_are_those_of_a_walk_down_every_tree(seed: int, leaves: int) -> None:
    forest = grown(seed, leaves=leaves)
    counts = np.random.default_rng(seed + 100).poisson(0.7, size=(25, 12))
    counts[0] = 0  # a text without any term
    rows, terms = (np.repeat(index, counts[counts > 0]) for index in np.nonzero(counts))
    margins = forest.margins(Occurrences(len(counts), rows, terms))
    assert np.allclose(margins, walked(forest, counts), atol=1e-12)


def test_a_text_without_terms_reaches_the_leftmost_leaves() -> None:
    forest = grown(7)
    nothing = np.zeros(0, dtype=np.int64)
    assert np.allclose(
        forest.margins(Occurrences(2, nothing, nothing)), walked(forest, np.zeros((2, 12)))
    )


def test_a_tree_with_more_leaves_than_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves"):
        grown(1, trees=200, leaves=90)
