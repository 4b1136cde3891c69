"""The pages and addresses that strangers may ask for."""

import asyncio
import gc
from functools import cache, partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from bokeh.document import Document
from panel.io.state import set_curdoc
from tornado.web import HTTPError, RequestHandler

from satispy import one_time
from satispy.accounts import LEAST_PASSWORD, is_name
from satispy.dashboard import ahead
from satispy.dashboard.door.keeper import keeper
from satispy.dashboard.door.language import ASKED, HERE, Speaks
from satispy.dashboard.render import render
from satispy.dashboard.session import TITLE, session, shared_feed
from satispy.errors import NotFound, StorageUnreachable, TooManyTries
from satispy.locales.reader import LANGUAGES, Reader, answering
from satispy.locales.telling import told
from satispy.settings import Settings

#: Each password that is looked at takes 32 MB and a processor for 60 ms.
_HASHED_AT_ONCE: Final = asyncio.Semaphore(2)


class Stranger(Speaks):
    """Says everything in a page, whatever happens."""

    def prepare(self) -> None:
        self.speak()

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, StorageUnreachable):
            self.set_status(503)
            self.finish(render("door_unreachable.html", detail=told(error)))
        else:
            # 403: the form's token; it waited too long, or cookies are refused.
            self.finish(render("door_error.html", status=status_code))

    async def show_login(self, status: int = 200, **values: Any) -> None:
        self.set_status(status)
        form = {"name": "", "next": self.get_argument("next", ""), "fault": "", "wait": 0}
        shown = form | values | {"xsrf": self.xsrf_token.decode(), "at_home": _at_home()}
        if await asyncio.to_thread(keeper().somebody_administers):
            await self.finish(render("door_login.html", **shown))
        else:
            await self.show_first(status)

    async def show_first(self, status: int = 200, **values: Any) -> None:
        self.set_status(status)
        form = {"name": "admin", "code": "", "fault": ""} | values
        shown = form | {"xsrf": self.xsrf_token.decode(), "at_home": _at_home()}
        await self.finish(render("door_first.html", **shown, least=LEAST_PASSWORD))

    async def let_in(self, name: str) -> None:
        door = keeper()
        pass_ = await asyncio.to_thread(door.visits.begin, name)
        self.set_cookie(
            door.cookie,
            door.signed(pass_),
            path=HERE,
            max_age=door.seconds,
            httponly=True,
            samesite="Lax",
            secure=self.request.protocol == "https",
        )
        self.redirect(_way_in(self.get_argument("next", "")), status=303)


class Login(Stranger):
    async def get(self) -> None:
        await self.show_login()

    async def post(self) -> None:
        name = self.get_body_argument("name", "").strip()
        password = self.get_body_argument("password", "", strip=False)
        check = partial(keeper().accounts.check, name, password, self.request.remote_ip or "")
        try:
            async with _HASHED_AT_ONCE:
                role = await asyncio.to_thread(check)
        except TooManyTries as early:
            self.set_header("Retry-After", str(early.seconds))
            await self.show_login(429, name=name, wait=early.seconds)
            return
        if role is None:
            await self.show_login(401, name=name, fault="wrong")
            return
        await self.let_in(name)


class Enter(Stranger):
    """With a one-time code, which a link brings after its # and the page's script sends."""

    async def post(self) -> None:
        code = self.get_body_argument("code", "")
        home = keeper().home
        admin = await asyncio.to_thread(keeper().accounts.an_admin)
        if admin is None and one_time.holds(home, code):
            await self.show_first(code=code)
            return
        ticket = one_time.take(home, code)
        name = ticket and (ticket.name or admin)
        if not name:
            await self.show_login(401, fault="code")
            return
        try:
            await self.let_in(name)
        except NotFound:  # removed since the code was made
            await self.show_login(401, fault="code")


class First(Stranger):
    """The first administrator, made by whoever has a one-time code."""

    async def post(self) -> None:
        code = self.get_body_argument("code", "").strip().rpartition("#code=")[2]
        name = self.get_body_argument("name", "").strip()
        password = self.get_body_argument("password", "", strip=False)
        accounts = keeper().accounts
        show = partial(self.show_first, name=name, code=code)
        if await asyncio.to_thread(accounts.an_admin):
            await self.show_login()
        elif not is_name(name):
            await show(400, fault="name")
        elif len(password) < LEAST_PASSWORD:
            await show(400, fault="short")
        elif password != self.get_body_argument("again", "", strip=False):
            await show(400, fault="differ")
        elif await asyncio.to_thread(accounts.of, name):
            await show(400, fault="taken")
        elif one_time.take(keeper().home, code) is None:
            await show(401, fault="code", code="")
        else:
            await asyncio.to_thread(accounts.create, name, "admin", password)
            await self.let_in(name)


class Logout(Stranger):
    """GET as well: what guards the app's hosts lets no other site's page ask for it."""

    async def get(self) -> None:
        door = keeper()
        visit = door.visit_of(self.get_cookie(door.cookie))
        if visit:
            await door.end(visit)
        self.clear_cookie(door.cookie, path=HERE)
        self.redirect("./login", status=303)


class Still(RequestHandler):
    """Whether the visit goes on: a page that lost its connection asks before it tries again."""

    async def get(self) -> None:
        door = keeper()
        visit = door.visit_of(self.get_cookie(door.cookie))
        self.set_header("Cache-Control", "no-store")
        try:
            found = await asyncio.to_thread(door.find, visit) if visit else None
        except StorageUnreachable:
            self.set_status(503)
            return
        self.set_status(204 if found else 401)


class Ready(RequestHandler):
    """That a page can be made: once in each language, for nobody; what they share is kept."""

    async def get(self) -> None:
        _page_was_made(self.application)
        self.write("ready")


ROUTES: list[tuple[str, type[RequestHandler]]] = [
    ("/login", Login),
    ("/enter", Enter),
    ("/first", First),
    ("/logout", Logout),
    ("/still", Still),
    ("/ready", Ready),
]


@cache
def _page_was_made(server: Any) -> bool:
    shared_feed().look(0)
    for language in LANGUAGES:
        document = Document()
        with answering(Reader(language, Settings().timezone)), set_curdoc(document):
            session().server_doc(document, title=TITLE)
            ahead.know(document, server.resources())
    # What there is now stays: the collector need not go through it with each visit that ends.
    gc.collect()
    gc.freeze()
    return True


def _at_home() -> bool:
    """Whether `satispy open` reaches this server: it reads the folder that the command writes."""
    return keeper().home.is_dir()


def _way_in(query: str) -> str:
    """The app's page with the query it was asked with; an address of nowhere else."""
    try:
        asked = parse_qsl(query, max_num_fields=50)
    except ValueError as error:
        raise HTTPError(400) from error
    # Not the language: it is remembered, and may have been changed on the way.
    kept = urlencode([(name, value) for name, value in asked if name != ASKED])
    return "./app" + (f"?{kept}" if kept else "")
