"""One review typed by hand, as part of Données."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from pydantic import ValidationError

from satispy.dashboard.door.permits import Permits
from satispy.dashboard.render import Slot, notice
from satispy.dashboard.sentences import row_fault
from satispy.dashboard.theme import STACK
from satispy.errors import Forbidden, StorageUnreachable
from satispy.locales.messages import _
from satispy.locales.telling import told
from satispy.reviews import inbox
from satispy.reviews.schema import Review
from satispy.storage import Store

NOT_GIVEN = 0  # stars


class ReviewFormState(param.Parameterized):
    """The review being typed, and what became of the last one."""

    comment: param.String[str] = param.String(default="")
    star: param.Integer[int] = param.Integer(default=NOT_GIVEN, bounds=(0, 5))
    date: param.String[str] = param.String(default="")
    source: param.String[str] = param.String(default="")
    company: param.String[str] = param.String(default="")
    #: Of the last attempt: what is wrong with it, in words; empty when it was taken.
    faults: param.List[list[str]] = param.List(default=[])
    unreachable: param.String[str] = param.String(default="")
    taken: param.Integer[int] = param.Integer(default=0)

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        *,
        masked: bool,
        announce: Callable[[], None],
        **params: Any,
    ) -> None:
        """announce: has the inbox gathered soon."""
        super().__init__(**params)
        self._store = store
        self._permits = permits
        self._masked = masked
        self._announce = announce
        self.date = self.date or _today()

    async def add(self) -> None:
        try:
            review = Review.model_validate(
                {
                    "comment": self.comment,
                    "star": self.star or "",
                    "date": self.date,
                    "source": self.source,
                    "company": self.company,
                },
                context={"today": date.today().isoformat()},
            )
        except ValidationError as error:
            faults = [row_fault(one["type"], one["msg"]) for one in error.errors()]
            self.param.update(faults=faults, unreachable="")
            return
        post = inbox.Post(
            id=secrets.token_hex(16),
            by="app",
            digest=hashlib.sha256(review.model_dump_json().encode()).hexdigest(),
            reviews=[review],
        )
        try:
            await asyncio.to_thread(self._keep, post)
        except Forbidden:
            self.param.update(
                faults=[_("votre session est terminée, rechargez la page")], unreachable=""
            )
            return
        except StorageUnreachable as error:
            self.param.update(faults=[], unreachable=told(error))
            return
        self.param.update(
            comment="",
            star=NOT_GIVEN,
            date=_today(),
            faults=[],
            unreachable="",
            taken=self.taken + 1,
        )

    def _keep(self, post: inbox.Post) -> None:
        self._permits.demand("user")
        store = self._store()
        inbox.put(store, post, masked=self._masked)
        if inbox.must_announce(store):
            self._announce()


def _today() -> str:
    return f"{date.today():%d/%m/%Y}"


class ReviewForm:
    """The widgets of one session."""

    def __init__(self, state: ReviewFormState) -> None:
        self._state = state
        field: dict[str, Any] = {"margin": 0, "size": "small", "sizing_mode": "stretch_width"}
        comment = pmui.TextAreaInput.from_param(
            state.param.comment, label=_("Commentaire"), rows=2, auto_grow=True, max_rows=8, **field
        )
        self._star = pmui.RadioButtonGroup(
            # "Not given" is a choice of its own: a group without one takes its first by itself.
            options={_("Note ?"): NOT_GIVEN, **{f"{number} ★": number for number in range(1, 6)}},
            value=NOT_GIVEN,
            label="",
            size="small",
            margin=0,
        )
        self._star.param.watch(self._give, "value")
        state.param.watch(lambda event: self._star.param.update(value=event.new), "star")
        day = pmui.TextInput.from_param(state.param.date, label=_("Date (jj/mm/aaaa)"), **field)
        source = pmui.TextInput.from_param(
            state.param.source, label=_("Source (facultatif)"), placeholder="TrustPilot", **field
        )
        company = pmui.TextInput.from_param(
            state.param.company, label=_("Enseigne (facultatif)"), placeholder="VeePee", **field
        )
        add = pmui.Button(label=_("Ajouter l’avis"), icon="add_comment", margin=0)
        add.on_click(self._add)
        self._answer = Slot()
        fields = [
            pn.Column(one, styles={"flex": "1 1 170px"}, margin=0) for one in (day, source, company)
        ]
        self.layout = pn.Column(
            comment,
            pn.FlexBox(self._star, *fields, add, gap="14px", align_items="center"),
            self._answer,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        state.param.watch(self._show, ["faults", "unreachable", "taken"])
        self._show()

    def _give(self, event: Any) -> None:
        self._state.star = event.new or NOT_GIVEN

    async def _add(self, _: object) -> None:
        await self._state.add()

    def _show(self, *events: object) -> None:
        state = self._state
        if state.unreachable:
            shown = notice(
                "error",
                _("Le stockage S3 ne répond pas : l’avis n’est pas enregistré"),
                detail=state.unreachable,
            )
        elif state.faults:
            shown = notice("warning", _("À corriger : %(fault)s", fault=", ".join(state.faults)))
        elif state.taken:
            shown = notice(
                "success",
                _("Merci, l’avis est enregistré"),
                _("Il rejoindra la base avec les prochains avis saisis, en une minute environ."),
            )
        else:
            shown = ""
        self._answer.show(shown)
