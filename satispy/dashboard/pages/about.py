"""À propos: the project, how it is built, the models that serve, known limits, versions."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import panel as pn
import param

from satispy.dashboard.cards import cards
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.render import pane, render
from satispy.dashboard.theme import PAGE, STACK, family_stroke
from satispy.models.family import FAMILIES

#: What the app is made of, by the names of the packages.
PARTS: Final = ("panel", "bokeh", "deltalake", "numpy", "boto3", "pydantic", "bentoml")


class AboutState(param.Parameterized):
    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )


class AboutPage:
    """The widgets of one session."""

    def __init__(self, state: AboutState) -> None:
        self._state = state
        self._models = pane()
        self.layout = pn.Column(
            pane(render("about.html")),
            self._models,
            pane(render("about_end.html", version=version("satispy"), versions=versions())),
            sizing_mode="stretch_width",
            styles=STACK | PAGE,
        )
        state.param.watch(self._show, "snapshot")
        self._show()

    def _show(self, *events: object) -> None:
        snapshot = self._state.snapshot
        html = render(
            "model_cards.html",
            cards=cards(snapshot.promoted, snapshot.reports, snapshot.last),
            strokes={name: family_stroke(name) for name in FAMILIES},
            last=snapshot.reports[-1] if snapshot.reports else None,
        )
        if html != self._models.object:
            self._models.object = html


def versions() -> dict[str, str]:
    """Of Python and of what is installed of PARTS: an image holds no more than it needs."""
    found = {"Python": platform.python_version()}
    for name in PARTS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
