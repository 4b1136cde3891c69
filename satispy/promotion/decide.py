"""Whether a candidate takes the place of the incumbent. Values in, a decision out.

Five questions are asked of a candidate beyond the requirement and its behaviour, each with a chance
of ALPHA to blame one that is as good: scores (Holm over the three), probabilities, slices (Holm
over all), and the first two once more against the best version of before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from satispy.promotion import behaviour
from satispy.reports import english
from satispy.reports.evaluation import gains, interval, paired_difference
from satispy.reports.schema import (
    METRICS,
    BelowRequirement,
    Decision,
    FirstOfFamily,
    Interval,
    KnownAnswers,
    LessSure,
    LossesAddUp,
    Metric,
    Metrics,
    Misbehaved,
    NotWorse,
    TooFewRows,
    Unloadable,
    Why,
    Worse,
    WorseOnParts,
    WorsePart,
)
from satispy.reports.statistics import fewer_right, holm

ALPHA = 0.01
#: Loss of the Brier score that does no harm: as much as two seeds of one model differ by on the
#: real reviews. A point of accuracy goes with about ten times of it.
MARGIN = 0.0005
#: With fewer rows nothing can be said beyond noise: a candidate has to be measured as good.
LEAST_ROWS = 200
#: A slice smaller than this is all noise.
SMALLEST_SLICE = 100


@dataclass(frozen=True)
class Opponent:
    """An earlier version, and P(positive) of both on test rows that neither learned from."""

    tag: str
    labels: np.ndarray
    candidate: np.ndarray
    earlier: np.ndarray
    #: Values of each grouping (source, company) for these rows.
    groups: Mapping[str, Sequence[str]]

    def brier_loss(self) -> tuple[float, float]:
        """How much higher the candidate's Brier score is, and the standard error, paired by row."""
        loss = (self.candidate - self.labels) ** 2 - (self.earlier - self.labels) ** 2
        return float(loss.mean()), float(loss.std() / len(loss) ** 0.5)

    def changed_sides(self, rows: np.ndarray | slice = slice(None)) -> tuple[int, int]:
        """Rows that only the earlier version has right, and those that only the candidate has."""
        right = (self.candidate[rows] >= 0.5) == self.labels[rows]
        was_right = (self.earlier[rows] >= 0.5) == self.labels[rows]
        return int((was_right & ~right).sum()), int((right & ~was_right).sum())


def decide(
    origin: Metrics,
    answers: dict[str, float],
    incumbent: Opponent | None,
    anchor: Opponent | None = None,
    unloadable: str | None = None,
) -> Decision:
    """Promote what meets the requirement, behaves, and is not worse beyond noise anywhere.

    The first of a family is promoted whatever it scores: some answer is better than none, and its
    missed requirement is an alert anyway. So is one whose incumbent cannot be loaded.

    anchor: the best version of before, if it is not the incumbent. unloadable: tag of such an
    incumbent.
    """
    if incumbent is None:
        why: Why = Unloadable() if unloadable else FirstOfFamily()
        return Decision(
            promoted=True,
            reason=str(english.reason(why, unloadable)),
            why=why,
            against=unloadable,
            behaviour=answers,
        )
    why = _against(origin, answers, incumbent, anchor)
    return Decision(
        promoted=isinstance(why, NotWorse),
        reason=str(english.reason(why, incumbent.tag)),
        why=why,
        against=incumbent.tag,
        rows=len(incumbent.labels),
        gain=paired_difference(incumbent.labels, incumbent.candidate, incumbent.earlier),
        worse_slices=[english.part(each) for each in why.parts]
        if isinstance(why, WorseOnParts)
        else [],
        behaviour=answers,
    )


def _against(
    origin: Metrics, answers: dict[str, float], incumbent: Opponent, anchor: Opponent | None
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
    if len(incumbent.labels) < LEAST_ROWS:
        lost, won = incumbent.changed_sides()
        return TooFewRows(least=LEAST_ROWS, lost=lost, won=won) if lost > won else NotWorse()
    if scores := worse_scores(incumbent):
        return Worse(gain=scores)
    if loss := less_sure(incumbent):
        return LessSure(loss=loss)
    if parts := worse_parts(incumbent):
        return WorseOnParts(parts=parts)
    if anchor is not None and len(anchor.labels) >= LEAST_ROWS:
        scores, loss = worse_scores(anchor), less_sure(anchor)
        if scores or loss:
            return LossesAddUp(best=anchor.tag, gain=scores, loss=loss)
    return NotWorse()


def worse_scores(opponent: Opponent) -> dict[Metric, Interval]:
    """Of each score that is lower beyond noise, the 95 % interval of its gain."""
    drawn = gains(opponent.labels, opponent.candidate, opponent.earlier)
    p_values = {"accuracy": fewer_right(*opponent.changed_sides())}
    for name in ("f1_0", "f1_1"):
        p_values[name] = float((1 + (drawn[name] >= 0).sum()) / (1 + len(drawn[name])))
    worse = holm(p_values, ALPHA)
    return {name: interval(drawn[name]) for name in METRICS if name in worse}


def less_sure(opponent: Opponent) -> Interval | None:
    """The 95 % interval of the loss in the Brier score, if it is beyond MARGIN and noise.

    It looks at every probability and not only at the side of one half: on 3,000 rows a point of
    accuracy is two and a half standard errors, and four of the Brier score that goes with it.
    """
    loss, error = opponent.brier_loss()
    if loss <= MARGIN or ndtr((MARGIN - loss) / max(error, 1e-12)) > ALPHA:
        return None
    return Interval(low=loss - 1.96 * error, high=loss + 1.96 * error)


def worse_parts(opponent: Opponent) -> list[WorsePart]:
    """The slices on which the candidate's accuracy is lower beyond noise."""
    p_values, rows_of = {}, {}
    for by, values in opponent.groups.items():
        column = np.asarray(values, dtype=object)
        for value in sorted(set(values)):
            rows = np.flatnonzero(column == value)
            if len(rows) >= SMALLEST_SLICE:
                name = f"{by} {value}"
                p_values[name] = fewer_right(*opponent.changed_sides(rows))
                rows_of[name] = by, value, rows
    found = []
    for name in sorted(holm(p_values, ALPHA)):
        by, value, rows = rows_of[name]
        gain = paired_difference(
            opponent.labels[rows], opponent.candidate[rows], opponent.earlier[rows]
        )["accuracy"]
        found.append(WorsePart(by=by, value=value, rows=len(rows), gain=gain))
    return found


def remains_best(opponent: Opponent) -> bool:
    """Whether the earlier version was measured better than the one that takes its place."""
    return len(opponent.labels) > 0 and opponent.brier_loss()[0] > 0


def choose_default(
    labels: np.ndarray, said: Mapping[str, np.ndarray], now: str | None
) -> str | None:
    """The family that answers when none is asked for; another than now only beyond noise.

    said: by family that serves, P(positive) on rows that none of them learned from.
    """
    right = {family: (each >= 0.5) == labels for family, each in said.items()}
    if not right:
        return now
    if now not in right:
        return max(right, key=lambda family: int(right[family].sum()))
    p_values = {
        family: fewer_right(int((each & ~right[now]).sum()), int((right[now] & ~each).sum()))
        for family, each in right.items()
        if family != now
    }
    better = holm(p_values, ALPHA)
    return max([now, *sorted(better)], key=lambda family: int(right[family].sum()))
