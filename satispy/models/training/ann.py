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
    counts = rows.weights(parameters.primer_weight, parameters.primer_rows)
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
    epoch, loss_on = _compiled(keras, model, parameters.learning_rate)
    draw = np.random.default_rng(seed)
    size = min(parameters.batch, len(labels))
    rows = [keras.ops.convert_to_tensor(each, "float32") for each in (features, labels, weights)]
    others = [keras.ops.convert_to_tensor(each, "float32") for each in stop_on]
    best, weights_at_best, since = np.inf, model.get_weights(), 0
    for _ in range(parameters.epochs):
        # What does not fill a batch waits for another epoch, which draws anew.
        order = draw.permutation(len(labels))[: len(labels) // size * size]
        epoch(*rows, order.reshape(-1, size))
        loss = float(loss_on(*others))
        if loss < best:
            best, weights_at_best, since = loss, model.get_weights(), 0
        elif (since := since + 1) >= parameters.patience:
            break
    model.set_weights(weights_at_best)
    return model


def _compiled(keras: Any, model: Any, learning_rate: float) -> tuple[Any, Any]:
    """An epoch, of batches given by row numbers, and the loss on other rows.

    Keras' own `fit` makes an iterator for each epoch, which takes longer than the epoch itself.
    """
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(model.trainable_variables)
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def loss_of(x: Any, y: Any, weights: Any, training: bool) -> Any:
        said = model(x, training=training)
        return cross_entropy(y[:, None], said, weights) + tf.add_n(model.losses)

    @tf.function
    def epoch(x: Any, y: Any, weights: Any, order: Any) -> None:
        for batch in order:
            with tf.GradientTape() as tape:
                drawn, labels, counts = (tf.gather(each, batch) for each in (x, y, weights))
                loss = loss_of(drawn, labels, counts, training=True)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    @tf.function
    def loss_on(x: Any, y: Any, weights: Any) -> Any:
        return loss_of(x, y, weights, training=False)

    return epoch, loss_on


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
