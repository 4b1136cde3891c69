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
    #: 2 · gamma · vectors, transposed: its product with a text is the cross term as needed.
    _scaled: np.ndarray = field(init=False, repr=False, compare=False)
    _norms: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        scaled = np.ascontiguousarray((2 * self.gamma * self.vectors).T)
        norms = self.gamma * np.einsum("ij,ij->i", self.vectors, self.vectors)
        object.__setattr__(self, "_scaled", scaled)
        object.__setattr__(self, "_norms", norms)

    def margins(self, features: np.ndarray) -> np.ndarray:
        # -gamma·|x - v|² = 2·gamma·x·v - gamma·|v|² - gamma·|x|²: one matrix product does nearly
        # all the work, and the rest of it happens in place.
        kernel = features @ self._scaled
        kernel -= self._norms
        kernel -= self.gamma * np.einsum("ij,ij->i", features, features)[:, None]
        np.minimum(kernel, 0, out=kernel)
        np.exp(kernel, out=kernel)
        return np.asarray(kernel @ self.coefficients + self.intercept, dtype=np.float64)
