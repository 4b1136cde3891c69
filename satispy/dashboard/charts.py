"""Points → Bokeh figures. Building and filling are apart, so that a new report moves the lines of
a chart that is already on the screen instead of drawing a new one."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    DatetimeTicker,
    DatetimeTickFormatter,
    HoverTool,
    PrintfTickFormatter,
    Range1d,
    TapTool,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure
from markupsafe import Markup

from satispy.dashboard import french
from satispy.dashboard.evolution import Point, series
from satispy.dashboard.satisfaction import Share
from satispy.dashboard.theme import (
    NEGATIVE_COLOR,
    REQUIREMENT_COLOR,
    Stroke,
    family_stroke,
    metric_stroke,
)
from satispy.locales import formats
from satispy.locales.messages import _, ngettext
from satispy.reports.schema import METRICS, REQUIREMENT, Metric

Grouping = Literal["metric", "model"]
#: With more updates than this, markers would hide the lines.
MARKERS_UP_TO = 25


@dataclass(frozen=True)
class Line:
    family: str
    metric: Metric
    label: str
    stroke: Stroke


@dataclass(frozen=True)
class Panel:
    """What one chart shows: a metric of every model, or every metric of a model."""

    title: str
    lines: tuple[Line, ...]


def panels(families: Sequence[str], grouping: Grouping) -> list[Panel]:
    if grouping == "metric":
        return [
            Panel(
                french.METRICS[metric],
                tuple(Line(name, metric, name.upper(), family_stroke(name)) for name in families),
            )
            for metric in METRICS
        ]
    return [
        Panel(
            french.family(name),
            tuple(
                Line(name, metric, french.METRICS[metric], metric_stroke(metric, name))
                for metric in METRICS
            ),
        )
        for name in families
    ]


class EvolutionChart:
    """The lines of one panel over the updates, with the requirement as a line across."""

    def __init__(self, panel: Panel, opened: Callable[[str], None] = lambda run: None) -> None:
        """`opened` is told the run of the update that is clicked."""
        self.panel = panel
        self.sources = [ColumnDataSource(_line_columns([])) for _ in panel.lines]
        self.bands = ColumnDataSource(_band_columns([], panel.lines))
        self.figure = _empty_figure()
        self.figure.add_layout(
            Span(
                location=REQUIREMENT * 100,
                dimension="width",
                line_color=REQUIREMENT_COLOR,
                line_dash=[6, 4],
                line_width=1.5,
            )
        )
        for line, source in zip(panel.lines, self.sources, strict=True):
            look = line.stroke
            self.figure.line(
                "update", "percent", source=source, color=look.color, line_dash=look.dash,
                line_width=2.2, line_join="round",
            )  # fmt: skip
            self.figure.scatter(
                "update", "percent", source=source, color=look.color, marker=look.marker,
                size="size", line_color=None,
            )  # fmt: skip
        # One invisible band per update, so that one tooltip tells all the lines.
        bands = self.figure.vbar(
            "update", width=1, bottom=0, top=110, source=self.bands, fill_alpha=0, line_alpha=0,
            hover_fill_color="#808890", hover_fill_alpha=0.12, hover_line_alpha=0,
            nonselection_fill_alpha=0, nonselection_line_alpha=0,
        )  # fmt: skip

        def choose(_: str, __: list[int], chosen: list[int]) -> None:
            if chosen:
                self.bands.selected.indices = []  # the same one can be clicked again
                opened(self.bands.data["run"][chosen[0]])

        self.bands.selected.on_change("indices", choose)
        self.figure.add_tools(TapTool(renderers=[bands]))
        self.figure.add_tools(
            HoverTool(
                renderers=[bands],
                point_policy="follow_mouse",
                attachment="horizontal",
                tooltips="<div style='font-size:13px;line-height:1.55'>@tooltip{safe}</div>",
            )
        )

    def show(self, points: Sequence[Point]) -> None:
        shown: list[Point] = []
        for line, source in zip(self.panel.lines, self.sources, strict=True):
            mine = series(points, line.family, line.metric)
            source.data = _line_columns(mine)
            shown += mine
        self.bands.data = _band_columns(shown, self.panel.lines)
        last = max((point.update for point in shown), default=1)
        self.figure.x_range.update(start=0.5, end=last + 0.5)
        # From all points, not only those shown: side by side, panels share their scale.
        low, high = percent_range([point.value for point in points])
        self.figure.y_range.update(start=low, end=high)


class SatisfactionChart:
    """The share of negative reviews month by month, with its interval as a band."""

    def __init__(self) -> None:
        self.source = ColumnDataSource(_month_columns([]))
        self.figure = _empty_figure(x_axis_type="datetime")
        self.figure.xaxis.axis_label = None
        self.figure.xaxis.ticker = DatetimeTicker(num_minor_ticks=0)
        self.figure.xaxis.formatter = DatetimeTickFormatter(
            days="%d/%m/%Y", months="%m/%Y", years="%Y"
        )
        self.figure.yaxis.ticker = BasicTicker(desired_num_ticks=5, num_minor_ticks=0)
        self.figure.varea(
            "month", "low", "high", source=self.source, fill_color=NEGATIVE_COLOR, fill_alpha=0.18
        )
        self.figure.line(
            "month", "percent", source=self.source, color=NEGATIVE_COLOR, line_width=2.2,
            line_join="round",
        )  # fmt: skip
        points = self.figure.scatter(
            "month", "percent", source=self.source, color=NEGATIVE_COLOR, size=7, line_color=None
        )
        self.figure.add_tools(
            HoverTool(
                renderers=[points],
                mode="vline",
                attachment="horizontal",
                tooltips="<div style='font-size:13px;line-height:1.55'>@tooltip{safe}</div>",
            )
        )

    def show(self, months: Sequence[tuple[date, Share]]) -> None:
        self.source.data = _month_columns(months)
        highest = max((share.interval[1] for _, share in months), default=0.5)
        self.figure.y_range.update(start=0, end=min(100, math.ceil(highest * 20 + 0.5) * 5))
        if months:
            start, end = _milliseconds(months[0][0]), _milliseconds(months[-1][0])
            room = (end - start) / 40
            self.figure.x_range.update(start=start - room, end=end + room)


def percent_range(values: Sequence[float]) -> tuple[float, float]:
    """Bounds in percent that hold every value and the requirement, with room around them."""
    low = math.floor(min([REQUIREMENT, *values]) * 50 - 1) * 2
    high = math.ceil(max([0.9, *values]) * 50 + 0.5) * 2
    return max(0, low), min(101, high)


def _milliseconds(day: date) -> float:
    """As Bokeh writes times: a range takes no date, and a date in a column may take its zone."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000


def _month_columns(months: Sequence[tuple[date, Share]]) -> dict[str, list[Any]]:
    intervals = [share.interval for _, share in months]
    return {
        "month": [_milliseconds(month) for month, _ in months],
        "percent": [100 * share.share for _, share in months],
        "low": [100 * low for low, _ in intervals],
        "high": [100 * high for _, high in intervals],
        "tooltip": [
            str(
                Markup("<b>{}</b> · {}<br>{} <b>{}</b>, {}").format(
                    formats.month(month),
                    ngettext("%(num)s avis", "%(num)s avis", share.reviews),
                    _("négatifs :"),
                    formats.percent(share.share),
                    formats.ranged(*map(formats.percent, share.interval)),
                )
            )
            for month, share in months
        ],
    }


def _empty_figure(**more: Any) -> figure:
    chart = figure(
        height=240,
        sizing_mode="stretch_width",
        x_range=Range1d(start=0.5, end=1.5),
        y_range=Range1d(start=76, end=94),
        x_axis_label=_("Mise à jour"),
        toolbar_location=None,
        tools="",
        min_border_right=12,
        outline_line_color=None,
        background_fill_alpha=0,
        border_fill_alpha=0,
        **more,
    )
    chart.xaxis.ticker = BasicTicker(min_interval=1, mantissas=[1, 2, 5], num_minor_ticks=0)
    chart.yaxis.ticker = BasicTicker(min_interval=1, mantissas=[1, 2, 5], num_minor_ticks=0)
    chart.yaxis.formatter = PrintfTickFormatter(
        format="%d" + formats.percent_sign().replace("%", "%%")
    )
    chart.xgrid.grid_line_color = None
    return chart


def _line_columns(points: Sequence[Point]) -> dict[str, list[Any]]:
    size = 9 if len(points) <= MARKERS_UP_TO else 0
    return {
        "update": [point.update for point in points],
        "percent": [round(point.value * 100, 3) for point in points],
        "size": [size] * len(points),
    }


def _band_columns(points: Sequence[Point], lines: Sequence[Line]) -> dict[str, list[Any]]:
    by_update: dict[int, list[Point]] = {}
    for point in points:
        by_update.setdefault(point.update, []).append(point)
    return {
        "update": list(by_update),
        "run": [found[0].run for found in by_update.values()],
        "tooltip": [str(_tooltip(found, lines)) for found in by_update.values()],
    }


def _tooltip(points: Sequence[Point], lines: Sequence[Line]) -> Markup:
    first = points[0]
    values = {(point.family, point.metric): point.value for point in points}
    rows = Markup("").join(
        Markup("<br><b style='color:{}'>●</b> {} <b>{}</b>").format(
            line.stroke.color, line.label, formats.percent(values[line.family, line.metric])
        )
        for line in lines
        if (line.family, line.metric) in values
    )
    head = Markup("<b>{}</b> · {}<br>{}").format(
        first.run,
        formats.moment(first.created),
        ngettext("%(num)s avis", "%(num)s avis", first.rows),
    )
    return head + rows
