"""Entraînements: one run in detail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from satispy.dashboard import evolution, french
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import Above
from satispy.dashboard.pages.acting import Acting, ActingState
from satispy.dashboard.parts import parts
from satispy.dashboard.render import pane, render
from satispy.dashboard.theme import PAGE, STACK, family_stroke
from satispy.errors import StorageUnreachable
from satispy.reports.blind_spots import blind_spots, every
from satispy.reports.schema import Report

#: Follow the newest run, whichever that is.
NEWEST = ""


class RunsState(param.Parameterized):
    """The run that is looked at, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    run: param.String[str] = param.String(default=NEWEST)

    def __init__(self, whole: Callable[[Report], Report] = lambda known: known, **params: Any):
        """`whole` gives all that a report says whose short form is known."""
        super().__init__(**params)
        self._whole = whole
        self._chosen: Report | None = None

    @property
    def report(self) -> Report | None:
        """The chosen report; the newest where none is chosen, or the chosen one is gone."""
        reports: tuple[Report, ...] = self.snapshot.reports
        chosen = next((report for report in reports if report.run == self.run), None)
        if chosen is None:
            return self.snapshot.last or (reports[-1] if reports else None)
        known = self._chosen
        if known is None or (known.run, known.created) != (chosen.run, chosen.created):
            try:
                self._chosen = known = self._whole(chosen)
            except StorageUnreachable:  # said above the page; the next snapshot asks again
                return chosen
        return known

    @property
    def options(self) -> dict[str, str]:
        """Label → run, the newest first."""
        named = {
            f"{report.run} · {french.moment(report.created)}": report.run
            for report in reversed(self.snapshot.reports)
        }
        return {"Le plus récent": NEWEST, **named}


class RunsPage:
    """The widgets of one session."""

    def __init__(self, state: RunsState, acting: ActingState | None = None) -> None:
        self._state = state
        self._choice = pmui.Select(label="Entraînement", size="small", margin=0, width=320)
        self._choice.param.watch(self._choose, "value")
        self._above, self._detail = Above(), pane()
        self._content = pn.Column(
            self._choice, self._detail, sizing_mode="stretch_width", styles=STACK
        )
        self.layout = pn.Column(
            pane(render("runs_head.html")),
            *self._above.slots,
            *([Acting(acting).layout] if acting else []),
            self._content,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["snapshot", "run"])
        self._show()

    def _choose(self, event: Any) -> None:
        self._state.run = event.new or NEWEST

    def _show(self, *_: object) -> None:
        state = self._state
        self._above.show(state.snapshot)
        report = state.report
        self._content.visible = report is not None
        if report is None:
            return
        if (self._choice.options, self._choice.value) != (state.options, state.run):
            self._choice.param.update(options=state.options, value=state.run)
        self._detail.object = render(
            "runs_detail.html",
            report=report,
            families=evolution.families([report]),
            strokes={name: family_stroke(name) for name in report.models},
            spots=blind_spots(every(report)),
            slices=parts(report.models.values()),
            longest=max(report.stages.values(), default=0.0),
        )
