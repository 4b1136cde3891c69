"""Bokeh's pages and websockets, each for the visit that its page was made for."""

import asyncio
from contextlib import nullcontext
from typing import Any

from bokeh.application.handlers.handler import Handler
from bokeh.util.token import get_token_payload
from panel.io import server
from tornado.web import HTTPError

from satispy.dashboard import ahead
from satispy.dashboard.door.keeper import keeper
from satispy.dashboard.door.language import Speaks, reader_of
from satispy.dashboard.door.turns import Turns
from satispy.dashboard.session import shared_feed
from satispy.locales.reader import answering
from satispy.visits import Visitor

_turns = Turns()


class NamesVisit(Handler):
    """Puts the visit into the token of each page, which is signed; the cookie is not in it."""

    def modify_document(self, doc: object) -> None:
        pass

    def process_request(self, request: Any) -> dict[str, Any]:
        visitor = getattr(request, "satispy_visitor", None)
        return {"visit": visitor.visit} if visitor else {}


class Page(Speaks, server.DocHandler):
    """What can be read at once is sent ahead of the session (decision 0084)."""

    _sent_ahead = False

    async def prepare(self) -> None:
        self.speak()
        with _turns.short():
            await super().prepare()  # type: ignore[misc]
            asked = {*self.request.arguments, *map(str.lower, self.request.headers)}
            if asked & {"bokeh-token", "bokeh-session-id"}:
                raise HTTPError(403, "sessions are made here, and not by who asks")
            if isinstance(self.current_user, Visitor) and self.request.path.endswith("/app"):
                await self._send_ahead(self.current_user)

    async def _send_ahead(self, visitor: Visitor) -> None:
        snapshot = await asyncio.to_thread(shared_feed().look)
        if begun := ahead.html(snapshot, visitor):
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Cache-Control", "no-store")
            self.set_header("X-Accel-Buffering", "no")  # nginx would wait for the rest
            self.write(begun)
            # Not awaited: a browser that reads slowly holds up nobody.
            self.flush()
            self._sent_ahead = True

    async def get(self, *args: Any, **kwargs: Any) -> None:
        async with _turns.long() if self.current_user else nullcontext():
            if made := super().get(*args, **kwargs):  # None where it leads to the login page
                await made

    def write(self, chunk: Any) -> None:
        super().write(chunk.partition(ahead.SENT)[2] if self._sent_ahead else chunk)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        if self._sent_ahead and not self._finished:
            super().write(ahead.failed())  # its status is sent already
        super().send_error(status_code, **kwargs)


class Socket(Speaks, server.WSHandler):
    """Opens for the visit that the page's token names: not with another's token, nor after it."""

    _ended = False

    async def prepare(self) -> None:
        self.speak()
        await super().prepare()  # type: ignore[misc]

    async def _async_open(self, token: str) -> None:
        visitor: Visitor = self.current_user
        if get_token_payload(token).get("visit") != visitor.visit:
            self.close(4403, "this page is of another visit")
            return
        await super()._async_open(token)
        keeper().opened(visitor.visit, self)

    async def on_message(self, fragment: str | bytes) -> None:
        if self._ended or self.connection is None:
            return
        keeper().used(self.current_user.visit)
        # The page's language, whatever another tab has chosen since; what this starts keeps it.
        with answering(reader_of(self.connection.session.document)):
            await super().on_message(fragment)

    def end(self) -> None:
        self._ended = True
        self.close(4401, "signed out")

    def on_close(self) -> None:
        if isinstance(self.current_user, Visitor):
            keeper().closed(self.current_user.visit, self)
        super().on_close()


def replace_bokehs() -> None:
    """Once, before a server is made. Nobody embeds the app: what is for that is not served."""
    server.per_app_patterns[:] = [(r"/ws", Socket), (r"/?", Page)]
