"""The app starts anew beyond its limit of memory, and open pages go on by themselves."""

import time

import pytest
from conftest import running_app
from made_up_reports import make_report, write_report
from made_up_service import fake_service
from playwright.sync_api import Browser, Error, Page, expect

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


def test_an_open_page_is_told_and_goes_on_with_the_app_that_started_anew(
    chromium: Browser, cloud: dict[str, str], s3: Store
) -> None:
    write_report(s3, make_report(1))
    with (
        fake_service() as service,
        # Any app takes more than this: it starts anew a minute after it has told its pages.
        running_app(**cloud, SATISPY_SERVICE_URL=service, SATISPY_APP_MEMORY_MB="1") as address,
    ):
        page = chromium.new_page()
        try:
            until_it_answers(page, address)
            expect(page.get_by_text("redémarre dans une minute")).to_be_visible(timeout=120_000)
            expect(page.get_by_role("row", name="v00001")).to_be_visible(timeout=60_000)
            page.evaluate("window.sameDocument = true")
            # The new app has told nobody yet.
            expect(page.get_by_text("En direct")).to_be_visible(timeout=240_000)
            write_report(s3, make_report(2))
            expect(page.get_by_role("row", name="v00002")).to_be_visible(timeout=60_000)
            assert page.evaluate("window.sameDocument")
        finally:
            page.close()
