"""Données: send files of reviews, and see what became of each row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from satispy import journal
from satispy.dashboard.door.permits import Permits, refused, reserved
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.above import Progress
from satispy.dashboard.pages.browse import Browse
from satispy.dashboard.pages.mapping_form import MappingForm, MappingState
from satispy.dashboard.pages.rejected import Rejected
from satispy.dashboard.pages.review_form import ReviewForm, ReviewFormState
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import PAGE, STACK
from satispy.errors import Forbidden, NotFound, SatispyError
from satispy.journal import Actor, Fact, What
from satispy.locales.messages import _
from satispy.reviews.receipts import UPLOADS, put_of, upload_name
from satispy.storage import Store

#: What a browser may send; larger files go by `satispy upload` or any S3 client.
MAX_MEGABYTES = 100


@dataclass(frozen=True)
class Sent:
    name: str
    key: str
    put: str


class UnsuitableFile(SatispyError):
    """The name of the file says that it is something else."""


class DataState(param.Parameterized):
    """What was sent from this session and what the bucket says of it, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    sent: param.List[list[Sent]] = param.List(default=[])
    trouble: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )
    sending: param.Boolean[bool] = param.Boolean(default=False)

    def __init__(self, store: Callable[[], Store], permits: Permits, **params: Any) -> None:
        super().__init__(**params)
        self._store = store
        self.permits = permits

    @property
    def waiting(self) -> list[str]:
        """Names of the files sent here whose receipt is not there yet."""
        answered = {(receipt.key, receipt.put) for receipt in self.snapshot.receipts}
        return [sent.name for sent in self.sent if (sent.key, sent.put) not in answered]

    async def send(self, files: list[tuple[str, bytes]]) -> None:
        """Put each; what is no CSV by its name, or empty, keeps no other from being sent."""
        self.param.update(sending=True, trouble=None)
        unsuitable = []
        try:
            for name, content in files:
                try:
                    # S3 waits on the network: not in the thread that serves every session.
                    self.sent = [*self.sent, await asyncio.to_thread(self._put, name, content)]
                except UnsuitableFile as error:
                    unsuitable.append(str(error))
            if unsuitable:
                self.trouble = UnsuitableFile("\n".join(unsuitable))
        except SatispyError as error:
            self.trouble = error
        finally:
            self.sending = False

    def _put(self, name: str, content: bytes) -> Sent:
        by = Actor(who=self.permits.demand("admin").name, via="app")
        # A browser on Windows may send a path.
        name = PurePosixPath(name.replace("\\", "/")).name
        if not name.lower().endswith((".csv", ".csv.gz")):
            raise UnsuitableFile(_("%(file)s n’est pas un fichier .csv ou .csv.gz", file=name))
        if not content.strip():
            raise UnsuitableFile(_("%(file)s est vide", file=name))
        store, key = self._store(), UPLOADS + name
        fact = Fact(by=by, what=What.UPLOAD_SENT, on=upload_name(key))
        with journal.acting(store, fact):
            store.write(key, content)
        entry = store.describe(key)
        return Sent(name, key, put_of(entry))

    def put_again(self, key: str, put: str) -> None:
        """This file was put once more: its receipt is waited for."""
        self.sent = [*self.sent, Sent(PurePosixPath(key).name, key, put)]


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
        self._files = pmui.FileInput(
            label=_("Choisir des fichiers CSV, ou les déposer ici"),
            # What became of each is said below: this only knows that a file was read.
            uploaded_label=_("Choisir d’autres fichiers CSV, ou les déposer ici"),
            multiple=True,
            max_file_size=MAX_MEGABYTES << 20,
            variant="outlined",
            margin=0,
            sizing_mode="stretch_width",
            sx={"minHeight": "76px", "borderStyle": "dashed"},
        )
        # The same file chosen again is an event as well.
        self._files.param.watch(self._send, "value", onlychanged=False)
        for_admins = Slot()
        if not state.permits.seem("admin"):
            self._files.disabled = True
            for_admins.show(reserved(_("Envoyer des fichiers")))
        self._trouble, self._progress, self._receipts = Slot(), Progress(), pane()
        self._left_out = Slot()
        self.layout = pn.Column(
            pane(render("data_head.html", megabytes=MAX_MEGABYTES)),
            self._files,
            self._trouble,
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
        state.param.watch(self._show, ["snapshot", "sent", "trouble", "sending"])
        self._show()

    async def _send(self, event: Any) -> None:
        if not event.new:
            return
        names, contents = self._files.filename, event.new
        if isinstance(names, str):
            names, contents = [names], [contents]
        await self._state.send(list(zip(names, contents, strict=True)))

    def _show(self, *_: object) -> None:
        state = self._state
        dim(self._files, state.sending)
        self._trouble.show(explained(state.trouble) if state.trouble else "")
        self._progress.show_runs(state.snapshot.runs)
        self._receipts.object = render(
            "receipts.html",
            receipts=state.snapshot.receipts,
            newest=state.snapshot.newest_puts,
            waiting=state.waiting,
        )
        left_out = state.snapshot.left_out
        self._left_out.show(render("left_out.html", left_out=left_out) if left_out else "")


def explained(trouble: SatispyError) -> str:
    if isinstance(trouble, Forbidden):
        return refused(trouble)
    if isinstance(trouble, UnsuitableFile):
        return notice("warning", _("Fichier non envoyé"), *str(trouble).split("\n"))
    if isinstance(trouble, NotFound):
        return notice("warning", _("Ce fichier n’existe plus"), detail=str(trouble))
    return notice(
        "error",
        _("Le stockage S3 ne répond pas : rien n’a été envoyé"),
        _("Pour voir l’état des services :"),
        command="satispy status",
        detail=str(trouble),
    )
