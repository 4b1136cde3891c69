"""An S3 on loopback, and the app as the process that the stack starts."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest
from made_up_service import fake_service
from playwright.sync_api import Browser, Page, Request, expect
from s3_on_loopback import s3_server

from satispy.settings import Settings
from satispy.storage import Store
from tests.ports import free_port

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def cloud() -> Iterator[dict[str, str]]:
    with s3_server() as environment:
        yield environment


@pytest.fixture
def s3(cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Store:
    """The app's bucket, emptied."""
    for name, value in cloud.items():
        monkeypatch.setenv(name, value)
    store = Store.bucket(Settings())
    for entry in store.list(""):
        store.delete(entry.key)
    return store


@pytest.fixture(scope="session")
def app(cloud: dict[str, str]) -> Iterator[str]:
    with fake_service() as service, running_app(**cloud, SATISPY_SERVICE_URL=service) as address:
        yield address


@contextmanager
def running_app(port: int = 0, **environment: str) -> Iterator[str]:
    """The app as the stack starts it; yields its address."""
    port = port or free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "satispy.dashboard"),
            *("--port", str(port), "--address", "127.0.0.1"),
            *("--allow-websocket-origin", f"127.0.0.1:{port}"),
            *("--session-token-expiration", str(7 * 24 * 3600)),
        ],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(httpx.TransportError):
                if httpx.get(f"{address}/app", timeout=60).status_code == 200:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("the app did not come up")
        yield f"{address}/app"
    finally:
        process.terminate()
        process.wait(60)


class Visit:
    """A fresh visitor at 1280×800; notes what the page asks of other machines, and its errors."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="fr-FR", accept_downloads=True
        )
        self.page = self._context.new_page()
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error.stack or error)))
        self.page.on(
            "console",
            lambda line: self.errors.append(line.text) if line.type == "error" else None,
        )

    def _note(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in (None, "127.0.0.1"):
            self.elsewhere.append(request.url)

    def close(self) -> None:
        self._context.close()


@pytest.fixture
def visit(chromium: Browser, app: str, s3: Store) -> Iterator[Callable[..., Page]]:
    """Visits the app; with an environment of its own, another one is started for it."""
    with ExitStack() as running:
        visits: list[Visit] = []

        def start(**environment: str) -> Page:
            address = running.enter_context(running_app(**environment)) if environment else app
            visits.append(Visit(chromium))
            # Before the app stops: a page that loses its server says so in the console.
            running.callback(visits[-1].close)
            visits[-1].page.goto(address)
            return visits[-1].page

        yield start
    assert [visit.elsewhere for visit in visits] == [[]] * len(visits)
    assert [visit.errors for visit in visits] == [[]] * len(visits)
