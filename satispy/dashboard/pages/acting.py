"""What an admin does with retrains and models, each step confirmed; without a widget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import param

from satispy import journal
from satispy.dashboard import evolution
from satispy.dashboard.door.permits import Permits
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.at_work import Typed
from satispy.errors import SatispyError
from satispy.journal import Actor, Fact, What
from satispy.locales import formats, names
from satispy.locales.messages import N_, Names, _
from satispy.registry import pointer
from satispy.registry.by_hand import archived_metadata, family_of, production_of
from satispy.registry.pointer import Promoted
from satispy.storage import Store

RETRAIN: Final = "retrain"
STOP: Final = "stop"
PROMOTE: Final = "promote"
ROLL_BACK: Final = "rollback"
ACTIONS: Final = Names(
    {
        RETRAIN: N_("Entraîner maintenant"),
        STOP: N_("Arrêter un entraînement"),
        PROMOTE: N_("Mettre un modèle en service"),
        ROLL_BACK: N_("Revenir au modèle d’avant"),
    }
)
#: Runs whose models can be chosen by a click; older ones by `satispy models promote`.
NEWEST_RUNS: Final = 20
LEAST_REASON: Final = 3
NONE: Final = ""


@dataclass(frozen=True)
class Planned:
    """An action that waits for its confirmation, with what there is to know of it."""

    action: str
    on: str  # a run, a tag, a family, or nothing
    reason: str
    sentence: str
    #: What serves when it was planned: confirmed after something else serves, it is planned anew.
    serving: str | None = None


class ActingState(Typed):
    """What was chosen, planned and done, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    action: param.String[str] = param.String(default=RETRAIN)
    run: param.String[str] = param.String(default=NONE)
    model: param.String[str] = param.String(default=NONE)
    family: param.String[str] = param.String(default=NONE)
    reason: param.String[str] = param.String(default="")
    planned: param.ClassSelector[Planned | None] = param.ClassSelector(class_=Planned, default=None)

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        ask_for_retrain: Callable[[], None],
        stop_retrain: Callable[[str], None],
        **params: Any,
    ) -> None:
        """Both have it done soon, and block: a retrain started, whatever is new; a run stopped."""
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._ask_for_retrain = ask_for_retrain
        self._stop_retrain = stop_retrain

    @property
    def running(self) -> dict[str, str]:
        """Label → run that goes on, the newest first."""
        return {run.run: run.run for run in reversed(self.snapshot.runs) if run.goes_on}

    @property
    def models(self) -> dict[str, str]:
        """Label → tag of what the newest runs trained and does not serve, the newest first."""
        serving = self._serving()
        return {
            f"{names.family(family)} · {model.tag.partition(':')[2]} · "
            f"{formats.percent(model.origin.accuracy)}": model.tag
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
            f"{names.family(family)} · {kept[-1].tag.partition(':')[2]}": family
            for family, kept in promoted.earlier.items()
            if kept and family in promoted.families
        }

    def plan(self) -> None:
        """Say what would be done, and ask for a confirmation."""
        self.param.update(planned=None, fault="", trouble=None, done="")
        reason = " ".join(self.reason.split())
        if len(reason) < LEAST_REASON:
            self.fault = _("dites en quelques mots pourquoi, pour le journal")
        elif self.action == RETRAIN:
            sentence = _("Les trois modèles apprennent de tous les avis actuels.")
            self.planned = Planned(RETRAIN, "", reason, sentence)
        elif self.action == STOP and self.run in self.running.values():
            self._plan_stop(self.run, reason)
        elif self.action == PROMOTE and self.model in self.models.values():
            self._plan_promotion(self.model, reason)
        elif self.action == ROLL_BACK and self.family in self.families.values():
            self._plan_rollback(self.family, reason)
        elif self.action == STOP:
            self.fault = _("choisissez un entraînement en cours")
        else:
            self.fault = _("choisissez un modèle")

    def try_again(self, run: str) -> None:
        """Plan a retrain in the place of one that failed or was stopped."""
        self.param.update(action=RETRAIN, reason=_("nouvel essai après %(run)s", run=run))
        self.plan()

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

    def _plan_stop(self, run: str, reason: str) -> None:
        stages = next(each.stages for each in self.snapshot.runs if each.run == run)
        if "publish" in stages:
            self.fault = _("%(run)s publie déjà, ce qui ne s’interrompt pas", run=run)
            return
        sentence = _(
            "%(run)s s’arrête ; les modèles en service restent. Ses avis seront appris avec les"
            " prochains, ou dès qu’un entraînement est demandé.",
            run=run,
        )
        self.planned = Planned(STOP, run, reason, sentence)

    def _plan_promotion(self, tag: str, reason: str) -> None:
        family = family_of(tag)
        serves = self._serving().get(family)
        reported = evolution.by_tag(self.snapshot.reports)
        about = {
            "family": names.family(family),
            "version": tag.partition(":")[2],
            "accuracy": formats.percent(reported[tag].origin.accuracy),
        }
        if serves is None:
            sentence = _("%(family)s : %(version)s (%(accuracy)s) répond.", **about)
        else:
            known = reported.get(serves)
            before = serves.partition(":")[2]
            if known:
                before += f" ({formats.percent(known.origin.accuracy)})"
            sentence = _(
                "%(family)s : %(version)s (%(accuracy)s) répond à la place de %(before)s. Chaque"
                " exactitude est celle de son propre entraînement.",
                before=before,
                **about,
            )
        self.planned = Planned(PROMOTE, tag, reason, sentence, serves)

    def _plan_rollback(self, family: str, reason: str) -> None:
        promoted = self.snapshot.promoted or Promoted()
        serves, back = promoted.families[family], promoted.earlier[family][-1]
        sentence = _(
            "%(family)s : %(back)s (%(accuracy)s) répond de nouveau, à la place de %(serves)s"
            " (%(now)s).",
            family=names.family(family),
            back=back.tag.partition(":")[2],
            accuracy=formats.percent(back.accuracy),
            serves=serves.tag.partition(":")[2],
            now=formats.percent(serves.accuracy),
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
            return _("L’entraînement est demandé : il apparaît ci-dessus dans quelques secondes.")
        if planned.action == STOP:
            fact = Fact(by=by, what=What.RETRAIN_STOPPED, on=planned.on, why=planned.reason)
            with journal.acting(store, fact):
                self._stop_retrain(planned.on)
            return _("%(run)s s’arrête dans quelques secondes.", run=planned.on)
        family = family_of(planned.on) if planned.action == PROMOTE else planned.on
        if pointer.read(store).tags().get(family) != planned.serving:
            raise Overtaken("something else serves by now")
        if planned.action == PROMOTE:
            production = production_of(planned.on, archived_metadata(store, planned.on), now)
            changed = pointer.promote(store, family, production, planned.reason, by)
        else:
            changed = pointer.rollback(store, family, now, by, planned.reason)
        tag = changed.families[family].tag.partition(":")[2]
        return _(
            "%(family)s : %(version)s est en service, et répond dans quelques secondes.",
            family=names.family(family),
            version=tag,
        )


class Overtaken(SatispyError):
    """Others have changed what serves since the action was planned."""
