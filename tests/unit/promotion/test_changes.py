"""What moved since the run before."""

import numpy as np

from satispy.promotion.verdict import changes
from satispy.reports import english
from satispy.reports.metrics import measure
from satispy.reports.schema import Interval, MetricChange, ModelReport, Report


def model(family: str, accuracy: float, low: float, high: float) -> ModelReport:
    scores = measure(np.array([0, 1]), np.array([0.1, 0.9])).model_copy(
        update={"accuracy": accuracy}
    )
    return ModelReport(
        family=family,
        tag=f"satispy-{family}:1",
        origin=scores,
        unseen=scores,
        requirement_met=True,
        promoted=True,
        seconds=1,
        peak_memory_mb=1,
        intervals={"accuracy": Interval(low=low, high=high)},
    )


def report(*models: ModelReport) -> Report:
    return Report.model_construct(models={each.family: each for each in models})


def test_a_metric_whose_intervals_do_not_touch_has_changed() -> None:
    before = report(model("gbc", 0.84, 0.83, 0.85), model("svm", 0.84, 0.83, 0.85))
    now = {"gbc": model("gbc", 0.88, 0.87, 0.89), "svm": model("svm", 0.85, 0.84, 0.86)}
    (change,) = changes(now, before)
    assert change == MetricChange(family="gbc", metric="accuracy", before=0.84, after=0.88)
    assert english.change(change) == "gbc accuracy: 0.840 → 0.880"


def test_nothing_has_changed_for_a_first_run_or_a_new_family() -> None:
    now = {"gbc": model("gbc", 0.88, 0.87, 0.89)}
    assert changes(now, None) == []
    assert changes(now, report(model("svm", 0.7, 0.69, 0.71))) == []
