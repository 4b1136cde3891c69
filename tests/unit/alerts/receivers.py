"""Who is told, on this machine: a web server and a mail server that remember what came."""

import http.server
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Received:
    port: int
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # of time.monotonic

    def note(self, body: bytes, headers: dict[str, str] | None = None) -> None:
        """The time first and the body last: who finds a body finds its time."""
        self.times.append(time.monotonic())
        self.headers.append(headers or {})
        self.bodies.append(body)


@contextmanager
def web(status: Callable[[], int] = lambda: 200, location: str = "") -> Iterator[Received]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = status()
            if answer < 300:
                received.note(body, dict(self.headers))
            self.send_response(answer)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Received(server.server_port)
    yield from _running(server, received)


@contextmanager
def mail() -> Iterator[Received]:
    """As much of SMTP as smtplib asks for."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            for line in self.rfile:
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go\r\n")
                    lines = []
                    while (each := self.rfile.readline()) != b".\r\n":
                        lines.append(each)
                    received.note(b"".join(lines))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    received = Received(server.server_address[1])
    yield from _running(server, received)


def _running(server: socketserver.BaseServer, received: Received) -> Iterator[Received]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
