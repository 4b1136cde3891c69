"""A support vector machine with an RBF kernel, exact or, beyond a size, by Nystroem."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.kernel_approximation import Nystroem
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from satispy.models.kernel import KernelMachine
from satispy.models.parameters import SvmParameters
from satispy.models.training import hinge
from satispy.models.training.pooled import fit_pooling, saved_pooling
from satispy.models.training.rows import Fitted, TrainingRows

#: Rows whose values of the kernel are found together.
AT_ONCE = 2_000

#: Support vectors, their coefficients, and scikit-learn's own objects.
Fit = tuple[np.ndarray, np.ndarray, list[Any]]
#: From the rows to learn from, and a seed.
Machine = Callable[[np.ndarray, int], Fit]


def fit(rows: TrainingRows, parameters: SvmParameters, seed: int) -> Fitted:
    pooling, features = fit_pooling(rows)
    gamma = parameters.gamma / features.shape[1]
    dimensions = min(parameters.dimensions, *features.shape)
    main = PCA(dimensions, svd_solver="covariance_eigh").fit(features)
    # The mean that it would take away is none: the features are standardised.
    axes = np.ascontiguousarray(main.components_.T)
    seen = features @ axes
    weights = rows.weights(parameters.primer_weight, parameters.primer_rows)
    splits = list(rows.splits(parameters.members, parameters.primer_rows))
    given = (seen, rows.labels, weights, gamma, parameters)
    is_exact = len(features) <= parameters.exact_up_to
    if is_exact:
        machine = exact(*given)
    else:
        learned = np.unique(np.concatenate([learn for learn, _ in splits]))
        machine = approximate(*given, learned, seed)
    out_of_fold = np.zeros(len(rows.labels))
    members: list[KernelMachine] = []
    native: list[Any] = []
    for learn, rest in splits:
        vectors, coefficients, trained = machine(learn, seed + len(members))
        intercept = float(trained[-1].intercept_[0])
        member = KernelMachine(axes, vectors, coefficients, intercept, gamma)
        out_of_fold[rest] = np.concatenate(
            [member.margins(features[part]) for part in np.array_split(rest, len(rest) // 500 + 1)]
        )
        members.append(member)
        native.append(make_pipeline(main, *trained))
    together = merge(members)
    about, arrays, lists = saved_pooling(pooling)
    about |= {
        "gamma": together.gamma,
        "intercept": together.intercept,
        "exact": is_exact,
        "parameters": parameters.model_dump(),
    }
    arrays |= {
        "axes": together.axes,
        "support_vectors": together.vectors,
        "coefficients": together.coefficients,
    }
    return Fitted("svm", about, arrays, lists, out_of_fold, native)


def exact(
    seen: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    gamma: float,
    parameters: SvmParameters,
) -> Machine:
    def fit(learn: np.ndarray, seed: int) -> Fit:
        svc = SVC(C=parameters.c, gamma=gamma, cache_size=200, random_state=seed)
        svc.fit(seen[learn], labels[learn], sample_weight=weights[learn])
        return svc.support_vectors_.astype(np.float32), svc.dual_coef_[0], [svc]

    return fit


def approximate(
    seen: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    gamma: float,
    parameters: SvmParameters,
    learned: np.ndarray,
    seed: int,
) -> Machine:
    """Linear in the kernel's values at a sample of the rows, hence a kernel expansion as well.

    All members share the sample, which knows no label: their mean has no more vectors than one.
    learned: the rows that any member learns from.
    """
    landmarks = min(parameters.landmarks, len(learned))
    kernel = Nystroem(gamma=gamma, n_components=landmarks, random_state=seed)
    # The kernel matrix of the landmarks is nearly singular: single precision would show. What
    # comes of it may be rounded.
    kernel.fit(seen[learned].astype(np.float64))
    values = np.empty((len(learned), landmarks), dtype=np.float32)
    for begin in range(0, len(learned), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        values[part] = kernel.transform(seen[learned[part]].astype(np.float64))
    signs = np.where(labels[learned] == 1, 1.0, -1.0)
    costs = parameters.c * weights[learned]

    def fit(learn: np.ndarray, seed: int) -> Fit:
        own = np.where(np.isin(learned, learn), costs, 0.0)
        found = hinge.fit(partial(hinge.squared_hinge, values, signs, own), landmarks)
        linear = LinearSVC(C=parameters.c, dual=False)
        linear.classes_ = np.array([0, 1])
        linear.coef_, linear.intercept_ = found[None, :-1], found[-1:]
        linear.n_features_in_ = landmarks
        return kernel.components_, kernel.normalization_.T @ found[:-1], [kernel, linear]

    return fit


def merge(members: list[KernelMachine]) -> KernelMachine:
    """The mean of several machines is one machine on all their vectors, shared ones added up."""
    stacked = np.concatenate([member.vectors for member in members])
    coefficients = np.concatenate([member.coefficients for member in members]) / len(members)
    vectors, which = np.unique(stacked, axis=0, return_inverse=True)
    total = np.bincount(which.ravel(), weights=coefficients, minlength=len(vectors))
    intercept = float(np.mean([member.intercept for member in members]))
    return replace(members[0], vectors=vectors, coefficients=total, intercept=intercept)
