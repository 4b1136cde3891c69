"""Which column is what, asked for a file whose header nobody knows: part of Données."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import panel as pn
import panel_material_ui as pmui
import param

from satispy.dashboard.door.permits import FOR_ADMINS, Permits, reserved
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.render import Slot, notice, pane, render
from satispy.dashboard.theme import STACK
from satispy.errors import Forbidden, SatispyError
from satispy.locales.messages import N_, Names, _, by_label
from satispy.locales.telling import told
from satispy.reviews.explaining import columns_of
from satispy.reviews.proposal import Proposal
from satispy.reviews.receipts import Receipt, put_of
from satispy.reviews.said import COLUMNS
from satispy.storage import Store

#: What stands for no column.
NONE = "—"
SCALES = Names({"": N_("sur 5"), "/10": N_("sur 10"), "/20": N_("sur 20"), "/100": N_("sur 100")})
ASKED = Names(
    {
        "comment": N_("Colonne du commentaire"),
        "star": N_("Colonne de la note"),
        "date": N_("Colonne de la date"),
        "number": N_("Colonne du numéro"),
    }
)


class MappingState(param.Parameterized):
    """The file that is asked about, its columns, and what was chosen of them."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    #: The newest file that was refused because of its header; None if there is none.
    asked: param.ClassSelector[Receipt | None] = param.ClassSelector(class_=Receipt, default=None)
    proposal: param.ClassSelector[Proposal | None] = param.ClassSelector(
        class_=Proposal, default=None
    )
    comment: param.String[str] = param.String(default=NONE)
    star: param.String[str] = param.String(default=NONE)
    scale: param.String[str] = param.String(default="")
    date: param.String[str] = param.String(default=NONE)
    number: param.String[str] = param.String(default=NONE)
    fault: param.String[str] = param.String(default="")
    trouble: param.String[str] = param.String(default="")

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        sent: Callable[[str, str], None],
        **params: Any,
    ) -> None:
        """sent: told of the key that was put again, and of the put."""
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._sent = sent
        self.param.watch(self._look, "snapshot")
        self._look()

    def _look(self, *_: object) -> None:
        asked = next((each for each in self.snapshot.newest_puts if each.proposal), None)
        if asked != self.asked:
            self.param.update(asked=asked, proposal=None, fault="", trouble="")

    async def open(self) -> None:
        """Read the file's columns and first cells: the receipt holds none that may name people."""
        if self.asked is None:
            return
        try:
            proposal = await asyncio.to_thread(self._columns, self.asked.key)
        except SatispyError as error:
            self.trouble = told(error)
            return
        if proposal is None:
            self.trouble = _("ce fichier n’est plus celui qui a été refusé")
            return
        chosen = {name: proposal.columns.get(name, NONE) for name in ASKED}
        self.param.update(**chosen, proposal=proposal, scale="", fault="", trouble="")

    def _columns(self, key: str) -> Proposal | None:
        self.permits.demand("admin")
        store = self._store()
        return columns_of(lambda: store.stream(key))

    @property
    def mapping(self) -> dict[str, str]:
        """As the metadata of an upload says it."""
        chosen = {name: getattr(self, name) for name in ASKED}
        said = {name: column for name, column in chosen.items() if column != NONE}
        if "star" in said:
            said["star"] += self.scale
        return said

    async def confirm(self) -> None:
        """Put the file again, with its mapping; merging remembers it."""
        said = self.mapping
        columns = [getattr(self, name) for name in said]
        if "comment" not in said or "star" not in said:
            self.fault = _("choisissez la colonne du commentaire et celle de la note")
        elif len(set(columns)) < len(columns):
            self.fault = _("une colonne ne peut servir deux fois")
        elif self.asked is not None:
            key = self.asked.key
            try:
                put = await asyncio.to_thread(self._put, key, said)
            except Forbidden:
                self.fault = _(FOR_ADMINS)
                return
            except SatispyError as error:
                self.trouble = told(error)
                return
            self._sent(key, put)
            self.param.update(asked=None, proposal=None, fault="", trouble="")

    def _put(self, key: str, said: dict[str, str]) -> str:
        self.permits.demand("admin")
        store = self._store()
        store.copy(key, {COLUMNS: urlencode(said)})
        return put_of(store.describe(key))


class MappingForm:
    """The widgets of one session."""

    def __init__(self, state: MappingState) -> None:
        self._state = state
        field: dict[str, Any] = {"margin": 0, "size": "small", "sizing_mode": "stretch_width"}
        self._selects = {
            name: pmui.Select(label=label, options=[NONE], value=NONE, **field)
            for name, label in ASKED.items()
        }
        for name, select in self._selects.items():
            select.param.watch(lambda event, name=name: self._choose(name, event.new), "value")
        scale = pmui.Select.from_param(
            state.param.scale, label=_("La note est"), options=by_label(SCALES), **field
        )
        self._head, self._cells, self._answer = pane(), pane(), Slot()
        ask = pmui.Button(label=_("Indiquer ses colonnes"), icon="view_column", margin=0)
        ask.on_click(self._ask)
        # A column hides without the page failing where its tab was never opened.
        ask.disabled = not state.permits.seem("admin")
        note = [] if state.permits.seem("admin") else [pane(reserved(_("Indiquer des colonnes")))]
        self._opening = pn.Column(*note, ask, margin=0)
        confirm = pmui.Button(label=_("Fusionner avec ces colonnes"), icon="merge", margin=0)
        confirm.on_click(self._confirm)
        fields = [
            pn.Column(one, styles={"flex": "1 1 170px"}, margin=0)
            for one in (*self._selects.values(), scale)
        ]
        self._form = pn.Column(
            self._cells,
            pn.FlexBox(*fields, gap="14px", align_items="center"),
            confirm,
            sizing_mode="stretch_width",
            styles=STACK,
            visible=False,
        )
        self.layout = pn.Column(
            self._head,
            self._opening,
            self._form,
            self._answer,
            sizing_mode="stretch_width",
            styles=STACK,
            visible=False,
        )
        state.param.watch(self._show, ["asked", "proposal", "fault", "trouble"])
        self._show()

    def _choose(self, name: str, column: str) -> None:
        setattr(self._state, name, column or NONE)

    async def _ask(self, _: object) -> None:
        await self._state.open()

    async def _confirm(self, _: object) -> None:
        await self._state.confirm()

    def _show(self, *events: object) -> None:
        state = self._state
        self.layout.visible = state.asked is not None
        self._opening.visible = state.proposal is None
        self._form.visible = state.proposal is not None
        name = state.asked.upload if state.asked else ""
        self._head.object = render("mapping_head.html", name=name) if name else ""
        if state.proposal:
            self._cells.object = render("mapping_cells.html", samples=state.proposal.samples)
            options = [NONE, *state.proposal.samples]
            for field, select in self._selects.items():
                select.param.update(options=options, value=getattr(state, field))
        if state.trouble:
            self._answer.show(notice("error", _("Le fichier n’a pu être lu"), detail=state.trouble))
        else:
            self._answer.show(
                notice("warning", _("À corriger : %(fault)s", fault=state.fault))
                if state.fault
                else ""
            )
