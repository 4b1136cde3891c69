"""uvicorn's connections, with an end to every wait for a client.

The gate hears of a request when its head is complete. Before that, and after an answer was handed
over, uvicorn waits for ever: for the first byte of a new connection, for the rest of a head, for
what is left of a body that was answered early, for a client to read. It knows no limit for these
(0.54); it looks the class of its connections up by name, which is where ours is put in.
"""

import asyncio
import logging
import socket
import struct
from http import HTTPStatus
from typing import Any

import h11
from uvicorn import config as uvicorn_config
from uvicorn.protocols.http.h11_impl import H11Protocol

from bentos.problems import problem
from satispy.same_origin import PROTECTION

#: Under this name `scope["state"]` has the connection of a request.
STATE = "satispy.connection"
#: The kernel takes so much of an answer ahead of its reader; by itself it grows to megabytes, and
#: whole CSVs would be judged for clients that never read them.
SEND_BUFFER = 64 * 1024
#: A connection is not given up for another one before this.
SECONDS_BEFORE_IDLE = 1.0


def install(seconds_for_a_head: float, most: int) -> None:
    """Make uvicorn use these connections, in this process, from now on."""
    Connection.seconds_for_a_head = seconds_for_a_head
    Connection.most = most
    uvicorn_config.HTTP_PROTOCOLS["auto"] = f"{__name__}:Connection"
    logging.getLogger("uvicorn.error").addFilter(_tells_of_us)


class Connection(H11Protocol):
    #: Set by `install`.
    seconds_for_a_head = 10.0
    most = 512

    transport: asyncio.Transport

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app_state = {**self.app_state, STATE: self}
        #: Runs while we wait for a head; another one while we wait for a reader.
        self._head: asyncio.TimerHandle | None = None
        self._reader: asyncio.TimerHandle | None = None
        self._idle_since = 0.0

    @property
    def has_whole_request(self) -> bool:
        return self.conn.their_state not in (h11.IDLE, h11.SEND_BODY)

    @property
    def is_lost(self) -> bool:
        return self.transport.is_closing()

    def abort(self) -> None:
        """Without waiting for the client to read what it was sent, here or in the kernel."""
        if (line := self.transport.get_extra_info("socket")) is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    # ---- what the transport tells ----

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._make_room()
        super().connection_made(transport)
        # For the buffer of writes in this process see `pause_writing`.
        if (line := transport.get_extra_info("socket")) is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._wait_for_head()
        if len(self.connections) > self.most:
            self._refuse(503, "busy", "Too many connections at once; try again.")

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset(head=True, reader=True)
        self.app_state = {}

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # Idle, or still sending a body whose answer was complete: none of it is wanted.
        if self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE:
            if self._head is None:
                self._wait_for_head()
        elif self._head is not None:
            self._unset(head=True)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unset(reader=True)

    # ---- what uvicorn decides ----

    def on_response_complete(self) -> None:
        self._idle_since = self.loop.time()
        super().on_response_complete()
        if self.transport.is_closing():
            self._wait_for_reader()  # `close` waits for it without end

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            self.abort()
        else:
            super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "not-http", "This is no HTTP/1.1 request, or it has two meanings.")

    def _should_upgrade(self) -> bool:
        """Never: websockets would pass the gate, and nothing here speaks them."""
        return False

    # ---- how ----

    def _wait_for_head(self) -> None:
        self._idle_since = self.loop.time()
        self._head = self.loop.call_later(self.seconds_for_a_head, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head = None
        late = f"The request did not arrive within {self.seconds_for_a_head:g} s."
        self._refuse(408, "too-slow", late)

    def _wait_for_reader(self) -> None:
        if self._reader is None:
            self._reader = self.loop.call_later(self.seconds_for_a_head, self.abort)

    def _unset(self, head: bool = False, reader: bool = False) -> None:
        if head and self._head is not None:
            self._head.cancel()
            self._head = None
        if reader and self._reader is not None:
            self._reader.cancel()
            self._reader = None

    def _refuse(self, status: int, name: str, detail: str) -> None:
        """Answer before there is a request, if an answer may still be sent, and hang up."""
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = problem(status, name, detail, headers={"Connection": "close", **PROTECTION})
            head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
            fields = b"".join(b"%s: %s\r\n" % pair for pair in answer.raw_headers)
            self.transport.write(head + fields + b"\r\n" + bytes(answer.body))
        self.transport.close()
        self._wait_for_reader()

    def _make_room(self) -> None:
        """Give up whoever has let us wait the longest, if there are too many connections."""
        if len(self.connections) < self.most:
            return
        now = self.loop.time()
        idle = [
            other
            for other in self.connections
            if isinstance(other, Connection)
            and other.conn.their_state is h11.IDLE
            and now - other._idle_since > SECONDS_BEFORE_IDLE
        ]
        if idle:
            given_up = min(idle, key=lambda other: other._idle_since)
            given_up.abort()
            # uvicorn hears of it in the loop's next turn; the one it made room for is counted now.
            self.connections.discard(given_up)


def _tells_of_us(record: logging.LogRecord) -> bool:
    """A line for each bad request would let anybody fill the disk; the sender is told anyway."""
    return record.getMessage() not in (
        "Invalid HTTP request received.",
        "Unsupported upgrade request.",
    )
