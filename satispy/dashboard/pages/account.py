"""Compte: the own password; for admins, who may come in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
import param

from satispy import journal
from satispy.accounts import LEAST_PASSWORD, Accounts, Role, is_name
from satispy.dashboard.door.permits import Permits, not_done, reserved
from satispy.dashboard.pages.at_work import AtWork
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import PAGE, STACK
from satispy.errors import Conflict, Forbidden, NotFound, SatispyError, TooManyTries
from satispy.journal import Actor, Fact, What
from satispy.locales import names
from satispy.locales.formats import pause
from satispy.locales.messages import N_, Names, _, by_label
from satispy.storage import Store

ADD: Final = "add"
PASSWORD: Final = "password"  # noqa: S105  an action
ROLE: Final = "role"
REMOVE: Final = "remove"
ACTIONS: Final = Names(
    {
        ADD: N_("Ajouter un compte"),
        PASSWORD: N_("Donner un nouveau mot de passe"),
        ROLE: N_("Changer le rôle"),
        REMOVE: N_("Retirer un compte"),
    }
)
ROLES: Final = Names({"user": N_("Utilisateur"), "admin": N_("Administrateur")})


class AccountState(AtWork):
    """What is typed, and what became of it, without a widget."""

    action: param.String[str] = param.String(default=ADD)
    account: param.String[str] = param.String(default="")
    role: param.String[str] = param.String(default="user")
    #: Name and role of each account; None until an admin asked for them.
    rows: param.List[list[tuple[str, Role]] | None] = param.List(default=None, allow_None=True)
    #: The account whose removal waits for a second click.
    leaving: param.String[str] = param.String(default="")
    fault: param.String[str] = param.String(default="")
    done: param.String[str] = param.String(default="")
    #: A password that was just made, and whose: shown to who made it, once.
    given: param.Tuple = param.Tuple(default=("", ""))
    own_fault: param.String[str] = param.String(default="")
    own_done: param.Boolean[bool] = param.Boolean(default=False)

    def __init__(
        self,
        store: Callable[[], Store],
        accounts: Callable[[], Accounts],
        permits: Permits,
        keep_visit: Callable[[str], None],
        **params: Any,
    ) -> None:
        """keep_visit: lets this visit outlast a new password of its owner."""
        super().__init__(**params)
        self._store = store
        self._accounts = accounts
        self.permits = permits
        self._keep_visit = keep_visit

    async def show(self) -> None:
        await self._doing(self._look)

    async def act(self) -> None:
        await self._doing(self._act)

    async def change_own(self, current: str, new: str, again: str) -> None:
        """Another password for who asks; the other visits of the account end."""
        self.param.update(own_fault="", own_done=False)
        if len(new) < LEAST_PASSWORD:
            self.own_fault = _(
                "le nouveau mot de passe a au moins %(least)s caractères", least=LEAST_PASSWORD
            )
        elif new != again:
            self.own_fault = _("les deux mots de passe diffèrent")
        else:
            try:
                await asyncio.to_thread(self._change_own, current, new)
            except TooManyTries as early:
                self.own_fault = _(
                    "trop d’essais : réessayez dans %(pause)s", pause=pause(early.seconds)
                )
            except Forbidden as error:
                self.own_fault = (
                    _("votre session est terminée, rechargez la page")
                    if error.signed_out
                    else _("ce n’est pas votre mot de passe actuel")
                )
            except SatispyError as error:
                self.trouble = error
            else:
                self.own_done = True

    async def _doing(self, what: Callable[[], dict[str, object]]) -> None:
        if self.busy:
            return
        self.param.update(busy=True, fault="", trouble=None, done="", given=("", ""))
        try:
            self.param.update(**await asyncio.to_thread(what))
        except SatispyError as error:
            self.param.update(trouble=error, leaving="")
        finally:
            self.busy = False

    def _look(self) -> dict[str, object]:
        self.permits.demand("admin")
        return {"rows": self._accounts().names()}

    def _act(self) -> dict[str, object]:
        by = self.permits.demand("admin").name
        name, role = self.account.strip(), self.role
        known = dict(self._accounts().names())
        if fault := _fault(self.action, name, role, by, known):
            return {"fault": fault, "leaving": "", "rows": list(known.items())}
        if self.action == REMOVE and self.leaving != name:
            return {"leaving": name}
        done = self._changed(self.action, name, "admin" if role == "admin" else "user", by)
        return {**done, "leaving": "", "account": "", "rows": self._accounts().names()}

    def _changed(self, action: str, name: str, role: Role, by: str) -> dict[str, object]:
        accounts, actor = self._accounts(), Actor(who=by, via="app")
        if action == REMOVE:
            with journal.acting(self._store(), Fact(by=actor, what=What.ACCOUNT_REMOVED, on=name)):
                accounts.remove(name)
            done = _("%(name)s n’a plus de compte, et ses sessions sont terminées.", name=name)
            return {"done": done}
        if action == PASSWORD:
            found = accounts.of(name)
            if found is None:
                raise NotFound("there is no account %(name)r", name=name)
            role = found.role
        after = {"role": role}
        fact = Fact(by=actor, what=What.ACCOUNT_SET, on=name, after=dict(after))
        with journal.acting(self._store(), fact):
            if action == ROLE:
                accounts.change_role(name, role)
                named = names.role(role)
                return {
                    "done": _("%(name)s est %(role)s, et se reconnecte.", name=name, role=named)
                }
            return {"given": (name, accounts.create(name, role))}

    def _change_own(self, current: str, new: str) -> None:
        visitor = self.permits.demand("user")
        if self._accounts().check(visitor.name, current, self.permits.address) is None:
            raise Forbidden("that is not the current password")
        fact = Fact(
            by=Actor(who=visitor.name, via="app"),
            what=What.ACCOUNT_SET,
            on=visitor.name,
            after={"role": visitor.role},
        )
        with journal.acting(self._store(), fact):
            self._accounts().create(visitor.name, visitor.role, new)
        self._keep_visit(visitor.visit)


def _fault(action: str, name: str, role: str, by: str, known: dict[str, Role]) -> str:
    """What is wrong with it, in words; empty if nothing is."""
    if action not in ACTIONS or role not in ROLES:
        return _("choisissez une action et un rôle")
    if not is_name(name):
        return _("un nom a de 1 à 63 caractères parmi a-z, 0-9, « . », « _ » et « - »")
    if action == ADD:
        return _("%(name)s a déjà un compte", name=name) if name in known else ""
    if name not in known:
        return _("%(name)s n’a pas de compte", name=name)
    if name == by:
        return _("votre propre compte se change plus haut, ou par un autre administrateur")
    return ""


class AccountPage:
    """The widgets of one session."""

    def __init__(self, state: AccountState) -> None:
        self._state = state
        field: dict[str, Any] = {"margin": 0, "size": "small", "sizing_mode": "stretch_width"}
        may = state.permits.seem("admin")
        self._current, self._new, self._again = (
            pmui.PasswordInput(label=label, **field)
            for label in (_("Mot de passe actuel"), _("Nouveau mot de passe"), _("Encore une fois"))
        )
        own = pmui.Button(label=_("Changer mon mot de passe"), icon="key", margin=0)
        own.on_click(self._change_own)
        self._own, self._answer, self._rows = Slot(), Slot(), Slot()
        action = pmui.Select.from_param(
            state.param.action,
            label=_("Action"),
            options=by_label(ACTIONS),
            disabled=not may,
            **field,
        )
        name = pmui.TextInput.from_param(
            state.param.account, label=_("Nom"), disabled=not may, **field
        )
        role = pmui.Select.from_param(
            state.param.role, label=_("Rôle"), options=by_label(ROLES), disabled=not may, **field
        )
        self._role = pn.Column(role, styles={"flex": "1 1 160px"}, margin=0)
        self._do = pmui.Button(label=_("Valider"), icon="check", margin=0, disabled=not may)
        self._do.on_click(self._act)
        show = pmui.Button(
            label=_("Voir les comptes"),
            icon="group",
            variant="outlined",
            margin=0,
            disabled=not may,
        )
        show.on_click(self._show_rows)
        visitor = state.permits.visitor
        self.layout = pn.Column(
            pane(render("account_head.html", visitor=visitor)),
            pn.FlexBox(
                *(
                    pn.Column(one, styles={"flex": "1 1 190px"}, margin=0)
                    for one in (self._current, self._new, self._again)
                ),
                own,
                gap="14px",
                align_items="center",
            ),
            self._own,
            pane(render("section.html", title=_("Qui peut entrer"))),
            *([] if may else [pane(reserved(_("Gérer les comptes")))]),
            pn.FlexBox(
                pn.Column(action, styles={"flex": "1 1 220px"}, margin=0),
                pn.Column(name, styles={"flex": "1 1 180px"}, margin=0),
                self._role,
                self._do,
                show,
                gap="14px",
                align_items="center",
            ),
            self._answer,
            self._rows,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        watched = ["action", "rows", "leaving", "fault", "trouble", "done", "given", "busy"]
        state.param.watch(self._show, [*watched, "own_fault", "own_done"])
        self._show()

    async def _change_own(self, _: object) -> None:
        typed = [box.value or "" for box in (self._current, self._new, self._again)]
        await self._state.change_own(*typed)
        if self._state.own_done:
            for box in (self._current, self._new, self._again):
                box.value = ""

    async def _act(self, _: object) -> None:
        await self._state.act()

    async def _show_rows(self, _: object) -> None:
        await self._state.show()

    def _show(self, *events: object) -> None:
        state = self._state
        self._role.visible = state.action in (ADD, ROLE)
        dim(self._do, state.busy)
        own = ""
        if state.own_fault:
            own = notice("warning", _("À corriger : %(fault)s", fault=state.own_fault))
        elif state.own_done:
            own = notice(
                "success",
                _("Votre mot de passe est changé"),
                _("Vos autres sessions sont terminées."),
            )
        self._own.show(own)
        self._answer.show(self._said())
        self._rows.show(
            render("account_rows.html", rows=state.rows) if state.rows is not None else ""
        )

    def _said(self) -> str:
        state = self._state
        if isinstance(state.trouble, NotFound | Conflict):
            return notice("warning", _("Quelqu’un d’autre a changé ce compte : voyez la liste"))
        if state.trouble:
            return not_done(state.trouble, _("L’action n’a pas abouti"))
        if state.fault:
            return notice("warning", _("À corriger : %(fault)s", fault=state.fault))
        if state.leaving:
            return notice(
                "warning",
                _("Retirer %(name)s ?", name=state.leaving),
                _(
                    "Ses sessions se terminent aussitôt. « Valider » encore une fois pour"
                    " confirmer."
                ),
            )
        if state.given[0]:
            return render("account_given.html", name=state.given[0], password=state.given[1])
        return notice("success", state.done) if state.done else ""
