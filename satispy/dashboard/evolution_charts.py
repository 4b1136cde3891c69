"""Points → one figure for each metric, or for each model: its lines over the updates."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bokeh.models import ColumnDataSource, HoverTool, TapTool
from bokeh.models.annotations import Span
from markupsafe import Markup

from satispy.dashboard.charts import TOOLTIP, empty_figure
from satispy.dashboard.evolution import Marked, Point, series
from satispy.dashboard.theme import REQUIREMENT_COLOR, Stroke, family_stroke, metric_stroke
from satispy.locales import formats, names
from satispy.locales.messages import ngettext
from satispy.reports.schema import METRICS, REQUIREMENT, Metric

Grouping = Literal["metric", "model"]
#: With more updates than this, markers would hide the lines.
MARKERS_UP_TO = 25
#: … and than this, the intervals of single updates the bands.
WHISKERS_UP_TO = 12
#: First tag of the figures that static/png.js makes one picture of.
PICTURED = "evolution"
#: What a change by a person is drawn as.
SYMBOLS = {"promoted": "triangle", "rolled_back": "inverted_triangle"}


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
                names.METRICS[metric],
                tuple(Line(name, metric, name.upper(), family_stroke(name)) for name in families),
            )
            for metric in METRICS
        ]
    return [
        Panel(
            names.family(name),
            tuple(
                Line(name, metric, names.METRICS[metric], metric_stroke(metric, name))
                for metric in METRICS
            ),
        )
        for name in families
    ]


class EvolutionChart:
    """The lines of one panel over the updates, with their intervals, the requirement as a line
    across, and what people changed of what serves as lines down."""

    def __init__(self, panel: Panel, opened: Callable[[str], None] = lambda run: None) -> None:
        """`opened` is told the run of the update that is clicked."""
        self.panel = panel
        self.sources = [ColumnDataSource(_line_columns([])) for _ in panel.lines]
        self.bands = ColumnDataSource(_band_columns([], panel.lines))
        self.marks = ColumnDataSource(_mark_columns([], 0, 100))
        legend = [(line.label, line.stroke.color) for line in panel.lines]
        self.figure = empty_figure(name=panel.title, tags=[PICTURED, *legend])
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
            self._draw(line.stroke, source)
        self._let_updates_be_read_and_clicked(opened)
        self._draw_marks()

    def show(self, points: Sequence[Point], marked: Sequence[Marked] = ()) -> None:
        shown: list[Point] = []
        for line, source in zip(self.panel.lines, self.sources, strict=True):
            mine = series(points, line.family, line.metric)
            source.data = _line_columns(mine)
            shown += mine
        self.bands.data = _band_columns(shown, self.panel.lines)
        first = min((point.update for point in shown), default=1)
        last = max((point.update for point in shown), default=1)
        self.figure.x_range.update(start=first - 0.5, end=last + 0.5)
        # From all points, not only those shown: side by side, panels share their scale.
        low, high = percent_range([point.value for point in points])
        self.figure.y_range.update(start=low, end=high)
        families = {line.family for line in self.panel.lines}
        mine_too = [each for each in marked if each.change.family in families and each.at >= first]
        self.marks.data = _mark_columns(mine_too, low, high)

    def _draw(self, look: Stroke, source: ColumnDataSource) -> None:
        chart = self.figure
        chart.varea("update", "low", "high", source=source, fill_color=look.color, fill_alpha=0.1)
        chart.segment(
            "update", "low", "update", "high", source=source, line_color=look.color,
            line_alpha="whisker", line_width=1.2,
        )  # fmt: skip
        chart.line(
            "update", "percent", source=source, color=look.color, line_dash=look.dash,
            line_width=2.2, line_join="round",
        )  # fmt: skip
        # Hollow: it was not promoted.
        chart.scatter(
            "update", "percent", source=source, color=look.color, marker=look.marker,
            size="size", fill_alpha="filled", line_width=1.6,
        )  # fmt: skip

    def _let_updates_be_read_and_clicked(self, opened: Callable[[str], None]) -> None:
        """One invisible band per update, so that one tooltip tells all the lines."""
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
                tooltips=TOOLTIP,
            )
        )

    def _draw_marks(self) -> None:
        self.figure.segment(
            "at", "low", "at", "high", source=self.marks, line_color="color", line_dash=[2, 3],
            line_width=1.4,
        )  # fmt: skip
        symbols = self.figure.scatter(
            "at", "high", source=self.marks, color="color", marker="symbol", size=11,
            line_color=None,
        )  # fmt: skip
        self.figure.add_tools(
            HoverTool(renderers=[symbols], attachment="horizontal", tooltips=TOOLTIP)
        )


def percent_range(values: Sequence[float]) -> tuple[float, float]:
    """Bounds in percent that hold every value and the requirement, with room around them."""
    low = math.floor(min([REQUIREMENT, *values]) * 50 - 1) * 2
    high = math.ceil(max([0.9, *values]) * 50 + 0.5) * 2
    return max(0, low), min(101, high)


def _line_columns(points: Sequence[Point]) -> dict[str, list[Any]]:
    few = len(points) <= MARKERS_UP_TO
    lows, highs = [], []
    for point in points:
        # Without an interval the band is as narrow as the line.
        lows.append(round(100 * (point.interval.low if point.interval else point.value), 3))
        highs.append(round(100 * (point.interval.high if point.interval else point.value), 3))
    return {
        "update": [point.update for point in points],
        "percent": [round(point.value * 100, 3) for point in points],
        "low": lows,
        "high": highs,
        "whisker": [0.55 if len(points) <= WHISKERS_UP_TO else 0.0] * len(points),
        "size": [9 if few else 0] * len(points),
        "filled": [float(point.promoted) for point in points],
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


def _mark_columns(marked: Sequence[Marked], low: float, high: float) -> dict[str, list[Any]]:
    room = (high - low) / 25
    return {
        "at": [each.at for each in marked],
        "low": [low] * len(marked),
        "high": [high - room] * len(marked),
        "color": [family_stroke(each.change.family).color for each in marked],
        "symbol": [SYMBOLS[each.change.kind] for each in marked],
        "tooltip": [
            str(
                Markup("<b>{}</b><br>{} · {}<br>{} : {}").format(
                    names.changed(each.change.kind),
                    each.change.family.upper(),
                    each.change.tag.partition(":")[2],
                    each.change.by.who,
                    each.change.reason,
                )
            )
            for each in marked
        ],
    }


def _tooltip(points: Sequence[Point], lines: Sequence[Line]) -> Markup:
    first = points[0]
    found = {(point.family, point.metric): point for point in points}
    rows = Markup("").join(
        Markup("<br><b style='color:{}'>●</b> {} <b>{}</b>{}").format(
            line.stroke.color,
            line.label,
            formats.percent(point.value),
            f" ({formats.ranged(*map(formats.percent, bounds))})"
            if (bounds := point.interval and (point.interval.low, point.interval.high))
            else "",
        )
        for line in lines
        if (point := found.get((line.family, line.metric)))
    )
    head = Markup("<b>{}</b> · {}<br>{}").format(
        first.run,
        formats.moment(first.created),
        ngettext("%(num)s avis", "%(num)s avis", first.rows),
    )
    return head + rows
