"""A mend of Panel 1.9: a change that brings no model does not walk the whole page.

After each change of a Material component Panel looks through all that stands in it for models that
are new, to tag them for the end of the session. Of the page itself that is everything, and its bar
changes twice at each click: a fifth of all that the app's processor did.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from bokeh.model import Model
from panel.reactive import ReactiveCustomBase


@cache
def walk_new_models_only() -> None:
    """Once a process. Touches what is private to Panel: its lock says which version that is."""
    set_on_model = ReactiveCustomBase._set_on_model
    tag = ReactiveCustomBase._patch_datamodel_ref
    brings_models = True

    def set_and_tag(self: Any, msg: Mapping[str, Any], root: Model, model: Model) -> list[str]:
        nonlocal brings_models
        before, brings_models = brings_models, has_models(msg)
        try:
            changed: list[str] = set_on_model(self, msg, root, model)
        finally:
            brings_models = before
        return changed

    def tag_new(cls: Any, props: Any, ref: str) -> None:
        if brings_models:
            tag.__func__(cls, props, ref)

    ReactiveCustomBase._set_on_model = set_and_tag
    ReactiveCustomBase._patch_datamodel_ref = classmethod(tag_new)


def has_models(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(has_models, value.values()))
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return any(map(has_models, value))
    return isinstance(value, Model)
