"""Values → Bokeh figures. Building and filling are apart, so that a new report moves the lines of
a chart that is already on the screen instead of drawing a new one."""

from typing import Any

from bokeh.models import BasicTicker, PrintfTickFormatter, Range1d
from bokeh.plotting import figure

from satispy.locales import formats
from satispy.locales.messages import _

#: Of a source whose column `tooltip` is escaped.
TOOLTIP = "<div style='font-size:13px;line-height:1.55'>@tooltip{safe}</div>"


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
