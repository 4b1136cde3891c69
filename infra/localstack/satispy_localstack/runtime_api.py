"""The Lambda Runtime API, as one function process sees it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
The process asks for its next event, works, posts a result or an error, and asks again.
"""

import contextlib
import json
import os
import queue
import threading
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from satispy.same_origin import Hosts, refusal

HOST: str = "127.0.0.1"
API = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Event:
    request_id: str
    payload: str
    function_arn: str
    trace_id: str
    deadline: float


@dataclass(frozen=True)
class Answer:
    body: bytes
    failed: bool


def error_body(kind: str, message: str, request_id: str = "") -> bytes:
    prefix = f"RequestId: {request_id} Error: " if request_id else ""
    return json.dumps({"errorType": kind, "errorMessage": prefix + message}).encode()


class RuntimeApi(ThreadingHTTPServer):
    """One server for one process: its port says who is asking."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Handler)
        #: Set when the process asks for its first event, or to the reason why it never will.
        self.started: Future[None] = Future()
        self._answer: Future[Answer] = Future()
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="lambda-runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.server_port}"

    def send(self, event: Event) -> Future[Answer]:
        self._answer = Future()
        self._events.put(event)
        return self._answer

    def fail(self, body: bytes) -> None:
        """The process is gone or cannot start: whoever waits for it gets this error."""
        with contextlib.suppress(InvalidStateError):  # it had started
            self.started.set_exception(StartError(body))
        self.settle(Answer(body, failed=True))

    def settle(self, answer: Answer) -> None:
        with contextlib.suppress(InvalidStateError):  # the first answer wins
            self._answer.set_result(answer)

    def close(self) -> None:
        self._events.put(None)
        # shutdown() waits for up to half a second, and nobody needs to wait for it.
        threading.Thread(target=self.shutdown, daemon=True).start()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Only processes of this user ask: another one could take events, and answer them."""
        return _uid(client_address[1], self.server_port) in (None, os.geteuid())

    def _serve(self) -> None:
        self.serve_forever()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed process breaks its connection; `fail` tells, a traceback would repeat it."""


class StartError(Exception):
    """The process never asked for an event."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body.decode(errors="replace"))
        self.body = body


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes; together they cost 40 ms
    server: RuntimeApi

    def parse_request(self) -> bool:
        """A web page can reach this port as well, and would answer in the function's place."""
        if not super().parse_request():
            return False
        sent = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        refused = refusal(Hosts.of(HOST, self.server.server_port), self.command, sent)
        if refused:
            self.close_connection = True
            self.send_error(HTTPStatus.FORBIDDEN, refused.detail)
        return refused is None

    def do_GET(self) -> None:
        if self.path != f"{API}/invocation/next":
            return self._reply(404)
        with contextlib.suppress(InvalidStateError):
            self.server.started.set_result(None)
        if (event := self.server._events.get()) is None:
            self.close_connection = True
            return None
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(event.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
            "Lambda-Runtime-Trace-Id": event.trace_id,
        }
        return self._reply(200, event.payload.encode(), headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == f"{API}/init/error":
            self.server.fail(body)
        elif self.path.startswith(f"{API}/invocation/"):
            self.server.settle(Answer(body, failed=self.path.endswith("/error")))
        else:
            return self._reply(404)
        return self._reply(202)

    def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ((headers or {}) | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """LocalStack's log has a line for each invocation already."""


def _uid(port: int, server_port: int) -> int | None:
    """Whose is the near end of this connection on loopback; None where Linux's table is missing."""
    try:
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    except FileNotFoundError:
        return None
    ends = (f"0100007F:{port:04X}", f"0100007F:{server_port:04X}")
    for line in table:
        fields = line.split()
        if (fields[1], fields[2]) == ends:
            return int(fields[7])
    return -1  # gone meanwhile
