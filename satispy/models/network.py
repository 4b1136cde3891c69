"""Multi-layer perceptrons: the forward pass of networks that Keras trained."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    """The mean of several networks."""

    members: Sequence[Network]

    def margins(self, features: np.ndarray) -> np.ndarray:
        return np.asarray(np.mean([member.margins(features) for member in self.members], axis=0))
