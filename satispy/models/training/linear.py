"""The baseline to beat: tf-idf of 1-2-grams and a logistic regression, as anybody would begin."""

from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from satispy.models.sentiment import Documents
from satispy.models.terms import ngrams
from satispy.models.training.rows import TrainingRows

C = 3.0
PRIMER_WEIGHT = 1.0


class Linear:
    """A fitted baseline. Never served: what it answers only stands beside the models' answers."""

    def __init__(self, rows: TrainingRows) -> None:
        self._vectorizer = TfidfVectorizer(analyzer=ngrams, min_df=2, sublinear_tf=True)
        features = self._vectorizer.fit_transform(rows.documents)
        self._classifier: Any = LogisticRegression(C=C, solver="liblinear")
        self._classifier.fit(features, rows.labels, sample_weight=rows.weights(PRIMER_WEIGHT))

    def probabilities(self, documents: Documents) -> np.ndarray:
        """P(positive) of each text; NaN of one that has no known term."""
        features = self._vectorizer.transform(documents)
        said = self._classifier.predict_proba(features)[:, 1]
        return np.where(np.diff(features.indptr) > 0, said, np.nan)
