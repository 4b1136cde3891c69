"""What each page has in common is as Panel and Bokeh make it for each."""

import subprocess
import sys

ASKS = """
import panel_material_ui as pmui
from bokeh.document import Document
from bokeh.resources import Resources
from panel.io import server
from panel.io.resources import Resources as Panels
from satispy.dashboard.same_for_all import make_it_once

def made():
    document = Document()
    pmui.Page(title="one", main=[pmui.Select(options=["a"])]).server_doc(document)
    resources = Panels.from_bokeh(Resources(mode="server", root_url="/"))
    described = document.to_json(deferred=False)["defs"]
    return described, tuple(server.bundle_resources(document.roots, resources))

theirs = made()
make_it_once()
assert made() == theirs
assert made() == theirs
described, tags = theirs
assert len(described) > 100
assert len(tags) == 2
"""


def test_components_and_tags_are_described_as_before() -> None:
    # In a process of its own: nothing takes a mend back.
    done = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
