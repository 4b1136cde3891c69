"""An address for each page, run, review and alert: `#pourquoi`, `#entrainements.v00012`.

What stands behind the # is changed with every step of the visitor, so that the browser's back
button works and a link leads others to the same place. The browser itself does it when a tab is
chosen: by way of the server the address would come a moment late, and who goes back within it
would leave another page than the one that is seen. A dot parts page and thing: Panel takes what a
link has behind its # for a selector, and a slash is none.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.models import CustomJS

from satispy.locales.messages import N_, Names

#: What each page's address and its tab say, in the order of the tabs.
PAGES = Names(
    {
        "accueil": N_("Vue d’ensemble"),
        "alertes": N_("Alertes"),
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
ALERTS = "alertes"
RUNS = "entrainements"
DATA = "donnees"
#: Pages on which one thing can be opened.
_OF_THINGS = frozenset({ALERTS, RUNS, DATA})
_ORDER = [*PAGES]


#: Once the page is there. What stands behind the # is not in the browser's request, and Panel reads
#: it before a change of it is sent: it is told as a change. Of each page the last address is kept,
#: for when its tab is chosen again. The tab follows the address here as well: a click and the back
#: button after it reach the server in any order, and the click might come last. A tab is sent
#: before its address, hence the microtask: what the server makes of an address alone it sends back,
#: to a visitor who may be elsewhere by then.
_TELL = """
  const models = [...Bokeh.documents[0]._all_models.values()];
  const address = models.find((model) => model.type === "panel.models.location.Location");
  const tabs = models.find((model) => model.class_name === "Tabs");
  const page_of = (hash) => hash.slice(1).split(".")[0] || pages[0];
  const last = {};
  const remember = () => {
    const page = page_of(address.hash);
    last[page] = address.hash;
    tabs.data.active = Math.max(pages.indexOf(page), 0);
  };
  if (window.location.hash) {
    address.setv({hash: ""}, {silent: true});
    address.hash = window.location.hash;
    remember();
  }
  address.properties.hash.change.connect(remember);
  tabs.data.properties.active.change.connect(() => queueMicrotask(() => {
    const page = pages[tabs.data.active];
    if (page_of(address.hash) !== page) address.hash = last[page] ?? "#" + page;
  }));
"""


def telling() -> CustomJS:
    return CustomJS(args={"pages": _ORDER}, code=_TELL)


@dataclass(frozen=True)
class Thing:
    """What one page has open: a parameter of its state, by its name."""

    state: Any
    name: str
    #: An address that names none leaves the one there is: a page of runs always shows one.
    stays: bool = False

    @property
    def opened(self) -> str:
        return str(getattr(self.state, self.name))

    def open(self, thing: str) -> None:
        if thing or not self.stays:
            setattr(self.state, self.name, thing)


def parsed(address: str) -> tuple[str, str]:
    """`#entrainements.v00012` → the page and the run; a page that there is not is the first."""
    page, _, thing = address.removeprefix("#").partition(".")
    return (page, thing if page in _OF_THINGS else "") if page in PAGES else (_ORDER[0], "")


def written(page: str, thing: str) -> str:
    return f"#{page}.{thing}" if page in _OF_THINGS and thing else f"#{page}"


def show_run(run: str) -> None:
    if pn.state.location is not None:
        pn.state.location.hash = written(RUNS, run)


def on_opening(tabs: pmui.Tabs, page: str, act: Callable[[], Awaitable[None]]) -> None:
    """Whenever somebody comes to this page."""

    async def opened(event: Any) -> None:
        if event.new == _ORDER.index(page):
            await act()

    tabs.param.watch(opened, "active")


def keep(tabs: pmui.Tabs, things: Mapping[str, Thing]) -> None:
    """Keep the address and what is shown the same, whichever changes; things by their page."""
    location = pn.state.location
    if location is None:  # imported outside a server
        return

    going = False

    def go(*_: object) -> None:
        nonlocal going
        page, thing = parsed(location.hash)
        going = True  # the steps of one way are no addresses
        try:
            if page in things:
                things[page].open(thing)
            tabs.active = _ORDER.index(page)
        finally:
            going = False

    def tell(*_: object) -> None:
        """Something was opened or closed on the page that is seen."""
        page = _ORDER[tabs.active]
        address = written(page, things[page].opened if page in things else "")
        if not going and parsed(location.hash) != parsed(address):
            location.hash = address

    # Before, Panel sends the browser no change.
    location.param.watch(lambda _: go() if pn.state.loaded else None, "hash")
    pn.state.onload(go)
    for thing in things.values():
        thing.state.param.watch(tell, thing.name)
