"""The bit-mask evaluation says what a walk down each tree says."""

import numpy as np
import pytest

from satispy.models.bag import Occurrences
from satispy.models.trees import Features, Forest

NUMBERS = 3


def grown(seed: int, trees: int = 40, terms: int = 12, leaves: int = 30) -> Forest:
    """Random trees: any leaf may be split again, on any term and count, or on any number."""
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
            feature = random.integers(terms + NUMBERS)
            count, number = random.integers(3) + 0.5, random.normal()
            nodes[at] = [feature, count if feature < terms else number, *below, 0.0]
            mine += below
    feature, threshold, left, right, value = (
        np.array(column) for column in zip(*nodes, strict=True)
    )
    whole = (np.array(roots), feature.astype(int), threshold, left.astype(int), right.astype(int))
    return Forest(*whole, value, terms)


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
    numbers = np.random.default_rng(seed + 200).normal(size=(25, NUMBERS)).astype(np.float32)
    found = Occurrences(len(counts), *np.nonzero(counts), counts[counts > 0])
    margins = forest.margins(Features(found, numbers))
    assert np.allclose(margins, walked(forest, np.hstack([counts, numbers])), atol=1e-12)


def test_a_number_that_is_a_threshold_goes_left() -> None:
    stump = Forest(
        *(np.array(part) for part in ([0], [0, 0, 0], [0.5, 0, 0], [1, 1, 2], [2, 1, 2])),
        value=np.array([0.0, -1.0, 1.0]),
        terms=0,
    )
    nothing = Occurrences(3, *np.zeros((3, 0), dtype=np.int64))
    numbers = np.array([[0.4], [0.5], [0.6]], dtype=np.float32)
    assert stump.margins(Features(nothing, numbers)).tolist() == [-1.0, -1.0, 1.0]


def test_a_text_without_terms_reaches_the_leftmost_leaves() -> None:
    forest = grown(7)
    nothing = Occurrences(2, *np.zeros((3, 0), dtype=np.int64))
    low = np.full((2, NUMBERS), -9, dtype=np.float32)
    margins = forest.margins(Features(nothing, low))
    assert np.allclose(margins, walked(forest, np.hstack([np.zeros((2, 12)), low])))


def test_a_tree_with_more_leaves_than_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves"):
        grown(1, trees=200, leaves=90)
