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
    #: Weights (features, members × width) and biases: one product for all members.
    _first: tuple[np.ndarray, np.ndarray] = field(init=False, repr=False, compare=False)
    #: Of each other layer: weights (members, in, out), biases (members, 1, out).
    _others: list[tuple[np.ndarray, np.ndarray]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first, *others = zip(*(member.layers for member in self.members), strict=True)
        side_by_side = np.hstack([w for w, _ in first]), np.concatenate([b for _, b in first])
        object.__setattr__(self, "_first", side_by_side)
        stacked = [
            (np.stack([w for w, _ in layer]), np.stack([b for _, b in layer])[:, None])
            for layer in others
        ]
        object.__setattr__(self, "_others", stacked)

    def margins(self, features: np.ndarray) -> np.ndarray:
        weights, biases = self._first
        shape = len(features), len(self.members), len(biases) // len(self.members)
        each = (features @ weights + biases).reshape(shape).swapaxes(0, 1)
        for weights, biases in self._others:
            each = np.maximum(each, 0) @ weights + biases
        return np.asarray(each[:, :, 0].mean(axis=0, dtype=np.float64))
