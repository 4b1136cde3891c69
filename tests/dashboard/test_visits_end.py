"""What a visit leaves behind in the app's process once it is over.

In a process of its own: what other tests hold, and what pytest keeps of logs, is not the app's.
"""

import asyncio
import gc
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

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
    gc.collect()  # documents, and with each the entry of Panel's that is kept by it
    gc.collect()  # the style sheets of that entry, which hold each other
    found = (each for each in gc.get_objects() if isinstance(each, Model | Viewable))
    return Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in found)


async def three_visits() -> dict[str, int]:
    """What the second and the third leave beyond the first, which makes what all of them share.

    In one event loop, as in the server: without one Panel makes a loop for each callback, which
    holds the document until another takes its place. A thread holds that of what it did last.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    await visit()
    first = kept()
    await visit()
    await visit()
    return dict(kept() - first)


def test_visits_that_are_over_leave_no_more_models_than_one() -> None:
    environment = os.environ | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    command = [sys.executable, __file__]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(three_visits())))
