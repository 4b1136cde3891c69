"""A file of reviews that the models score, to be downloaded: part of Prédire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any, Final, Protocol

import panel as pn
import panel_material_ui as pmui
import param

from satispy.dashboard.door.permits import Permits, not_done
from satispy.dashboard.pages.asking import ALL, PAIR, PredictState
from satispy.dashboard.pages.at_work import AtWork
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import STACK
from satispy.errors import RequestRefused, SatispyError
from satispy.locales.messages import _, ngettext
from satispy.locales.telling import told

#: What a browser may send and fetch by its websocket; larger files go by `satispy predict --file`.
MAX_MEGABYTES: Final = 20
#: Files under way at once in this server, the others wait: each holds a thread.
AT_ONCE: Final = BoundedSemaphore(2)
#: Between two looks at how far it is.
LOOK_SECONDS: Final = 0.3


class Scorer(Protocol):
    """What this part needs of the service's client; it blocks."""

    def predict_csv(
        self,
        source: Path,
        target: Path,
        model: str = ...,
        version: str = ...,
        *,
        arrived: Callable[[bytes], object] = ...,
    ) -> int: ...


class UnsuitableFile(SatispyError):
    """The name of the file says that it is something else, or it is too large."""


class ScoringState(AtWork):
    """A file and how far it is, without a widget."""

    file: param.String[str] = param.String(default="")
    #: Of a hundred.
    done: param.Integer[int] = param.Integer(default=0)
    result: param.ClassSelector[Path | None] = param.ClassSelector(class_=Path, default=None)
    unread: param.Integer[int] = param.Integer(default=0)

    def __init__(self, scorer: Callable[[], Scorer], permits: Permits, **params: Any) -> None:
        super().__init__(**params)
        self._scorer = scorer
        self._permits = permits
        self._folder: TemporaryDirectory[str] | None = None  # gone with this session

    async def score(self, name: str, content: bytes, model: str, version: str) -> None:
        """By the models that serve, or by one version of one of them."""
        if self.busy:
            return
        name = PurePosixPath(name.replace("\\", "/")).name
        self.param.update(busy=True, done=0, result=None, trouble=None, unread=0, file=name)
        lines, arrived = max(1, content.count(b"\n")), 0

        def count(part: bytes) -> None:
            nonlocal arrived
            arrived += part.count(b"\n")

        work = asyncio.create_task(
            asyncio.to_thread(self._score, name, content, model, version, count)
        )
        try:
            while not (await asyncio.wait({work}, timeout=LOOK_SECONDS))[0]:
                self.done = min(99, 100 * arrived // lines)
            result, unread = await work
        except SatispyError as error:
            self.trouble = error
        else:
            self.param.update(done=100, unread=unread, result=result)
        finally:
            self.busy = False

    def _score(
        self, name: str, content: bytes, model: str, version: str, count: Callable[[bytes], None]
    ) -> tuple[Path, int]:
        self._permits.demand("user")
        if not name.lower().endswith((".csv", ".csv.gz")):
            raise UnsuitableFile(_("%(name)s n’est pas un fichier .csv ou .csv.gz", name=name))
        if len(content) > MAX_MEGABYTES << 20:
            raise UnsuitableFile(_("%(name)s dépasse %(size)s Mo", name=name, size=MAX_MEGABYTES))
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="satispy-scored-")
        source, target = Path(self._folder.name) / "asked", Path(self._folder.name) / "scored.csv"
        with AT_ONCE:
            source.write_bytes(content)
            try:
                unread = self._scorer().predict_csv(source, target, model, version, arrived=count)
            finally:
                source.unlink()
        return target, unread

    @property
    def filename(self) -> str:
        return _("%(name)s_predictions.csv", name=self.file.partition(".")[0])


class Scoring:
    """The widgets of one session."""

    def __init__(self, state: ScoringState, asked: PredictState) -> None:
        self._state, self._asked = state, asked
        self._files = pmui.FileInput(
            label=_("Choisir un fichier CSV, ou le déposer ici"),
            uploaded_label=_("Choisir un autre fichier CSV, ou le déposer ici"),
            accept=".csv,.gz",
            max_file_size=MAX_MEGABYTES << 20,
            variant="outlined",
            margin=0,
            sizing_mode="stretch_width",
            sx={"minHeight": "64px", "borderStyle": "dashed"},
        )
        self._files.param.watch(self._score, "value")
        self._bar = pmui.LinearProgress(
            value=0,
            variant="determinate",
            sizing_mode="stretch_width",
            margin=(4, 0),
            visible=False,
        )
        self._said = Slot()
        self._download = pmui.FileDownload(
            callback=lambda: state.result,
            filename="predictions.csv",
            label=_("Télécharger (CSV)"),
            icon="download",
            margin=0,
            visible=False,
        )
        self.layout = pn.Column(
            pane(render("scoring_head.html", megabytes=MAX_MEGABYTES)),
            self._files,
            self._bar,
            self._said,
            self._download,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        state.param.watch(self._show, ["done", "busy", "result", "trouble"])

    async def _score(self, event: Any) -> None:
        if not event.new:
            return
        asked = self._asked
        model = "ensemble" if asked.model in (ALL, PAIR) else asked.model
        version = asked.version if asked.model not in (ALL, PAIR) else ""
        await self._state.score(str(self._files.filename), event.new, model, version)

    def _show(self, *events: object) -> None:
        state = self._state
        dim(self._files, state.busy)
        self._bar.param.update(visible=state.busy, value=state.done)
        self._download.param.update(visible=state.result is not None, filename=state.filename)
        self._said.show(self._words())

    def _words(self) -> str:
        state = self._state
        if state.busy:
            share = _("%(name)s : %(done)s %%", name=state.file, done=state.done)
            return notice("info", share)
        if isinstance(state.trouble, UnsuitableFile):
            return notice("warning", _("Fichier non envoyé"), str(state.trouble))
        if isinstance(state.trouble, RequestRefused):  # what is wrong with the file
            title = _("Le service n’a pas pu lire %(name)s", name=state.file)
            return notice("warning", title, detail=told(state.trouble), unfolded=True)
        if state.trouble:
            return not_done(state.trouble, _("Le fichier n’a pas pu être noté"))
        if state.result is None:
            return ""
        unread = ngettext(
            "%(num)s ligne n’a pas pu être lue ; la dernière colonne dit pourquoi.",
            "%(num)s lignes n’ont pas pu être lues ; la dernière colonne dit pourquoi.",
            state.unread,
        )
        title = _("%(name)s est prêt", name=state.filename)
        return notice("success", title, *([unread] if state.unread else []))
