"""What SVM and ANN learn from: standardised pooled word vectors."""

from collections import Counter

import numpy as np

from satispy.embeddings import WordVectors
from satispy.language import TextPipeline
from satispy.models.pooling import Pooling, pool, weight_of_row
from satispy.models.sentiment import Documents

#: Weight of a word that leans to neither side, or was never seen in training.
NEUTRAL = 0.05
#: A word counts as seen so many times more, with the share of positive reviews among all.
SMOOTHING = 2


def fit_pooling(documents: Documents, labels: np.ndarray, vectors: WordVectors) -> Pooling:
    """Polarity of each word and scale of each dimension, from these (training) documents."""
    words = TextPipeline().words
    weights = polarities([words(document) for document in documents], labels)
    raw, _ = pool(documents, vectors, words, weight_of_row(vectors, weights, NEUTRAL))
    centre = raw.mean(axis=0)
    scale = np.maximum(raw.std(axis=0), 1e-6)
    return Pooling(vectors, words, weights, NEUTRAL, centre, scale)


def polarities(documents: Documents, labels: np.ndarray) -> dict[str, float]:
    """How far each word moves the log-odds of a positive review, up or down alike."""
    seen: Counter[str] = Counter()
    praised: Counter[str] = Counter()
    for document, label in zip(documents, labels, strict=True):
        distinct = set(document)
        seen.update(distinct)
        if label:
            praised.update(distinct)
    # Half a review of each kind keeps the odds finite where all are of one.
    share = (float(labels.sum()) + 0.5) / (len(labels) + 1)
    weights = {}
    for word in sorted(seen):
        positive = (praised[word] + SMOOTHING * share) / (seen[word] + SMOOTHING)
        lean = np.log(positive / (1 - positive)) - np.log(share / (1 - share))
        weights[word] = NEUTRAL + abs(float(lean))
    return weights


def saved_pooling(pooling: Pooling) -> tuple[dict[str, object], dict[str, np.ndarray], list[str]]:
    """(about, arrays, words) as `satispy.models.families` reads them."""
    about = {"vectors": pooling.vectors.digest, "unseen": pooling.unseen}
    arrays = {
        "centre": pooling.centre,
        "scale": pooling.scale,
        "weights": np.array(list(pooling.weights.values())),
    }
    return about, arrays, list(pooling.weights)
