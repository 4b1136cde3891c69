"""Journal: who did what and when, for admins; and whether it is what was entered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

import panel as pn
import panel_material_ui as pmui
import param

from satispy import journal
from satispy.dashboard import entries
from satispy.dashboard.door.permits import Permits, not_done, reserved
from satispy.dashboard.pages.at_work import AtWork
from satispy.dashboard.render import Slot, dim, no_day, notice, pane, render
from satispy.dashboard.theme import PAGE, STACK
from satispy.errors import BrokenArtefact, SatispyError
from satispy.journal import Entry
from satispy.journal.verify import Verdict, verify
from satispy.locales.formats import count
from satispy.locales.messages import N_, Names, _, by_label, ngettext
from satispy.locales.telling import told
from satispy.registry import pointer
from satispy.reviews.dates import NoSuchDay, day_of
from satispy.storage import Store

SHOWN: Final = 50
#: Entries that are looked at for a kind, of all days: those of a kind that is rare are older.
LOOKED_AT: Final = 1_000
EVERYTHING: Final = ""
KINDS: Final = Names(
    {
        EVERYTHING: N_("Tout"),
        "model": N_("Modèles"),
        "retrain": N_("Entraînements"),
        "upload": N_("Fichiers"),
        "reviews": N_("Avis"),
        "mapping": N_("Colonnes"),
        "account": N_("Comptes"),
        "alert": N_("Alertes"),
        "act": N_("Échecs"),
    }
)
_TROUBLES: Final = Names(
    {
        "edited": N_("L’entrée %(number)s a été modifiée"),
        "deleted": N_("L’entrée %(number)s a été supprimée"),
        "moved": N_("L’entrée %(number)s n’est pas à sa place"),
        "truncated": N_("L’entrée %(number)s manque, avec tout ce qui la suivait"),
    }
)


class JournalState(AtWork):
    """What was asked for and found, without a widget."""

    kind: param.Selector[str] = param.Selector(objects=list(KINDS))
    day: param.ClassSelector[date | None] = param.ClassSelector(class_=date, default=None)
    #: What was typed for a day and is none.
    no_day: param.String[str] = param.String(default="")
    entries: param.List[list[Entry]] = param.List(default=[])
    verdict: param.ClassSelector[Verdict | None] = param.ClassSelector(class_=Verdict, default=None)

    def __init__(
        self, store: Callable[[], Store], permits: Permits, timezone: str, **params: Any
    ) -> None:
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._timezone = ZoneInfo(timezone)

    def choose_day(self, typed: str) -> None:
        """As the day of a review is read; nothing typed: the newest entries."""
        try:
            self.param.update(day=day_of(typed), no_day="")
        except NoSuchDay:
            self.param.update(day=None, no_day=typed)

    async def opened(self) -> None:
        """Nothing is read for those who never look."""
        if self.permits.seem("admin") and not self.entries:
            await self.load()

    async def load(self) -> None:
        if self.no_day:
            return
        await self._asked(lambda: {"entries": self._found(), "verdict": None})

    async def check(self) -> None:
        """Hold every entry against its hash."""
        await self._asked(lambda: {"verdict": self._verified()})

    async def _asked(self, ask: Callable[[], dict[str, Any]]) -> None:
        if self.busy:
            return
        self.param.update(busy=True, trouble=None)
        try:
            self.param.update(**await asyncio.to_thread(ask))
        except SatispyError as error:
            self.param.update(entries=[], verdict=None, trouble=error)
        finally:
            self.busy = False

    def _found(self) -> list[Entry]:
        self.permits.demand("admin")
        store = self._store()
        if self.day is None:
            found = iter(journal.last(store, SHOWN if not self.kind else LOOKED_AT))
        else:
            begin = datetime.combine(self.day, time.min, self._timezone).astimezone(UTC)
            found = journal.between(store, begin, begin + timedelta(days=1))
        wanted = (each for each in found if each.what.startswith(self.kind and f"{self.kind}."))
        return list(islice(wanted, SHOWN))

    def _verified(self) -> Verdict:
        self.permits.demand("admin")
        store = self._store()
        try:
            anchor = pointer.read(store).recorded
        except BrokenArtefact:  # said where models are shown
            anchor = None
        return verify(store, [anchor] if anchor else [])


class JournalPage:
    """The widgets of one session."""

    def __init__(self, state: JournalState) -> None:
        self._state = state
        may = state.permits.seem("admin")
        kind = pmui.Select.from_param(
            state.param.kind,
            label=_("Quoi"),
            options=by_label(KINDS),
            size="small",
            margin=0,
            width=200,
            disabled=not may,
        )
        day = pmui.TextInput(
            label=_("Jour (jj/mm/aaaa)"), size="small", margin=0, width=200, disabled=not may
        )
        day.param.watch(lambda event: state.choose_day(event.new or ""), "value")
        again = pmui.Button(
            label=_("Afficher"), icon="refresh", size="small", margin=0, disabled=not may
        )
        again.on_click(self._load)
        check = pmui.Button(
            label=_("Vérifier le journal"),
            icon="verified_user",
            variant="outlined",
            size="small",
            margin=0,
            disabled=not may,
        )
        check.on_click(self._check)
        self._verdict, self._table = Slot(), Slot()
        self._content = pn.Column(self._table, sizing_mode="stretch_width", margin=0)
        self.layout = pn.Column(
            pane(render("journal_head.html")),
            *([] if may else [pane(reserved(_("Lire le journal")))]),
            pn.FlexBox(kind, day, again, check, gap="14px", align_items="center"),
            self._verdict,
            self._content,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["entries", "verdict", "trouble", "busy", "no_day"])

    async def _load(self, _: object) -> None:
        await self._state.load()

    async def _check(self, _: object) -> None:
        await self._state.check()

    def _show(self, *_: object) -> None:
        state = self._state
        dim(self._content, state.busy)
        self._verdict.show(said(state))
        if state.entries or not state.busy:
            rows = [
                (each, entries.on(each), entries.why(each), entries.changed(each))
                for each in state.entries
            ]
            self._table.show(render("journal_table.html", rows=rows))


def said(state: JournalState) -> str:
    """What is to be said above the table."""
    if state.trouble:
        return not_done(state.trouble, _("Le journal ne peut pas être lu"))
    if state.no_day:
        return no_day(state.no_day)
    verdict = state.verdict
    if verdict is None:
        return ""
    if bad := verdict.first_bad:
        return notice(
            "error",
            _TROUBLES[bad.trouble] % {"number": count(bad.number)},
            _("Ce qui suit ne prouve plus rien ; le seau peut en garder une version antérieure."),
            detail=told(bad),
        )
    return notice(
        "success",
        ngettext(
            "Le journal est intact : %(num)s entrée",
            "Le journal est intact : %(num)s entrées",
            verdict.entries,
        ),
        _(
            "Gardez ailleurs l’empreinte de la dernière : elle prouvera que rien n’en fut"
            " retranché."
        ),
        command=f"satispy audit verify --head {verdict.head}",
    )
