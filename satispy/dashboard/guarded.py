"""The app's HTTP server: pages and websockets for our own hosts and pages only."""

from functools import cache
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from satispy.same_origin import PROTECTION, Hosts, Refusal, Shows, refusal
from satispy.settings import Settings

#: Other sites may link to it; what it loads, and its websocket, is for itself.
PAGES = {
    "/": Shows.A_PAGE,
    "/app": Shows.A_PAGE,
    "/login": Shows.A_PAGE,
    "/liveness": Shows.NOTHING_SECRET,
    "/ready": Shows.NOTHING_SECRET,
}


#: Read once: a page makes a dozen requests, and settings take a millisecond.
_settings = cache(Settings)


class GuardedServer(HTTPServer):
    """Judges the head of each request before Bokeh sees it. `HTTPServer.configure` enables it."""

    def start_request(self, server_conn: object, request_conn: Any) -> HTTPMessageDelegate:
        _protect(request_conn)
        return _Judging(super().start_request(server_conn, request_conn), request_conn)


class _Judging(HTTPMessageDelegate):
    def __init__(self, delegate: HTTPMessageDelegate, connection: Any) -> None:
        self.delegate = delegate
        self.connection = connection
        self.refused = False

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> Any:
        if refused := self._judge(start_line, headers):
            self.refused = True
            _answer(self.connection, refused)
            return None
        return self.delegate.headers_received(start_line, headers)

    def _judge(self, start_line: RequestStartLine, headers: HTTPHeaders) -> Refusal | None:
        socket = self.connection.stream.socket
        if socket is None:  # gone already
            return Refusal(400, "The connection is closed.")
        # The port that was asked is ours; another one, of a tunnel, is in SATISPY_HOSTS.
        hosts = Hosts.of(_settings().hosts, socket.getsockname()[1])
        sent = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.get_all()
        ]
        path = start_line.path.partition("?")[0].removeprefix(_settings().app_prefix.rstrip("/"))
        return refusal(hosts, start_line.method, sent, PAGES.get(path, Shows.SECRETS))

    def data_received(self, chunk: bytes) -> Any:
        return None if self.refused else self.delegate.data_received(chunk)

    def finish(self) -> None:
        if not self.refused:
            self.delegate.finish()

    def on_connection_close(self) -> None:
        if not self.refused:
            self.delegate.on_connection_close()


def _protect(connection: Any) -> None:
    """Put the protection on whatever is answered, by whichever handler."""
    write_headers = connection.write_headers

    def protected(start_line: Any, headers: HTTPHeaders, chunk: bytes | None = None) -> Any:
        for name, value in PROTECTION.items():
            headers[name] = value
        return write_headers(start_line, headers, chunk)

    connection.write_headers = protected


def _answer(connection: Any, refused: Refusal) -> None:
    body = refused.detail.encode()
    headers = HTTPHeaders(
        {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
    )
    connection.write_headers(
        ResponseStartLine("HTTP/1.1", refused.status, "Refused"), headers, body
    )
    connection.finish()
