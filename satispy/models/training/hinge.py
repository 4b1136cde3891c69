"""A linear machine by the squared hinge loss, whose rows are only ever read.

What scikit-learn calls LinearSVC hands each number to liblinear as one of sixteen bytes, beside
copies of eight and of four: seven times what the rows take. Here a look at the rows answers the
loss and its gradient, sums over rows that may stand in parts, and L-BFGS (SciPy) takes the steps.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

#: Steps. By then the objective is below where liblinear stops at a tolerance of .01, and more of
#: them answer no better: docs/decisions/0045.
STEPS = 60

#: Loss and gradient at the coefficients and, last, the intercept.
Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]


def squared_hinge(
    rows: np.ndarray, signs: np.ndarray, costs: np.ndarray, at: np.ndarray
) -> tuple[float, np.ndarray]:
    """∑ cost · max(0, 1 - sign · (rows · w + b))² of these rows, and its gradient.

    rows: float32 (rows, features). signs: -1 or 1. at: float64 (features + 1,).
    """
    margins = signs * ((rows @ at[:-1].astype(np.float32)).astype(np.float64) + at[-1])
    short = np.maximum(0.0, 1.0 - margins)
    slope = -2.0 * costs * signs * short
    towards = (slope.astype(np.float32) @ rows).astype(np.float64)
    return float(costs @ short**2), np.append(towards, slope.sum())


def fit(loss: Loss, features: int) -> np.ndarray:
    """Coefficients, then the intercept, of least ½ (|w|² + b²) + loss: what liblinear minimises."""

    def objective(at: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = loss(at)
        return value + 0.5 * float(at @ at), gradient + at

    found = minimize(
        objective,
        np.zeros(features + 1),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": STEPS, "gtol": 1e-6, "ftol": 0.0},
    )
    return np.asarray(found.x)
