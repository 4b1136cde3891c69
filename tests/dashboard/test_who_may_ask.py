"""The app answers its own pages: not a page of another site, and not under another name."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import cookie_of

from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def status(app: str, path: str = "/app", **headers: str) -> int:
    """Of the answer to a GET with exactly these headers."""
    parts = urlsplit(app)
    sent = {"Host": parts.netloc} | {name.replace("_", "-"): v for name, v in headers.items()}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(connection.recv(100).split()[1])


@pytest.mark.parametrize(
    "path", ["/", "/app", "/app/ws", "/static/js/bokeh.min.js", "/app/metadata"]
)
def test_under_a_foreign_name_nothing_is_answered(app: str, path: str) -> None:
    evil = f"evil.example:{urlsplit(app).port}"
    assert status(app, path, Host=evil) == 421
    assert status(app, path, Host=evil, Origin=f"http://{evil}", **WEBSOCKET) == 421


def test_a_websocket_is_for_our_own_pages_and_for_who_is_signed_in(app: str, s3: Store) -> None:
    ours = app.removesuffix("/app")
    assert status(app, "/app/ws", Origin="http://evil.example", **WEBSOCKET) == 403
    assert (
        status(app, "/app/ws", Origin=f"http://localhost:{urlsplit(app).port}", **WEBSOCKET) == 403
    )
    assert status(app, "/app/ws", Origin=ours, **WEBSOCKET) == 403
    ((name, value),) = cookie_of().items()
    cookie = f"{name}={value}"
    # 401: no token of a page
    assert status(app, "/app/ws", Origin=ours, Cookie=cookie, **WEBSOCKET) in (101, 401)


def test_another_site_may_link_to_the_page_but_not_frame_fetch_or_embed_it(app: str) -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert status(app, Sec_Fetch_Dest="document", **link) == 302  # to the login page
    assert status(app, Sec_Fetch_Dest="iframe", **link) == 403
    embedded = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}
    assert status(app, "/app/autoload.js", Sec_Fetch_Dest="script", **embedded) == 403


def test_no_page_frames_the_app_or_guesses_a_type(app: str) -> None:
    for path in ("", "/../static/js/bokeh.min.js", "/nothing"):
        answer = httpx.get(app + path, timeout=60)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
