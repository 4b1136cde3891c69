"""The columns of polarity, from training rows: log-odds, and a logistic regression beside them."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from satispy.models.polarity import Coefficients, Polarity
from satispy.models.training.counted import incidence, seen, spelled
from satispy.models.training.log_odds import fit_log_odds
from satispy.models.training.rows import FittedPolarity, TrainingRows

#: A term stands in at least so many texts.
MIN_DF = 2
#: The strength of the regression's penalty is 1 / C.
C = 3.0
#: Regressions that say what the rows left out are like: each takes longer than all log-odds.
PARTS = 4
#: A sentence of the primer, beside a review.
PRIMER_WEIGHT = 0.6


def fit_polarity(rows: TrainingRows) -> FittedPolarity:
    """What the rows bring with them, if it was fitted before: all families learn from the same."""
    if rows.polarity is not None:
        return rows.polarity
    log_odds, columns = fit_log_odds(rows)
    coefficients, logits = fit_coefficients(rows)
    columns = np.column_stack([columns, logits])
    return FittedPolarity(Polarity(log_odds, coefficients), columns)


def fit_coefficients(rows: TrainingRows) -> tuple[Coefficients, np.ndarray]:
    """Also the logit of each row by a regression that did not learn from it, float32 (rows,)."""
    features, terms = _shares(rows)
    weights = rows.weights(PRIMER_WEIGHT)
    logits = np.zeros(len(rows.labels), dtype=np.float32)
    part = rows.folds % PARTS
    for number in np.unique(part):
        learn, own = part != number, part == number
        values = _regression(features[learn], rows.labels[learn], weights[learn])
        logits[own] = features[own] @ values
    return Coefficients(terms, _regression(features, rows.labels, weights)), logits


def _regression(features: Any, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A coefficient for each term; 0 where all rows are of one label, and none of no term."""
    if len(np.unique(labels)) < 2 or not features.shape[1]:
        return np.zeros(features.shape[1], dtype=np.float32)
    regression = LogisticRegression(C=C, solver="liblinear")
    regression.fit(features, labels, sample_weight=weights)
    return np.asarray(regression.coef_[0], dtype=np.float32)


def _shares(rows: TrainingRows) -> tuple[Any, list[str]]:
    """A sparse (rows, terms), 1 / √(terms of the row) where it has one; and the terms."""
    corpus = rows.documents.compact()
    frequent = seen(corpus).in_texts(MIN_DF).terms
    found, bounds = incidence(corpus, frequent)
    sizes = np.diff(bounds)
    values = (1 / np.sqrt(np.repeat(sizes, sizes))).astype(np.float32)
    shares = csr_matrix((values, found, bounds), shape=(len(corpus), len(frequent)))
    return shares, spelled(corpus.vocabulary, frequent)


def saved_polarity(polarity: Polarity) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
    """(arrays, lists) as `satispy.models.families` reads them."""
    log_odds, coefficients = polarity.log_odds, polarity.coefficients
    arrays = {"log_odds": log_odds.values, "coefficients_of_terms": coefficients.values}
    lists = {"polar_terms": list(log_odds.terms), "weighed_terms": list(coefficients.terms)}
    return arrays, lists
