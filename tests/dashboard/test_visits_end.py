"""What a visit leaves behind in the app's process once it is over."""

import gc
from collections import Counter

import pytest
from bokeh.document import Document
from bokeh.model import Model
from bokeh.server.contexts import BokehSessionContext
from panel.io.state import set_curdoc
from panel.viewable import Viewable

from satispy.dashboard.session import session


def visit() -> None:
    """Somebody opens every page, and leaves."""
    document = Document()
    with set_curdoc(document):
        page = session()
        page.server_doc(document)
        (tabs,) = page.main
        for number in range(1, len(tabs)):
            tabs.active = number
    over = BokehSessionContext("a visit", None, document)
    for each in document.session_destroyed_callbacks:
        each(over)
    document.clear()


def kept() -> Counter[str]:
    """What there is of each kind of model and view."""
    gc.collect()
    found = (each for each in gc.get_objects() if isinstance(each, Model | Viewable))
    return Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in found)


def test_visits_that_are_over_leave_no_more_models_than_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    visit()  # the newest may be held by what it started
    before = kept()
    visit()
    visit()
    assert kept() == before
