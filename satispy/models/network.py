"""Multi-layer perceptrons: the forward pass of networks that Keras trained."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Network:
    """Dense layers with ReLU between them; the last gives one logit."""

    layers: Sequence[tuple[np.ndarray, np.ndarray]]

    def margins(self, features: np.ndarray) -> np.ndarray:
        hidden = features
        for weights, bias in self.layers[:-1]:
            hidden = np.maximum(hidden @ weights + bias, 0)
        weights, bias = self.layers[-1]
        return np.asarray((hidden @ weights + bias)[:, 0], dtype=np.float64)


@dataclass(frozen=True)
class Committee:
    """The mean of several networks of one shape, as one: their layers lie side by side."""

    members: Sequence[Network]
    #: Of each layer (weights, biases): the first beside each other, (features, members × width);
    #: those between stacked, (members, width, width); the last under each other, for the mean.
    _first: tuple[np.ndarray, np.ndarray] = field(init=False, repr=False, compare=False)
    _between: list[tuple[np.ndarray, np.ndarray]] = field(init=False, repr=False, compare=False)
    _last: tuple[np.ndarray, np.ndarray] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first, *between, last = zip(*(member.layers for member in self.members), strict=True)
        object.__setattr__(self, "_first", (np.hstack([w for w, _ in first]), _biases(first)))
        stacked = [
            (np.stack([w for w, _ in layer]), np.stack([b for _, b in layer])[:, None])
            for layer in between
        ]
        object.__setattr__(self, "_between", stacked)
        mean = np.vstack([w for w, _ in last]) / len(self.members)
        object.__setattr__(self, "_last", (mean, np.mean([b for _, b in last])))

    def margins(self, features: np.ndarray) -> np.ndarray:
        weights, biases = self._first
        hidden = np.maximum(features @ weights + biases, 0)
        texts, members = len(features), len(self.members)
        for weights, biases in self._between:
            each = hidden.reshape(texts, members, -1).swapaxes(0, 1)
            each = np.maximum(each @ weights + biases, 0)
            hidden = each.swapaxes(0, 1).reshape(texts, -1)
        weights, bias = self._last
        return np.asarray((hidden @ weights)[:, 0] + bias, dtype=np.float64)


def _biases(layer: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    return np.concatenate([biases for _, biases in layer])
