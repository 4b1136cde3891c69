"""Attempts on the app's actions: by whom, how, and what of it had an effect.

What counts is the effect: an object that was written, changed or deleted and is not the caller's to
change; the service asked; a page told what is for others; or, for who is nobody, a page or a
session that opened.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from tornado.httpclient import HTTPClientError
from tornado.web import create_signed_value

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
from benchmarks._app_client import RawPage, connected
from satispy.accounts import Accounts
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
AT_ONCE = 50


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
        self.app, self.store, self.door, self.asked = app, store, door, asked
        self.chance = random.Random(seed)
        self.outcome = Outcome()
        self.accounts = Accounts(store, cost=16)

    async def make(self, count: int) -> Outcome:
        """At least so many attempts; then each action by who may."""
        for name, role in (("boss", "admin"), ("max", "user"), ("zoe", "user")):
            self.accounts.create(name, "admin" if role == "admin" else "user")
        await self._handshakes(count * 4 // 10)
        await self._requests(count * 4 // 10)
        await self._events_of_a_user(count // 10)
        await self._events_after_the_end(count - sum(self.outcome.attempts.values()))
        await self._as_who_may()
        return self.outcome

    # ---- whose ----

    def cookie(self, name: str) -> str:
        return f"{self.door.cookie}={self.door.signed(self.door.visits.begin(name))}"

    def ended(self, name: str) -> str:
        cookie = self.cookie(name)
        self.end(cookie)
        return cookie

    def end(self, cookie: str) -> None:
        visit = self.door.visit_of(cookie.partition("=")[2])
        self.door.visits.end(visit or "")

    def shut_out(self, stolen: str) -> dict[str, str]:
        """Cookies that are nobody's; `stolen` is one that was good."""
        value = stolen.partition("=")[2]
        flipped = value[:-1] + ("0" if value[-1] != "0" else "1")
        forged = create_signed_value("x" * 40, self.door.cookie, "guessed").decode()
        unknown = create_signed_value(self.door.key, self.door.cookie, "guessed").decode()
        cookies = {"forged": forged, "flipped": flipped, "of no visit": unknown, "empty": ""}
        named = {who: f"{self.door.cookie}={each}" for who, each in cookies.items()}
        return {**named, "anonymous": "", "another's, ended": self.ended("boss")}

    async def page(self, cookie: str, *, opened: bool = False) -> RawPage:
        """With the pages that have actions; opened: and with what has to be open on them."""
        page = await RawPage.opened(self.app, cookie)
        await page.open_pages(*(PAGES.index(each) for each in WITH_ACTIONS))
        for act, mark in (*OPENED_BY_ALL, *(OPENED if opened else ())):
            heard, waited = "", 0
            while mark not in heard:  # what it opens may not be there yet
                if waited % 10 == 0:
                    await act(page, self.chance)
                await page.settled()
                heard, waited = page.heard(), waited + 1
        await page.settled()
        page.heard()
        return page

    # ---- how ----

    async def _handshakes(self, count: int) -> None:
        """Websockets that nobody's cookie opens, with the token of a page that is open; and by a
        user with an admin's."""
        boss = self.cookie("boss")
        page = await RawPage.opened(self.app, boss)
        cookies = {**self.shut_out(boss), "user": self.cookie("max")}
        for who, cookie in self._in_turn(cookies, count):
            self.outcome.attempts[f"{who}: websocket"] += 1
            if await self._opens(cookie, page.token):
                self.outcome.bypasses.append(f"{who} opened an admin's session")
        page.close()

    async def _opens(self, cookie: str, token: str) -> bool:
        try:
            socket = await connected(self.app, cookie, token)
        except HTTPClientError:
            return False
        first = await socket.read_message()  # None: closed, without a word of the session
        socket.close()
        return first is not None

    async def _requests(self, count: int) -> None:
        """Every path that shows or does something, by every method."""
        boss = self.cookie("boss")
        cookies = {**self.shut_out(boss), "user": self.cookie("zoe")}
        base = self.app.removesuffix("/app")
        before = self._kept()
        async with httpx.AsyncClient(base_url=base, timeout=120) as web:
            for who, cookie in self._in_turn(cookies, count):
                method, path, body = self.chance.choice(REQUESTS)
                if who == "user" and method == "GET" and path.startswith("/app"):
                    continue  # theirs, and a second of the app each
                answer = await web.request(
                    method, path, headers={"Cookie": cookie}, data=body or None
                )
                self.outcome.attempts[f"{who}: HTTP"] += 1
                if who != "user" and answer.is_success and '"token":"' in answer.text:
                    self.outcome.bypasses.append(f"{who} saw {path}")
        self._compare(before, "by HTTP", TRACES)

    async def _events_of_a_user(self, count: int) -> None:
        """Each action of an admin's, from the page of somebody who is none."""
        page = await self.page(self.cookie("max"))
        before = self._kept()
        for number, (name, act) in enumerate(self._in_turn(ADMINS, count), 1):
            await act(page, self.chance)
            self.outcome.attempts["user: events"] += 1
            if number % AT_ONCE == 0 or number == count:
                await page.settled()
                before = self._compare(before, f"a user, by {name}", (*TRACES, *OF_USERS))
                self._listen(page, f"a user, by {name}", FOR_ADMINS)
        page.close()

    async def _events_after_the_end(self, count: int) -> None:
        """Each action, from an admin's page that is still open when the visit has ended."""
        todo = list(self._in_turn(ADMINS | USERS, count))
        while todo:
            cookie = self.cookie("boss")
            page = await self.page(cookie, opened=True)
            before, asked = self._kept(), self.asked()
            self.end(cookie)
            with suppress(ConnectionError):  # the app has closed it, as it should
                for _ in range(min(AT_ONCE, len(todo))):
                    _, act = todo.pop()
                    self.outcome.attempts["admin whose visit ended: events"] += 1
                    await act(page, self.chance)
                await page.settled()
            self._compare(before, "an ended visit", TRACES)
            self._listen(page, "an ended visit", (*FOR_ADMINS, *FOR_USERS))
            if self.asked() != asked:
                self.outcome.bypasses.append("an ended visit asked the service")
            page.close()

    async def _as_who_may(self) -> None:
        for who, acts in (("max", USERS), ("boss", ADMINS)):
            page = await self.page(self.cookie(who))
            for name, act in acts.items():
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


REQUESTS: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "/app", {}),
    ("GET", "/app/", {}),
    ("GET", "/", {}),
    ("GET", "/app?bokeh-session-id=a", {}),
    ("GET", "/app/autoload.js?bokeh-autoload-element=a", {}),
    ("GET", "/app/metadata", {}),
    ("GET", "/app/ws", {}),
    ("GET", "//app", {}),
    ("GET", "/login/../app", {}),
    ("GET", "/%61pp", {}),
    ("GET", "/liveness?endpoint=/app", {}),
    ("GET", "/login?next=//evil.example", {}),
    ("POST", "/app", {"a": "b"}),
    ("PUT", "/app", {"a": "b"}),
    ("DELETE", "/app", {}),
    ("POST", "/login", {"name": "boss", "password": "guessed"}),
    ("POST", "/enter", {"code": "guessed"}),
    ("POST", "/first", {"code": "guessed", "name": "eve", "password": "guessed-guessed"}),
    ("POST", "/logout", {}),
    ("POST", "/send", {"a": "b"}),
    ("PUT", f"/send/{'0' * 32}/0", {"a": "b"}),
    ("GET", f"/send/{'0' * 32}", {}),
    ("DELETE", f"/send/{'0' * 32}", {}),
    ("HEAD", "/app", {}),
    ("OPTIONS", "/app", {}),
]  # fmt: skip
