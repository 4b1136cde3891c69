"""Attempts on the app's actions: by whom, how, and what of it had an effect.

What counts is the effect: an object that was written, changed or deleted and is not the caller's to
change; the service asked; a page told what is for others; or, for who is nobody, a page or a
session that opened.
"""

import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from tornado.httpclient import HTTPClientError

from benchmarks._app_actions import (
    A_DOWNLOAD,
    ADMINS,
    OF_A_FILE,
    OF_A_PLACE,
    OF_A_REVIEW,
    OF_A_ROW,
    OPENED,
    OPENED_BY_ALL,
    PASSED,
    USERS,
    Act,
)
from benchmarks._app_client import RawPage, connected, in_time
from benchmarks._app_requests import REQUESTS, begun
from benchmarks._app_visitors import Visitors
from satispy.dashboard import addresses
from satispy.dashboard.door.keeper import Keeper
from satispy.storage import Store

PAGES = [*addresses.PAGES]
#: The first has a select « Action », and so has the third.
WITH_ACTIONS = ("entrainements", "donnees", "compte", "alertes", "predire", "journal")
#: What anybody's mere try leaves behind, and the app by itself; who acts on an alert stands in the
#: journal.
TRACES = ("attempts/", "visits/", "alerts/")
#: What no other page may be told.
FOR_ADMINS = (OF_A_ROW, OF_A_FILE, *PASSED)
FOR_USERS = (OF_A_REVIEW, OF_A_PLACE, A_DOWNLOAD)
#: What a user may add: single reviews.
OF_USERS = ("inbox/", "gathered/")
#: What had an effect is looked for after so many events.
AT_ONCE = 50
#: The app looks for ended visits every 15 s, and has other things to do.
CLOSED_WITHIN = 90.0
#: A line of progress for so many attempts.
TOLD_EVERY = 500


@dataclass
class Outcome:
    attempts: Counter[str] = field(default_factory=Counter)  # by who and how
    bypasses: list[str] = field(default_factory=list)
    #: Of the actions, by who may: each has to have an effect, or the attempts prove nothing.
    works: dict[str, bool] = field(default_factory=dict)


class Attempts:
    """On the app at this address, whose bucket and key the caller knows.

    asked: how often the app's service of predictions was asked something.
    """

    def __init__(
        self, app: str, store: Store, door: Keeper, asked: Callable[[], int], seed: int
    ) -> None:
        self.app, self.store, self.visit, self.asked = app, store, door.cookie, asked
        self.visitors = Visitors(app, store, door)
        self.chance = random.Random(seed)
        self.outcome = Outcome()
        self._count = 0
        self._began = time.monotonic()

    async def make(self, count: int) -> Outcome:
        """At least so many attempts; then each action by who may.

        Raises RuntimeError for an attempt that the app does not answer in time.
        """
        self._count = count
        await self._handshakes(count * 4 // 10)
        await self._requests(count * 4 // 10)
        await self._events_of_a_user(count // 10)
        await self._events_after_the_end(count - self.outcome.attempts.total())
        await self._as_who_may()
        return self.outcome

    @asynccontextmanager
    async def _attempt(self, who: str, what: str) -> AsyncIterator[None]:
        """One that counts, and is answered in time."""
        self.outcome.attempts[who] += 1
        number = self.outcome.attempts.total()
        if number % TOLD_EVERY == 0:
            bypasses, seconds = len(self.outcome.bypasses), time.monotonic() - self._began
            told = f"{number} of {self._count} attempts, {bypasses} bypasses, {seconds:.0f} s"
            print(f"  {told}, now {who}", flush=True)
        async with in_time(f"attempt {number} ({who}, {what})"):
            yield

    async def _page(self, name: str, cookie: str, *, opened: bool = False) -> RawPage:
        """With the pages that have actions; opened: and with what has to be open on them."""
        async with in_time(f"the page of {name}"):
            page = await RawPage.opened(self.app, cookie)
            await page.open_pages(*(PAGES.index(each) for each in WITH_ACTIONS))
        for act, mark in (*OPENED_BY_ALL, *(OPENED if opened else ())):
            await self._has_open(page, name, act, mark)
        await page.settled()
        page.heard()
        return page

    async def _has_open(self, page: RawPage, name: str, act: Act, mark: str) -> None:
        async with in_time(f"« {mark} » on the page of {name}"):
            for look in itertools.count():  # what it opens may not be there yet
                if look % 10 == 0:
                    await act(page, self.chance)
                await page.settled()
                if mark in page.heard():
                    return

    # ---- how ----

    async def _handshakes(self, count: int) -> None:
        """Websockets that nobody's cookie opens, with the token of a page that is open; and by a
        user and another admin with an admin's."""
        boss = self.visitors.cookie("boss")
        page = await RawPage.opened(self.app, boss)
        others = {"user": self.visitors.cookie("max"), "another admin": self.visitors.cookie("ada")}
        cookies = {**self.visitors.shut_out(boss), **others}
        for who, cookie in self._in_turn(cookies, count):
            async with self._attempt(f"{who}: websocket", "an admin's token"):
                if await self._opens(cookie, page.token):
                    self.outcome.bypasses.append(f"{who} opened an admin's session")
        page.close()

    async def _opens(self, cookie: str, token: str) -> bool:
        try:
            socket = await connected(self.app, cookie, token)
        except HTTPClientError as error:
            if error.code >= 500:  # 599: no answer
                raise RuntimeError(f"a websocket was not refused but failed: {error}") from error
            return False
        first = await socket.read_message()  # None: closed, without a word of the session
        socket.close()
        return first is not None

    async def _requests(self, count: int) -> None:
        """Every path that shows or does something, by every method; also what another admin may
        not: go on with a file that is not theirs."""
        boss = self.visitors.cookie("boss")
        cookies = {
            **self.visitors.shut_out(boss),
            "user": self.visitors.cookie("zoe"),
            "another admin": self.visitors.cookie("ada"),
        }
        sending = await begun(self.app, boss)
        before = self._kept()
        base = self.app.removesuffix("/app")
        async with httpx.AsyncClient(base_url=base, timeout=120) as web:
            for who, cookie in self._in_turn(cookies, count):
                theirs = {
                    "user": [each for each in REQUESTS if not each.is_page],
                    "another admin": [each for each in REQUESTS if each.of_another],
                }
                request = self.chance.choice(theirs.get(who, REQUESTS))
                what = f"{request.method} {request.path}"
                async with self._attempt(f"{who}: HTTP", what):
                    answer = await request.ask(web, cookie, sending)
                if request.is_through(answer, self.visit):
                    self.outcome.bypasses.append(f"{who}: {what} was {answer.status_code}")
        self._compare(before, "by HTTP", TRACES)

    async def _events_of_a_user(self, count: int) -> None:
        """Each action of an admin's, from the page of somebody who is none."""
        who = "user: events"
        page = await self._page("a user", self.visitors.cookie("max"))
        before = self._kept()
        for number, (name, act) in enumerate(self._in_turn(ADMINS, count), 1):
            async with self._attempt(who, name):
                await act(page, self.chance)
                await page.answered()
            if number % AT_ONCE == 0 or number == count:
                await page.settled()
                before = self._compare(before, f"a user, by {name}", (*TRACES, *OF_USERS))
                self._listen(page, f"a user, by {name}", FOR_ADMINS)
        page.close()

    async def _events_after_the_end(self, count: int) -> None:
        """Each action, from an admin's page that is still open when the visit has ended."""
        todo = list(self._in_turn(ADMINS | USERS, count))
        for how, end in itertools.cycle(self.visitors.ends.items()):
            if not todo:
                return
            cookie = self.visitors.cookie("boss")
            page = await self._page("an admin", cookie, opened=True)
            end(cookie)
            before, asked = self._kept(), self.asked()
            if not await self._acts_until_closed(page, f"admin, visit {how}: events", todo):
                self.outcome.bypasses.append(f"a visit {how} kept its page")
            self._compare(before, f"a visit {how}", TRACES)
            self._listen(page, f"a visit {how}", (*FOR_ADMINS, *FOR_USERS))
            if self.asked() != asked:
                self.outcome.bypasses.append(f"a visit {how} asked the service")
            page.close()

    async def _acts_until_closed(
        self, page: RawPage, who: str, todo: list[tuple[str, Act]]
    ) -> bool:
        """Take from what is to do until all is done or the app hangs up; False if it never does."""
        last = time.monotonic() + CLOSED_WITHIN
        try:
            while todo and time.monotonic() < last:
                name, act = todo.pop()
                async with self._attempt(who, name):
                    await act(page, self.chance)
                    await page.answered()
            await page.settled()
        except ConnectionError:  # the app has closed it, as it should
            return True
        return time.monotonic() < last

    async def _as_who_may(self) -> None:
        for who, acts in (("max", USERS), ("boss", ADMINS)):
            page = await self._page(who, self.visitors.cookie(who))
            for name, act in acts.items():
                async with in_time(f"{name}, by who may"):
                    self.outcome.works[name] = await self._works(page, act)
            page.close()

    async def _works(self, page: RawPage, act: Act) -> bool:
        before = self._kept(), self.asked()
        for _ in range(3):  # what asks twice may be asked too soon on a busy machine
            await act(page, self.chance)
            for _ in range(8):
                await page.settled()
                heard = page.heard()
                told = any(mark in heard for mark in (*FOR_ADMINS, *FOR_USERS))
                if told or (self._kept(), self.asked()) != before:
                    return True
        return False

    # ---- what of it had an effect ----

    def _kept(self) -> dict[str, tuple[object, ...]]:
        return {
            entry.key: (entry.etag, entry.modified)
            for entry in self.store.list("")
            if not entry.key.startswith(TRACES)
        }

    def _compare(
        self, before: dict[str, tuple[object, ...]], who: str, free: tuple[str, ...]
    ) -> dict[str, tuple[object, ...]]:
        now = self._kept()
        for key in before.keys() | now.keys():
            if before.get(key) != now.get(key) and not key.startswith(free):
                self.outcome.bypasses.append(f"{who}: {key}")
        return now

    def _listen(self, page: RawPage, who: str, never: tuple[str, ...]) -> None:
        heard = page.heard()
        self.outcome.bypasses += [f"{who} was told « {mark} »" for mark in never if mark in heard]

    def _in_turn(self, named: dict[str, Any], count: int) -> Iterator[tuple[str, Any]]:
        """So many of them, each as often, in an order that is not theirs."""
        for _ in range(-(-count // len(named))):
            for name in self.chance.sample(sorted(named), len(named)):
                if count <= 0:
                    return
                count -= 1
                yield name, named[name]
