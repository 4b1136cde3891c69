"""What the reports say about each model over the updates: pure, from reports to values to show."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Literal

from satispy.locales import formats
from satispy.locales.messages import _
from satispy.models.family import FAMILIES
from satispy.registry.changes import Change
from satispy.reports.schema import (
    METRICS,
    REQUIREMENT,
    Interval,
    Metric,
    Metrics,
    ModelReport,
    Report,
)
from satispy.reviews.formulas import safe

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
    interval: Interval | None  # of 95 %; none of texts never seen, and in older reports
    promoted: bool

    @property
    def met(self) -> bool:
        return self.value > REQUIREMENT


@dataclass(frozen=True)
class Latest:
    """The last value of a metric, and what the last update changed."""

    point: Point
    change: float | None  # None: no earlier value


@dataclass(frozen=True)
class Marked:
    """A change of what serves, by a person, among the updates."""

    at: float  # between the update before it and the one after
    change: Change


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
            interval=report.models[name].intervals.get(metric) if view == "origin" else None,
            promoted=report.models[name].promoted,
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


def marked(reports: Sequence[Report], changes: Iterable[Change]) -> list[Marked]:
    """Reports in run order; changes of the default model and of aspects are no point of a line."""
    known = families(reports)
    found: list[Marked] = []
    for change in changes:
        if change.kind != "default" and change.family in known:
            update = sum(report.created <= change.when for report in reports)
            beside = sum(int(each.at) == update for each in found)
            found.append(Marked(update + min(0.2 + 0.1 * beside, 0.45), change))
    return found


def as_csv(reports: Sequence[Report]) -> str:
    """A line for each model of each update, in run order; for a spreadsheet in the reader's
    language."""
    out = StringIO()
    table = csv.writer(out, delimiter=formats.list_separator(), lineterminator="\r\n")
    head = [_("mise à jour"), _("entraînement"), _("date"), _("avis"), _("modèle"), _("version")]
    low, high, unseen = _("bas"), _("haut"), _("textes jamais vus")
    scores = [f"{metric}{what}" for metric in METRICS for what in ("", f" {low}", f" {high}")]
    of_unseen = [f"{metric} {unseen}" for metric in METRICS]
    table.writerow((*head, _("en service"), *scores, *of_unseen))
    for update, report in enumerate(reports, start=1):
        for name in families([report]):
            model = report.models[name]
            figures: list[float | None] = []
            for metric in METRICS:
                interval = model.intervals.get(metric)
                bounds = (interval.low, interval.high) if interval else (None, None)
                figures += [getattr(model.origin, metric), *bounds]
            figures += [getattr(model.unseen, metric) for metric in METRICS]
            which = (update, safe(report.run), report.created.isoformat(), report.rows)
            promoted = _("oui") if model.promoted else _("non")
            table.writerow((*which, safe(name), safe(model.tag), promoted, *map(_written, figures)))
    return "\ufeff" + out.getvalue()


def _written(figure: float | None) -> str:
    return "" if figure is None else formats.decimal(figure, 4)
