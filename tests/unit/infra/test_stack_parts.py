"""Command lines that the servers take."""

from bokeh.server.util import create_hosts_allowlist

from infra import parts
from satispy.settings import Settings


def test_bokeh_takes_every_origin_that_the_app_is_started_with() -> None:
    command = parts.app(Settings()).command
    names = [
        command[at + 1]
        for at, argument in enumerate(command)
        if argument == "--allow-websocket-origin"
    ]
    # Raises ValueError for a name that Bokeh refuses, as it does when it starts.
    assert create_hosts_allowlist(names, 5006)
