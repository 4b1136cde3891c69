"""Évolution: each model's metrics after each update, the requirement, the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from satispy.dashboard import evolution
from satispy.dashboard.evolution import Latest, Marked, Point
from satispy.dashboard.evolution_charts import (
    MARKERS_UP_TO,
    PICTURED,
    EvolutionChart,
    Grouping,
    panels,
)
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import Above
from satispy.dashboard.render import Slot, pane, render, static
from satispy.dashboard.theme import PAGE, REQUIREMENT_COLOR, STACK, family_stroke, metric_stroke
from satispy.locales import names
from satispy.locales.messages import _
from satispy.reports.blind_spots import blind_spots, every
from satispy.reports.schema import METRICS, REQUIREMENT, Metric, ModelReport

#: The updates that are drawn and listed until all are asked for; charts of more have no markers.
NEWEST = MARKERS_UP_TO
ALL = 0


class EvolutionState(param.Parameterized):
    """What the page shows, without a widget."""

    snapshot = param.ClassSelector(class_=Snapshot, default=Snapshot())
    view: param.Selector[evolution.View] = param.Selector(objects=["origin", "unseen"])
    grouping: param.Selector[Grouping] = param.Selector(objects=["metric", "model"])
    most: param.Selector[int] = param.Selector(objects=[NEWEST, ALL])
    opened: param.String[str] = param.String(doc="The run whose point was clicked")

    @property
    def points(self) -> list[Point]:
        """Of the updates that are looked at."""
        points = evolution.tidy(self.snapshot.reports, self.view)
        return [point for point in points if point.update > self.left_out]

    @property
    def left_out(self) -> int:
        """How many older updates are not looked at."""
        return max(0, len(self.snapshot.reports) - self.most) if self.most else 0

    @property
    def marked(self) -> list[Marked]:
        return evolution.marked(self.snapshot.reports, self.snapshot.changes)

    @property
    def families(self) -> list[str]:
        return evolution.families(self.snapshot.reports)

    @property
    def latest(self) -> dict[str, dict[Metric, Latest]]:
        return evolution.latest(evolution.tidy(self.snapshot.reports, self.view))

    @property
    def latest_models(self) -> dict[str, ModelReport]:
        """Each family's part of the last report that has it."""
        return {
            name: model for report in self.snapshot.reports for name, model in report.models.items()
        }

    @property
    def alert_groups(self) -> list[tuple[list[Point], str]]:
        """The requirement's alerts always; those of unseen texts when these are looked at."""
        views: Sequence[evolution.View] = ("origin", "unseen")
        return [
            (evolution.alerts(evolution.tidy(self.snapshot.reports, view)), view)
            for view in views
            if view in ("origin", self.view)
        ]


class EvolutionPage:
    """The widgets of one session, kept in step with the state."""

    def __init__(self, state: EvolutionState) -> None:
        self._state = state
        self._charts: list[EvolutionChart] = []
        self._drawn: tuple[Any, ...] = ()
        self._above = Above()
        self._head, self._found, self._cards = pane(), pane(), pane()
        self._legend, self._table = pane(), pane()
        self._figures = pn.FlexBox(sizing_mode="stretch_width", margin=0, gap="12px")
        view = pmui.RadioButtonGroup.from_param(
            state.param.view,
            options={_("Tous les avis de test"): "origin", _("Textes jamais vus"): "unseen"},
            label="",
            size="small",
            margin=0,
        )
        grouping = pmui.RadioButtonGroup.from_param(
            state.param.grouping,
            options={_("Par indicateur"): "metric", _("Par modèle"): "model"},
            label="",
            size="small",
            margin=0,
        )
        self._most = pmui.RadioButtonGroup.from_param(
            state.param.most,
            options={_("Les %(count)s dernières", count=NEWEST): NEWEST, _("Toutes"): ALL},
            label="",
            size="small",
            margin=0,
            visible=False,
        )
        table = pmui.FileDownload(
            callback=self._csv,
            filename="evolution.csv",
            label=_("Télécharger (CSV)"),
            icon="download",
            variant="outlined",
            size="small",
            margin=0,
        )
        picture = pmui.Button(
            label=_("Image (PNG)"), icon="image", variant="outlined", size="small", margin=0
        )
        asked = {
            "tag": PICTURED,
            "heading": _("Évolution des modèles"),
            "filename": "evolution.png",
        }
        picture.js_on_click(args=asked, code=static("png.js"))
        self._changes = Slot()
        self._content = pn.Column(
            self._found,
            pn.FlexBox(view, grouping, self._most, gap="12px", sizing_mode="stretch_width"),
            self._cards,
            self._legend,
            self._figures,
            pn.FlexBox(table, picture, gap="12px", sizing_mode="stretch_width"),
            self._changes,
            pane(render("section.html", title=_("Toutes les mises à jour"))),
            self._table,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        self.layout = pn.Column(
            self._head,
            *self._above.slots,
            self._content,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["snapshot", "view", "grouping", "most"])
        self._show()

    def _show(self, *events: object) -> None:
        state = self._state
        self._above.show(state.snapshot)
        reports = state.snapshot.reports
        self._content.visible = bool(reports)
        self._head.object = render(
            "evolution_head.html",
            updates=state.snapshot.updates or len(reports),
            shown=len(reports),
            last=reports[-1] if reports else None,
        )
        if not reports:
            return
        points, families = state.points, state.families
        spots = blind_spots(every(state.snapshot.last or reports[-1]))
        self._found.object = render(
            "evolution_found.html",
            spots=spots,
            alert_groups=state.alert_groups,
            left_out=state.snapshot.left_out,
        )
        self._cards.object = render(
            "evolution_cards.html",
            latest=state.latest,
            models=state.latest_models,
            strokes={name: family_stroke(name) for name in families},
            updates=len(reports),
            spots=spots,
        )
        self._draw(families)
        self._explain(families, points)
        for chart in self._charts:
            chart.show(points, state.marked)
        self._most.visible = len(reports) > NEWEST
        self._changes.show(
            render(
                "evolution_changes.html",
                marked=state.marked,
                strokes={name: family_stroke(name) for name in families},
            )
            if state.marked
            else ""
        )
        self._table.object = render(
            "evolution_table.html",
            reports=reports[state.left_out :],
            families=families,
            view=state.view,
            of_view=evolution.of_view,
            requirement=REQUIREMENT,
        )

    def _csv(self) -> BytesIO:
        return BytesIO(evolution.as_csv(self._state.snapshot.reports).encode())

    def _open(self, run: str) -> None:
        self._state.opened = run

    def _draw(self, families: list[str]) -> None:
        """New charts only when there are other lines to draw."""
        wanted = (self._state.grouping, *families)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        shown = panels(families, self._state.grouping)
        self._charts = [EvolutionChart(panel, self._open) for panel in shown]
        self._figures.objects = [
            pn.Column(
                pane(render("chart_title.html", title=panel.title)),
                pn.pane.Bokeh(chart.figure, sizing_mode="stretch_width", margin=0),
                css_classes=["chart"],
                styles={"flex": "1 1 320px", "min-width": "0"},
            )
            for panel, chart in zip(shown, self._charts, strict=True)
        ]

    def _explain(self, families: list[str], points: Sequence[Point]) -> None:
        entries = (
            [(name.upper(), family_stroke(name)) for name in families]
            if self._state.grouping == "metric"
            else [(names.METRICS[metric], metric_stroke(metric, "")) for metric in METRICS]
        )
        self._legend.object = render(
            "evolution_legend.html",
            entries=entries,
            requirement_color=REQUIREMENT_COLOR,
            intervals=any(point.interval for point in points),
            hollow=not all(point.promoted for point in points),
        )
