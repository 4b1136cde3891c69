"""What changes while a browser is drawing the page comes to it all the same."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import cookie_of
from made_up_reports import make_report, write_report

from benchmarks._app_client import RawPage
from satispy.storage import Store

pytestmark = pytest.mark.e2e


async def shown_once_drawn(app: str, cookie: str, s3: Store) -> None:
    """Waits until what a first report shows has come to a page that was being drawn meanwhile."""
    while "Pas encore de rapport" not in (page := await RawPage.opened(app, cookie)).document:
        page.close()  # the feed has yet to look at a bucket that was emptied
        await asyncio.sleep(1)
    write_report(s3, make_report(1))
    while "v00001" not in (other := await RawPage.opened(app, cookie)).document:
        other.close()
        await asyncio.sleep(1)
    await page.drawn()
    while True:
        changes = (await asyncio.wait_for(page.received("PATCH-DOC"), 20))["events"]
        if "v00001" in str(changes):
            return


def test_what_changes_while_the_page_is_drawn_is_shown_once_it_is(app: str, s3: Store) -> None:
    ((name, value),) = cookie_of().items()
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, shown_once_drawn(app, f"{name}={value}", s3)).result(120)
