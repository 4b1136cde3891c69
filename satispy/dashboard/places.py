"""Where the pages stand: each is made when it is first opened.

A page takes a tenth of a second of the server to make and holds some hundred of Bokeh's models;
nine of them made each visitor, and all who came with them, wait for a second.
"""

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui


class Place(pn.Column):
    """Of one page; `make` is called once, under the document's lock."""

    def __init__(self, make: Callable[[], pn.viewable.Viewable]) -> None:
        super().__init__(sizing_mode="stretch_width", margin=0)
        self._make = make

    def open(self) -> None:
        if not len(self):
            self.append(self._make())


def open_each(tabs: pmui.Tabs) -> None:
    """Have the page made that is looked at, now and whenever another is chosen."""
    tabs.param.watch(lambda event: tabs[event.new].open(), "active")
    tabs[tabs.active].open()
