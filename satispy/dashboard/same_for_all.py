"""A mend of Panel 1.9 and Bokeh 3.9: what is the same on every page is made once.

For each page Panel looks through every component there is for scripts and style sheets, and Bokeh
describes to the browser every component that may come later, 143 of them: together a third of the
processor time of a page. Bokeh also looks up what each of 150 callbacks takes, all of which are
Panel's: a tenth of the rest.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from bokeh.core.has_props import MetaHasProps, is_DataModel
from bokeh.core.serialization import Ref, Serializer
from bokeh.core.types import ID
from bokeh.model import Model
from bokeh.util import callback_manager
from panel.config import panel_extension
from panel.io import server
from panel.io.state import state


@cache
def make_it_once() -> None:
    """Once a process. Touches what is private to them: our lock says which versions these are."""
    server.bundle_resources = _bundled_once(server.bundle_resources)
    encoders = Serializer._encoders
    encoders[MetaHasProps] = _described_once(encoders[MetaHasProps])
    callback_manager._check_callback = lambda *_, **__: None


def _bundled_once(bundle: Callable[..., Any]) -> Callable[..., Any]:
    """The tags of scripts and of styles; anew where somebody has loaded other components."""
    known: dict[tuple[Any, ...], tuple[str, str]] = {}

    def bundled(roots: Any, resources: Any) -> tuple[str, str]:
        loaded = len(Model.model_class_reverse_map), len(panel_extension._loaded_extensions)
        key = (resources.mode, resources.root_url, state.rel_path, *loaded)
        if key not in known:
            known[key] = tuple(bundle(roots, resources))
        return known[key]

    return bundled


def _described_once(describe: Callable[[Any, Serializer], Any]) -> Callable[[Any, Serializer], Any]:
    """By class. Of one that is Bokeh's own it is its name."""
    known: dict[type[Any], Any] = {}

    def described(cls: type[Any], serializer: Serializer) -> Any:
        if not is_DataModel(cls):
            return describe(cls, serializer)
        if cls not in known:
            known[cls] = describe(cls, serializer)
        else:
            serializer.add_ref(cls, Ref(id=ID(cls.__qualified_model__)))
        return known[cls]

    return described
