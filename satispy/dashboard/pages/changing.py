"""The open review corrected or deleted by an admin: asked here, done by way of the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
import param
from pydantic import ValidationError

from satispy import journal
from satispy.dashboard.door.permits import Permits
from satispy.dashboard.pages.acting import LEAST_REASON
from satispy.dashboard.pages.at_work import Typed, said
from satispy.dashboard.render import Slot, dim, notice
from satispy.dashboard.sentences import row_fault
from satispy.dashboard.theme import STACK
from satispy.errors import NotFound, SatispyError
from satispy.journal import Actor
from satispy.locales.messages import _
from satispy.reviews import browsing, changing
from satispy.reviews.browsing import Review
from satispy.reviews.changing import Asked, Outdated
from satispy.reviews.masking import mask
from satispy.reviews.table import ReviewTable
from satispy.storage import Store

#: How long the change of the row is looked for: a merge of a large file may come first.
LOOKS: Final = 60


class ChangingState(Typed):
    """What is typed of the open review, and what became of it; without a widget."""

    review: param.ClassSelector[Review | None] = param.ClassSelector(class_=Review, default=None)
    star: param.Integer[int] = param.Integer(default=0, bounds=(0, 5))
    comment: param.String[str] = param.String(default="")
    reason: param.String[str] = param.String(default="")
    #: A deletion waits for its confirmation.
    deleting: param.Boolean[bool] = param.Boolean(default=False)

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        ask: Callable[[Asked], None],
        *,
        masked: bool,
        pause: float = 1,
        **params: Any,
    ) -> None:
        """ask: has the change made soon, and blocks. pause: seconds between looks at the row."""
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._ask = ask
        self._masked = masked
        self._pause = pause

    def show(self, review: Review | None) -> None:
        """Another review, or this one as it is by now. What is typed of one stays while it is
        open and the same."""
        before = self.review
        if review is not None and before is not None and review == before:
            return
        same = review is not None and before is not None and review.id == before.id
        self.param.update(
            review=review,
            star=review.star if review else 0,
            comment=review.comment if review else "",
            reason="",
            deleting=False,
            fault="",
            trouble=None,
            done=self.done if same else "",
        )

    def plan_deletion(self) -> None:
        self.param.update(fault=self._lacks_reason(), trouble=None, done="")
        self.deleting = not self.fault

    def cancel(self) -> None:
        self.deleting = False

    async def correct(self) -> bool:
        """Ask for what is typed, and wait until it is so."""
        review = self.review
        if review is None or self.busy:
            return False
        fault = self._lacks_reason()
        star = self.star if self.star != review.star else None
        comment = self.comment if self.comment.strip() != review.comment.strip() else None
        if not fault and star is None and comment is None:
            fault = _("changez la note ou le texte")
        if not fault:
            try:
                typed = changing.corrected(review, star, comment)
                if comment is not None:
                    comment = mask(typed.comment) if self._masked else typed.comment
            except ValidationError as error:
                faults = [row_fault(one["type"], one["msg"]) for one in error.errors()]
                fault = ", ".join(faults)
        self.param.update(fault=fault, trouble=None, done="", deleting=False)
        if fault:
            return False
        return await self._asked(review, star=star, comment=comment)

    async def delete(self) -> bool:
        """What was planned, once."""
        if self.review is None or not self.deleting or self.busy:
            return False
        return await self._asked(self.review)

    def _lacks_reason(self) -> str:
        if len(" ".join(self.reason.split())) < LEAST_REASON:
            return _("dites en quelques mots pourquoi, pour le journal")
        return ""

    async def _asked(self, review: Review, **what: object) -> bool:
        """Whether it is so by now."""
        self.busy = True
        try:
            asked = await asyncio.to_thread(self._send, review, what)
            version = await self._made(asked)
        except SatispyError as error:
            self.trouble = error
            return False
        finally:
            self.busy = False
        self.deleting = False
        if version is None:
            self.done = _("C’est demandé, et sera fait après les fichiers qui attendent.")
            return False
        self.done = _("C’est fait, depuis la version %(version)s de la base.", version=version)
        return True

    def _send(self, review: Review, what: dict[str, object]) -> Asked:
        by = Actor(who=self.permits.demand("admin").name, via="app")
        reason = " ".join(self.reason.split())
        about = {"review": review.id, "seen": len(review.changes), "by": by, "why": reason}
        asked = Asked.model_validate(about | what)
        store = self._store()
        self._demand_unchanged(browsing.one(ReviewTable(store), review.id), asked)
        with journal.acting(store, asked.fact(review)):
            self._ask(asked)
        return asked

    async def _made(self, asked: Asked) -> int | None:
        """The version that has the change; None: none has it yet."""
        for _look in range(LOOKS):
            await asyncio.sleep(self._pause)
            if version := await asyncio.to_thread(self._version_with, asked):
                return version
        return None

    def _version_with(self, asked: Asked) -> int | None:
        table = ReviewTable(self._store())
        review = browsing.one(table, asked.review)
        if any(change.id == asked.id for change in review.changes):
            return table.version()
        self._demand_unchanged(review, asked)
        return None

    def _demand_unchanged(self, review: Review, asked: Asked) -> None:
        if review.deleted or len(review.changes) != asked.seen:
            raise Outdated(
                "the review %(id)s was changed or deleted meanwhile: look at it again",
                id=asked.review,
            )


class Changing:
    """The widgets of one session."""

    def __init__(self, state: ChangingState, changed: Callable[[], Any]) -> None:
        """changed: awaited when the review is another, or gone."""
        self._state = state
        self._changed = changed
        field: dict[str, Any] = {"margin": 0, "size": "small", "sizing_mode": "stretch_width"}
        self._star = pmui.RadioButtonGroup(
            options={f"{number} ★": number for number in range(1, 6)},
            value=1,
            label="",
            size="small",
            margin=0,
        )
        self._star.param.watch(lambda event: state.param.update(star=event.new), "value")
        comment = pmui.TextAreaInput.from_param(
            state.param.comment, label=_("Texte"), rows=2, auto_grow=True, max_rows=8, **field
        )
        reason = pmui.TextInput.from_param(
            state.param.reason,
            label=_("Pourquoi (pour le journal)"),
            placeholder=_("Un nom oublié par le masque, sans l’écrire ici"),
            max_length=200,
            **field,
        )
        correct = pmui.Button(label=_("Corriger"), icon="edit", margin=0)
        correct.on_click(self._correct)
        delete = pmui.Button(
            label=_("Supprimer cet avis"),
            icon="delete",
            variant="outlined",
            color="error",
            margin=0,
        )
        delete.on_click(lambda event: state.plan_deletion())
        confirm = pmui.Button(label=_("Supprimer"), icon="check", color="error", margin=0)
        confirm.on_click(self._delete)
        cancel = pmui.Button(label=_("Annuler"), variant="outlined", margin=0)
        cancel.on_click(lambda event: state.cancel())
        self._acts = pn.FlexBox(correct, delete, gap="10px")
        self._sentence, self._answer = Slot(), Slot()
        self._confirming = pn.Column(
            self._sentence,
            pn.FlexBox(confirm, cancel, gap="10px"),
            sizing_mode="stretch_width",
            styles=STACK,
            visible=False,
        )
        self._form = pmui.Accordion(
            (
                _("Corriger ou supprimer"),
                pn.Column(
                    comment,
                    self._star,
                    reason,
                    self._acts,
                    self._confirming,
                    sizing_mode="stretch_width",
                    styles=STACK,
                ),
            ),
            active=[],
            margin=0,
            sizing_mode="stretch_width",
        )
        self._place = pn.Column(self._form, margin=0, sizing_mode="stretch_width", visible=False)
        self.layout = pn.Column(
            self._answer, self._place, sizing_mode="stretch_width", styles=STACK
        )
        state.param.watch(
            self._show, ["review", "star", "deleting", "fault", "trouble", "done", "busy"]
        )
        self._show()

    async def _correct(self, event: object) -> None:
        if await self._state.correct():
            await self._changed()

    async def _delete(self, event: object) -> None:
        if await self._state.delete():
            await self._changed()

    def _show(self, *events: object) -> None:
        state = self._state
        review = state.review
        may = state.permits.seem("admin")
        self._place.visible = bool(may and review is not None and not review.deleted)
        if state.star and self._star.value != state.star:
            self._star.value = state.star
        self._confirming.visible = state.deleting
        self._sentence.show(
            notice(
                "warning",
                _("Supprimer cet avis de la base ?"),
                _(
                    "Aucun modèle ne l’apprendra plus, et le même fichier envoyé de nouveau ne le"
                    " rapportera pas. Les versions d’avant le gardent deux semaines, et le fichier"
                    " d’où il vient tant qu’il existe."
                ),
            )
            if state.deleting
            else ""
        )
        dim(self._form, state.busy)
        self._answer.show(self._said())

    def _said(self) -> str:
        state = self._state
        if state.busy:
            return notice("info", _("La base change…"))
        if isinstance(state.trouble, Outdated | NotFound):
            return notice(
                "warning",
                _("Rien n’a été fait : cet avis a été changé ou supprimé entre-temps"),
                _("Ouvrez-le de nouveau."),
            )
        return said(state, _("L’avis n’a pas été changé"))
