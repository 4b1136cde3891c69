"""The columns of polarity, from training rows: log-odds, and a logistic regression beside them."""

from itertools import chain, pairwise
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from satispy.models.log_odds import written
from satispy.models.polarity import Coefficients, Polarity
from satispy.models.training.log_odds import fit_log_odds
from satispy.models.training.rows import TrainingRows

#: A term stands in at least so many texts.
MIN_DF = 2
#: The strength of the regression's penalty is 1 / C.
C = 3.0
#: Regressions that say what the rows left out are like: each takes longer than all log-odds.
PARTS = 4
#: A sentence of the primer, beside a review.
PRIMER_WEIGHT = 0.6


def fit_polarity(rows: TrainingRows) -> tuple[Polarity, np.ndarray]:
    """Also the columns of the rows, float32 (rows, COLUMNS), each by terms of other folds only."""
    log_odds, columns = fit_log_odds(rows)
    coefficients, logits = fit_coefficients(rows)
    return Polarity(log_odds, coefficients), np.column_stack([columns, logits])


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
    index: dict[object, int] = {}
    found: list[int] = []
    ends = [0]
    for document in rows.documents:
        terms = dict.fromkeys(chain(document, pairwise(document)))
        found += [index.setdefault(term, len(index)) for term in terms]
        ends.append(len(found))
    ones = np.ones(len(found), dtype=np.float32)
    present = csr_matrix((ones, found, ends), shape=(len(rows.documents), len(index)))
    frequent = np.flatnonzero(np.bincount(found, minlength=len(index)) >= MIN_DF)
    shares = present[:, frequent]
    terms_of_each = np.diff(shares.indptr)
    shares.data /= np.sqrt(np.repeat(terms_of_each, terms_of_each))
    names = [written(term) for term in index]
    return shares, [names[at] for at in frequent]


def saved_polarity(polarity: Polarity) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
    """(arrays, lists) as `satispy.models.families` reads them."""
    log_odds, coefficients = polarity.log_odds, polarity.coefficients
    arrays = {"log_odds": log_odds.values, "coefficients_of_terms": coefficients.values}
    lists = {"polar_terms": list(log_odds.terms), "weighed_terms": list(coefficients.terms)}
    return arrays, lists
