"""Vue d'ensemble: how satisfied customers are, which models serve, what has to be looked at."""

from __future__ import annotations

from datetime import UTC, datetime

import panel as pn
import param

from satispy.dashboard import causes, overview, satisfaction
from satispy.dashboard.charts import SatisfactionChart
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import Above
from satispy.dashboard.render import pane, render
from satispy.dashboard.theme import PAGE, STACK, family_stroke
from satispy.locales.messages import _
from satispy.reports.schema import REQUIREMENT


class OverviewState(param.Parameterized):
    """What is looked at, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )


class OverviewPage:
    """The widgets of one session."""

    def __init__(self, state: OverviewState) -> None:
        self._state = state
        self._above = Above()
        self._head, self._attention = pane(), pane()
        self._models, self._parts, self._newest = pane(), pane(), pane()
        self._chart = SatisfactionChart()
        self._figure = pn.Column(
            pane(render("chart_title.html", title=_("Part d’avis négatifs par mois"))),
            pn.pane.Bokeh(self._chart.figure, sizing_mode="stretch_width", margin=0),
            css_classes=["chart"],
            styles={"flex": "3 1 420px", "min-width": "0"},
        )
        self._attention.styles = {"flex": "2 1 320px", "min-width": "0"}
        self._content = pn.Column(
            self._head,
            pn.FlexBox(self._figure, self._attention, sizing_mode="stretch_width", gap="14px"),
            self._models,
            self._parts,
            self._newest,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        self.layout = pn.Column(
            *self._above.slots,
            self._content,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, "snapshot")
        self._show()

    def _show(self, *events: object) -> None:
        snapshot: Snapshot = self._state.snapshot
        insights, reports = snapshot.insights, snapshot.reports
        self._above.show(snapshot)
        self._content.visible = bool(reports)
        if not reports:
            return
        months = satisfaction.months(insights) if insights else []
        self._figure.visible = len(months) > 1
        self._chart.show(months)
        self._head.object = render(
            "overview_head.html",
            insights=insights,
            lately=satisfaction.lately(insights) if insights else None,
            causes=causes.ranking(insights)[: causes.FIRST] if insights else [],
        )
        serving = overview.serving(snapshot.promoted, reports, snapshot.last)
        self._attention.object = render(
            "overview_attention.html",
            found=overview.attention(snapshot, serving, datetime.now(UTC)),
            run=reports[-1].run,
            titles=insights.titles if insights else {},
        )
        self._models.object = render(
            "overview_models.html",
            serving=serving,
            strokes={each.family: family_stroke(each.family) for each in serving},
            run=reports[-1].run,
            requirement=REQUIREMENT,
        )
        self._parts.object = render(
            "overview_parts.html",
            parts=[
                (title, satisfaction.largest(insights, by))
                for title, by in ((_("Enseigne"), "company"), (_("Source"), "source"))
            ]
            if insights
            else [],
        )
        self._newest.object = render(
            "overview_newest.html",
            receipts=snapshot.newest_puts[: overview.NEWEST],
            reports=reports[: -overview.NEWEST - 1 : -1],
        )
