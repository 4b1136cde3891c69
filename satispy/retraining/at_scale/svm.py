"""The support vector machine: landmarks from a sample, and a linear solver that streams partitions.

Linear in the kernel's values at the landmarks, as satispy.models.training.svm beyond its exact
size: there by LIBLINEAR on all values at once, here by L-BFGS on sums that partitions give. A
pass makes the values anew, as 1,000 numbers a row would be ten times all else that is stored. All
members are found in the same passes.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from scipy.linalg import cholesky, eigh, solve_triangular
from scipy.optimize import minimize
from sklearn.metrics.pairwise import rbf_kernel

from satispy.engine import Engine
from satispy.engine.here import Tell
from satispy.models.kernel import KernelMachine
from satispy.models.parameters import SvmParameters
from satispy.retraining.at_scale.blocks import Blocks
from satispy.retraining.at_scale.committee import Committee
from satispy.retraining.at_scale.features import Moments, standardised

#: Rows whose kernel values are held at once.
_AT_ONCE: Final = 5_000
#: Rows that say how the loss is curved: the solver then needs a fifth of the passes.
_CURVED_BY: Final = 10_000
#: As LinearSVC is told on one machine: of the first gradient, times the share of the rarer label.
_TOLERANCE: Final = 1e-2
_PASSES: Final = 60
#: Directions in which landmarks differ less than this tell of rounding alone.
_LEAST: Final = 1e-6


def axes(moments: Moments, dimensions: int) -> np.ndarray:
    """Float32 (features, dimensions): as scikit-learn's PCA finds them, signs included."""
    values, vectors = eigh(moments.covariance)
    found = vectors[:, np.argsort(-values)[: min(dimensions, len(values))]].T
    largest = np.argmax(np.abs(found), axis=1)
    found *= np.sign(found[np.arange(len(found)), largest])[:, None]
    return np.ascontiguousarray(found.T, dtype=np.float32)


def draw(part: int, blocks: Blocks, committee: Committee, share: float) -> np.ndarray:
    """Float32 (rows, dimensions): of a partition, about this share of the rows that are learned."""
    out = committee.member_of(part, blocks)
    learned = np.flatnonzero(committee.learned(part, len(out)))
    random = np.random.default_rng([committee.seed, part + 1])
    kept = np.sort(random.permutation(learned)[: round(len(learned) * share)])
    return seen(part, blocks, kept)


def seen(part: int, blocks: Blocks, rows: np.ndarray | None = None) -> np.ndarray:
    """The features along the axes."""
    return np.asarray(standardised(part, blocks, rows) @ blocks.shared("axes"))


class Landmarks(NamedTuple):
    """What the kernel's values at them are turned by: `values @ turn` is what is linear."""

    vectors: np.ndarray
    turn: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray, gamma: float) -> "Landmarks":
        values, directions = eigh(rbf_kernel(vectors.astype(np.float64), gamma=gamma))
        kept = values > _LEAST * values[-1]
        return cls(vectors, directions[:, kept] / np.sqrt(values[kept]))


class Sums(NamedTuple):
    """Loss, and its gradient by the coefficients of kernel values and by the intercept, of each
    member."""

    loss: np.ndarray
    values: np.ndarray
    intercepts: np.ndarray


def sums(
    part: int,
    blocks: Blocks,
    committee: Committee,
    gamma: float,
    coefficients: np.ndarray,
    intercepts: np.ndarray,
) -> Sums:
    """Of the squared hinge loss: coefficients (landmarks, members), intercepts (members,)."""
    out = committee.member_of(part, blocks)
    [labels] = blocks.load(part, "labels")
    rows = np.flatnonzero(committee.learned(part, len(out)))
    along = seen(part, blocks, rows)
    sides = 2.0 * labels[rows] - 1
    weights = committee.weight(part) * (out[rows, None] != np.arange(committee.members))
    kernel = _kernel(blocks, gamma)
    loss = np.zeros(committee.members)
    of_values = np.zeros(coefficients.shape)
    of_intercepts = np.zeros(committee.members)
    for begin in range(0, len(rows), _AT_ONCE):
        here = slice(begin, begin + _AT_ONCE)
        values = kernel(along[here]).astype(np.float64)
        short = 1 - sides[here, None] * (values @ coefficients + intercepts)
        np.maximum(short, 0, out=short)
        loss += (weights[here] * short**2).sum(axis=0)
        slope = -2 * weights[here] * sides[here, None] * short
        of_values += values.T @ slope
        of_intercepts += slope.sum(axis=0)
    return Sums(loss, of_values, of_intercepts)


def all_sums(*found: Sums) -> Sums:
    return Sums(*(np.sum(each, axis=0) for each in zip(*found, strict=True)))


def margins(
    part: int, blocks: Blocks, committee: Committee, members: list[KernelMachine]
) -> np.ndarray:
    """Float64 (rows,): of each row, by the member that left it out."""
    out = committee.member_of(part, blocks)
    features = standardised(part, blocks)
    answer = np.zeros(len(out))
    for number, machine in enumerate(members):
        rows = np.flatnonzero(out == number)
        for some in np.array_split(rows, len(rows) // 500 + 1):
            answer[some] = machine.margins(features[some])
    return answer


class Solved(NamedTuple):
    #: (landmarks, members) and (members,).
    coefficients: np.ndarray
    intercepts: np.ndarray
    #: (directions, members): what LinearSVC would have found.
    linear: np.ndarray
    passes: int


def solve(
    engine: Engine,
    numbers: list[int],
    blocks: Blocks,
    committee: Committee,
    parameters: SvmParameters,
    gamma: float,
    landmarks: Landmarks,
    shares: np.ndarray,
    tell: Tell | None = None,
) -> Solved:
    """Of each member, ½|w|² + ½b² + C · the loss, least. shares: of rows, (negative, positive)."""
    turn = landmarks.turn
    size, members = turn.shape[1] + 1, committee.members
    every = committee.parts(numbers)
    learned = committee.reviews + min(committee.primer_rows, committee.sentences)
    curved = _curvature(engine, every, blocks, committee, gamma, landmarks, learned)
    factor = cholesky(np.eye(size) + 2 * parameters.c * curved, lower=True)
    passes = 0
    first = 0.0

    def unfolded(flat: np.ndarray) -> np.ndarray:
        weights = flat.reshape(size, members)
        return np.asarray(solve_triangular(factor, weights, lower=True, trans="T"))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal passes, first
        weights = unfolded(flat)
        found = engine.reduce(
            *(sums, all_sums, every, blocks, committee, gamma, turn @ weights[:-1], weights[-1])
        )
        passes += 1
        if tell is not None:
            tell(passes, _PASSES)
        gradient = weights + parameters.c * np.vstack([turn.T @ found.values, found.intercepts])
        total = 0.5 * float((weights**2).sum()) + parameters.c * float(found.loss.sum())
        size_of_it = float(np.linalg.norm(gradient))
        first = first or size_of_it
        if size_of_it <= _TOLERANCE * float(shares.min()) * first:
            raise _Enough(flat.copy())
        return total, solve_triangular(factor, gradient, lower=True).ravel()

    start = np.zeros(size * members)
    try:
        end = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxfun": _PASSES}).x
    except _Enough as enough:
        end = enough.at
    weights = unfolded(end)
    return Solved(turn @ weights[:-1], weights[-1], weights[:-1], passes)


class _Enough(Exception):
    """The gradient is small enough: LIBLINEAR's own criterion, which SciPy's solver has not."""

    def __init__(self, at: np.ndarray) -> None:
        self.at = at


def _curvature(
    engine: Engine,
    every: list[int],
    blocks: Blocks,
    committee: Committee,
    gamma: float,
    landmarks: Landmarks,
    learned: int,
) -> np.ndarray:
    """(directions + 1)²: about the sum over rows of what is linear, times itself."""
    share = min(1.0, _CURVED_BY / learned)
    rows = np.concatenate(engine.map(draw, every, blocks, committee, share))
    values = _Kernel(landmarks.vectors, gamma)(rows).astype(np.float64) @ landmarks.turn
    linear = np.column_stack([values, np.ones(len(values))])
    members_of = (committee.members - 1) / committee.members
    return np.asarray(linear.T @ linear * (members_of * learned / len(linear)))


class _Kernel:
    """exp(-gamma · |row - landmark|²), as `KernelMachine` finds it: float32 (rows, landmarks)."""

    def __init__(self, vectors: np.ndarray, gamma: float) -> None:
        norms = np.einsum("ij,ij->i", vectors, vectors)
        columns = np.column_stack([2 * vectors, np.full_like(norms, -1), -norms])
        self._exponents = np.ascontiguousarray((gamma * columns).T, dtype=np.float32)

    def __call__(self, along: np.ndarray) -> np.ndarray:
        norms = np.einsum("ij,ij->i", along, along)
        kernel = np.column_stack([along, norms, np.ones_like(norms)]) @ self._exponents
        return np.exp(kernel, out=kernel)


def _kernel(blocks: Blocks, gamma: float) -> _Kernel:
    return _Kernel(blocks.shared("landmarks"), gamma)


def machines(
    blocks: Blocks, landmarks: Landmarks, solved: Solved, gamma: float
) -> list[KernelMachine]:
    axes = blocks.shared("axes")
    return [
        KernelMachine(axes, landmarks.vectors, coefficients, float(intercept), gamma)
        for coefficients, intercept in zip(solved.coefficients.T, solved.intercepts, strict=True)
    ]


def native(axes: np.ndarray, landmarks: Landmarks, solved: Solved, gamma: float) -> list[Any]:
    """scikit-learn's own objects, one a member, that answer as these machines do."""
    from sklearn.decomposition import PCA
    from sklearn.kernel_approximation import Nystroem
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    main = PCA(axes.shape[1])
    main.components_, main.mean_ = axes.T, np.zeros(axes.shape[0], dtype=np.float32)
    main.n_components_, main.whiten = axes.shape[1], False
    kernel = Nystroem(gamma=gamma, n_components=len(landmarks.vectors))
    kernel.components_ = landmarks.vectors
    kernel.component_indices_ = np.arange(len(landmarks.vectors))
    kernel.normalization_, kernel._n_features_out = landmarks.turn.T, landmarks.turn.shape[1]
    found = []
    for weights, intercept in zip(solved.linear.T, solved.intercepts, strict=True):
        linear = LinearSVC()
        linear.coef_, linear.intercept_ = weights[None], np.array([intercept])
        linear.classes_ = np.array([0, 1])
        found.append(make_pipeline(main, kernel, linear))
    return found
