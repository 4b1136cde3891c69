"""The origin's own three fits, as faithfully as its description allows: what a retrain succeeds.

A dense CountVectorizer matrix for its GBC; for SVM and network the mean of 100-d vectors of
characters (random ones here: its 1 GB of vectors is not to be had; only the time matters).
"""

import time
from collections.abc import Sequence

import numpy as np


def origin_gbc(comments: Sequence[str], labels: np.ndarray, test: np.ndarray) -> float:
    """Seconds of its fit."""
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.feature_extraction.text import CountVectorizer

    begin = time.perf_counter()
    words = CountVectorizer(token_pattern=r"[a-zéèêàâîïàùçôëûæœ]{2,}", lowercase=True)  # noqa: S106 - a pattern
    training = [comment for comment, out in zip(comments, test, strict=True) if not out]
    dense = words.fit_transform(training).toarray()
    GradientBoostingClassifier(n_estimators=100, learning_rate=1.0, max_depth=1).fit(
        dense, labels[~test]
    )
    return time.perf_counter() - begin


def character_means(comments: Sequence[str]) -> np.ndarray:
    vectors: dict[str, np.ndarray] = {}
    random = np.random.default_rng(20)
    for comment in comments:
        for character in comment:
            if character not in vectors:
                vectors[character] = random.normal(size=100)
    return np.array([np.mean([vectors[c] for c in comment or " "], axis=0) for comment in comments])


def origin_svm(features: np.ndarray, labels: np.ndarray) -> float:
    from sklearn.svm import SVC

    begin = time.perf_counter()
    SVC(C=100, gamma=1).fit(features, labels)
    return time.perf_counter() - begin


def origin_ann(
    features: np.ndarray, labels: np.ndarray, stop_on: tuple[np.ndarray, np.ndarray]
) -> float:
    import keras

    begin = time.perf_counter()
    model = keras.Sequential(
        [
            keras.Input((100,)),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    stop = keras.callbacks.EarlyStopping(patience=10)
    model.fit(
        features,
        labels,
        validation_data=stop_on,
        batch_size=128,
        epochs=100,
        callbacks=[stop],
        verbose=0,
    )
    return time.perf_counter() - begin
