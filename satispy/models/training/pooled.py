"""What SVM and ANN learn from: pooled word vectors and the log-odds of a text, standardised."""

import numpy as np

from satispy.language import TextPipeline
from satispy.models.log_odds import LogOdds
from satispy.models.polarity import COLUMNS
from satispy.models.pooling import Codes, Pooling, pool, weight_of_row
from satispy.models.training.polarity import fit_polarity, saved_polarity
from satispy.models.training.rows import TrainingRows, representative

#: Weight of a word that points to neither side, or was never seen in training.
NEUTRAL = 0.05
#: How much more the log-odds count than a dimension of the vectors, in the distance of two texts.
EMPHASIS = 4


def fit_pooling(rows: TrainingRows) -> tuple[Pooling, np.ndarray]:
    """From training rows; also their features, float32 (rows, 2 × dim + marks + log-odds)."""
    if rows.vectors is None:
        raise ValueError("svm and ann need word vectors")
    pipeline = TextPipeline()
    polarity, columns = fit_polarity(rows)
    weights = word_weights(rows, polarity.log_odds, pipeline)
    pooled, _ = pool(
        rows.documents,
        Codes(rows.vectors, pipeline.words),
        weight_of_row(rows.vectors, weights, NEUTRAL),
    )
    features = np.hstack([pooled, columns])
    # What is usual among reviews, not among the sentences of the primer, once they are enough:
    # what the few first ones have in common would be divided by nothing.
    usual = features[representative(rows)]
    centre = usual.mean(axis=0)
    scale = np.maximum(usual.std(axis=0), 1e-6)
    scale[-COLUMNS:] /= EMPHASIS
    pooling = Pooling(
        vectors=rows.vectors,
        words=pipeline.words,
        weights=weights,
        unseen=NEUTRAL,
        polarity=polarity,
        centre=centre,
        scale=scale,
    )
    return pooling, (features - centre) / scale


def word_weights(rows: TrainingRows, log_odds: LogOdds, pipeline: TextPipeline) -> dict[str, float]:
    """How far each word of training points to one side, as words of the vectors are written."""
    of_term = dict(zip(log_odds.terms, np.abs(log_odds.values[:, 0]).tolist(), strict=True))
    tokens = dict.fromkeys(token for document in rows.documents for token in document)
    weights: dict[str, float] = {}
    for token in tokens:
        for word, folded in zip(*map(list, _written(token, pipeline)), strict=True):
            weights[word] = NEUTRAL + of_term.get(folded, 0.0)
    return weights


def _written(token: str, pipeline: TextPipeline) -> tuple[list[str], list[str]]:
    """One token as the vectors and as the log-odds know it."""
    return pipeline.words([token]), pipeline.polar_words([token])


def saved_pooling(
    pooling: Pooling,
) -> tuple[dict[str, object], dict[str, np.ndarray], dict[str, list[str]]]:
    """(about, arrays, lists) as `satispy.models.families` reads them."""
    about = {"vectors": pooling.vectors.digest, "unseen": pooling.unseen}
    arrays = {
        "centre": pooling.centre,
        "scale": pooling.scale,
        "weights": np.array(list(pooling.weights.values())),
    }
    polar, lists = saved_polarity(pooling.polarity)
    return about, arrays | polar, lists | {"words": list(pooling.weights)}
