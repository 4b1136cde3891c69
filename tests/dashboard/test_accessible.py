"""Every page for everybody: axe-core finds no serious violation, and nothing is wider than a phone.

SATISPY_AXE=1 prints what is found of lesser weight too.
"""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import sign_in
from made_up_reports import make_report, write_report
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_why_page import made_up

from satispy.dashboard.addresses import PAGES
from satispy.reports.insights import key
from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def visitors(chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """By theme."""
    found = {
        theme: chromium.new_context(locale="fr-FR", color_scheme=theme)
        for theme in ("light", "dark")
    }
    yield found
    for context in found.values():
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page_wide_or_narrow(
    visitors: dict[str, BrowserContext], app: str, s3: Store, theme: str
) -> None:
    for number in (1, 2, 3):
        write_report(s3, make_report(number))
    s3.write(key("v00003"), made_up("v00003").model_dump_json().encode())
    visitor = visitors[theme]
    sign_in(visitor, app)
    page = visitor.new_page()
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(app)
    expect(page.get_by_text("En direct")).to_be_visible(timeout=120_000)
    violations = []
    for name, title in PAGES.items():
        page.goto(f"{app}#{name}")
        expect(page.get_by_role("tab", name=title, selected=True)).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for width in (1400, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            if found(page):  # colours of buttons move for a moment when they come
                page.wait_for_timeout(1_000)
                violations += [f"{name} at {width}: {each}" for each in found(page)]
    page.close()
    assert violations == [], "\n" + "\n".join(violations)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_way_in(
    visitors: dict[str, BrowserContext], app: str, s3: Store, theme: str
) -> None:
    visitors[theme].clear_cookies()
    page = visitors[theme].new_page()
    page.goto(app)
    assert found(page) == []
    page.close()


def found(page: Page) -> list[str]:
    """What axe finds, with the first place of each."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{each['impact']} {each['id']} {node['target']}: {node['html'][:200]}"
        for each in violations
        for node in each["nodes"][:2]
        if each["impact"] in GRAVE or os.environ.get("SATISPY_AXE")
    ]
