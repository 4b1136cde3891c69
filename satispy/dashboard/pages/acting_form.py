"""The form by which an admin acts on retrains and models: part of Entraînements."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from satispy.dashboard.choices import offer
from satispy.dashboard.door.permits import reserved
from satispy.dashboard.pages.acting import (
    ACTIONS,
    NONE,
    PROMOTE,
    ROLL_BACK,
    STOP,
    ActingState,
    Overtaken,
)
from satispy.dashboard.pages.at_work import said
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import STACK
from satispy.locales.messages import _


class Acting:
    """The widgets of one session."""

    def __init__(self, state: ActingState) -> None:
        self._state = state
        field: dict[str, Any] = {"margin": 0, "size": "small", "sizing_mode": "stretch_width"}
        may = state.permits.seem("admin")
        action = pmui.Select.from_param(
            state.param.action,
            label=_("Action"),
            options={title: name for name, title in ACTIONS.items()},
            disabled=not may,
            **field,
        )
        self._run = self._select(_("Entraînement en cours"), "run", field)
        self._model = self._select(_("Modèle"), "model", field)
        self._family = self._select(_("Ce qui répondrait"), "family", field)
        reason = pmui.TextInput.from_param(
            state.param.reason,
            label=_("Pourquoi (pour le journal)"),
            placeholder=_("Retour de l’équipe Lyon"),
            disabled=not may,
            **field,
        )
        plan = pmui.Button(label=_("Continuer"), icon="arrow_forward", margin=0, disabled=not may)
        plan.on_click(lambda event: state.plan())
        self._confirm = pmui.Button(label=_("Confirmer"), icon="check", margin=0)
        self._confirm.on_click(self._do)
        cancel = pmui.Button(label=_("Annuler"), variant="outlined", margin=0)
        cancel.on_click(lambda event: state.cancel())
        self._places = {
            action: pn.Column(one, styles={"flex": "1 1 240px"}, margin=0, visible=False)
            for action, one in (
                (STOP, self._run),
                (PROMOTE, self._model),
                (ROLL_BACK, self._family),
            )
        }
        self._sentence, self._answer = Slot(), Slot()
        self._confirming = pn.Column(
            self._sentence,
            pn.FlexBox(self._confirm, cancel, gap="10px"),
            sizing_mode="stretch_width",
            styles=STACK,
            visible=False,
        )
        self.layout = pn.Column(
            pane(render("section.html", title=_("Agir"))),
            *([] if may else [pane(reserved(_("Entraîner et choisir ce qui répond")))]),
            pn.FlexBox(
                pn.Column(action, styles={"flex": "1 1 220px"}, margin=0),
                *self._places.values(),
                pn.Column(reason, styles={"flex": "2 1 240px"}, margin=0),
                plan,
                gap="14px",
                align_items="center",
            ),
            self._confirming,
            self._answer,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        state.param.watch(
            self._show, ["snapshot", "action", "planned", "fault", "trouble", "done", "busy"]
        )
        self._show()

    def _select(self, label: str, name: str, field: dict[str, Any]) -> pmui.Select:
        select = pmui.Select(label=label, options={}, **field)
        select.param.watch(lambda event: self._choose(name, event.new), "value")
        return select

    def _choose(self, name: str, value: str | None) -> None:
        setattr(self._state, name, value or NONE)

    async def _do(self, event: object) -> None:
        await self._state.confirm()

    def _show(self, *events: object) -> None:
        state = self._state
        self._offer(self._run, state.running, "run")
        self._offer(self._model, state.models, "model")
        self._offer(self._family, state.families, "family")
        for action, place in self._places.items():
            place.visible = state.action == action
        self._confirming.visible = state.planned is not None
        self._sentence.show(
            render("acting_planned.html", planned=state.planned) if state.planned else ""
        )
        dim(self._confirm, state.busy)
        self._answer.show(self._said())

    def _offer(self, select: pmui.Select, options: dict[str, str], name: str) -> None:
        """Keeps what is chosen while it is still offered."""
        value = getattr(self._state, name)
        if value not in options.values():
            value = next(iter(options.values()), NONE)
        offer(select, options, value)
        setattr(self._state, name, value)

    def _said(self) -> str:
        state = self._state
        if isinstance(state.trouble, Overtaken):
            return notice(
                "warning",
                _("Rien n’a été fait : un autre modèle a été mis en service entre-temps"),
                _("Reprenez depuis « Continuer » pour voir ce qui changerait maintenant."),
            )
        return said(state, _("L’action n’a pas abouti"))
