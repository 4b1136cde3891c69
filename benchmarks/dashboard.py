"""The app with 500 runs, 20,000 receipts and 200,000 reviews: first page, 50 sessions, memory.

« Complete » is the first page with all its cards as Chromium reads it out, or, of many sessions at
once, at a client that is no browser: fifty browsers would share these processors with the app. It
is sent ahead of its session (decision 0084): `live_…` is until the page answers as well.
RUNS (500), ROWS (200000), SESSIONS (50), VISITS (100): a hundred of them, and a second hundred;
MINUTES (5): how long after its last tab memory is looked at.
"""

import asyncio
import os
import statistics
import time
from datetime import UTC, datetime

import psutil
from playwright.sync_api import CDPSession

from benchmarks._app_client import RawPage
from benchmarks._app_server import KEY, app, bucket_at, cookie, door
from benchmarks._app_store import fill, new_report
from benchmarks._counted_s3 import counted_s3
from benchmarks._year import RETRAINS, Shop
from infra import browser
from satispy.accounts import Accounts
from satispy.storage import Store

RUNS, ROWS = int(os.environ.get("RUNS", "500")), int(os.environ.get("ROWS", "200000"))
SESSIONS, VISITS = int(os.environ.get("SESSIONS", "50")), int(os.environ.get("VISITS", "100"))
MINUTES = float(os.environ.get("MINUTES", "5"))
#: Visits that come and go at once, as tabs do that are opened together.
TABS = 5
#: Pages that each visit opens after the first: Évolution, Entraînements.
OPENED = (2, 3)
#: Of the first page's cards the last.
LAST = "Derniers entraînements"


def run() -> dict[str, object]:
    with counted_s3() as s3:
        store = bucket_at(s3.serve())
        shop = Shop(-(-RUNS // RETRAINS), ROWS, datetime.now(UTC))
        fill(s3, store, shop)
        Accounts(store, cost=16).create("boss", "admin")
        with app() as (address, process):
            figures = Visitors(address, store, shop, process).measured()
    for name, value in figures.items():
        print(f"{name:16} {value}")
    return figures


class Visitors:
    """Of the app at this address."""

    def __init__(self, address: str, store: Store, shop: Shop, process: psutil.Process) -> None:
        self.address, self.store, self.shop, self.process = address, store, shop, process
        self.door = door(store, KEY)

    def measured(self) -> dict[str, object]:
        figures = self.in_chromium()
        figures |= asyncio.run(self.at_once())
        before, after = asyncio.run(self.come_and_go())
        return figures | {
            "memory_mb": [round(before), round(after)],
            "memory_ratio": round(after / before, 3),
        }

    def in_chromium(self) -> dict[str, object]:
        """Seconds from the address to a first page with all its cards, and until it is live,
        without and with what a browser keeps."""
        with browser.opened() as chromium:
            if chromium is None:
                print("No Chromium: the first page is not timed")
                return {}
            context = chromium.new_context(locale="fr-FR")
            name, _, value = cookie(self.door, "boss").partition("=")
            context.add_cookies([{"name": name, "value": value, "url": self.address}])
            read, live = [], []
            for _ in range(4):
                page = context.new_page()
                tree = context.new_cdp_session(page)
                begin = time.perf_counter()
                page.goto(self.address, wait_until="commit")
                while not _reads_out(tree, LAST):
                    page.wait_for_timeout(20)
                read.append(round(time.perf_counter() - begin, 2))
                page.get_by_role("region", name=LAST).wait_for()
                page.locator("#ahead").wait_for(state="detached")
                live.append(round(time.perf_counter() - begin, 2))
                page.close()
        return {
            "first_s": read[0],
            "warm_s": statistics.median(read[1:]),
            "live_first_s": live[0],
            "live_warm_s": statistics.median(live[1:]),
        }

    async def at_once(self) -> dict[str, object]:
        """Of sessions that come in the same moment: until each can read its page, until each has
        its document, and until each shows a report that is new."""
        cookies = [cookie(self.door, "boss") for _ in range(SESSIONS)]
        spent = sum(self.process.cpu_times()[:2])
        begin = time.perf_counter()
        pages = await asyncio.gather(*(RawPage.opened(self.address, each) for each in cookies))
        spent = sum(self.process.cpu_times()[:2]) - spent
        if not all(LAST in page.ahead for page in pages):
            raise RuntimeError("some were sent a first page without its cards")
        read = sorted(page.read_at - begin for page in pages)
        whole = sorted(page.whole_at - begin for page in pages)
        for page in pages:
            await page.drawn()
        run = await asyncio.to_thread(new_report, self.store, self.shop, 1)
        begin = time.perf_counter()
        seen = await asyncio.gather(*(_shows(page, run) for page in pages))
        for page in pages:
            page.close()
        return {
            "p95_s": round(read[int(len(read) * 0.95)], 2),
            "live_p95_s": round(whole[int(len(whole) * 0.95)], 2),
            "processor_s_per_page": round(spent / SESSIONS, 3),
            "seen_after_s": round(max(seen) - begin, 2),
        }

    async def come_and_go(self) -> tuple[float, float]:
        """Megabytes: so long after a first hundred of visits, and after a second."""
        resident = []
        for _ in range(2):
            for _ in range(VISITS // TABS):
                await asyncio.gather(*(self._visit() for _ in range(TABS)))
            await asyncio.sleep(60 * MINUTES)
            resident.append(self.process.memory_info().rss / 2**20)
        return resident[0], resident[1]

    async def _visit(self) -> None:
        page = await RawPage.opened(self.address, cookie(self.door, "boss"))
        await page.drawn()
        (tabs,) = (each for each in page.widgets if each.kind == "Tabs")
        for number in OPENED:
            await page.set(tabs, "active", number)
            await page.answered()
        page.close()


def _reads_out(tree: CDPSession, region: str) -> bool:
    """Whether a screen reader finds it; no selector does, in a shadow root that is closed."""
    root = tree.send("DOM.getDocument", {"depth": 0})["root"]["backendNodeId"]
    asked = {"backendNodeId": root, "role": "region", "accessibleName": region}
    return bool(tree.send("Accessibility.queryAXTree", asked)["nodes"])


async def _shows(page: RawPage, run: str) -> float:
    """When this page was told of this run."""
    async with asyncio.timeout(120):
        while run not in str(await page.received("PATCH-DOC")):
            pass
    return time.perf_counter()
