"""The app starts anew beyond its limit of memory, and tells the open pages to load again."""

import time

import pytest
from conftest import running_app
from made_up_reports import make_report, write_report
from made_up_service import fake_service
from playwright.sync_api import Browser, Error, Page, WebSocket, expect

from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def until_it_answers(page: Page, address: str) -> None:
    """Without a page it starts anew every ten seconds."""
    end = time.monotonic() + 240
    while True:
        try:
            page.goto(address)
            return
        except Error:
            assert time.monotonic() < end
            time.sleep(0.2)


def test_an_open_page_is_told_to_load_again_before_the_app_starts_anew(
    chromium: Browser, cloud: dict[str, str], s3: Store
) -> None:
    write_report(s3, make_report(1))
    with (
        fake_service() as service,
        # Any app takes more than this: it starts anew a minute after it has told its pages.
        running_app(**cloud, SATISPY_SERVICE_URL=service, SATISPY_APP_MEMORY_MB="1") as address,
    ):
        page = chromium.new_page()
        sockets: list[WebSocket] = []
        page.on("websocket", lambda socket: sockets.append(socket))
        try:
            until_it_answers(page, address)
            notice = page.get_by_text("redémarre dans une minute")
            expect(notice).to_be_visible(timeout=120_000)
            expect(notice).to_contain_text("puis rechargez la page")
            expect(page.get_by_role("row", name="v00001")).to_be_visible(timeout=60_000)
            last = sockets[-1]
            while not last.is_closed():
                page.wait_for_timeout(500)
            write_report(s3, make_report(2))
            until_it_answers(page, address)
            expect(page.get_by_role("row", name="v00002")).to_be_visible(timeout=60_000)
        finally:
            page.close()
