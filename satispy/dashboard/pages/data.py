"""Données: send files of reviews, and see what became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import panel as pn
import param

from satispy.dashboard import theme
from satispy.dashboard.door.permits import Permits, reserved
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import Progress
from satispy.dashboard.pages.browse import Browse
from satispy.dashboard.pages.mapping_form import MappingForm, MappingState
from satispy.dashboard.pages.rejected import Rejected
from satispy.dashboard.pages.review_form import ReviewForm, ReviewFormState
from satispy.dashboard.render import Slot, pane, render
from satispy.dashboard.theme import PAGE, STACK
from satispy.locales.messages import _
from satispy.locales.reader import reader
from satispy.reviews.in_parts import MOST


@dataclass(frozen=True)
class Sent:
    name: str
    key: str
    put: str


class DataState(param.Parameterized):
    """What was sent from this session and what the bucket says of it, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    sent: param.List[list[Sent]] = param.List(default=[])

    def __init__(self, permits: Permits, **params: Any) -> None:
        super().__init__(**params)
        self.permits = permits

    @property
    def waiting(self) -> list[str]:
        """Names of the files sent here whose receipt is not there yet."""
        answered = {(receipt.key, receipt.put) for receipt in self.snapshot.receipts}
        return [sent.name for sent in self.sent if (sent.key, sent.put) not in answered]

    def was_put(self, key: str, put: str) -> None:
        """Its receipt is waited for."""
        self.sent = [*self.sent, Sent(PurePosixPath(key).name, key, put)]


class Sender(pn.custom.JSComponent):
    """Where files are chosen or dropped, each sent part by part beside the page's websocket."""

    locked = param.Boolean(default=False)
    most = param.Integer(default=MOST)
    language = param.String(default="fr")
    words = param.Dict(default={})
    #: Key and put of each file that has arrived, the newest last.
    sent = param.List(default=[])

    _esm = Path(__file__).parent.parent / "static" / "send.js"

    def __init__(self, **params: Any) -> None:
        super().__init__(stylesheets=[theme.style()], margin=0, **params)


class DataPage:
    """The widgets of one session."""

    def __init__(
        self,
        state: DataState,
        form: ReviewFormState,
        mapping: MappingState | None = None,
        rejected: Rejected | None = None,
        browse: Browse | None = None,
    ) -> None:
        self._state = state
        may = state.permits.seem("admin")
        self._sender = Sender(
            locked=not may, language=reader().language, words=words(), sizing_mode="stretch_width"
        )
        self._sender.param.watch(self._take, "sent")
        for_admins = Slot()
        if not may:
            for_admins.show(reserved(_("Envoyer des fichiers")))
        self._progress, self._receipts = Progress(), pane()
        self._left_out = Slot()
        self.layout = pn.Column(
            pane(render("data_head.html")),
            self._sender,
            for_admins,
            self._progress,
            pane(render("section.html", title=_("Derniers fichiers"))),
            self._receipts,
            *([MappingForm(mapping).layout] if mapping else []),
            self._left_out,
            *([rejected.layout] if rejected else []),
            *([browse.layout] if browse else []),
            pane(render("section.html", title=_("Ajouter un avis"))),
            ReviewForm(form).layout,
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, ["snapshot", "sent"])
        self._show()

    def _take(self, event: Any) -> None:
        """What the browser says has arrived: no more than which receipts it waits for."""
        for sent in event.new[len(event.old) :]:
            if isinstance(sent, dict) and {"key", "put"} <= sent.keys():
                self._state.was_put(str(sent["key"]), str(sent["put"]))

    def _show(self, *_: object) -> None:
        state = self._state
        self._progress.show_runs(state.snapshot.runs)
        self._receipts.object = render(
            "receipts.html",
            receipts=state.snapshot.receipts,
            newest=state.snapshot.newest_puts,
            waiting=state.waiting,
        )
        left_out = state.snapshot.left_out
        self._left_out.show(render("left_out.html", left_out=left_out) if left_out else "")


def words() -> dict[str, str]:
    """What the browser says of each file: by the state it is in, or the code of a refusal."""
    return {
        "choose": _("Choisir des fichiers CSV, ou les déposer ici"),
        "files": _("Fichiers en cours d’envoi"),
        "queued": _("attend son tour"),
        "sending": _("{done} sur {size} Mo"),
        "joining": _("reçu, rangement…"),
        "waiting": _("connexion interrompue, nouvel essai bientôt"),
        "broken": _("connexion interrompue : ce qui est envoyé reste"),
        "cancelled": _("{name} : envoi annulé"),
        "resume": _("Reprendre"),
        "cancel": _("Annuler"),
        "clear": _("Fermer"),
        "not-csv": _("{name} n’est pas un fichier .csv ou .csv.gz"),
        "empty": _("{name} est vide"),
        "too-large": _("{name} dépasse 1 Go : satispy upload FICHIER.csv"),
        "name": _("{name} ne peut pas être stocké sous ce nom : renommez-le"),
        "role": _("{name} n’est pas envoyé : réservé aux administrateurs"),
        "signed-out": _(
            "{name} : votre session est terminée. Reconnectez-vous et choisissez de nouveau le"
            " fichier : l’envoi reprendra."
        ),
        "request": _("{name} n’est pas envoyé : le serveur n’a pas compris"),
    }
