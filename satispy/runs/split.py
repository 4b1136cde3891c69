"""Which reviews models learn from, and which they are judged on."""

import numpy as np
from sklearn.model_selection import train_test_split

#: The split that the published scores were measured on.
TEST_SHARE = 0.2
SPLIT_SEED = 20


def test_rows(rows: int) -> np.ndarray:
    """Which of so many rows, in merge order, are the test part."""
    _, test = train_test_split(np.arange(rows), test_size=TEST_SHARE, random_state=SPLIT_SEED)
    return np.asarray(test)
