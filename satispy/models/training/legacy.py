"""The origin's own GBC, on a sparse matrix. It serves nobody.

It guards the reading of the rows, their order, their labels and the split: read otherwise, its
scores are not near the published ones. They are not met to the last digit: rare words that stand
in the same training reviews tie, and the seed, which is not published, decides between them.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer

WORDS = r"[a-zéèêàâîïàùçôëûæœ]{2,}"


def legacy_gbc(comments: Sequence[str], labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """0 or 1 for each test row, by a model of the other rows."""
    counts = CountVectorizer(token_pattern=WORDS)
    training = [comment for comment, out in zip(comments, test, strict=True) if not out]
    testing = [comment for comment, out in zip(comments, test, strict=True) if out]
    model = GradientBoostingClassifier(
        n_estimators=100, learning_rate=1.0, max_depth=1, random_state=0
    )
    model.fit(counts.fit_transform(training).astype(np.float32), labels[~test])
    return np.asarray(model.predict(counts.transform(testing).astype(np.float32)))
