"""Pourquoi: what makes customers unhappy, what each cause costs, and the reviews that say it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from satispy.dashboard import causes
from satispy.dashboard.choices import offer
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import trouble
from satispy.dashboard.render import Slot, notice, pane, render
from satispy.dashboard.theme import PAGE, STACK
from satispy.locales.messages import _, ngettext
from satispy.reports.insights import Group, Insights

EVERYBODY = ""


class WhyState(param.Parameterized):
    """What is looked at, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    company: param.String[str] = param.String(default=EVERYBODY)
    aspect: param.String[str] = param.String(default="")

    @property
    def insights(self) -> Insights | None:
        found: Insights | None = self.snapshot.insights
        return found

    @property
    def ranking(self) -> list[causes.Ranked]:
        return causes.ranking(self.insights, self.chosen_company) if self.insights else []

    @property
    def companies(self) -> dict[str, str]:
        """Label → company, the largest first."""
        groups = causes.companies(self.insights) if self.insights else []
        named = {f"{group.value} · {reviews_of(group)}": group.value for group, _causes in groups}
        return {_("Toutes les enseignes"): EVERYBODY, **named}

    @property
    def chosen_company(self) -> str:
        """Nobody in particular where the chosen one is gone."""
        return self.company if self.company in self.companies.values() else EVERYBODY

    @property
    def chosen_aspect(self) -> str:
        """The first cause where none is chosen, or the chosen one is gone."""
        known = [each.cause.aspect for each in self.ranking]
        return self.aspect if self.aspect in known else next(iter(known), "")

    @property
    def quotes(self) -> list[causes.Shown]:
        if self.insights is None:
            return []
        return causes.quotes(self.insights, self.chosen_aspect, self.chosen_company)


class WhyPage:
    """The widgets of one session."""

    def __init__(self, state: WhyState) -> None:
        self._state = state
        self._trouble = Slot()
        self._head, self._incidents, self._ranking = pane(), pane(), pane()
        self._companies, self._quotes, self._proposals = pane(), pane(), pane()
        self._company = pmui.Select(label=_("Enseigne"), size="small", margin=0, width=320)
        self._company.param.watch(self._choose_company, "value")
        self._aspect = pmui.RadioButtonGroup(label="", size="small", margin=0)
        self._aspect.param.watch(self._choose_aspect, "value")
        self._download = pmui.FileDownload(
            callback=self._csv,
            filename=_("pourquoi.csv"),
            label=_("Télécharger (CSV)"),
            icon="download",
            variant="outlined",
            size="small",
            margin=0,
        )
        self._content = pn.Column(
            self._incidents,
            pn.FlexBox(self._company, self._download, gap="12px", sizing_mode="stretch_width"),
            self._ranking,
            pane(render("section.html", title=_("Les avis"))),
            pn.FlexBox(self._aspect, sizing_mode="stretch_width"),
            self._quotes,
            self._companies,
            self._proposals,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        self.layout = pn.Column(
            self._head,
            self._trouble,
            self._content,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["snapshot", "company", "aspect"])
        self._show()

    def _choose_company(self, event: Any) -> None:
        self._state.company = event.new or EVERYBODY

    def _choose_aspect(self, event: Any) -> None:
        self._state.aspect = event.new or ""

    def _csv(self) -> BytesIO | None:
        insights = self._state.insights
        return BytesIO(causes.as_csv(insights).encode()) if insights else None

    def _show(self, *_: object) -> None:
        state = self._state
        self._trouble.show(why_nothing(state.snapshot))
        insights, ranking = state.insights, state.ranking
        self._content.visible = insights is not None
        self._head.object = render("why_head.html", insights=insights)
        if insights is None:
            return
        offer(self._company, state.companies, state.chosen_company)
        aspects = {each.title: each.cause.aspect for each in ranking}
        if self._aspect.options != aspects or self._aspect.value != state.chosen_aspect:
            self._aspect.param.update(options=aspects, value=state.chosen_aspect)
        self._incidents.object = render(
            "incidents.html", incidents=insights.incidents, titles=insights.titles
        )
        self._ranking.object = render("why_ranking.html", ranking=ranking)
        self._quotes.object = render("why_quotes.html", quotes=state.quotes)
        self._companies.object = render("why_companies.html", companies=causes.companies(insights))
        self._proposals.object = render("why_proposals.html", proposals=insights.proposals)


def reviews_of(group: Group) -> str:
    return ngettext("%(num)s avis", "%(num)s avis", group.reviews)


def why_nothing(snapshot: Snapshot) -> str:
    said = trouble(snapshot)
    if said or snapshot.insights is not None:
        return said
    return notice(
        "info",
        _("Pas encore de causes"),
        _(
            "Elles sont cherchées à chaque entraînement ; le dernier n’en a pas laissé. Pour en"
            " lancer un :"
        ),
        command="satispy retrain",
    )
