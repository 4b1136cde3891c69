"""The RBF kernel expansion of a support vector machine."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class KernelMachine:
    """margin(x) = Σ coefficient · exp(-gamma · |x·axes - vector|²) + intercept"""

    #: Orthonormal directions, (features, dimensions): the kernel sees a text along these only.
    axes: np.ndarray
    vectors: np.ndarray
    coefficients: np.ndarray
    intercept: float
    gamma: float
    #: With |x|² and 1 after the text's dimensions, one product gives all exponents.
    _exponents: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # -gamma·|x - v|² = 2·gamma·x·v - gamma·|x|² - gamma·|v|²
        norms = np.einsum("ij,ij->i", self.vectors, self.vectors)
        columns = np.column_stack([2 * self.vectors, np.full_like(norms, -1), -norms])
        exponents = np.ascontiguousarray((self.gamma * columns).T, dtype=np.float32)
        object.__setattr__(self, "_exponents", exponents)

    def margins(self, features: np.ndarray) -> np.ndarray:
        seen = np.ones((len(features), self.axes.shape[1] + 2), dtype=np.float32)
        along = np.matmul(features, self.axes, out=seen[:, :-2])
        seen[:, -2] = np.einsum("ij,ij->i", along, along)
        kernel = seen @ self._exponents
        np.exp(kernel, out=kernel)
        return np.asarray(kernel @ self.coefficients + self.intercept, dtype=np.float64)
