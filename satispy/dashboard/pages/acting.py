"""What an admin does with retrains and models, each step confirmed: part of Entraînements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
import param

from satispy import journal
from satispy.dashboard import evolution, french
from satispy.dashboard.door.permits import Permits, not_done, reserved
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import STACK
from satispy.errors import SatispyError
from satispy.journal import Actor, Fact, What
from satispy.registry import pointer
from satispy.registry.by_hand import archived_metadata, family_of, production_of
from satispy.registry.pointer import Promoted
from satispy.storage import Store

RETRAIN: Final = "retrain"
PROMOTE: Final = "promote"
ROLL_BACK: Final = "rollback"
ACTIONS: Final = {
    "Entraîner maintenant": RETRAIN,
    "Mettre un modèle en service": PROMOTE,
    "Revenir au modèle d’avant": ROLL_BACK,
}
#: Runs whose models can be chosen by a click; older ones by `satispy models promote`.
NEWEST_RUNS: Final = 20
LEAST_REASON: Final = 3
NONE: Final = ""


@dataclass(frozen=True)
class Planned:
    """An action that waits for its confirmation, with what there is to know of it."""

    action: str
    on: str  # a tag, a family, or nothing
    reason: str
    sentence: str
    #: What serves when it was planned: confirmed after something else serves, it is planned anew.
    serving: str | None = None


class ActingState(param.Parameterized):
    """What was chosen, planned and done, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    action: param.String[str] = param.String(default=RETRAIN)
    model: param.String[str] = param.String(default=NONE)
    family: param.String[str] = param.String(default=NONE)
    reason: param.String[str] = param.String(default="")
    planned: param.ClassSelector[Planned | None] = param.ClassSelector(class_=Planned, default=None)
    fault: param.String[str] = param.String(default="")
    trouble: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )
    done: param.String[str] = param.String(default="")
    busy: param.Boolean[bool] = param.Boolean(default=False)

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        ask_for_retrain: Callable[[], None],
        **params: Any,
    ) -> None:
        """ask_for_retrain: has one started soon, whatever is new; blocks."""
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._ask_for_retrain = ask_for_retrain

    @property
    def models(self) -> dict[str, str]:
        """Label → tag of what the newest runs trained and does not serve, the newest first."""
        serving = self._serving()
        return {
            f"{french.family(family)} · {model.tag.partition(':')[2]} · "
            f"{french.percent(model.origin.accuracy)}": model.tag
            for report in self.snapshot.reports[: -NEWEST_RUNS - 1 : -1]
            for family, model in report.models.items()
            if serving.get(family) != model.tag
        }

    @property
    def families(self) -> dict[str, str]:
        """Label → family of which something served before."""
        promoted = self.snapshot.promoted
        if promoted is None:
            return {}
        return {
            f"{french.family(family)} : {kept[-1].tag.partition(':')[2]}": family
            for family, kept in promoted.earlier.items()
            if kept and family in promoted.families
        }

    def plan(self) -> None:
        """Say what would be done, and ask for a confirmation."""
        self.param.update(planned=None, fault="", trouble=None, done="")
        reason = " ".join(self.reason.split())
        if len(reason) < LEAST_REASON:
            self.fault = "dites en quelques mots pourquoi, pour le journal"
        elif self.action == RETRAIN:
            sentence = "Les trois modèles apprennent de tous les avis actuels."
            self.planned = Planned(RETRAIN, "", reason, sentence)
        elif self.action == PROMOTE and self.model in self.models.values():
            self._plan_promotion(self.model, reason)
        elif self.action == ROLL_BACK and self.family in self.families.values():
            self._plan_rollback(self.family, reason)
        else:
            self.fault = "choisissez un modèle"

    def cancel(self) -> None:
        self.planned = None

    async def confirm(self) -> None:
        """Do what is planned, once."""
        planned = self.planned
        if planned is None or self.busy:
            return
        self.param.update(busy=True, trouble=None, fault="", done="")
        try:
            done = await asyncio.to_thread(self._do, planned)
        except SatispyError as error:
            self.trouble = error
        else:
            self.param.update(planned=None, reason="", done=done)
        finally:
            self.busy = False

    def _plan_promotion(self, tag: str, reason: str) -> None:
        family = family_of(tag)
        serves = self._serving().get(family)
        reported = evolution.by_tag(self.snapshot.reports)
        accuracy = reported[tag].origin.accuracy
        now = ""
        if serves is not None:
            known = reported.get(serves)
            measured = f" ({french.percent(known.origin.accuracy)})" if known else ""
            now = f" à la place de {serves.partition(':')[2]}{measured}"
        sentence = (
            f"{french.family(family)} : {tag.partition(':')[2]} ({french.percent(accuracy)})"
            f" répond{now}. Chaque exactitude est celle de son propre entraînement."
        )
        self.planned = Planned(PROMOTE, tag, reason, sentence, serves)

    def _plan_rollback(self, family: str, reason: str) -> None:
        promoted = self.snapshot.promoted or Promoted()
        serves, back = promoted.families[family], promoted.earlier[family][-1]
        sentence = (
            f"{french.family(family)} : {back.tag.partition(':')[2]}"
            f" ({french.percent(back.accuracy)}) répond de nouveau, à la place de"
            f" {serves.tag.partition(':')[2]} ({french.percent(serves.accuracy)})."
        )
        self.planned = Planned(ROLL_BACK, family, reason, sentence, serves.tag)

    def _serving(self) -> dict[str, str]:
        return self.snapshot.promoted.tags() if self.snapshot.promoted else {}

    def _do(self, planned: Planned) -> str:
        by = Actor(who=self.permits.demand("admin").name, via="app")
        store, now = self._store(), datetime.now(UTC)
        if planned.action == RETRAIN:
            fact = Fact(by=by, what=What.RETRAIN_ASKED, on="what there is", why=planned.reason)
            with journal.acting(store, fact):
                self._ask_for_retrain()
            return "L’entraînement est demandé : il apparaît ci-dessus dans quelques secondes."
        family = family_of(planned.on) if planned.action == PROMOTE else planned.on
        if pointer.read(store).tags().get(family) != planned.serving:
            raise Overtaken("something else serves by now")
        if planned.action == PROMOTE:
            production = production_of(planned.on, archived_metadata(store, planned.on), now)
            changed = pointer.promote(store, family, production, planned.reason, by)
        else:
            changed = pointer.rollback(store, family, now, by, planned.reason)
        tag = changed.families[family].tag.partition(":")[2]
        return f"{french.family(family)} : {tag} est en service, et répond dans quelques secondes."


class Overtaken(SatispyError):
    """Others have changed what serves since the action was planned."""


class Acting:
    """The widgets of one session."""

    def __init__(self, state: ActingState) -> None:
        self._state = state
        field: dict[str, Any] = {"margin": 0, "size": "small", "sizing_mode": "stretch_width"}
        may = state.permits.seem("admin")
        action = pmui.Select.from_param(
            state.param.action, label="Action", options=ACTIONS, disabled=not may, **field
        )
        self._model = pmui.Select(label="Modèle", options={}, **field)
        self._model.param.watch(lambda event: self._choose("model", event.new), "value")
        self._family = pmui.Select(label="Ce qui répondrait", options={}, **field)
        self._family.param.watch(lambda event: self._choose("family", event.new), "value")
        reason = pmui.TextInput.from_param(
            state.param.reason,
            label="Pourquoi (pour le journal)",
            placeholder="Retour de l’équipe Lyon",
            disabled=not may,
            **field,
        )
        plan = pmui.Button(label="Continuer", icon="arrow_forward", margin=0, disabled=not may)
        plan.on_click(lambda _: state.plan())
        self._confirm = pmui.Button(label="Confirmer", icon="check", margin=0)
        self._confirm.on_click(self._do)
        cancel = pmui.Button(label="Annuler", variant="outlined", margin=0)
        cancel.on_click(lambda _: state.cancel())
        self._models, self._families = (
            pn.Column(one, styles={"flex": "1 1 240px"}, margin=0, visible=False)
            for one in (self._model, self._family)
        )
        self._sentence, self._answer = Slot(), Slot()
        self._confirming = pn.Column(
            self._sentence,
            pn.FlexBox(self._confirm, cancel, gap="10px"),
            sizing_mode="stretch_width",
            styles=STACK,
            visible=False,
        )
        self.layout = pn.Column(
            pane('<h2 class="section">Agir</h2>'),
            *([] if may else [pane(reserved("Entraîner et choisir ce qui répond"))]),
            pn.FlexBox(
                pn.Column(action, styles={"flex": "1 1 220px"}, margin=0),
                self._models,
                self._families,
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

    def _choose(self, name: str, value: str | None) -> None:
        setattr(self._state, name, value or NONE)

    async def _do(self, _: object) -> None:
        await self._state.confirm()

    def _show(self, *_: object) -> None:
        state = self._state
        self._offer(self._model, state.models, "model")
        self._offer(self._family, state.families, "family")
        self._models.visible = state.action == PROMOTE
        self._families.visible = state.action == ROLL_BACK
        self._confirming.visible = state.planned is not None
        self._sentence.show(
            render("acting_planned.html", planned=state.planned) if state.planned else ""
        )
        dim(self._confirm, state.busy)
        self._answer.show(self._said())

    def _offer(self, select: pmui.Select, options: dict[str, str], name: str) -> None:
        """Keeps what is chosen while it is still offered."""
        if select.options == options:
            return
        value = getattr(self._state, name)
        if value not in options.values():
            value = next(iter(options.values()), NONE)
        select.param.update(options=options, value=value or None)
        setattr(self._state, name, value)

    def _said(self) -> str:
        state = self._state
        if isinstance(state.trouble, Overtaken):
            return notice(
                "warning",
                "Rien n’a été fait : un autre modèle a été mis en service entre-temps",
                "Reprenez depuis « Continuer » pour voir ce qui changerait maintenant.",
            )
        if state.trouble:
            return not_done(state.trouble, "L’action n’a pas abouti")
        if state.fault:
            return notice("warning", f"À compléter : {state.fault}")
        return notice("success", state.done) if state.done else ""
