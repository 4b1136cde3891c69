"""A text as one vector: the mean of its words' vectors, plain and weighted by rarity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from satispy.embeddings import WordVectors


@dataclass(frozen=True)
class Pooling:
    """Mean and rarity-weighted mean of the word vectors, side by side, standardised."""

    vectors: "WordVectors"
    words: Callable[[list[str]], list[str]]
    #: Inverse document frequency of the words seen in training; the others weigh `rare`.
    weights: dict[str, float]
    rare: float
    centre: np.ndarray
    scale: np.ndarray

    def pool(self, documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Returns float32 (documents, 2 × dim), and how many words of each document are known."""
        raw, known = pool(documents, self.vectors, self.words, self.weights, self.rare)
        return (raw - self.centre) / self.scale, known


def pool(
    documents: Sequence[list[str]],
    vectors: "WordVectors",
    words: Callable[[list[str]], list[str]],
    weights: dict[str, float],
    rare: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Before standardising. A document with no known word is zeros."""
    found = [words(document) for document in documents]
    flat = [word for document in found for word in document]
    document = np.repeat(np.arange(len(found)), [len(d) for d in found])
    rows = np.asarray(vectors.rows(flat), dtype=np.int64)
    weight = np.fromiter((weights.get(word, rare) for word in flat), np.float32, len(flat))
    hit = rows >= 0
    document, rows, weight = document[hit], rows[hit], weight[hit]
    known = np.bincount(document, minlength=len(documents))
    pooled = np.zeros((len(documents), 2 * vectors.dim), dtype=np.float32)
    if len(rows):
        table = np.asarray(vectors.table)[rows]
        # Documents stand one after another in `document`: each is one segment of the table.
        starts = np.flatnonzero(np.r_[True, document[1:] != document[:-1]])
        which = document[starts]
        pooled[which, : vectors.dim] = np.add.reduceat(table, starts) / known[which, None]
        total = np.add.reduceat(weight, starts)[:, None]
        pooled[which, vectors.dim :] = np.add.reduceat(table * weight[:, None], starts) / total
    return pooled, known
