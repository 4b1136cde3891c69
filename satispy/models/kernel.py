"""The RBF kernel expansion of a support vector machine."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class KernelMachine:
    """margin(x) = Σ coefficient · exp(-gamma · |x - vector|²) + intercept"""

    vectors: np.ndarray
    coefficients: np.ndarray
    intercept: float
    gamma: float
    _norms: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_norms", np.einsum("ij,ij->i", self.vectors, self.vectors))

    def margins(self, features: np.ndarray) -> np.ndarray:
        # |x - v|² = |x|² + |v|² - 2 x·v: one matrix product does nearly all the work.
        squared = np.einsum("ij,ij->i", features, features)[:, None] + self._norms
        squared -= 2 * (features @ self.vectors.T)
        kernel = np.exp(-self.gamma * np.maximum(squared, 0))
        return np.asarray(kernel @ self.coefficients + self.intercept, dtype=np.float64)
