"""An S3 on loopback, and the app as the process that the stack starts."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from made_up_service import MadeUpService, made_up_service
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from s3_on_loopback import s3_server

from satispy.accounts import Accounts, Role
from satispy.dashboard.door.keeper import Keeper
from satispy.settings import Settings
from satispy.storage import Store
from satispy.visits import Limits
from tests.ports import free_port

APP_SECRET = "signs the cookies of the tests' apps"

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def service() -> Iterator[MadeUpService]:
    with made_up_service() as service:
        yield service


@pytest.fixture(scope="package")
def app(cloud: dict[str, str], service: MadeUpService) -> Iterator[str]:
    with running_app(**cloud, SATISPY_SERVICE_URL=service.url) as address:
        yield address


MERGE = """
import sys
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store

merge_upload(Store.bucket(Settings()), sys.argv[1])
"""


def merge(key: str) -> None:
    """What the queue and the function do in the cloud. In a process of its own: a merge holds the
    lock of this one, which the bucket needs."""
    subprocess.run([sys.executable, "-c", MERGE, key], check=True)


def door() -> Keeper:
    """Of the tests' apps, with the bucket that this process's environment leads to."""
    return Keeper(Store.bucket(Settings()), APP_SECRET, Limits(8 * 3600.0, 7 * 86400.0), Path())


def cookie_of(role: Role = "admin", name: str = "anne") -> dict[str, str]:
    """Of a new visit, by an account that is made for it; its id is `door().visit_of(…)`."""
    Accounts(Store.bucket(Settings()), cost=16).create(name, role)
    return {door().cookie: door().signed(door().visits.begin(name))}


def sign_in(visitor: BrowserContext, address: str, role: Role = "admin") -> None:
    """Let this browser in."""
    url = "{0.scheme}://{0.netloc}/".format(urlsplit(address))
    ((name, value),) = cookie_of(role).items()
    visitor.add_cookies([{"name": name, "value": value, "url": url, "httpOnly": True}])


@contextmanager
def running_app(port: int = 0, origins: Sequence[str] = (), **environment: str) -> Iterator[str]:
    """The app as the stack starts it; yields its address. origins: other hosts of its pages."""
    port = port or free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "satispy.dashboard"),
            *("--port", str(port), "--address", "127.0.0.1"),
            *(f"--allow-websocket-origin={host}" for host in (f"127.0.0.1:{port}", *origins)),
            "--liveness",
            *("--session-token-expiration", str(7 * 24 * 3600)),
        ],
        env={**os.environ, "SATISPY_APP_SECRET": APP_SECRET, **environment},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}{environment.get('SATISPY_APP_PREFIX', '')}"
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(httpx.TransportError):
                if httpx.get(f"{address}/ready", timeout=60).status_code == 200:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("the app did not come up")
        yield f"{address}/app"
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """Of one module: the scripts, several megabytes, are loaded and compiled once."""
    context = chromium.new_context(locale="fr-FR", accept_downloads=True)
    yield context
    context.close()


class Visit:
    """A page at 1280×800; notes what it asks of other machines, and its errors."""

    def __init__(self, visitor: BrowserContext) -> None:
        self.page = visitor.new_page()
        self.page.set_viewport_size({"width": 1280, "height": 800})
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


@pytest.fixture
def visit(
    visitor: BrowserContext, app: str, s3: Store, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Page]]:
    """Visits the app as an admin, at `#page`; with an environment, another app is started."""
    with ExitStack() as running:
        visits: list[Visit] = []
        entered: set[str] = set()

        def start(where: str = "", **environment: str) -> Page:
            address = running.enter_context(running_app(**environment)) if environment else app
            visits.append(Visit(visitor))
            with monkeypatch.context() as theirs:
                for name, value in environment.items():
                    theirs.setenv(name, value)
                # Once: the account would be made anew, and the pages of who is in be closed.
                if address not in entered:
                    sign_in(visitor, address)
                    entered.add(address)
            # Before the app stops: a page that loses its server says so in the console.
            running.callback(visits[-1].page.close)
            visits[-1].page.goto(address + where)
            return visits[-1].page

        yield start
    assert [visit.elsewhere for visit in visits] == [[]] * len(visits)
    assert [visit.errors for visit in visits] == [[]] * len(visits)
