"""What the reports say about each model over the updates: pure, from reports to values to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from satispy.models.family import FAMILIES
from satispy.reports.schema import METRICS, REQUIREMENT, Metric, Metrics, ModelReport, Report

View = Literal["origin", "unseen"]


@dataclass(frozen=True)
class Point:
    """One metric of one model after one update; the tidy row that charts and tables are made of."""

    update: int  # 1 for the first run, in run order
    run: str
    created: datetime
    rows: int
    family: str
    metric: Metric
    value: float

    @property
    def met(self) -> bool:
        return self.value > REQUIREMENT


@dataclass(frozen=True)
class Latest:
    """The last value of a metric, and what the last update changed."""

    point: Point
    change: float | None  # None: no earlier value


def families(reports: Iterable[Report]) -> list[str]:
    return in_order(name for report in reports for name in report.models)


def in_order(names: Iterable[str]) -> list[str]:
    """Families, each once, as they are shown."""
    found = set(names)
    known = [name for name in FAMILIES if name in found]
    return known + sorted(found.difference(FAMILIES))  # of another satispy


def by_tag(reports: Iterable[Report]) -> dict[str, ModelReport]:
    return {model.tag: model for report in reports for model in report.models.values()}


def of_view(model: ModelReport, view: View) -> Metrics:
    return model.origin if view == "origin" else model.unseen


def tidy(reports: Sequence[Report], view: View) -> list[Point]:
    """Reports in run order → points in run order, families in display order."""
    order = families(reports)
    return [
        Point(
            update=update,
            run=report.run,
            created=report.created,
            rows=report.rows,
            family=name,
            metric=metric,
            value=getattr(of_view(report.models[name], view), metric),
        )
        for update, report in enumerate(reports, start=1)
        for name in order
        if name in report.models
        for metric in METRICS
    ]


def series(points: Iterable[Point], family: str, metric: Metric) -> list[Point]:
    return [p for p in points if p.family == family and p.metric == metric]


def latest(points: Sequence[Point]) -> dict[str, dict[Metric, Latest]]:
    """By family, then metric. A family that missed the last runs keeps its own last value."""
    found: dict[str, dict[Metric, Latest]] = {}
    for point in points:
        before = found.setdefault(point.family, {}).get(point.metric)
        change = point.value - before.point.value if before else None
        found[point.family][point.metric] = Latest(point, change)
    return found


def alerts(points: Sequence[Point]) -> list[Point]:
    """The last values that are not above the requirement, worst first."""
    missed = [
        last.point
        for metrics in latest(points).values()
        for last in metrics.values()
        if not last.point.met
    ]
    return sorted(missed, key=lambda point: point.value)
