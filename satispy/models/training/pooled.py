"""What SVM and ANN learn from: pooled word vectors and the leaning of a text, standardised."""

from typing import Any

import numpy as np

from satispy.language import TextPipeline
from satispy.models.bag import BagOfWords
from satispy.models.leaning import COLUMNS, Leaning
from satispy.models.pooling import Codes, Pooling, pool, weight_of_row
from satispy.models.training.counted import sparse_counts, vocabulary
from satispy.models.training.rows import TrainingRows

#: Weight of a word that leans to neither side, or was never seen in training.
NEUTRAL = 0.05
#: A term counts as seen so many times more, with the share of positive reviews among all.
SMOOTHING = 2
#: A pair of words that leans stands in at least so many reviews.
MIN_DF = 5
#: How much more the leaning counts than a dimension of the vectors, in the distance of two texts.
EMPHASIS = 3


def fit_pooling(rows: TrainingRows) -> tuple[Pooling, np.ndarray]:
    """From training rows; also their features, float32 (rows, 2 × dim + marks + leaning).

    Each row's leaning there is by the terms of the other folds: by terms that had seen its own
    label it would be far clearer than that of a new text.
    """
    if rows.vectors is None:
        raise ValueError("svm and ann need word vectors")
    pipeline = TextPipeline()
    documents = [pipeline.words(document) for document in rows.documents]
    terms = vocabulary(documents, 1)
    present = sparse_counts(BagOfWords(terms), documents)
    present.data[:] = 1
    leans = log_odds(present, rows.labels)
    weights = {
        term: NEUTRAL + abs(lean)
        for term, lean in zip(terms, leans.tolist(), strict=True)
        if " " not in term
    }
    frequent = np.flatnonzero(np.asarray(present.sum(axis=0)).ravel() >= MIN_DF)
    present, terms = present[:, frequent], [terms[at] for at in frequent]

    leaning = np.zeros((len(documents), COLUMNS), dtype=np.float32)
    for fold in np.unique(rows.folds):
        others = rows.folds != fold
        by_others = _leaning(terms, log_odds(present[others], rows.labels[others]))
        own = np.flatnonzero(~others)
        leaning[own] = by_others.columns(documents[at] for at in own)

    pooled, _ = pool(
        rows.documents,
        Codes(rows.vectors, pipeline.words),
        weight_of_row(rows.vectors, weights, NEUTRAL),
    )
    features = np.hstack([pooled, leaning])
    centre = features.mean(axis=0)
    scale = np.maximum(features.std(axis=0), 1e-6)
    scale[-COLUMNS:] /= EMPHASIS
    pooling = Pooling(
        vectors=rows.vectors,
        words=pipeline.words,
        weights=weights,
        unseen=NEUTRAL,
        leaning=_leaning(terms, leans[frequent]),
        centre=centre,
        scale=scale,
    )
    return pooling, (features - centre) / scale


def log_odds(present: Any, labels: np.ndarray) -> np.ndarray:
    """How far each column, where it is present, moves the log-odds of a positive review."""
    # Half a review of each kind keeps the odds finite where all are of one.
    share = (float(labels.sum()) + 0.5) / (len(labels) + 1)
    seen = np.asarray(present.sum(axis=0), dtype=np.float64).ravel()
    praised = np.asarray(present[labels == 1].sum(axis=0), dtype=np.float64).ravel()
    positive = (praised + SMOOTHING * share) / (seen + SMOOTHING)
    return np.asarray(np.log(positive / (1 - positive)) - np.log(share / (1 - share)))


def saved_pooling(
    pooling: Pooling,
) -> tuple[dict[str, object], dict[str, np.ndarray], dict[str, list[str]]]:
    """(about, arrays, lists) as `satispy.models.families` reads them."""
    about = {"vectors": pooling.vectors.digest, "unseen": pooling.unseen}
    arrays = {
        "centre": pooling.centre,
        "scale": pooling.scale,
        "weights": np.array(list(pooling.weights.values())),
        "leans": np.array(list(pooling.leaning.of_term.values())),
    }
    lists = {"words": list(pooling.weights), "terms": list(pooling.leaning.of_term)}
    return about, arrays, lists


def _leaning(terms: list[str], leans: np.ndarray) -> Leaning:
    return Leaning(dict(zip(terms, leans.tolist(), strict=True)))
