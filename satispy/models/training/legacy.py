"""The origin's own GBC, on a sparse matrix. It serves nobody: it guards the reading of the data.

Read otherwise (rows, their order, labels, the split), the scores are not near the published ones.
They are met to one review in each update, not to the last: the origin's "stop words" are the
lemmas seen once in all its rows, kept in a spreadsheet that is not part of the data. Words seen
once stand in for them here; which lemmas its lemmatiser made of them is not known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer

WORDS = r"[a-zéèêàâîïàùçôëûæœ]{2,}"


def words_seen_once(comments: Iterable[str]) -> set[str]:
    counts = Counter(word for comment in comments for word in re.findall(WORDS, comment))
    return {word for word, count in counts.items() if count == 1}


def legacy_gbc(
    comments: Sequence[str], labels: np.ndarray, test: np.ndarray, stop_words: Iterable[str]
) -> np.ndarray:
    """0 or 1 for each test row, by a model of the other rows."""
    counts = CountVectorizer(token_pattern=WORDS, stop_words=sorted(stop_words))
    training = [comment for comment, out in zip(comments, test, strict=True) if not out]
    testing = [comment for comment, out in zip(comments, test, strict=True) if out]
    model = GradientBoostingClassifier(
        n_estimators=100, learning_rate=1.0, max_depth=1, random_state=0
    )
    model.fit(counts.fit_transform(training).astype(np.float32), labels[~test])
    return np.asarray(model.predict(counts.transform(testing).astype(np.float32)))
