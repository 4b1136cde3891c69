"""The baseline to beat: tf-idf of 1-2-grams and a logistic regression, as anybody would begin."""

from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from satispy.language.corpus import Corpus
from satispy.models.bag import BagOfWords
from satispy.models.sentiment import Documents
from satispy.models.training.counted import seen, sparse_counts, spelled
from satispy.models.training.rows import TrainingRows

#: A term stands in at least so many texts.
MIN_DF = 2
C = 3.0
PRIMER_WEIGHT = 1.0


class Linear:
    """A fitted baseline. Never served: what it answers only stands beside the models' answers."""

    def __init__(self, rows: TrainingRows) -> None:
        corpus = rows.documents
        terms = spelled(corpus.vocabulary, seen(corpus).in_texts(MIN_DF).terms)
        self._bag = BagOfWords(sorted(terms))
        self._tfidf = TfidfTransformer(sublinear_tf=True)
        counts = _counts(BagOfWords(terms), corpus)
        # As scikit-learn's own vectoriser leaves them, by where each term was seen first: sums in
        # another order would differ in their last digits.
        place = {term: at for at, term in enumerate(self._bag.terms)}
        counts.indices = np.array([place[term] for term in terms], np.int32)[counts.indices]
        counts.has_sorted_indices = False
        features = self._tfidf.fit_transform(counts)
        self._classifier: Any = LogisticRegression(C=C, solver="liblinear")
        self._classifier.fit(features, rows.labels, sample_weight=rows.weights(PRIMER_WEIGHT))

    def probabilities(self, documents: Documents) -> np.ndarray:
        """P(positive) of each text; NaN of one that has no known term."""
        features = self._tfidf.transform(_counts(self._bag, Corpus.of(documents)))
        said = self._classifier.predict_proba(features)[:, 1]
        return np.where(np.diff(features.indptr) > 0, said, np.nan)


def _counts(bag: BagOfWords, corpus: Corpus) -> Any:
    return sparse_counts(bag, corpus).astype(np.float64)
