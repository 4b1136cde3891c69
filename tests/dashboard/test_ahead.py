"""What a visitor reads while the session behind the page is made."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from conftest import cookie_of
from made_up_reports import make_report, write_report
from playwright.sync_api import Page, Route, expect
from test_why_page import made_up
from tornado.httpserver import HTTPServer
from tornado.web import Application

from satispy.accounts import Role
from satispy.dashboard import ahead
from satispy.dashboard.door import pages
from satispy.reports.insights import key
from satispy.storage import Store
from tests.ports import free_port

Visit = Callable[..., Page]


@pytest.fixture
def read(app: str, s3: Store) -> str:
    """The run of a report that the bucket holds, as the app's first page names it."""
    report = make_report(1)
    s3.write(key(report.run), made_up(report.run).model_dump_json().encode())
    write_report(s3, report)
    while report.run not in page(app):
        pass
    return report.run


def page(app: str, role: Role = "admin", **headers: str) -> str:
    return httpx.get(app, cookies=cookie_of(role), headers=headers, timeout=60).text


def begun(app: str, role: Role = "admin", **headers: str) -> str:
    return page(app, role, **headers).partition(ahead.SENT)[0]


def in_a_loop(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Not in this thread, where an open browser has one."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, coroutine).result()


@pytest.mark.e2e
def test_the_first_page_stands_before_what_its_session_takes(app: str, read: str) -> None:
    sent, _, rest = page(app, **{"Accept-Language": "en"}).partition(ahead.SENT)
    assert read in sent
    assert '<html lang="en"' in sent
    assert "Needs attention" in sent
    assert sent.index('id="ahead"') < sent.index("bokeh.min.js")
    assert '"token"' in rest
    assert '"token"' not in sent


@pytest.mark.e2e
def test_it_says_the_same_to_both_roles(app: str, read: str) -> None:
    admin, user = begun(app, "admin"), begun(app, "user")
    assert read in user
    assert user == admin.replace('title="administrateur"', 'title="utilisateur"')


@pytest.mark.e2e
def test_it_is_sent_to_who_is_signed_in_only(app: str, read: str) -> None:
    answer = httpx.get(app, timeout=60)
    assert answer.status_code == 302
    assert read not in answer.text


@pytest.mark.e2e
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

    in_a_loop(visits())
    assert came.count("begun") == came.count("whole") == 8
    assert came[-4:] == ["whole"] * 4


@pytest.mark.e2e
@pytest.mark.parametrize(("width", "theme"), [(1400, "default"), (390, "dark")])
def test_it_gives_way_to_the_live_page_where_it_is_read(
    visit: Visit, read: str, width: int, theme: str
) -> None:
    live = visit("?theme=" + theme)
    live.set_viewport_size({"width": width, "height": 500})
    held: list[Route] = []
    live.route("**/panel.min.js*", lambda route: held.append(route))
    live.reload(wait_until="commit")
    sent = live.locator("#ahead")
    expect(sent).to_have_class("dark" if theme == "dark" else "")
    live.mouse.move(200, 300)
    live.mouse.wheel(0, 120)
    live.wait_for_function("document.getElementById('ahead').scrollTop === 120")
    while not held:
        live.wait_for_timeout(20)
    held[0].continue_()
    expect(sent).to_have_count(0)
    expect(live.get_by_role("region", name="Derniers entraînements")).to_contain_text(read)
    assert live.locator(".main-content").evaluate("each => each.scrollTop") == 120
    assert live.evaluate("document.documentElement.scrollWidth") <= width
    live.get_by_role("tab", name="Alertes").click()
    expect(live.get_by_role("heading", name="Alertes")).to_be_visible()


@pytest.mark.e2e
def test_a_tab_that_is_chosen_ahead_is_the_one_that_opens(visit: Visit, read: str) -> None:
    live = visit()
    held: list[Route] = []
    live.route("**/panel.min.js*", lambda route: held.append(route))
    live.reload(wait_until="commit")
    expect(live.locator("#ahead")).to_be_attached()
    live.mouse.click(190, 95)
    expect(live).to_have_url(re.compile("#alertes$"))
    expect(live.locator("#ahead")).to_have_class("elsewhere")
    while not held:
        live.wait_for_timeout(20)
    held[0].continue_()
    expect(live.get_by_role("heading", name="Alertes")).to_be_visible()
    expect(live.locator("#ahead")).to_have_count(0)
    live.go_back()
    expect(live.get_by_role("tab", selected=True)).to_have_text("Vue d’ensemble")


class _Failing(pages.Page):
    """Whose session cannot be made, after what comes ahead was sent."""

    async def prepare(self) -> None:
        self.write("begun")
        self.flush()
        self._sent_ahead = True

    async def get(self, *_: Any, **__: Any) -> None:
        raise ValueError("no session")


def test_who_reads_a_page_whose_session_cannot_be_made_is_told_so() -> None:
    async def answer() -> str:
        made = {"application_context": None, "bokeh_websocket_path": ""}
        server = HTTPServer(Application([("/", _Failing, made)]))
        port = free_port()
        server.listen(port, "127.0.0.1")
        async with httpx.AsyncClient() as web:
            text = (await web.get(f"http://127.0.0.1:{port}/")).text
        server.stop()
        return text

    text = in_a_loop(answer())
    assert text.startswith('begun<p role="alert"')
    assert "La demande n’a pu être traitée" in text
