"""What the families see of a partition: term counts, and standardised columns."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack

from satispy.language import TextPipeline
from satispy.models.polarity import COLUMNS
from satispy.models.pooling import Codes, pool
from satispy.models.training.pooled import EMPHASIS
from satispy.retraining.at_scale.blocks import PRIMER, Blocks, Place, opened_vectors
from satispy.retraining.at_scale.counting import polar_columns, terms_of
from satispy.retraining.at_scale.reading import documents
from satispy.retraining.at_scale.sampled import logits


class Moments(NamedTuple):
    """Sums over rows; of reviews alone what is usual is learned."""

    rows: int
    total: np.ndarray
    products: np.ndarray
    reviews: int
    of_reviews: np.ndarray
    squares: np.ndarray

    @property
    def centre(self) -> np.ndarray:
        return np.asarray(self.of_reviews / self.reviews, dtype=np.float32)

    @property
    def scale(self) -> np.ndarray:
        variance = self.squares / self.reviews - (self.of_reviews / self.reviews) ** 2
        scale = np.maximum(np.sqrt(np.maximum(variance, 0)), 1e-6)
        scale[-COLUMNS:] /= EMPHASIS
        return np.asarray(scale, dtype=np.float32)

    @property
    def covariance(self) -> np.ndarray:
        """Of the standardised features of all rows."""
        mean = self.total / self.rows
        raw = self.products / self.rows - np.outer(mean, mean)
        raw *= self.rows / max(self.rows - 1, 1)
        return np.asarray(raw / np.outer(self.scale, self.scale).astype(np.float64))


def columns(part: int, blocks: Blocks, polar_words: int, words: int, tag: str) -> Moments:
    """Store the columns of polarity, and with the pooled vectors before them all `features`."""
    of_row = np.column_stack(
        [polar_columns(part, blocks, polar_words), logits(part, blocks, words)]
    )
    blocks.save(part, columns=of_row)
    codes, weights = _codes(blocks.place, tag), blocks.shared("weight_of_row")
    pooled, _ = pool(documents(part, blocks, "train"), codes, weights)
    features = np.hstack([pooled, of_row])
    blocks.save(part, features=features)
    exact = features.astype(np.float64)
    nothing = np.zeros(exact.shape[1])
    reviews = part != PRIMER
    return Moments(
        len(exact),
        exact.sum(axis=0),
        exact.T @ exact,
        len(exact) if reviews else 0,
        exact.sum(axis=0) if reviews else nothing,
        (exact**2).sum(axis=0) if reviews else nothing,
    )


def all_moments(*found: Moments) -> Moments:
    sums: list[Any] = [sum(each) for each in zip(*found, strict=True)]
    return Moments(*sums)


def standardised(part: int, blocks: Blocks, rows: np.ndarray | None = None) -> np.ndarray:
    """Float32; of these rows only."""
    [features] = blocks.load(part, "features")
    if rows is not None:
        features = features[rows]
    features -= blocks.shared("centre")
    features /= blocks.shared("scale")
    return np.asarray(features)


def counted(part: int, blocks: Blocks, words: int, rows: np.ndarray | None = None) -> csr_matrix:
    """Counts of the trees' terms, then the columns; of these rows only."""
    kept = blocks.shared("gbc_keys")
    sizes, of_row = blocks.load(part, "train_sizes", "columns")
    texts, at = terms_of(part, blocks, "train", words, once=False).among(kept)
    ones = np.ones(len(at), dtype=np.float32)
    counts = csr_matrix((ones, (texts, at.astype(np.int32))), shape=(len(sizes), len(kept)))
    if rows is not None:
        counts, of_row = counts[rows], of_row[rows]
    return hstack([counts, csr_matrix(of_row)], format="csr")


@lru_cache(maxsize=1)
def _codes(place: Place, tag: str) -> Codes:
    return Codes(opened_vectors(place, tag), TextPipeline().words)
