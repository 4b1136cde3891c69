"""Values → Bokeh figures. Building and filling are apart, so that a new report moves the lines of
a chart that is already on the screen instead of drawing a new one."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    DatetimeTicker,
    DatetimeTickFormatter,
    HoverTool,
    PrintfTickFormatter,
    Range1d,
)
from bokeh.plotting import figure
from markupsafe import Markup

from satispy.dashboard.satisfaction import Share
from satispy.dashboard.theme import NEGATIVE_COLOR
from satispy.locales import formats
from satispy.locales.messages import _, ngettext

#: Of a source whose column `tooltip` is escaped.
TOOLTIP = "<div style='font-size:13px;line-height:1.55'>@tooltip{safe}</div>"


class SatisfactionChart:
    """The share of negative reviews month by month, with its interval as a band."""

    def __init__(self) -> None:
        self.source = ColumnDataSource(_month_columns([]))
        self.figure = empty_figure(x_axis_type="datetime")
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
                tooltips=TOOLTIP,
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


def empty_figure(**more: Any) -> figure:
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
