"""A text as one vector: the mean of its words' vectors, plain and by polarity, and its marks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from satispy.language.pipeline import TONELESS

if TYPE_CHECKING:
    from satispy.embeddings import WordVectors

MARKS = sorted(TONELESS)


@dataclass(frozen=True)
class Pooling:
    """Mean and polarity-weighted mean of the word vectors, and counts of marks, standardised."""

    vectors: "WordVectors"
    words: Callable[[list[str]], list[str]]
    #: How much each word seen in training leans to one side; the others weigh `unseen`.
    weights: dict[str, float]
    unseen: float
    centre: np.ndarray
    scale: np.ndarray
    _weight_of_row: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weights = weight_of_row(self.vectors, self.weights, self.unseen)
        object.__setattr__(self, "_weight_of_row", weights)

    def pool(self, documents: Sequence[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Returns float32 (documents, 2 × dim + marks) and the number of known words of each."""
        raw, known = pool(documents, self.vectors, self.words, self._weight_of_row)
        return (raw - self.centre) / self.scale, known


def weight_of_row(vectors: "WordVectors", weights: dict[str, float], unseen: float) -> np.ndarray:
    """The weights by row of the vectors' table: one look-up a word serves both."""
    by_row = np.full(len(vectors.vocabulary), unseen, dtype=np.float32)
    rows = np.asarray(vectors.rows(list(weights)))
    by_row[rows[rows >= 0]] = np.fromiter(weights.values(), np.float32, len(weights))[rows >= 0]
    return by_row


def pool(
    documents: Sequence[list[str]],
    vectors: "WordVectors",
    words: Callable[[list[str]], list[str]],
    weights: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Before standardising."""
    found = [words(document) for document in documents]
    flat = [word for document in found for word in document]
    document = np.repeat(np.arange(len(found)), [len(d) for d in found])
    rows = np.asarray(vectors.rows(flat), dtype=np.int64)
    hit = rows >= 0
    document, rows = document[hit], rows[hit]
    weight = weights[rows]
    known = np.bincount(document, minlength=len(documents))
    pooled = np.zeros((len(documents), 2 * vectors.dim + len(MARKS) + 2), dtype=np.float32)
    pooled[:, 2 * vectors.dim :] = marks(documents)
    if len(rows):
        table = np.asarray(vectors.table)[rows]
        # Documents stand one after another in `document`: each is one segment of the table.
        starts = np.flatnonzero(np.r_[True, document[1:] != document[:-1]])
        which = document[starts]
        pooled[which, : vectors.dim] = np.add.reduceat(table, starts) / known[which, None]
        total = np.add.reduceat(weight, starts)[:, None]
        pooled[which, vectors.dim : 2 * vectors.dim] = (
            np.add.reduceat(table * weight[:, None], starts) / total
        )
    return pooled, known


def marks(documents: Sequence[list[str]]) -> np.ndarray:
    """What vectors do not see: logarithms of how often each mark stands, numbers, and the length.

    Each mark's number and the text's length go up to thousands; the first few tell the most.
    """
    counts = [
        [*map(document.count, MARKS), sum(t[0] == "<" for t in document), len(document)]
        for document in documents
    ]
    return np.log1p(np.array(counts, dtype=np.float32).reshape(len(documents), len(MARKS) + 2))
