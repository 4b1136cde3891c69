"""Whether a candidate takes the place of the model in production. Values in, a decision out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from satispy.promotion import behaviour
from satispy.reports import english
from satispy.reports.evaluation import paired_difference
from satispy.reports.schema import (
    METRICS,
    BelowRequirement,
    Decision,
    FirstOfFamily,
    Interval,
    KnownAnswers,
    Metrics,
    Misbehaved,
    NotWorse,
    Why,
    Worse,
    WorseOnParts,
    WorsePart,
)

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
        first = FirstOfFamily()
        return Decision(promoted=True, reason=english.reason(first), why=first, behaviour=answers)
    gain = paired_difference(rival.labels, rival.candidate, rival.production)
    worse = worse_parts(rival)
    why = _against(origin, answers, gain if len(rival.labels) else {}, worse)
    return Decision(
        promoted=isinstance(why, NotWorse),
        reason=english.reason(why, rival.tag),
        why=why,
        against=rival.tag,
        rows=len(rival.labels),
        gain=gain,
        worse_slices=[english.part(each) for each in worse],
        behaviour=answers,
    )


def _against(
    origin: Metrics,
    answers: dict[str, float],
    gain: Mapping[str, Interval],
    worse: list[WorsePart],
) -> Why:
    """The first thing that speaks against the candidate; NotWorse if nothing does."""
    if missed := origin.missed():
        return BelowRequirement(missed=missed)
    if failing := behaviour.failed(answers):
        return Misbehaved(
            failed=[
                KnownAnswers(kind=kind, right=answers[kind], required=behaviour.REQUIRED[kind])
                for kind in failing
            ]
        )
    if lost := {name: gain[name] for name in METRICS if name in gain and gain[name].high < 0}:
        return Worse(gain=lost)
    if worse:
        return WorseOnParts(parts=worse)
    return NotWorse()


def worse_parts(rival: Rival) -> list[WorsePart]:
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
            )["accuracy"]
            if gain.high < 0:
                found.append(WorsePart(by=by, value=value, rows=int(rows.sum()), gain=gain))
    return found
