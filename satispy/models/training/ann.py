"""A multi-layer perceptron, by Keras on TensorFlow; each member is stopped by the fold left out."""

import os
from typing import Any

import numpy as np

from satispy.models.network import Network
from satispy.models.parameters import AnnParameters
from satispy.models.training.pooled import fit_pooling, saved_pooling
from satispy.models.training.rows import Fitted, TrainingRows


def fit(rows: TrainingRows, parameters: AnnParameters, seed: int) -> Fitted:
    pooling, features = fit_pooling(rows)
    counts = rows.weights(parameters.primer_weight, parameters.rarity)
    left_out = np.zeros(len(rows.labels))
    arrays: dict[str, np.ndarray] = {}
    members: list[Any] = []
    for number, (learn, rest) in enumerate(rows.splits(parameters.members, parameters.primer_rows)):
        member = network(
            features[learn],
            rows.labels[learn],
            counts[learn],
            (features[rest], rows.labels[rest], counts[rest]),
            parameters,
            seed + number,
        )
        dense = [layer.get_weights() for layer in member.layers if layer.get_weights()]
        left_out[rest] = Network([(weights, bias) for weights, bias in dense]).margins(
            features[rest]
        )
        for layer, (weights, bias) in enumerate(dense):
            arrays[f"weights-{number}-{layer}"] = weights
            arrays[f"bias-{number}-{layer}"] = bias
        members.append(member)
    about, pooled, lists = saved_pooling(pooling)
    about |= {
        "members": len(members),
        "layers": len(parameters.hidden) + 1,
        "parameters": parameters.model_dump(mode="json"),
    }
    return Fitted("ann", about, arrays | pooled, lists, left_out, members)


def network(
    features: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    stop_on: tuple[np.ndarray, np.ndarray, np.ndarray],
    parameters: AnnParameters,
    seed: int,
) -> Any:
    """A trained Keras model with one logit."""
    keras = deterministic_keras(seed)
    layers: list[Any] = [keras.Input((features.shape[1],))]
    for width in parameters.hidden:
        penalty = keras.regularizers.L2(parameters.l2)
        layers.append(keras.layers.Dense(width, activation="relu", kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(parameters.dropout))
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(
        optimizer=keras.optimizers.Adam(parameters.learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        steps_per_execution=32,
        jit_compile=False,  # compiling takes longer than training
    )
    stop = keras.callbacks.EarlyStopping(patience=parameters.patience, restore_best_weights=True)
    model.fit(
        features,
        labels,
        sample_weight=weights,
        validation_data=stop_on,
        batch_size=parameters.batch,
        epochs=parameters.epochs,
        callbacks=[stop],
        verbose=0,
    )
    return model


def deterministic_keras(seed: int) -> Any:
    """Keras, seeded. Imported here only: TensorFlow takes seconds and 600 MB."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # Its matrices are small, and threads that wait for each other cost more than they bring.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    import keras
    import tensorflow as tf

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    return keras
