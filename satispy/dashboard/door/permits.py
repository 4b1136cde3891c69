"""What the owner of one session may do: asked anew where something is done."""

from collections.abc import Callable
from dataclasses import dataclass

from satispy.accounts import Role
from satispy.dashboard.render import notice
from satispy.errors import Forbidden, SatispyError
from satispy.locales.messages import N_, _
from satispy.locales.telling import told
from satispy.visits import ROLES, Visitor


@dataclass(frozen=True)
class Permits:
    #: None: nobody's session, for whom nothing is done.
    visitor: Visitor | None
    #: Of a visit and a role: who it is at this moment, or Forbidden. Blocks.
    look_up: Callable[[str, Role], Visitor]
    #: From where the page was asked for, by which tries of passwords are counted.
    address: str = ""

    def demand(self, role: Role) -> Visitor:
        """Before anything is done, in the thread that does it. Raises Forbidden."""
        if self.visitor is None:
            raise Forbidden("this session is nobody's", signed_out=True)
        return self.look_up(self.visitor.visit, role)

    def seem(self, role: Role) -> bool:
        """By the role when the page was made: what to show, and never what to allow."""
        return self.visitor is not None and ROLES.index(self.visitor.role) >= ROLES.index(role)


def nobody() -> Permits:
    def refuse(visit: str, role: Role) -> Visitor:
        raise Forbidden("this takes the role %(role)s", role=role, signed_out=True)

    return Permits(None, refuse)


def not_done(error: SatispyError, title: str) -> str:
    """The notice of an action that failed; title: what to call that, unless it was not allowed."""
    if isinstance(error, Forbidden):
        return refused(error)
    return notice("error", title, detail=told(error))


def refused(error: Forbidden) -> str:
    """The notice of an action that was not allowed."""
    if error.signed_out:
        return notice(
            "error",
            _("Votre session est terminée : rien n’a été fait"),
            _("Rechargez la page pour vous reconnecter ; copiez d’abord ce que vous avez écrit."),
        )
    return notice("error", _("Rien n’a été fait"), _(FOR_ADMINS))


FOR_ADMINS = N_("Cette action est réservée aux administrateurs ; demandez-la à l’un d’eux.")


def reserved(what: str) -> str:
    """In the place of what this visitor may not do, or above it. what: « Envoyer des fichiers »."""
    return notice(
        "info",
        _("%(what)s : réservé aux administrateurs", what=what),
        _("Votre compte permet de regarder, de prédire et d’ajouter un avis."),
    )
