"""What SVM and ANN learn from: standardised pooled word vectors."""

from collections import Counter

import numpy as np

from satispy.embeddings import WordVectors
from satispy.language import TextPipeline
from satispy.models.pooling import Pooling, pool, weight_of_row
from satispy.models.sentiment import Documents


def fit_pooling(documents: Documents, vectors: WordVectors) -> Pooling:
    """Rarity of each word and scale of each dimension, from these (training) documents."""
    words = TextPipeline().words
    seen: Counter[str] = Counter()
    for document in documents:
        seen.update(set(words(document)))
    rare = float(np.log(1 + len(documents)))
    weights = {w: float(np.log((1 + len(documents)) / (1 + n))) for w, n in sorted(seen.items())}
    raw, _ = pool(documents, vectors, words, weight_of_row(vectors, weights, rare))
    centre = raw.mean(axis=0)
    scale = np.maximum(raw.std(axis=0), 1e-6)
    return Pooling(vectors, words, weights, rare, centre, scale)


def saved_pooling(pooling: Pooling) -> tuple[dict[str, object], dict[str, np.ndarray], list[str]]:
    """(about, arrays, words) as `satispy.models.families` reads them."""
    about = {"vectors": pooling.vectors.digest, "rare": pooling.rare}
    arrays = {
        "centre": pooling.centre,
        "scale": pooling.scale,
        "weights": np.array(list(pooling.weights.values())),
    }
    return about, arrays, list(pooling.weights)
