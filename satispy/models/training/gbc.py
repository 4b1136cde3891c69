"""Gradient-boosted trees on sparse counts of 1-2-grams and the log-odds, by LightGBM."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier
from scipy.sparse import csr_matrix, hstack

from satispy.models.bag import BagOfWords
from satispy.models.parameters import GbcParameters
from satispy.models.polarity import Polarity
from satispy.models.training.counted import sparse_counts, vocabulary
from satispy.models.training.polarity import fit_polarity, saved_polarity
from satispy.models.training.rows import Fitted, TrainingRows

Tree = dict[str, Any]


def fit(rows: TrainingRows, parameters: GbcParameters, seed: int) -> Fitted:
    bag = BagOfWords(vocabulary(rows.documents, parameters.min_df))
    polarity, columns = fit_polarity(rows)
    features = hstack([sparse_counts(bag, rows.documents), csr_matrix(columns)], format="csr")
    weights = rows.weights(parameters.primer_weight, parameters.primer_rows)
    out_of_fold = np.zeros(len(rows.labels))
    members: list[Any] = []
    for learn, rest in rows.splits(parameters.members, parameters.primer_rows):
        member = classifier(parameters, seed + len(members))
        member.fit(features[learn], rows.labels[learn], sample_weight=weights[learn])
        out_of_fold[rest] = member.predict(features[rest], raw_score=True)
        members.append(member)
    return saved(members, bag.terms, polarity, parameters, out_of_fold)


def saved(
    members: Sequence[Any],
    terms: Sequence[str],
    polarity: Polarity,
    parameters: GbcParameters,
    out_of_fold: np.ndarray,
) -> Fitted:
    """terms: those that the members' features count, before the columns of polarity."""
    arrays, depth = flatten([m.booster_.dump_model() for m in members])
    # Most terms are in no tree: the saved bag counts only those that are.
    of_column = arrays["feature"] - len(terms)
    used = np.unique(arrays["feature"][of_column < 0])
    at = np.searchsorted(used, arrays["feature"])
    arrays["feature"] = np.where(of_column < 0, at, len(used) + of_column).astype(np.int32)
    polar, lists = saved_polarity(polarity)
    arrays |= polar
    lists["terms"] = [terms[at] for at in used]
    about = {"depth": depth, "parameters": parameters.model_dump()}
    return Fitted("gbc", about, arrays, lists, out_of_fold, members)


def classifier(parameters: GbcParameters, seed: int) -> Any:
    return LGBMClassifier(
        n_estimators=parameters.trees,
        learning_rate=parameters.learning_rate,
        num_leaves=parameters.leaves,
        max_depth=parameters.depth,
        min_child_samples=parameters.min_rows,
        subsample=parameters.rows_share,
        subsample_freq=1,
        # Drawn for each split: a tree without the few log-odds would go by the length alone.
        colsample_bynode=parameters.features_share,
        max_bin=63,  # counts are small numbers; the log-odds are told apart finely enough
        random_state=seed,
        n_jobs=1,  # the families train side by side, and threads that wait for each other spin
        deterministic=True,
        force_col_wise=True,
        verbose=-1,
    )


def flatten(boosters: list[dict[str, Any]]) -> tuple[dict[str, np.ndarray], int]:
    """The trees of all boosters as the arrays of `satispy.models.trees.Forest`, and their depth.

    Leaves are divided by the number of boosters: the forest's margin is the mean of theirs.
    """
    nodes: list[tuple[int, float, int, int, float]] = []

    def add(tree: Tree, level: int) -> tuple[int, int]:
        at = len(nodes)
        if "leaf_value" in tree:
            nodes.append((0, 0.0, at, at, tree["leaf_value"] / len(boosters)))
            return at, level
        nodes.append((0, 0.0, 0, 0, 0.0))
        left, depth_left = add(tree["left_child"], level + 1)
        right, depth_right = add(tree["right_child"], level + 1)
        nodes[at] = (tree["split_feature"], tree["threshold"], left, right, 0.0)
        return at, max(depth_left, depth_right)

    roots, depths = zip(
        *(add(info["tree_structure"], 0) for booster in boosters for info in booster["tree_info"]),
        strict=True,
    )
    feature, threshold, left, right, value = (
        np.array(column) for column in zip(*nodes, strict=True)
    )
    arrays: dict[str, np.ndarray] = {
        "roots": np.array(roots, dtype=np.int32),
        "feature": feature.astype(np.int32),
        "threshold": threshold.astype(np.float64),
        "left": left.astype(np.int32),
        "right": right.astype(np.int32),
        "value": value.astype(np.float64),
    }
    return arrays, int(max(depths))
