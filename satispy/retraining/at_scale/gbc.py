"""Boosted trees: each member of the committee is one task, on counts of a sample of the rows.

Not LightGBM's own estimator for Dask: its workers find the bins and add the histograms of the rows
that each has, so that a worker that is lost, or one more, makes another model; a member is the
same wherever it is trained (docs/decisions/0073).
"""

from typing import Any, Final

import numpy as np
from scipy.sparse import vstack

from satispy.models.parameters import GbcParameters
from satispy.models.training.gbc import classifier
from satispy.retraining.at_scale.blocks import PRIMER, Blocks
from satispy.retraining.at_scale.committee import Committee
from satispy.retraining.at_scale.features import counted

#: Reviews that trees learn from at most: a worker holds their counts, 400 bytes each.
ROWS: Final = 500_000


def member(
    number: int,
    blocks: Blocks,
    numbers: list[int],
    committee: Committee,
    parameters: GbcParameters,
    words: int,
) -> Any:
    """A trained LGBMClassifier."""
    features, labels, weights = [], [], []
    for part in committee.parts(numbers):
        out = committee.member_of(part, blocks)
        [label] = blocks.load(part, "labels")
        learn = (out != number) & committee.learned(part, len(out))
        if part != PRIMER:
            learn &= blocks.load(part, "tree_sample")[0]
        rows = np.flatnonzero(learn)
        features.append(counted(part, blocks, words, rows))
        labels.append(label[rows].astype(int))
        weights.append(np.full(len(rows), committee.weight(part)))
    together = vstack(features, format="csr")
    features.clear()
    trained = classifier(parameters, committee.seed + number)
    return trained.fit(together, np.concatenate(labels), sample_weight=np.concatenate(weights))


def margins(
    part: int, blocks: Blocks, committee: Committee, words: int, members: list[Any]
) -> np.ndarray:
    """Float64 (rows,): of each row, by the member that left it out."""
    out = committee.member_of(part, blocks)
    features = counted(part, blocks, words)
    answer = np.zeros(len(out))
    for number, trained in enumerate(members):
        rows = np.flatnonzero(out == number)
        if len(rows):
            answer[rows] = trained.predict(features[rows], raw_score=True)
    return answer
