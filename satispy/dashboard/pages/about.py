"""À propos: the project, its requirement, the journey of a review, known limits."""

from importlib.metadata import version

import panel as pn

from satispy.dashboard.render import pane, render
from satispy.dashboard.theme import PAGE


def about() -> pn.Column:
    return pn.Column(
        pane(render("about.html", version=version("satispy"))),
        sizing_mode="stretch_width",
        styles=PAGE,
    )
