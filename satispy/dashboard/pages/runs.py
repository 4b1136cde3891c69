"""Entraînements: what goes on, what an admin does about it, and one run in detail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from satispy.dashboard import evolution, machine
from satispy.dashboard.choices import offer
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.machine import Drawn
from satispy.dashboard.pages.above import trouble
from satispy.dashboard.pages.acting import ActingState
from satispy.dashboard.pages.acting_form import Acting
from satispy.dashboard.pages.comparing import Comparing, ComparingState
from satispy.dashboard.parts import parts
from satispy.dashboard.progress import RunProgress
from satispy.dashboard.render import Slot, notice, pane, render
from satispy.dashboard.theme import PAGE, STACK, family_stroke
from satispy.errors import SatispyError, StorageUnreachable
from satispy.locales import formats
from satispy.locales.messages import _
from satispy.locales.telling import told
from satispy.reports.blind_spots import blind_spots, every
from satispy.reports.schema import DRIFT_LEAST_ROWS, Report

#: Follow the newest run, whichever that is.
NEWEST = ""
#: How often the time of a step under way is written anew.
TICK_MILLISECONDS = 2_000


class RunsState(param.Parameterized):
    """The run that is looked at, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    run: param.String[str] = param.String(default=NEWEST)
    #: What the steps of the run that is looked at wrote, once somebody has asked for it.
    told: param.ClassSelector[RunProgress | None] = param.ClassSelector(
        class_=RunProgress, default=None
    )

    def __init__(
        self,
        whole: Callable[[Report], Report] = lambda known: known,
        find: Callable[[str], Report | None] = lambda run: None,
        steps: Callable[[str], RunProgress] = lambda run: RunProgress(run, {}),
        **params: Any,
    ) -> None:
        """whole: all that a report says whose short form is known. find: the report of a run that
        is not among the newest. steps: what its steps wrote. All of them ask the bucket."""
        super().__init__(**params)
        self._whole, self._find, self._steps = whole, find, steps
        self._chosen: Report | None = None

    @property
    def report(self) -> Report | None:
        """The chosen report, the newest where none is chosen; None where there is none of it."""
        reports: tuple[Report, ...] = self.snapshot.reports
        if self.run == NEWEST:
            return self.snapshot.last or (reports[-1] if reports else None)
        chosen = next((report for report in reports if report.run == self.run), None)
        known = self._chosen if self._chosen and self._chosen.run == self.run else None
        if known and (chosen is None or known.created == chosen.created):
            return known
        try:
            self._chosen = self._whole(chosen) if chosen else self._find(self.run)
        except StorageUnreachable:  # said above the page; the next snapshot asks again
            return chosen
        return self._chosen

    @property
    def options(self) -> dict[str, str]:
        """Label → run, the newest first; the chosen one in any case."""
        named = {
            f"{report.run} · {formats.moment(report.created)}": report.run
            for report in reversed(self.snapshot.reports)
        }
        if self.run != NEWEST and self.run not in named.values():
            named = {self.run: self.run, **named}
        return {_("Le plus récent"): NEWEST, **named}

    @property
    def under_way(self) -> list[Drawn]:
        """Runs without a report, the newest first."""
        now = datetime.now(UTC)
        return [machine.of_progress(run, now) for run in reversed(self.snapshot.runs)]

    async def ask_steps(self) -> None:
        """Raises SatispyError."""
        if report := self.report:
            self.told = await asyncio.to_thread(self._steps, report.run)


class RunsPage:
    """The widgets of one session."""

    def __init__(
        self,
        state: RunsState,
        acting: ActingState | None = None,
        compared: ComparingState | None = None,
    ) -> None:
        self._state, self._acting = state, acting
        self._choice = pmui.Select(label=_("Entraînement"), size="small", margin=0, width=320)
        self._choice.param.watch(self._choose, "value")
        self._trouble, self._under_way, self._unknown = Slot(), pane(), Slot()
        self._log = Slot()
        self._again = pmui.Button(
            label=_("Essayer de nouveau"),
            icon="replay",
            variant="outlined",
            margin=0,
            visible=False,
            disabled=not (acting and acting.permits.seem("admin")),
        )
        self._again.on_click(self._try_again)
        self._drawn, self._said, self._detail = pane(), Slot(), pane()
        said = pmui.Button(
            label=_("Journal des étapes"), icon="notes", variant="text", size="small", margin=0
        )
        said.on_click(self._ask_steps)
        self._content = pn.Column(
            self._drawn, said, self._said, self._detail, sizing_mode="stretch_width", styles=STACK
        )
        self.layout = pn.Column(
            pane(render("runs_head.html")),
            self._trouble,
            self._under_way,
            self._log,
            self._again,
            *([Acting(acting).layout] if acting else []),
            *([Comparing(compared).layout] if compared else []),
            pane(render("section.html", title=_("Un entraînement en détail"))),
            self._choice,
            self._unknown,
            self._content,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        self._ticking = (
            pn.state.add_periodic_callback(self._draw_under_way, TICK_MILLISECONDS, start=False)
            if pn.state.curdoc is not None
            else None
        )
        state.param.watch(self._show, ["snapshot", "run", "told"])
        self._show()

    def _choose(self, event: Any) -> None:
        self._state.run = event.new or NEWEST

    def _try_again(self, event: object) -> None:
        over = [each.run for each in self._state.under_way if each.state in ("failed", "stopped")]
        if self._acting and over:
            self._acting.try_again(over[0])

    async def _ask_steps(self, event: object) -> None:
        try:
            await self._state.ask_steps()
        except SatispyError as error:
            self._said.show(notice("error", _("Le journal n’a pas pu être lu"), detail=told(error)))

    def _draw_under_way(self) -> None:
        html = "".join(render("machine.html", drawn=each) for each in self._state.under_way)
        if self._under_way.object != html:
            self._under_way.object = html

    def _show(self, *events: object) -> None:
        state = self._state
        self._trouble.show(trouble(state.snapshot))
        self._draw_under_way()
        self._log.show(logs(state.under_way))
        self._tick(any(each.state == "running" for each in state.under_way))
        self._again.visible = any(each.state in ("failed", "stopped") for each in state.under_way)
        offer(self._choice, state.options, state.run)
        report = state.report
        self._choice.visible = report is not None or state.run != NEWEST
        self._content.visible = report is not None
        self._unknown.show(self._why_nothing() if report is None else "")
        if report is not None:
            self._show_report(report)

    def _tick(self, wanted: bool) -> None:
        if self._ticking is not None and self._ticking.running != wanted:
            (self._ticking.start if wanted else self._ticking.stop)()

    def _why_nothing(self) -> str:
        state = self._state
        if state.run == NEWEST or not state.snapshot.read:
            return ""
        if any(each.run == state.run for each in state.under_way):
            return notice("info", _("%(run)s n’a pas encore de rapport", run=state.run))
        return notice(
            "warning",
            _("Il n’y a pas d’entraînement %(run)s", run=state.run),
            _("L’adresse nomme un entraînement qui n’a jamais eu lieu ou n’est pas allé à son"
              " terme. Choisissez-en un dans la liste."),
        )  # fmt: skip

    def _show_report(self, report: Report) -> None:
        told = self._state.told
        mine = told if told and told.run == report.run else None
        drawn = machine.of_report(report, mine)
        self._drawn.object = render("machine.html", drawn=drawn)
        nothing = notice("info", _("Ses étapes n’ont rien laissé : elles sont gardées un mois"))
        self._said.show((logs([drawn]) or nothing) if mine else "")
        self._detail.object = render(
            "runs_detail.html",
            report=report,
            families=evolution.families([report]),
            strokes={name: family_stroke(name) for name in report.models},
            spots=blind_spots(every(report)),
            slices=parts(report.models.values()),
            least_rows=DRIFT_LEAST_ROWS,
        )


def logs(runs: Sequence[Drawn]) -> str:
    """What their steps said, and where they failed."""
    return "".join(render("machine_log.html", drawn=each) for each in runs if each.told)
