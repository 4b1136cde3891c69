"""A multi-layer perceptron, by Keras on TensorFlow; each member is stopped by the fold left out."""

import os
from collections.abc import Iterable, Sequence
from itertools import islice, repeat
from typing import Any

import numpy as np

from satispy.models.network import Network
from satispy.models.parameters import AnnParameters
from satispy.models.training.pooled import fit_pooling, saved_pooling
from satispy.models.training.rows import Fitted, TrainingRows


def fit(rows: TrainingRows, parameters: AnnParameters, seed: int) -> Fitted:
    pooling, features = fit_pooling(rows)
    counts = rows.weights(parameters.primer_weight, parameters.primer_rows)
    out_of_fold = np.zeros(len(rows.labels))
    arrays: dict[str, np.ndarray] = {}
    members: list[Any] = []
    keras = deterministic_keras(seed)
    trainer = Trainer(keras, features.shape[1], parameters)
    # Once for all members, who draw from it by row numbers: no member has a copy of its own.
    every = trainer.tensors((features, rows.labels, counts))
    for number, (learn, rest) in enumerate(rows.splits(parameters.members, parameters.primer_rows)):
        stop_on = features[rest], rows.labels[rest], counts[rest]
        member = trainer.network(every, stop_on, seed + number, learn)
        dense = [layer.get_weights() for layer in member.layers if layer.get_weights()]
        out_of_fold[rest] = Network([(weights, bias) for weights, bias in dense]).margins(
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
    return Fitted("ann", about, arrays | pooled, lists, out_of_fold, members)


#: Features, labels and weights.
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


class Trainer:
    """Trains one network after another.

    They share what TensorFlow makes of an epoch, which takes longer to make than to run; and Keras'
    own `fit` makes an iterator for each epoch, which takes longer than the epoch itself.
    """

    def __init__(self, keras: Any, features: int, parameters: AnnParameters) -> None:
        self._keras = keras
        self._features = features
        self._parameters = parameters
        self._model = self._untrained()
        self._optimizer = keras.optimizers.Adam(parameters.learning_rate)
        self._optimizer.build(self._model.trainable_variables)
        self._epoch, self._loss_on = _compiled(keras, self._model, self._optimizer, features)

    def network(self, rows: Sequence[Any], stop_on: Rows, seed: int, learn: np.ndarray) -> Any:
        """A trained Keras model with one logit, as it was when its loss on `stop_on` was least.

        learn: the numbers of the rows, which are tensors, that it learns from.
        """
        return self.streamed(repeat(rows), stop_on, seed, learn)

    def streamed(
        self,
        epochs: Iterable[Sequence[Any]],
        stop_on: Rows,
        seed: int,
        learn: np.ndarray | None = None,
    ) -> Any:
        """The same, from the rows of one epoch after another: all, or those to learn from."""
        self._keras.utils.set_random_seed(seed)
        model, parameters = self._untrained(), self._parameters
        self._model.set_weights(model.get_weights())
        for moment in self._optimizer.variables:
            if moment is not self._optimizer.learning_rate:
                moment.assign(0 * moment)
        draw = np.random.default_rng(seed)
        others = self.tensors(stop_on)
        best, since = np.inf, 0
        for rows in islice(epochs, parameters.epochs):
            numbers = np.arange(len(rows[1])) if learn is None else learn
            texts = len(numbers)
            size = min(parameters.batch, texts)
            # What does not fill a batch waits for another epoch, which draws anew.
            order = numbers[draw.permutation(texts)[: texts // size * size]]
            self._epoch(*self.tensors(rows), order.reshape(-1, size))
            loss = float(self._loss_on(*others))
            if loss < best:
                best, since = loss, 0
                model.set_weights(self._model.get_weights())
            elif (since := since + 1) >= parameters.patience:
                break
        return model

    def tensors(self, rows: Sequence[Any]) -> list[Any]:
        """Of arrays; tensors stay what they are."""
        return [self._keras.ops.convert_to_tensor(each, "float32") for each in rows]

    def _untrained(self) -> Any:
        return _network(self._keras, self._features, self._parameters)


def as_keras(layers: Sequence[tuple[np.ndarray, np.ndarray]], parameters: AnnParameters) -> Any:
    """The Keras model of a trained network's weights and biases."""
    model = _network(deterministic_keras(0), len(layers[0][0]), parameters)
    model.set_weights([array for layer in layers for array in layer])
    return model


def _network(keras: Any, features: int, parameters: AnnParameters) -> Any:
    layers: list[Any] = [keras.Input((features,))]
    for width in parameters.hidden:
        penalty = keras.regularizers.L2(parameters.l2)
        layers.append(keras.layers.Dense(width, activation="relu", kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(parameters.dropout))
    return keras.Sequential([*layers, keras.layers.Dense(1)])


def _compiled(keras: Any, model: Any, optimizer: Any, features: int) -> tuple[Any, Any]:
    """An epoch, of batches given by row numbers, and the loss on other rows."""
    import tensorflow as tf

    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    # Of any number of rows: with numbers of its own, each network would need functions of its own.
    rows = [tf.TensorSpec(shape) for shape in ([None, features], [None], [None])]

    def loss_of(x: Any, y: Any, weights: Any, training: bool) -> Any:
        said = model(x, training=training)
        return cross_entropy(y[:, None], said, weights) + tf.add_n(model.losses)

    @tf.function(input_signature=[*rows, tf.TensorSpec([None, None], tf.int64)])
    def epoch(x: Any, y: Any, weights: Any, order: Any) -> None:
        for batch in order:
            with tf.GradientTape() as tape:
                drawn, labels, counts = (tf.gather(each, batch) for each in (x, y, weights))
                loss = loss_of(drawn, labels, counts, training=True)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    @tf.function(input_signature=rows)
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
