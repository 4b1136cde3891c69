"""Vue d'ensemble: how satisfied customers are, which models serve, what has to be looked at."""

from __future__ import annotations

from datetime import UTC, datetime

import panel as pn
import param
from markupsafe import Markup

from satispy.dashboard import causes, months, overview, satisfaction
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import trouble
from satispy.dashboard.render import pane, render
from satispy.dashboard.theme import PAGE, family_stroke
from satispy.locales.messages import _
from satispy.locales.reader import Reader, reader
from satispy.reports.schema import REQUIREMENT


class OverviewState(param.Parameterized):
    """What is looked at, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )


class OverviewPage:
    """One pane: what a visitor waits for holds no widget."""

    def __init__(self, state: OverviewState) -> None:
        self._state = state
        self._pane = pane()
        self.layout = pn.Column(self._pane, sizing_mode="stretch_width", styles=PAGE)
        state.param.watch(self._show, "snapshot")
        self._show()

    def _show(self, *events: object) -> None:
        self._pane.object = html(self._state.snapshot)


#: For each who reads: of which snapshot, in which minute, what.
_newest: dict[Reader, tuple[Snapshot, int, str]] = {}


def html(snapshot: Snapshot) -> str:
    """The whole page, made once for all who read it in one language; it is the same for anybody.

    Anew each minute: what is silenced is so until some time.
    """
    now = datetime.now(UTC)
    minute = int(now.timestamp() // 60)
    known = _newest.get(reader())
    if known is None or known[0] is not snapshot or known[1] != minute:
        known = _newest[reader()] = (snapshot, minute, _html(snapshot, now))
    return known[2]


def _html(snapshot: Snapshot, now: datetime) -> str:
    insights, reports = snapshot.insights, snapshot.reports
    by_month = satisfaction.months(insights) if insights else []
    serving = overview.serving(snapshot.promoted, reports, snapshot.last) if reports else []
    progress = render("progress.html", runs=snapshot.runs) if snapshot.runs else ""
    return render(
        "overview.html",
        above=Markup(trouble(snapshot) + progress),  # noqa: S704  of our templates
        insights=insights,
        lately=satisfaction.lately(insights) if insights else None,
        causes=causes.ranking(insights)[: causes.FIRST] if insights else [],
        chart=months.chart(by_month) if len(by_month) > 1 else None,
        found=overview.attention(snapshot, serving, now) if reports else None,
        titles=insights.titles if insights else {},
        serving=serving,
        strokes={each.family: family_stroke(each.family) for each in serving},
        run=reports[-1].run if reports else "",
        requirement=REQUIREMENT,
        parts=[
            (title, satisfaction.largest(insights, by))
            for title, by in ((_("Enseigne"), "company"), (_("Source"), "source"))
        ]
        if insights
        else [],
        receipts=snapshot.newest_puts[: overview.NEWEST],
        reports=reports[: -overview.NEWEST - 1 : -1],
    )
