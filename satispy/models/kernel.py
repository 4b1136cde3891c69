"""The RBF kernel expansion of a support vector machine."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class KernelMachine:
    """margin(x) = Σ coefficient · exp(-gamma · |x - vector|²) + intercept"""

    vectors: np.ndarray
    coefficients: np.ndarray
    intercept: float
    gamma: float

    def margins(self, features: np.ndarray) -> np.ndarray:
        # |x - v|² = |x|² + |v|² - 2 x·v: one matrix product does nearly all the work.
        squared = (features**2).sum(1)[:, None] + (self.vectors**2).sum(1)[None, :]
        squared -= 2 * (features @ self.vectors.T)
        kernel = np.exp(-self.gamma * np.maximum(squared, 0))
        return np.asarray(kernel @ self.coefficients + self.intercept, dtype=np.float64)
