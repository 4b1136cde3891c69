"""What a session changes reaches its browser, however busy the socket is."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from bokeh.document import Document
from panel.io import document as panel_io

from satispy.dashboard.writes import write_every_change


class SlowSocket:
    """Takes a message at once and says so only when asked to."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Connection:
    protocol = SimpleNamespace(create=lambda kind, events: events[0])

    def __init__(self, socket: SlowSocket) -> None:
        self._socket = socket


def write(connection: Any, events: object = None, msg: Any = None) -> list[asyncio.Future[None]]:
    connection._socket.written.append(msg)
    return [connection._socket.acknowledged]


@pytest.fixture(autouse=True)
def slow_sockets() -> Iterator[None]:
    panel_io.extra_socket_handlers[SlowSocket] = write
    yield
    del panel_io.extra_socket_handlers[SlowSocket]


async def two_changes() -> list[str]:
    """What was written of two changes, the second queued while the first waits for the socket."""
    document, connection = Document(), Connection(SlowSocket())
    socket = connection._socket
    panel_io.schedule_write_events(document, [connection], ["first"])
    await asyncio.sleep(0)
    assert socket.written == ["first"]
    socket.acknowledged.set_result(None)
    panel_io.schedule_write_events(document, [connection], ["second"])
    for _ in range(10):
        await asyncio.sleep(0)
    return socket.written


def test_a_change_that_comes_while_another_is_written_is_written_too() -> None:
    write_every_change()
    # In a thread of its own: Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as one:
        assert one.submit(asyncio.run, two_changes()).result() == ["first", "second"]
