"""The tabs, and where their pages stand: each is made when it is first opened.

A page takes a tenth of a second of the server to make and holds some hundred of Bokeh's models;
nine of them made each visitor, and all who came with them, wait for a second.
"""

from collections.abc import Callable, Mapping
from typing import Any

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


class Pages(pmui.Tabs):
    """By their titles.

    Beside each title that is text Material makes an empty pane, which nobody sees: a fifth of what
    a session took the server. Touches what is private to it: our lock says which version that is.
    """

    def __init__(self, pages: Mapping[str, Callable[[], pn.viewable.Viewable]]) -> None:
        super().__init__(
            *((title, Place(make)) for title, make in pages.items()), sizing_mode="stretch_width"
        )
        self.param.watch(lambda event: self[event.new].open(), "active")
        self[self.active].open()

    def _to_objects_and_names(self, items: Any) -> Any:
        places, *headers, titles = super()._to_objects_and_names(items)
        return places, *([] for _ in headers), titles
