"""What a visit leaves behind in the app's process once it is over."""

import gc

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


def kept() -> dict[str, int]:
    gc.collect()
    found = gc.get_objects()
    return {
        "models": sum(isinstance(each, Model) for each in found),
        "views": sum(isinstance(each, Viewable) for each in found),
    }


def test_visits_that_are_over_leave_no_more_models_than_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    visit()  # the newest may be held by what it started
    before = kept()
    visit()
    visit()
    assert kept() == before
