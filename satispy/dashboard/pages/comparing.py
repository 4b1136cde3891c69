"""Two models compared on the same test rows, as `satispy models compare` does it: part of
Entraînements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from threading import BoundedSemaphore
from typing import Any, Final, Protocol

import numpy as np
import panel as pn
import panel_material_ui as pmui
import param

from satispy.client.types import MAX_CHARACTERS, Prediction
from satispy.dashboard.choices import offer
from satispy.dashboard.door.permits import Permits, not_done, reserved
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.asking import split
from satispy.dashboard.pages.at_work import AtWork
from satispy.dashboard.render import Slot, dim, notice, pane, render
from satispy.dashboard.theme import STACK
from satispy.errors import SatispyError
from satispy.locales import formats, names
from satispy.locales.messages import _
from satispy.promotion import comparing
from satispy.promotion.comparing import Compared, Model
from satispy.registry.by_hand import archived_metadata
from satispy.storage import Store

#: Runs whose models can be chosen by a click; older ones by `satispy models compare`.
NEWEST_RUNS: Final = 20
#: Comparisons at once in this server: each holds a version of the reviews and asks the service
#: some twenty thousand texts.
AT_ONCE: Final = BoundedSemaphore(1)
#: Texts between two looks at how far it is.
AT_A_TIME: Final = 1_024
LOOK_SECONDS: Final = 0.3


class Judge(Protocol):
    """What this part needs of the service's client; it blocks."""

    def predict(self, texts: Sequence[str], model: str, version: str) -> list[Prediction]: ...


class ComparingState(AtWork):
    """What is compared and what came of it, without a widget."""

    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )
    first: param.String[str] = param.String(default="")
    second: param.String[str] = param.String(default="")
    #: Of a hundred.
    done: param.Integer[int] = param.Integer(default=0)
    #: Tags, and what was found of them.
    found: param.Tuple[Any] = param.Tuple(default=None, length=3, allow_None=True)

    def __init__(
        self,
        store: Callable[[], Store],
        judge: Callable[[], Judge],
        permits: Permits,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self._store, self._judge = store, judge
        self.permits = permits

    @property
    def models(self) -> dict[str, str]:
        """Label → tag of what the newest runs trained and of what serves, the newest first."""
        promoted = self.snapshot.promoted
        serving = {*promoted.tags().values()} if promoted else set()
        newest = self.snapshot.reports[: -NEWEST_RUNS - 1 : -1]
        known = {
            model.tag: f"{family.upper()} · {model.tag.partition(':')[2]} · "
            f"{formats.percent(model.origin.accuracy)}"
            for report in newest
            for family, model in report.models.items()
        }
        for tag in sorted(serving - known.keys()):  # older, or of a report that is yet to come
            family, version = split(tag)
            known[tag] = f"{family.upper()} · {version}"
        serves = _("en service")
        return {
            f"{label} · {serves}" if tag in serving else label: tag for tag, label in known.items()
        }

    @property
    def obvious(self) -> tuple[str, str]:
        """What is worth a look first: the newest model, and what serves of its family or was
        trained before it."""
        tags = [*self.models.values()]
        if not tags:
            return "", ""
        newest, family = tags[0], split(tags[0])[0]
        serves = self.snapshot.promoted.tags().get(family) if self.snapshot.promoted else None
        others = [tag for tag in tags[1:] if split(tag)[0] == family]
        before = [serves] if serves in others else others
        return next(iter(before), tags[-1]) or newest, newest

    async def compare(self) -> None:
        first, second = self.first, self.second
        if self.busy or not {first, second} <= {*self.models.values()}:
            return
        self.param.update(busy=True, done=0, found=None, trouble=None)
        asked = [0, 1]  # texts that were answered, and all

        work = asyncio.create_task(asyncio.to_thread(self._compare, first, second, asked))
        try:
            while not (await asyncio.wait({work}, timeout=LOOK_SECONDS))[0]:
                self.done = min(99, 100 * asked[0] // asked[1])
            self.found = (first, second, await work)
        except SatispyError as error:
            self.trouble = error
        finally:
            self.busy = False

    def _compare(self, first: str, second: str, asked: list[int]) -> Compared:
        self.permits.demand("admin")
        store, judge = self._store(), self._judge()

        def says(tag: str, texts: Sequence[str]) -> np.ndarray:
            asked[1] = 2 * len(texts)
            cut = [text[:MAX_CHARACTERS] for text in texts]
            said: list[float] = []
            for at in range(0, len(cut), AT_A_TIME):
                answers = judge.predict(cut[at : at + AT_A_TIME], *split(tag))
                said += [each.probability for each in answers]
                asked[0] += len(answers)
            return np.array(said)

        with AT_ONCE:
            one, other = (Model(tag, archived_metadata(store, tag)) for tag in (first, second))
            return comparing.compare(store, one, other, says)


class Comparing:
    """The widgets of one session."""

    def __init__(self, state: ComparingState) -> None:
        self._state = state
        may = state.permits.seem("admin")
        self._first = self._select(_("Un modèle"), "first", may)
        self._second = self._select(_("… comparé à celui-ci"), "second", may)
        self._button = pmui.Button(
            label=_("Comparer"), icon="balance", variant="outlined", margin=0, disabled=not may
        )
        self._button.on_click(self._compare)
        self._bar = pmui.LinearProgress(
            value=0, variant="determinate", sizing_mode="stretch_width", margin=0, visible=False
        )
        self._said = Slot()
        self.layout = pn.Column(
            pane(render("section.html", title=_("Comparer deux modèles sur les mêmes avis"))),
            *([] if may else [pane(reserved(_("Comparer deux modèles sur les mêmes avis")))]),
            pn.FlexBox(
                *(
                    pn.Column(one, styles={"flex": "1 1 300px"}, margin=0)
                    for one in (self._first, self._second)
                ),
                self._button,
                gap="14px",
                align_items="center",
            ),
            self._bar,
            self._said,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        state.param.watch(self._offer, "snapshot")
        state.param.watch(self._show, ["busy", "done", "found", "trouble"])
        self._offer()

    def _select(self, label: str, name: str, may: bool) -> pmui.Select:
        select = pmui.Select(
            label=label, size="small", margin=0, sizing_mode="stretch_width", disabled=not may
        )
        select.param.watch(lambda event: setattr(self._state, name, event.new or ""), "value")
        return select

    async def _compare(self, event: object) -> None:
        await self._state.compare()

    def _offer(self, *events: object) -> None:
        """Keeps what is chosen while it is still offered."""
        state, options = self._state, self._state.models
        tags = [*options.values()]
        pair = dict(zip(("first", "second"), state.obvious, strict=True))
        for select, name in ((self._first, "first"), (self._second, "second")):
            value = getattr(state, name)
            if value not in tags:
                value = pair[name]
            offer(select, options, value)
            setattr(state, name, value)

    def _show(self, *events: object) -> None:
        state = self._state
        dim(self._button, state.busy)
        self._bar.param.update(visible=state.busy, value=state.done)
        if state.busy:
            self._said.show(
                notice("info", _("Les deux modèles répondent : %(done)s %%", done=state.done))
            )
        elif state.trouble:
            self._said.show(not_done(state.trouble, _("La comparaison n’a pas abouti")))
        elif state.found:
            first, second, found = state.found
            self._said.show(
                render(
                    "compared.html",
                    first=first,
                    second=second,
                    found=found,
                    metrics=names.METRICS,
                )
            )
        else:
            self._said.show("")
