"""Alertes: what somebody has to hear of, who has seen it, and which channels have it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
import param

from satispy.alerts import acts
from satispy.alerts.book import Book
from satispy.alerts.channels import Channel
from satispy.alerts.facts import Alert, Code
from satispy.alerts.words import words
from satispy.dashboard import alerting
from satispy.dashboard.door.permits import Permits, reserved
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import unread
from satispy.dashboard.pages.at_work import Typed, said
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import PAGE, STACK
from satispy.errors import NotFound, SatispyError
from satispy.journal import Actor
from satispy.locales.formats import moment
from satispy.locales.messages import N_, Names, _
from satispy.locales.telling import told
from satispy.storage import Store

#: That are over, and shown.
NEWEST_OVER: Final = 20
LONGEST_WORD: Final = 200
#: Hours of silence.
SILENCES: Final = Names(
    {"1": N_("1 heure"), "8": N_("8 heures"), "24": N_("1 jour"), "168": N_("1 semaine")}
)

Do = Callable[[Store, Actor, datetime], str]


class AlertsState(Typed):
    """What is looked at, written and done, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    #: The id of an alert; empty: the first that is open.
    chosen: param.String[str] = param.String(default="")
    word: param.String[str] = param.String(default="")
    hours: param.Selector[str] = param.Selector(objects=list(SILENCES))
    channels: param.List[list[Channel]] = param.List(default=[])
    misread: param.String[str] = param.String(default="")  # why channels are not known

    def __init__(
        self,
        store: Callable[[], Store],
        permits: Permits,
        known_channels: Callable[[], Sequence[Channel]],
        **params: Any,
    ) -> None:
        """known_channels: those that this process tells; blocks, and raises SatispyError."""
        super().__init__(**params)
        self._store = store
        self.permits = permits
        self._known_channels = known_channels

    @property
    def book(self) -> Book:
        return self.snapshot.alerts or Book()

    @property
    def open(self) -> list[Alert]:
        return alerting.in_order(self.book.open, datetime.now(UTC))

    @property
    def over(self) -> list[Alert]:
        """The newest first."""
        found = [each for each in self.book.resolved if each.code != Code.TEST]
        return found[: -NEWEST_OVER - 1 : -1]

    @property
    def test(self) -> Alert | None:
        """The newest message that was sent to try the channels."""
        return next((each for each in self.book.resolved if each.code == Code.TEST), None)

    @property
    def shown(self) -> Alert | None:
        """None where nothing is open, or the chosen one is known no more."""
        if not self.chosen:
            return next(iter(self.open), None)
        known = [*self.book.open, *self.book.resolved]
        return next((each for each in known if each.id == self.chosen), None)

    async def opened(self) -> None:
        """Read which channels there are: not by the feed, since it is a file of this machine."""
        try:
            found = await asyncio.to_thread(self._known_channels)
        except SatispyError as error:
            self.param.update(channels=[], misread=told(error))
        else:
            self.param.update(channels=list(found), misread="")

    async def acknowledge(self) -> None:
        if alert := self.shown:
            word = " ".join(self.word.split())[:LONGEST_WORD]

            def do(store: Store, by: Actor, now: datetime) -> str:
                acts.acknowledge(store, alert.id, by, now, word)
                return _("C’est noté : vous avez vu « %(title)s ».", title=words(alert).title)

            await self._act(do)

    async def silence(self) -> None:
        if alert := self.shown:
            hours = int(self.hours)

            def do(store: Store, by: Actor, now: datetime) -> str:
                until = now + timedelta(hours=hours)
                acts.silence(store, alert.id, until, by)
                return _("Personne n’en sera prévenu jusqu’au %(until)s.", until=moment(until))

            await self._act(do)

    async def speak_again(self) -> None:
        if alert := self.shown:

            def do(store: Store, by: Actor, now: datetime) -> str:
                acts.silence(store, alert.id, None, by)
                return _("Son silence est levé.")

            await self._act(do)

    async def try_out(self) -> None:
        def do(store: Store, by: Actor, now: datetime) -> str:
            acts.try_out(store, by, now)
            return _("Le message d’essai part ; ce qui l’a reçu s’affiche ici.")

        await self._act(do)

    async def _act(self, do: Do) -> None:
        """Once at a time, by who may at this moment."""
        if self.busy:
            return
        self.param.update(busy=True, trouble=None, done="")

        def by_who_may() -> str:
            by = Actor(who=self.permits.demand("admin").name, via="app")
            return do(self._store(), by, datetime.now(UTC))

        try:
            done = await asyncio.to_thread(by_who_may)
        except SatispyError as error:
            self.trouble = error
        else:
            self.param.update(word="", done=done)
        finally:
            self.busy = False


class AlertsPage:
    """The widgets of one session."""

    def __init__(self, state: AlertsState) -> None:
        self._state = state
        self._may = state.permits.seem("admin")
        self._trouble, self._answer, self._gone, self._empty = Slot(), Slot(), Slot(), Slot()
        self._list, self._detail, self._over, self._channels = pane(), pane(), pane(), pane()
        self._list.styles = {"flex": "2 1 300px", "min-width": "0"}
        self._acting = self._actions()
        self._both = pn.FlexBox(
            self._list,
            pn.Column(
                self._detail,
                self._acting,
                styles=STACK | {"flex": "3 1 320px", "min-width": "0"},
                margin=0,
            ),
            sizing_mode="stretch_width",
            gap="14px",
        )
        self._test = _button(_("Envoyer un message d’essai"), "send", state.try_out)
        self._test.disabled = not self._may
        self._below = pn.Column(
            self._over, self._channels, self._test, sizing_mode="stretch_width", styles=STACK
        )
        self.layout = pn.Column(
            pane(render("alerts_head.html")),
            self._trouble,
            self._answer,
            self._gone,
            self._empty,
            self._both,
            self._below,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(
            self._show, ["snapshot", "chosen", "channels", "misread", "trouble", "done", "busy"]
        )
        self._show()

    def _actions(self) -> pn.Column:
        state = self._state
        word = pmui.TextInput.from_param(
            state.param.word,
            label=_("Un mot pour les autres (facultatif)"),
            placeholder=_("Le transporteur est appelé"),
            max_length=LONGEST_WORD,
            size="small",
            margin=0,
            disabled=not self._may,
            sizing_mode="stretch_width",
        )
        hours = pmui.Select.from_param(
            state.param.hours,
            label=_("Silence"),
            options={name: code for code, name in SILENCES.items()},
            size="small",
            margin=0,
            width=130,
            disabled=not self._may,
        )
        seen = _button(_("J’ai vu"), "check", state.acknowledge)
        quiet = _button(_("Faire taire"), "notifications_off", state.silence, "outlined")
        self._aloud = _button(
            _("Lever le silence"), "notifications_active", state.speak_again, "outlined"
        )
        for each in (seen, quiet, self._aloud):
            each.disabled = not self._may
        self._lifting = pn.Column(self._aloud, margin=0)
        return pn.Column(
            *([] if self._may else [pane(reserved(_("Répondre à une alerte")))]),
            pn.FlexBox(
                pn.Column(word, styles={"flex": "1 1 260px"}, margin=0),
                seen,
                hours,
                quiet,
                self._lifting,
                gap="14px 10px",
                align_items="center",
                sizing_mode="stretch_width",
            ),
            sizing_mode="stretch_width",
            styles=STACK,
        )

    def _show(self, *events: object) -> None:
        state, now = self._state, datetime.now(UTC)
        opened, shown = state.open, state.shown
        known = state.snapshot.read
        self._trouble.show(unread(state.snapshot))
        self._answer.show(self._said())
        self._gone.show(
            notice(
                "info",
                _("Cette alerte n’est plus connue"),
                _("Elle est finie depuis longtemps : seules les plus récentes sont gardées."),
            )
            if known and shown is None and state.chosen
            else ""
        )
        self._empty.show(
            render("alerts_none.html", watched=alerting.WATCHED) if known and not opened else ""
        )
        self._both.visible = shown is not None
        self._below.visible = known
        self._list.object = render(
            "alerts_list.html",
            told=[alerting.told(each) for each in opened],
            chosen=shown.id if shown else "",
            now=now,
        )
        if shown:
            self._detail.object = render(
                "alerts_detail.html",
                told=alerting.told(shown),
                reached=alerting.reached(shown),
                now=now,
            )
            self._acting.visible = shown.resolved is None
            self._lifting.visible = shown.is_silent(now)
        self._over.object = render(
            "alerts_over.html", told=[alerting.told(each) for each in state.over]
        )
        test = state.test
        self._channels.object = render(
            "alerts_channels.html",
            channels=alerting.channels(
                state.book, {each.name: each.form for each in state.channels}
            ),
            forms=alerting.FORMS,
            test=test,
            reached=alerting.reached(test) if test else [],
            misread=state.misread if self._may else "",
        )
        dim(self._acting, state.busy)
        dim(self._test, state.busy)

    def _said(self) -> str:
        state = self._state
        if isinstance(state.trouble, NotFound):
            return notice("info", _("Rien n’a été fait : cette alerte est finie entre-temps"))
        return said(state, _("L’action n’a pas abouti"))


def _button(label: str, icon: str, act: Callable[[], Any], variant: str = "contained") -> Any:
    button = pmui.Button(label=label, icon=icon, variant=variant, size="small", margin=0)

    async def clicked(_: object) -> None:
        await act()

    button.on_click(clicked)
    return button
