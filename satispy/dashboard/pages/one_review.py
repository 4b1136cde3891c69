"""One review opened, with where it came from and what is said of it: part of Données."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Protocol

import panel as pn
import panel_material_ui as pmui
import param

from satispy.client.types import Prediction
from satispy.dashboard.door.permits import Permits, not_done
from satispy.dashboard.pages.asking import votes
from satispy.dashboard.pages.changing import Changing, ChangingState
from satispy.dashboard.render import Slot, notice, render
from satispy.dashboard.theme import STACK, family_stroke
from satispy.errors import NoModel, NotFound, SatispyError
from satispy.locales.messages import _
from satispy.locales.reader import reader
from satispy.locales.telling import told
from satispy.models.family import FAMILIES
from satispy.reviews import browsing, receipts
from satispy.reviews.browsing import Review
from satispy.reviews.table import ReviewTable
from satispy.storage import Store

NOTHING = ""
#: Before an identity in an address: Panel takes what is there for a selector, and none begins with
#: a digit.
MARK = "r"


class Judge(Protocol):
    """What this part needs of the service's client."""

    async def predict(
        self, texts: Sequence[str], model: str, version: str, *, aspects: bool
    ) -> Sequence[Prediction]: ...


class OneReviewState(param.Parameterized):
    """The review that is open, without a widget."""

    #: Its identity, as its address says it: `r` and 32 hexadecimal digits.
    opened: param.String[str] = param.String(default=NOTHING)
    #: None while it is being read, or if there is none.
    review: param.ClassSelector[Review | None] = param.ClassSelector(class_=Review, default=None)
    #: Whether the newest version has it no longer: an older one is shown, or what is left of it.
    deleted: param.Boolean[bool] = param.Boolean(default=False)
    #: Of the dataset, in which it was merged.
    since: param.Integer[int | None] = param.Integer(default=None, allow_None=True)
    said: param.ClassSelector[Prediction | None] = param.ClassSelector(
        class_=Prediction, default=None
    )
    #: Why it cannot be shown, and why no model says anything of it.
    trouble: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )
    silence: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        judge: Judge,
        version: Callable[[], int | None],
        **params: Any,
    ) -> None:
        """version: of the dataset, where a review is looked for that the newest has no longer."""
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._judge = judge
        self._version = version
        self.param.watch(self._open, "opened")

    def close(self) -> None:
        self.opened = NOTHING

    async def _open(self, *events: object) -> None:
        await self.look()

    async def look(self) -> None:
        """Read what is opened, and ask the models; of what is no longer open nothing is shown."""
        opened = self.opened
        self.param.update(review=None, since=None, said=None, trouble=None, silence=None)
        if not opened:
            return
        try:
            review, deleted, since = await asyncio.to_thread(self._read, opened.removeprefix(MARK))
        except SatispyError as error:
            if self.opened == opened:
                self.trouble = error
            return
        if self.opened != opened:
            return
        self.param.update(review=review, deleted=deleted, since=since)
        if review.deleted:
            return
        try:
            said = await self._asked(review.comment)
        except SatispyError as error:
            if self.opened == opened:
                self.silence = error
            return
        if self.opened == opened:
            self.said = said

    def _read(self, id: str) -> tuple[Review, bool, int | None]:
        self.permits.demand("user")
        store = self._store()
        table = ReviewTable(store)
        version = self._version()
        deleted = False
        try:
            review = browsing.one(table, id)
            deleted = review.deleted
        except NotFound:
            if version is None:
                raise
            review = browsing.one(table, id, version)
        if deleted and version is not None:
            review = replace(browsing.one(table, id, version), changes=review.changes)
        receipt = receipts.find(store, review.upload, review.put)
        return review, deleted, receipt.dataset_version if receipt else None

    async def _asked(self, comment: str) -> Prediction:
        try:
            return (await self._judge.predict([comment], "all", "", aspects=True))[0]
        except NoModel:  # of aspects, maybe: the others answer without it
            return (await self._judge.predict([comment], "all", "", aspects=False))[0]


class OneReview:
    """The widgets of one session."""

    def __init__(
        self,
        state: OneReviewState,
        changing: ChangingState | None = None,
        changed: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """changed: awaited when the review was corrected or deleted here."""
        self._state = state
        self._changing, self._changed = changing, changed
        self._about, self._said = Slot(), Slot()
        form = [Changing(changing, self._look_again).layout] if changing else []
        self.layout = pmui.Dialog(
            pn.Column(self._about, self._said, *form, sizing_mode="stretch_width", styles=STACK),
            title=_("Un avis"),
            open=False,
            close_on_click=True,
            show_close_button=True,
            width_option="md",
        )
        self.layout.param.watch(self._closed, "open")
        state.param.watch(
            self._show, ["opened", "review", "deleted", "since", "said", "trouble", "silence"]
        )
        self._show()

    def _closed(self, event: Any) -> None:
        if not event.new:
            self._state.close()

    async def _look_again(self) -> None:
        if self._changed:
            await self._changed()  # first: what it shows is the version a deleted one is read in
        await self._state.look()

    def _show(self, *events: object) -> None:
        state = self._state
        self.layout.open = bool(state.opened)
        self._about.show(self._shown() if state.opened else "")
        self._said.show(self._models_say() if state.review and not state.review.deleted else "")
        if self._changing and (state.review or not state.opened):
            self._changing.show(None if state.deleted else state.review)

    def _shown(self) -> str:
        state = self._state
        if isinstance(state.trouble, NotFound):
            return notice(
                "info", _("Cet avis n’est pas, ou plus, dans la base"), detail=told(state.trouble)
            )
        if state.trouble:
            return not_done(state.trouble, _("Cet avis ne peut pas être lu"))
        if state.review is None:
            return notice("info", _("Lecture de l’avis…"))
        return render(
            "one_review.html", review=state.review, deleted=state.deleted, since=state.since
        )

    def _models_say(self) -> str:
        state = self._state
        if isinstance(state.silence, NoModel):
            return notice("info", _("Aucun modèle n’est encore en service"))
        if state.silence:
            return notice("warning", _("Les modèles n’ont pas répondu"), detail=told(state.silence))
        if state.said is None:
            return notice("info", _("Les modèles lisent…"))
        return render(
            "one_review_said.html",
            votes=votes(state.said),
            aspects=state.said.aspects,
            language=reader().language,
            strokes={name: family_stroke(name) for name in FAMILIES},
        )
