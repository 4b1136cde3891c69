"""What a visitor reads while the session behind the page is made."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from conftest import cookie_of
from made_up_reports import make_report, write_report
from playwright.sync_api import Page, expect
from test_why_page import made_up

from satispy.dashboard import ahead
from satispy.reports.insights import key
from satispy.storage import Store

pytestmark = pytest.mark.e2e
Visit = Callable[..., Page]


@pytest.fixture
def read(app: str, s3: Store) -> str:
    """The run of a report that the app has read."""
    report = make_report(1)
    s3.write(key(report.run), made_up(report.run).model_dump_json().encode())
    write_report(s3, report)
    while "v00001" not in page(app):
        pass
    return report.run


def page(app: str, **headers: str) -> str:
    return httpx.get(app, cookies=cookie_of(), headers=headers, timeout=60).text


def test_the_first_page_stands_before_what_its_session_takes(app: str, read: str) -> None:
    begun, _, rest = page(app, **{"Accept-Language": "en"}).partition(ahead.SENT)
    assert read in begun
    assert '<html lang="en"' in begun
    assert begun.index('id="ahead"') < begun.index("bokeh.min.js")
    assert '"token"' in rest
    assert '"token"' not in begun


def test_it_is_sent_to_who_is_signed_in_only(app: str, read: str) -> None:
    answer = httpx.get(app, timeout=60)
    assert answer.status_code == 302
    assert read not in answer.text


def test_many_who_come_at_once_have_it_before_the_last_has_a_session(app: str, read: str) -> None:
    """By the order in which things come, whatever the machine takes for them."""
    cookies = cookie_of()
    came: list[str] = []

    async def visit(web: httpx.AsyncClient) -> None:
        async with web.stream("GET", app, cookies=cookies) as answer:
            text = ""
            async for chunk in answer.aiter_text():
                if ahead.SENT not in text and ahead.SENT in text + chunk:
                    came.append("begun")
                text += chunk
            came.append("whole")

    async def visits() -> None:
        async with httpx.AsyncClient(timeout=120) as web:
            await asyncio.gather(*(visit(web) for _ in range(8)))

    asyncio.run(visits())
    assert came.count("begun") == came.count("whole") == 8
    assert came[-4:] == ["whole"] * 4


@pytest.mark.parametrize("width", [1400, 390])
def test_it_gives_way_to_the_live_page(visit: Visit, read: str, width: int) -> None:
    live = visit()
    live.set_viewport_size({"width": width, "height": 900})
    expect(live.get_by_role("region", name="Derniers entraînements")).to_contain_text(read)
    expect(live.locator("#ahead")).to_have_count(0)
    assert live.evaluate("document.documentElement.scrollWidth") <= width
    live.get_by_role("tab", name="Alertes").click()
    expect(live.get_by_role("heading", name="Alertes")).to_be_visible()
