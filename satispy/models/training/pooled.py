"""What SVM and ANN learn from: pooled word vectors and the log-odds of a text, standardised."""

import numpy as np

from satispy.language import TextPipeline
from satispy.models.log_odds import LogOdds
from satispy.models.polarity import COLUMNS
from satispy.models.pooling import COUNTS, Codes, Pooling, pool_codes, weight_of_row
from satispy.models.training.counted import AT_ONCE, some_texts
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
    features = _pooled(rows, Codes(rows.vectors, pipeline.words), weights, columns)
    # What is usual among reviews, not among the sentences of the primer, once they are enough:
    # what the few first ones have in common would be divided by nothing.
    centre, deviation = _mean_and_deviation(features, representative(rows))
    scale = np.maximum(deviation, 1e-6)
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
    features -= centre
    features /= scale
    return pooling, features


def _pooled(
    rows: TrainingRows, codes: Codes, weights: dict[str, float], columns: np.ndarray
) -> np.ndarray:
    """The pooled vectors of all rows and their columns, side by side."""
    corpus, vectors = rows.documents, codes.vectors
    of_token, of_row = codes.of([[*corpus.vocabulary]]), weight_of_row(vectors, weights, NEUTRAL)
    wide = 2 * vectors.dim + COUNTS
    features = np.empty((len(corpus), wide + columns.shape[1]), dtype=np.float32)
    features[:, wide:] = columns
    begin = 0
    for part in some_texts(corpus):  # the vectors of all tokens would fill the memory
        end = begin + len(part)
        codes_of_part = of_token[part.flat]
        features[begin:end, :wide], _ = pool_codes(codes_of_part, part.lengths, vectors, of_row)
        begin = end
    return features


def _mean_and_deviation(features: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each column over these rows; NumPy's own, without its copies of all of them."""
    rows = int(counted.sum())
    mean = np.zeros(features.shape[1], np.float32)
    squares = np.zeros(features.shape[1], np.float32)
    parts = [slice(at, at + AT_ONCE) for at in range(0, len(features), AT_ONCE)]
    for part in parts:
        mean = _added(mean, features[part][counted[part]])
    mean /= rows
    for part in parts:
        apart = features[part][counted[part]] - mean
        apart *= apart
        squares = _added(squares, apart)
    return mean, np.sqrt(squares / np.float32(rows))


def _added(sums: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Row after row, as NumPy adds all of them."""
    return np.asarray(np.add.reduce(np.vstack([sums, rows]), axis=0))


def word_weights(rows: TrainingRows, log_odds: LogOdds, pipeline: TextPipeline) -> dict[str, float]:
    """How far each word of training points to one side, as words of the vectors are written."""
    of_term = dict(zip(log_odds.terms, np.abs(log_odds.values[:, 0]).tolist(), strict=True))
    weights: dict[str, float] = {}
    for token in rows.documents.used()[0]:
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
