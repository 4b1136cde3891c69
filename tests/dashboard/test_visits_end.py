"""What a visit leaves behind in the app's process once it is over."""

import asyncio
import gc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from bokeh.document import Document
from bokeh.model import Model
from bokeh.server.contexts import BokehSessionContext
from panel.io.state import set_curdoc
from panel.viewable import Viewable

from satispy.dashboard.session import session


async def visit() -> None:
    """Somebody opens every page, and leaves once all of it is read."""
    document = Document()
    with set_curdoc(document):
        page = session()
        page.server_doc(document)
        (tabs,) = page.main
        for number in range(1, len(tabs)):
            tabs.active = number
    await everything_started()
    over = BokehSessionContext("a visit", None, document)
    for each in document.session_destroyed_callbacks:
        each(over)
    document.clear()


async def everything_started() -> None:
    """What pages read goes on after they answered, and holds their document until it ends."""
    while started := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(started)


def kept() -> Counter[str]:
    """What there is of each kind of model and view."""
    gc.collect()
    found = (each for each in gc.get_objects() if isinstance(each, Model | Viewable))
    return Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in found)


def test_visits_that_are_over_leave_no_more_models_than_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    async def visits() -> tuple[Counter[str], Counter[str]]:
        # A thread holds the document of what it did last: one thread, one document.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        await visit()  # the first also makes what all visits share
        first = kept()
        await visit()
        await visit()
        return first, kept()

    # In one event loop, as in the server: without one Panel makes a loop for each callback, which
    # holds the document until another takes its place.
    first, third = asyncio.run(visits())
    assert not third - first
