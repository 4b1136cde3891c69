"""What several models say together."""

import numpy as np


def together(probabilities: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Mean P(positive) of each text by the models that know a word of it; of all if none does.

    Both (models, texts): P(positive), and the number of known words.
    """
    counted = known > 0
    counted |= ~counted.any(axis=0)
    return np.asarray((probabilities * counted).sum(axis=0) / counted.sum(axis=0))
