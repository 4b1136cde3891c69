"""From the rows of a text's words to one vector a text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def mean(
    table: NDArray[np.float32],
    rows: Sequence[NDArray[np.int32]],
    weights: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Mean word vector of each text, weighted by `weights[row]` if given (an idf, for instance).

    Rows of -1 are skipped. float32 (texts, dim); a text with no known word is zeros.
    """
    known = [r[r >= 0] for r in rows]
    sizes = np.fromiter(map(len, known), np.int64, len(known))
    pooled = np.zeros((len(known), table.shape[1]), np.float32)
    if not sizes.sum():
        return pooled
    flat = np.concatenate(known)
    vectors = np.asarray(table[flat])  # only the pages of these words
    total = sizes.astype(np.float32)
    filled = sizes > 0
    starts = (np.cumsum(sizes) - sizes)[filled]
    if weights is not None:
        vectors = vectors * weights[flat, None]
        total = np.zeros(len(known), np.float32)
        total[filled] = np.add.reduceat(weights[flat], starts)
    pooled[filled] = np.add.reduceat(vectors, starts, axis=0) / total[filled, None]
    return pooled
