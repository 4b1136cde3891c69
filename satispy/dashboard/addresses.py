"""An address for each page and run: `#pourquoi`, `#entrainements.v00012`.

What stands behind the # is changed with every step of the visitor, so that the browser's back
button works and a link leads others to the same place. A dot parts page and run: Panel takes what a
link has behind its # for a selector, and a slash is none.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import panel as pn
import panel_material_ui as pmui

from satispy.locales.messages import N_, Names

#: What each page's address and its tab say, in the order of the tabs.
PAGES = Names(
    {
        "accueil": N_("Vue d’ensemble"),
        "pourquoi": N_("Pourquoi"),
        "evolution": N_("Évolution"),
        "entrainements": N_("Entraînements"),
        "predire": N_("Prédire"),
        "donnees": N_("Données"),
        "journal": N_("Journal"),
        "compte": N_("Compte"),
        "a-propos": N_("À propos"),
    }
)
RUNS = "entrainements"
_ORDER = [*PAGES]


#: What stands behind the # is not in the browser's request, and Panel reads it before a change of
#: it is sent: it is told as a change once the page is there.
TELL = """
  for (const model of Bokeh.documents[0]._all_models.values())
    if (model.type === "panel.models.location.Location" && window.location.hash) {
      model.setv({hash: ""}, {silent: true});
      model.hash = window.location.hash;
    }
"""


class Chooses(Protocol):
    """What looks at one run, by its name."""

    run: str
    param: Any


def parsed(address: str) -> tuple[str, str]:
    """`#entrainements.v00012` → the page and the run; a page that there is not is the first."""
    page, _, run = address.removeprefix("#").partition(".")
    return (page, run if page == RUNS else "") if page in PAGES else (_ORDER[0], "")


def written(page: str, run: str) -> str:
    return f"#{page}.{run}" if page == RUNS and run else f"#{page}"


def show_run(tabs: pmui.Tabs, runs: Chooses, run: str) -> None:
    runs.run = run
    tabs.active = _ORDER.index(RUNS)


def on_opening(tabs: pmui.Tabs, page: str, act: Callable[[], Awaitable[None]]) -> None:
    """Whenever somebody comes to this page."""

    async def opened(event: Any) -> None:
        if event.new == _ORDER.index(page):
            await act()

    tabs.param.watch(opened, "active")


def keep(tabs: pmui.Tabs, runs: Chooses) -> None:
    """Keep the address and what is shown the same, whichever changes."""
    location = pn.state.location
    if location is None:  # imported outside a server
        return

    going = False

    def go(*_: object) -> None:
        nonlocal going
        page, run = parsed(location.hash)
        going = True  # the steps of one way are no addresses
        try:
            runs.run = run or runs.run
            tabs.active = _ORDER.index(page)
        finally:
            going = False

    def tell(*_: object) -> None:
        address = written(_ORDER[tabs.active], runs.run)
        if not going and parsed(location.hash) != parsed(address):
            location.hash = address

    # Before, Panel sends the browser no change.
    location.param.watch(lambda _: go() if pn.state.loaded else None, "hash")
    pn.state.onload(go)
    tabs.param.watch(tell, "active")
    runs.param.watch(tell, "run")
