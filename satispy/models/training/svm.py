"""A support vector machine with an RBF kernel, exact or, beyond a size, by Nystroem."""

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.kernel_approximation import Nystroem
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from satispy.models.kernel import KernelMachine
from satispy.models.parameters import SvmParameters
from satispy.models.training.pooled import fit_pooling, saved_pooling
from satispy.models.training.rows import Fitted, TrainingRows


def fit(rows: TrainingRows, parameters: SvmParameters, seed: int) -> Fitted:
    pooling, features = fit_pooling(rows)
    gamma = parameters.gamma / features.shape[1]
    dimensions = min(parameters.dimensions, *features.shape)
    main = PCA(dimensions, svd_solver="covariance_eigh").fit(features)
    # The mean that it would take away is none: the features are standardised.
    axes = np.ascontiguousarray(main.components_.T)
    seen = features @ axes
    weights = rows.weights(parameters.primer_weight, parameters.primer_rows)
    machine = exact if len(features) <= parameters.exact_up_to else approximate
    out_of_fold = np.zeros(len(rows.labels))
    members: list[KernelMachine] = []
    native: list[Any] = []
    for learn, rest in rows.splits(parameters.members, parameters.primer_rows):
        vectors, coefficients, trained = machine(
            seen[learn], rows.labels[learn], weights[learn], gamma, parameters, seed + len(members)
        )
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
        "exact": machine is exact,
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
    seed: int,
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    svc = SVC(C=parameters.c, gamma=gamma, cache_size=200, random_state=seed)
    svc.fit(seen, labels, sample_weight=weights)
    return svc.support_vectors_.astype(np.float32), svc.dual_coef_[0], [svc]


def approximate(
    seen: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    gamma: float,
    parameters: SvmParameters,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Linear in the kernel's values at a sample of the rows, hence a kernel expansion as well."""
    landmarks = min(parameters.landmarks, len(seen))
    kernel = Nystroem(gamma=gamma, n_components=landmarks, random_state=seed)
    # The default tolerance takes up to seven times as long and answers no better.
    linear = LinearSVC(C=parameters.c, dual=False, tol=1e-2, random_state=seed)
    # The kernel matrix of the landmarks is nearly singular: single precision would show.
    linear.fit(kernel.fit_transform(seen.astype(np.float64)), labels, sample_weight=weights)
    return kernel.components_, kernel.normalization_.T @ linear.coef_[0], [kernel, linear]


def merge(members: list[KernelMachine]) -> KernelMachine:
    """The mean of several machines is one machine on all their vectors, shared ones added up."""
    stacked = np.concatenate([member.vectors for member in members])
    coefficients = np.concatenate([member.coefficients for member in members]) / len(members)
    vectors, which = np.unique(stacked, axis=0, return_inverse=True)
    total = np.bincount(which.ravel(), weights=coefficients, minlength=len(vectors))
    intercept = float(np.mean([member.intercept for member in members]))
    return replace(members[0], vectors=vectors, coefficients=total, intercept=intercept)
