"""Whether a candidate takes the place of the model in production. Values in, a decision out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from satispy.reports.evaluation import paired_difference
from satispy.reports.schema import Decision, Metrics
from satispy.retraining import behaviour

#: A slice smaller than this is all noise.
SMALLEST_SLICE = 100


@dataclass(frozen=True)
class Rival:
    """The production model, and P(positive) of both on test rows that neither was trained on."""

    tag: str
    labels: np.ndarray
    candidate: np.ndarray
    production: np.ndarray
    #: Values of each grouping (source, company) for these rows.
    groups: Mapping[str, Sequence[str]]


def decide(origin: Metrics, answers: dict[str, float], rival: Rival | None) -> Decision:
    """Promote what meets the requirement, behaves, and is not worse beyond noise anywhere.

    The first of a family is promoted whatever it scores: some answer is better than none, and its
    missed requirement is an alert anyway.
    """
    if rival is None:
        return Decision(promoted=True, reason="the first of its family", behaviour=answers)
    gain = paired_difference(rival.labels, rival.candidate, rival.production)
    worse = worse_slices(rival)
    reason = ""
    if not origin.meets_requirement():
        reason = "misses the requirement"
    elif failing := behaviour.failed(answers):
        reason = f"fails the behavioural suite: {', '.join(failing)}"
    elif len(rival.labels) and (lost := [name for name, by in gain.items() if by.high < 0]):
        reason = f"worse than {rival.tag} beyond noise: {', '.join(lost)}"
    elif worse:
        reason = f"worse than {rival.tag} beyond noise on {', '.join(worse)}"
    return Decision(
        promoted=not reason,
        reason=reason or f"meets the requirement and is not worse than {rival.tag}",
        against=rival.tag,
        rows=len(rival.labels),
        gain=gain,
        worse_slices=worse,
        behaviour=answers,
    )


def worse_slices(rival: Rival) -> list[str]:
    """The slices on which the candidate's accuracy is lower beyond noise."""
    found = []
    for by, values in rival.groups.items():
        column = np.asarray(values, dtype=object)
        for value in sorted(set(values)):
            rows = column == value
            if rows.sum() < SMALLEST_SLICE:
                continue
            gain = paired_difference(
                rival.labels[rows], rival.candidate[rows], rival.production[rows]
            )
            if gain["accuracy"].high < 0:
                found.append(f"{by} {value}")
    return found
