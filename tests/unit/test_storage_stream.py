"""A large object is read in pieces, with no request open while a piece is worked on."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from satispy.errors import Conflict
from satispy.settings import Settings
from satispy.storage import Store

DATA = bytes(range(256)) * (1 << 16)  # 16 MB: more than a socket takes that nobody reads


class S3:
    """Of one object. Counts the requests that are being answered."""

    def __init__(self) -> None:
        self.open = 0
        self.etag = '"one"'

    @contextmanager
    def serving(self) -> Iterator[str]:
        s3 = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self._head(200, len(DATA))

            def do_GET(self) -> None:
                s3.open += 1
                if self.headers.get("If-Match", s3.etag) != s3.etag:
                    self._head(412, 0)
                else:
                    begin, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
                    part = DATA[int(begin) : int(last or len(DATA) - 1) + 1]
                    self._head(206, len(part), int(begin))
                    self.wfile.write(part)
                s3.open -= 1

            def _head(self, status: int, size: int, begin: int = 0) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(size))
                self.send_header("ETag", s3.etag)
                self.send_header("Last-Modified", "Fri, 27 Nov 2026 10:00:00 GMT")
                if status == 206:
                    last = begin + size - 1
                    self.send_header("Content-Range", f"bytes {begin}-{last}/{len(DATA)}")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    s3 = S3()
    with s3.serving() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        yield s3


def test_no_request_is_open_while_a_piece_is_worked_on(s3: S3) -> None:
    pieces = []
    for piece in Store.bucket(Settings()).stream("uploads/large.csv", start=7):
        pieces.append(piece)
        end = time.monotonic() + 10  # the server's thread may be a moment behind
        while s3.open and time.monotonic() < end:
            time.sleep(0.01)
        assert s3.open == 0
    assert b"".join(pieces) == DATA[7:]
    assert len(pieces) == 2


def test_an_object_that_is_replaced_meanwhile_is_not_read_as_one(s3: S3) -> None:
    pieces = Store.bucket(Settings()).stream("uploads/large.csv")
    next(pieces)
    s3.etag = '"two"'
    with pytest.raises(Conflict, match="changed meanwhile"):
        next(pieces)


def test_an_empty_object_has_no_pieces(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    store.write("a.csv", b"")
    assert list(store.stream("a.csv")) == []
