"""A reverse proxy as small as one can be: it passes requests and websockets on below a path."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def reverse_proxy(port: int, to: int, path: str, *, keeps_path: bool) -> Iterator[str]:
    """Yields its address. Another path than `path` is answered 404; keeps_path: what is passed on
    has it still, as the app is told by SATISPY_APP_PREFIX."""
    with socket.create_server(("127.0.0.1", port)) as listening:

        def accept() -> None:
            with suppress(OSError):  # the end of it
                while True:
                    browser, _ = listening.accept()
                    threading.Thread(target=serve, args=(browser,), daemon=True).start()

        def serve(browser: socket.socket) -> None:
            with browser, suppress(OSError):
                asked = _rewritten(_head(browser), path, keeps_path)
                if asked is None:
                    browser.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    return
                with socket.create_connection(("127.0.0.1", to)) as app:
                    app.sendall(asked)
                    back = threading.Thread(target=_pump, args=(app, browser), daemon=True)
                    back.start()
                    _pump(browser, app)
                    back.join()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{port}{path}"
        listening.shutdown(socket.SHUT_RDWR)


def _head(browser: socket.socket) -> bytes:
    """Up to the end of the headers, and what of the body came with them."""
    found = b""
    while b"\r\n\r\n" not in found and (part := browser.recv(1 << 16)):
        found += part
    return found


def _rewritten(asked: bytes, path: str, keeps_path: bool) -> bytes | None:
    head, _, body = asked.partition(b"\r\n\r\n")
    line, *headers = head.decode("latin-1").split("\r\n")
    method, _, target = line.partition(" ")
    if not target.startswith(f"{path}/"):
        return None
    if not keeps_path:
        line = f"{method} {target.removeprefix(path)}"
    if not any(each.lower().startswith("upgrade:") for each in headers):
        # One request for each connection: the next one's path is to be written anew as well.
        headers = [each for each in headers if not each.lower().startswith("connection:")]
        headers.append("Connection: close")
    headers += ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http"]
    return "\r\n".join([line, *headers, "", ""]).encode("latin-1") + body


def _pump(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(1 << 16):
            to.sendall(part)
        to.shutdown(socket.SHUT_WR)
