"""The app in French and in English, as browsers ask for it."""

import re
from collections.abc import Callable, Iterator

import pytest
from conftest import Visit, cookie_of
from made_up_reports import make_report, write_report
from playwright.sync_api import Browser, Page, expect
from test_why_page import made_up

from satispy.reports.insights import key
from satispy.storage import Store

pytestmark = pytest.mark.e2e

Reads = Callable[..., Page]


@pytest.fixture
def reads(chromium: Browser, app: str, s3: Store) -> Iterator[Reads]:
    """A page of the app in a browser of its own, with two reports and their causes."""
    for number in (1, 2):
        write_report(s3, make_report(number))
    s3.write(key("v00002"), made_up().model_dump_json().encode())
    # One visit for all: another one of the same account would end it.
    visit = [
        {"name": name, "value": value, "url": app, "httpOnly": True}
        for name, value in cookie_of().items()
    ]
    contexts = []
    visits: list[Visit] = []

    def opened(locale: str, where: str = "", *, width: int = 1280) -> Page:
        contexts.append(chromium.new_context(locale=locale))
        contexts[-1].add_cookies(visit)
        visits.append(Visit(contexts[-1]))
        visits[-1].page.set_viewport_size({"width": width, "height": 900})
        visits[-1].page.goto(app + where)
        return visits[-1].page

    yield opened
    for context in contexts:
        context.close()
    assert [visit.elsewhere + visit.errors for visit in visits] == [[]] * len(visits)


def test_each_browser_reads_its_own_language_at_the_same_time(reads: Reads, s3: Store) -> None:
    french, english = reads("fr-FR", "#pourquoi"), reads("en-US", "#pourquoi")
    expect(
        french.get_by_role("heading", name="Pourquoi des clients sont mécontents")
    ).to_be_visible()
    expect(english.get_by_role("heading", name="Why customers are unhappy")).to_be_visible()
    expect(french.locator("html")).to_have_attribute("lang", "fr")
    expect(english.locator("html")).to_have_attribute("lang", "en")
    row = english.get_by_role("row", name=re.compile("^Delivery"))
    expect(row).to_contain_text("7.5 pt")
    expect(french.get_by_role("row", name=re.compile("^Livraison"))).to_contain_text("7,5 pt")
    # Clicks and what the feed brings are answered in the page's language too.
    english.get_by_role("button", name="Price").click()
    expect(english.get_by_text("No recent review complains of it.")).to_be_visible()
    write_report(s3, make_report(3))
    insights = made_up("v00003").model_copy(update={"unnamed": 1})
    s3.write(key("v00003"), insights.model_dump_json().encode())
    expect(english.get_by_text("1 negative review speaks of none of these causes")).to_be_visible()
    expect(french.get_by_text("1 avis négatif ne parle d’aucune de ces causes")).to_be_visible()


def test_the_overview_is_said_in_english_with_english_figures(reads: Reads) -> None:
    page = reads("en-GB")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_text("200 reviews from 2 Jan 2026 to 3 Nov 2026")).to_be_visible()
    attention = page.get_by_role("region", name="Needs attention")
    expect(attention).to_contain_text("Delivery, Alpha: 30 complaints in 50 reviews")
    expect(attention).to_contain_text("60% instead of 20%")
    expect(page.get_by_text("30.0%").first).to_be_visible()
    expect(page.get_by_role("tab", name="Why")).to_be_visible()


def test_the_switch_changes_the_language_stays_on_the_page_and_is_remembered(
    reads: Reads, app: str
) -> None:
    page = reads("fr-FR", "#pourquoi")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Why customers are unhappy")).to_be_visible()
    assert page.url.endswith("#pourquoi")
    page.goto(app)  # without ?lang=
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", name="Vue d’ensemble")).to_be_visible()
