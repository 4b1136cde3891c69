"""Networks: each member of the committee is one task, which draws its epochs from partitions.

An epoch is EPOCH_ROWS rows of a few partitions, so that its time and memory do not grow with the
dataset; where there are no more, it is all of them, as on one machine.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from satispy.engine.alone import alone
from satispy.models.network import Network
from satispy.models.parameters import AnnParameters
from satispy.models.training.ann import Rows, Trainer, deterministic_keras
from satispy.retraining.at_scale.blocks import PRIMER, Blocks
from satispy.retraining.at_scale.committee import Committee
from satispy.retraining.at_scale.features import standardised

EPOCH_ROWS: Final = 100_000
#: Reviews left out that say when to stop, at most.
STOP_ROWS: Final = 20_000

Layers = list[tuple[np.ndarray, np.ndarray]]


def member(
    number: int,
    blocks: Blocks,
    numbers: list[int],
    committee: Committee,
    parameters: AnnParameters,
) -> Layers:
    """Weights and biases of a trained network's layers."""
    return alone(_trained, number, blocks, numbers, committee, parameters)


def _trained(
    number: int,
    blocks: Blocks,
    numbers: list[int],
    committee: Committee,
    parameters: AnnParameters,
) -> Layers:
    seed = committee.seed + number
    keras = deterministic_keras(committee.seed)
    trainer = Trainer(keras, len(blocks.shared("centre")), parameters)
    trained = trainer.streamed(
        _epochs(number, blocks, numbers, committee, seed),
        _rest(number, blocks, numbers, committee),
        seed,
    )
    return [
        (weights, bias)
        for weights, bias in (each.get_weights() for each in trained.layers if each.get_weights())
    ]


def margins(part: int, blocks: Blocks, committee: Committee, members: list[Layers]) -> np.ndarray:
    """Float64 (rows,): of each row, by the member that left it out."""
    out = committee.member_of(part, blocks)
    features = standardised(part, blocks)
    answer = np.zeros(len(out))
    for number, layers in enumerate(members):
        rows = np.flatnonzero(out == number)
        answer[rows] = Network(layers).margins(features[rows])
    return answer


def _epochs(
    number: int, blocks: Blocks, numbers: list[int], committee: Committee, seed: int
) -> Iterator[Rows]:
    """For ever: rows of the next few partitions, in an order that is drawn anew each time round."""
    draw = np.random.default_rng(seed)
    some = min(1.0, EPOCH_ROWS / max(committee.reviews, 1))
    waiting: list[int] = []
    while True:
        found: list[Rows] = []
        rows = 0
        taken: set[int] = set()
        while rows < EPOCH_ROWS and len(taken) < len(numbers):
            waiting = waiting or draw.permutation(numbers).tolist()
            part = waiting.pop()
            if part in taken:  # the same twice in an epoch would be seen twice as often
                continue
            taken.add(part)
            found.append(_learned(part, number, blocks, committee))
            rows += len(found[-1][1])
        if committee.sentences:
            sentences = _learned(PRIMER, number, blocks, committee)
            kept = np.flatnonzero(draw.random(len(sentences[1])) < some)
            found.append((sentences[0][kept], sentences[1][kept], sentences[2][kept]))
        yield _together(found)


def _rest(number: int, blocks: Blocks, numbers: list[int], committee: Committee) -> Rows:
    found = []
    share = min(1.0, STOP_ROWS * committee.members / max(committee.reviews, 1))
    for part in committee.parts(numbers):
        out = committee.member_of(part, blocks)
        rows = np.flatnonzero(out == number)
        if part != PRIMER:
            kept = max(1, round(len(rows) * share))
            rows = np.sort(np.random.default_rng(part).permutation(rows)[:kept])
        elif share < 1:
            rows = rows[: round(len(rows) * share)]
        found.append(_rows(part, rows, blocks, committee))
    return _together(found)


def _learned(part: int, number: int, blocks: Blocks, committee: Committee) -> Rows:
    out = committee.member_of(part, blocks)
    learn = (out != number) & committee.learned(part, len(out))
    return _rows(part, np.flatnonzero(learn), blocks, committee)


def _rows(part: int, rows: np.ndarray, blocks: Blocks, committee: Committee) -> Rows:
    [labels] = blocks.load(part, "labels")
    weights = np.full(len(rows), committee.weight(part))
    return standardised(part, blocks, rows), labels[rows].astype(int), weights


def _together(found: list[Rows]) -> Rows:
    features, labels, weights = (np.concatenate(each) for each in zip(*found, strict=True))
    return features, labels, weights
