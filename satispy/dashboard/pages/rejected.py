"""Rejected rows, to be downloaded or mended in place: part of Données."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import panel as pn
import panel_material_ui as pmui
import param

from satispy import journal
from satispy.dashboard import theme
from satispy.dashboard.door.permits import Permits, not_done, reserved
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.at_work import AtWork
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.sentences import row_fault
from satispy.dashboard.theme import STACK
from satispy.errors import Conflict, NotFound, SatispyError, UploadRefused
from satispy.journal import Actor, Fact, What
from satispy.locales.messages import _, ngettext
from satispy.locales.telling import told
from satispy.reviews import mending
from satispy.reviews.mending import Sheet
from satispy.reviews.reasons import Fault
from satispy.reviews.receipts import Receipt
from satispy.storage import Store

#: The newest quarantines that are offered.
OFFERED: Final = 6


class RejectedState(AtWork):
    """Which rejected rows are looked at, and what became of what was typed; without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    #: Whose rows are being mended.
    receipt: param.ClassSelector[Receipt | None] = param.ClassSelector(class_=Receipt, default=None)
    sheet: param.ClassSelector[Sheet | None] = param.ClassSelector(class_=Sheet, default=None)
    #: What the browser has typed: number of a row → field → text.
    typed: param.Dict[dict[str, dict[str, str]]] = param.Dict(default={})
    #: Of the last that was sent: what is still wrong.
    faults: param.Dict[dict[int, tuple[Fault, ...]]] = param.Dict(default={})
    sent: param.Integer[int] = param.Integer(default=0)

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        announce: Callable[[str, str], None],
        timezone: str,
        **params: Any,
    ) -> None:
        """announce: told of the key that was put, and of the put."""
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._announce = announce
        self._timezone = ZoneInfo(timezone)

    @property
    def offered(self) -> list[Receipt]:
        """Newest receipts whose rejected rows can be fetched, one for each file name."""
        kept: dict[str, Receipt] = {}
        for receipt in self.snapshot.receipts:
            if receipt.quarantine and receipt.rejected:
                kept.setdefault(receipt.quarantine, receipt)
        return list(kept.values())[:OFFERED]

    def read(self, key: str) -> BytesIO:
        self.permits.demand("user")
        return BytesIO(self._store().read(key))

    async def open(self, receipt: Receipt, begin: int = 0) -> None:
        """Show the rows of a file that wait, from one on."""
        self.param.update(receipt=receipt, typed={}, faults={}, sent=0)
        await self._done(lambda: {"sheet": self._sheet(receipt, begin)})

    def close(self) -> None:
        self.param.update(receipt=None, sheet=None, typed={}, faults={}, sent=0, trouble=None)

    async def send(self) -> None:
        """Send what was typed, as far as it passes."""
        if self.receipt is not None and self.typed and not self.busy:
            await self._done(lambda: self._sent(self.receipt, self.typed))

    async def _done(self, do: Callable[[], dict[str, Any]]) -> None:
        self.param.update(busy=True, trouble=None)
        try:
            done = await asyncio.to_thread(do)
            mended = done.pop("mended", None)
            self.param.update(**done)
            if mended is not None and mended.rows:
                self._announce(mended.key, mended.put)
        except SatispyError as error:
            self.trouble = error
        finally:
            self.busy = False

    def _sheet(self, receipt: Receipt, begin: int) -> Sheet:
        self.permits.demand("admin")
        return mending.sheet(self._store(), receipt, self._today(), begin)

    def _sent(self, receipt: Receipt, typed: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        by = Actor(who=self.permits.demand("admin").name, via="app")
        store, wanted = self._store(), _checked(typed)
        mended = mending.judge_typed(store, receipt, self._today(), wanted)
        if mended.rows:
            about: dict[str, Any] = {"rows": mended.rows, "from": receipt.upload}
            fact = Fact(by=by, what=What.UPLOAD_MENDED, on=mended.upload, after=about)
            with journal.acting(store, fact):
                mended = mending.send(store, mended)
        faults = dict(mended.faults)
        # What passed is no longer shown; it is merged in a moment.
        left = [row for row in self.sheet.rows if row.number in faults or row.number not in wanted]
        kept = {str(number): dict(wanted[number]) for number in faults}
        shown = Sheet(self.sheet.key, self.sheet.columns, tuple(left), self.sheet.next)
        return {
            "mended": mended,
            "typed": kept,
            "faults": faults,
            "sent": mended.rows,
            "sheet": shown,
        }

    def _today(self) -> str:
        return datetime.now(self._timezone).date().isoformat()


def _checked(typed: Mapping[Any, Any]) -> dict[int, dict[str, str]]:
    """What a browser says it has typed, as far as it can be that."""
    return {
        int(number): {str(field): value for field, value in cells.items() if isinstance(value, str)}
        for number, cells in list(typed.items())[: mending.SHOWN]
        if str(number).isascii() and str(number).isdigit() and isinstance(cells, dict)
    }


class MendTable(pn.custom.JSComponent):
    """The editable table, in the browser."""

    columns = param.Dict(default={})
    rows = param.List(default=[])
    typed = param.Dict(default={})
    words = param.Dict(default={})
    locked = param.Boolean(default=False)

    _esm = Path(__file__).parent.parent / "static" / "mend.js"


class Rejected:
    """The widgets of one session."""

    def __init__(self, state: RejectedState) -> None:
        self._state = state
        # A box of its own for each list: one that is empty when the page is drawn stays so.
        self._offers = pn.Column(sizing_mode="stretch_width", margin=0)
        self._shown: list[Receipt] = []
        self._drawn: tuple[Sheet | None, dict[int, Any]] = (None, {})
        self._table = MendTable(
            stylesheets=[theme.style()],
            sizing_mode="stretch_width",
            margin=0,
            words={
                "line": _("Ligne"),
                "raw": _("Texte du fichier"),
                "caption": _("Lignes écartées, à corriger"),
            },
        )
        self._table.param.watch(self._take, "typed")
        send = pmui.Button(label=_("Envoyer les lignes corrigées"), icon="send", margin=0)
        send.on_click(self._send)
        self._send_button = send
        more = pmui.Button(label=_("Lignes suivantes"), variant="outlined", margin=0)
        more.on_click(self._more)
        self._next = pn.Column(more, margin=0)
        close = pmui.Button(label=_("Fermer"), variant="outlined", margin=0)
        close.on_click(lambda event: state.close())
        self._title, self._answer = Slot(), Slot()
        self._pieces = [self._title, self._table, pn.FlexBox(send, self._next, close, gap="10px")]
        # Empty until it is needed: the page waits for what a component of scripts draws.
        self._editor = pn.Column(sizing_mode="stretch_width", styles=STACK, visible=False)
        may = state.permits.seem("admin")
        self.layout = pn.Column(
            pane(render("data_mend.html")),
            *([] if may else [pane(reserved(_("Corriger des lignes")))]),
            self._offers,
            self._answer,
            self._editor,
            visible=False,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        state.param.watch(
            self._show, ["snapshot", "receipt", "sheet", "faults", "sent", "trouble", "busy"]
        )
        self._show()

    def _take(self, event: Any) -> None:
        self._state.typed = {str(row): cells for row, cells in _checked(event.new).items()}

    async def _send(self, event: object) -> None:
        await self._state.send()

    async def _more(self, event: object) -> None:
        state = self._state
        if state.receipt and state.sheet and state.sheet.next is not None:
            await state.open(state.receipt, state.sheet.next)

    def _show(self, *events: object) -> None:
        state = self._state
        self._offer(state.offered)
        dim(self._send_button, state.busy)
        self._answer.show(self._said())
        sheet = state.sheet if state.receipt else None
        opened = bool(sheet and sheet.rows)
        self._next.visible = bool(sheet and sheet.next is not None)
        if sheet and state.receipt:
            self._title.show(render("mend_head.html", upload=state.receipt.upload))
            drawn = (sheet, state.faults)
            # What is typed stands in the browser already: for that alone no row is sent again.
            if drawn[0] is not self._drawn[0] or drawn[1] != self._drawn[1]:
                self._drawn = drawn
                self._table.param.update(columns=dict(sheet.columns), typed=dict(state.typed))
                self._table.rows = [
                    _as_json(row, state.faults.get(row.number), state.typed) for row in sheet.rows
                ]
        if opened and not self._editor.objects:
            self._editor.objects = self._pieces
        self._editor.visible = opened

    def _said(self) -> str:
        state = self._state
        if isinstance(state.trouble, NotFound | Conflict):
            return notice(
                "warning",
                _("Ces lignes écartées ont changé entre-temps"),
                _("Ouvrez-les de nouveau."),
                detail=told(state.trouble),
            )
        if isinstance(state.trouble, UploadRefused):
            return notice(
                "warning",
                _("Ces lignes ne peuvent pas être corrigées ici"),
                _("Téléchargez-les, corrigez-les dans un tableur et envoyez le fichier."),
                detail=told(state.trouble),
            )
        if state.trouble:
            return not_done(state.trouble, _("Les lignes n’ont pas pu être envoyées"))
        said = ""
        if state.sent:
            said += notice(
                "success",
                ngettext(
                    "%(num)s ligne corrigée est envoyée",
                    "%(num)s lignes corrigées sont envoyées",
                    state.sent,
                ),
            )
        if state.faults:
            said += notice(
                "warning",
                ngettext(
                    "%(num)s ligne est encore à corriger",
                    "%(num)s lignes sont encore à corriger",
                    len(state.faults),
                ),
            )
        if state.sheet and not state.sheet.rows and not state.sent:
            said += notice("info", _("Toutes les lignes de ce fichier sont déjà corrigées"))
        return said

    def _offer(self, offered: list[Receipt]) -> None:
        if offered == self._shown:
            return
        self._shown = offered
        buttons = [
            pn.FlexBox(*self._buttons(receipt), gap="6px", align_items="center")
            for receipt in offered
        ]
        self._offers.objects = [pn.FlexBox(*buttons, gap="8px 18px", align_items="center")]
        self.layout.visible = bool(offered)

    def _buttons(self, receipt: Receipt) -> list[pn.viewable.Viewable]:
        rows = ngettext("%(num)s ligne", "%(num)s lignes", receipt.rejected)
        download = pmui.FileDownload(
            callback=self._download(receipt.quarantine or ""),
            filename=_("%(upload)s_lignes_ecartees.csv", upload=receipt.upload),
            label=_("%(upload)s : %(rows)s", upload=receipt.upload, rows=rows),
            icon="download",
            variant="outlined",
            size="small",
            margin=0,
        )
        here = pmui.Button(
            label=_("Corriger ici"),
            icon="edit",
            variant="text",
            size="small",
            margin=0,
            disabled=not self._state.permits.seem("admin"),
        )

        async def open_it(event: object) -> None:
            await self._state.open(receipt)

        here.on_click(open_it)
        return [download, here]

    def _download(self, key: str) -> Callable[[], BytesIO | None]:
        def fetch() -> BytesIO | None:
            try:
                return self._state.read(key)
            except SatispyError as error:
                self._state.trouble = error
                return None

        return fetch


def _as_json(
    row: mending.Rejected,
    faults: tuple[Fault, ...] | None,
    typed: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    if faults is not None:  # of what was typed last
        row = mending.Rejected(row.number, row.line, row.values, row.raw, faults)
    fields = ("", *row.values)
    said = {
        field: [row_fault(each.code, each.message) for each in row.faults_of(field)]
        for field in fields
    }
    values = row.values | dict(typed.get(str(row.number), {}))
    return {
        "number": row.number,
        "line": row.line,
        "raw": row.raw,
        "values": values,
        "faults": {field: found for field, found in said.items() if found},
    }
