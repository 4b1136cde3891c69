"""The app below a path of somebody else's host: pages, scripts, websocket, cookies, redirects."""

import pytest
from conftest import running_app
from playwright.sync_api import Browser, expect
from reverse_proxy import reverse_proxy

from satispy.accounts import Accounts
from satispy.storage import Store
from tests.ports import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PASSWORD = "a long password"


@pytest.mark.parametrize("keeps_path", [True, False], ids=["path kept", "path taken away"])
def test_the_app_lives_under_a_path_behind_a_reverse_proxy(
    chromium: Browser, cloud: dict[str, str], s3: Store, keeps_path: bool
) -> None:
    Accounts(s3, cost=16).create("anne", "admin", PASSWORD)
    ours, port = free_port(), free_port()
    host = f"127.0.0.1:{port}"
    told = {"SATISPY_BEHIND_PROXY": "1", "SATISPY_HOSTS": f"{host} 127.0.0.1"}
    if keeps_path:
        told["SATISPY_APP_PREFIX"] = "/satispy"
    with (
        running_app(ours, origins=[host], **cloud, **told),
        reverse_proxy(port, ours, "/satispy", keeps_path=keeps_path) as address,
    ):
        visitor = chromium.new_context(locale="fr-FR")
        page = visitor.new_page()
        asked, failed = list[str](), list[str]()
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda opened: asked.append(opened.url.replace("ws:", "http:")))
        page.on(
            "response",
            lambda got: failed.append(f"{got.status} {got.url}") if got.status >= 400 else None,
        )
        page.goto(f"{address}/app?lang=en#compte")
        assert page.url == f"{address}/login?next=lang%3Den#compte"
        page.get_by_label("Name").fill("anne")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Live")).to_be_visible(timeout=120_000)
        assert page.url == f"{address}/app#compte"
        paths = {cookie["name"]: cookie["path"] for cookie in visitor.cookies()}
        assert len(paths) == 3  # who it is, the form's token, the language
        assert {path.rstrip("/") for path in paths.values()} == {"/satispy"}
        page.reload()
        expect(page.get_by_text("Live")).to_be_visible(timeout=120_000)
        page.get_by_role("link", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert page.url == f"{address}/login"
        assert [c["name"] for c in visitor.cookies() if c["name"].endswith("visit")] == []
        assert [url for url in asked if not url.startswith((f"{address}/", "data:", "blob:"))] == []
        assert f"{address}/app/ws" in {url.partition("?")[0] for url in asked}
        assert failed == []
        visitor.close()
